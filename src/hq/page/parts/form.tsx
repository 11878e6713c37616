import './form.css'
import { type ComponentChildren, cloneElement, isValidElement, toChildArray } from 'preact'
import { useId } from 'preact/hooks'

/** Something typed that cannot be meant; the message is for the reader. */
export class Odd extends Error {}

/** What a form holds: texts without blanks around them, and lists of what is separated by commas or lines. */
export interface Filled { text(name: string): string; number(name: string): number; all(name: string): string[]; list(name: string): string[] | undefined }

/** Reads a form. */
export const filled = (form: HTMLFormElement): Filled => {
  const data = new FormData(form)
  const text = (name: string): string => String(data.get(name) ?? '').trim()
  return {
    text,
    number: (name) => Number(text(name)),
    all: (name) => data.getAll(name).map(String),
    list: (name) => {
      const items = text(name).split(/[,，、;；\n]/).map((s) => s.trim()).filter((s) => s !== '')
      return items.length === 0 ? undefined : items
    },
  }
}

/** A labelled field: the control is the first of what is in it. */
export const Field = ({ label, children, wide }: { label: string; children: ComponentChildren; wide?: boolean }) => {
  const id = useId()
  const [control, ...rest] = toChildArray(children)
  return (
    <div class={wide ? 'field wide-field' : 'field'}>
      <label for={id}>{label}</label>
      {isValidElement(control) && cloneElement(control, { id })}
      {rest}
    </div>
  )
}

/** A field for a time zone, which knows their names. */
export const ZoneField = ({ label, value }: { label: string; value: string | undefined }) => (
  <Field label={label}>
    <input name="timeZone" required list="zones" defaultValue={value ?? new Intl.DateTimeFormat().resolvedOptions().timeZone} autoComplete="off" />
    <datalist id="zones">{Intl.supportedValuesOf('timeZone').map((zone) => <option key={zone} value={zone} />)}</datalist>
  </Field>
)
