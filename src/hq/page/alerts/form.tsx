import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Scope } from '../../../model/alerts.ts'
import { type Failed, send } from '../data.ts'
import { Field, type Filled, filled, Odd } from '../parts/form.tsx'
import { SEVERITIES } from '../parts/marks.tsx'
import { go, place, withQuery } from '../router.ts'
import { shared } from '../words.ts'
import { type AlertKey, a, alertTrouble } from './words.ts'

/** A scope as it was filled in. */
export const scopeIn = (form: Filled): Scope => {
  const severities = SEVERITIES.filter((s) => form.all('severities').includes(s))
  const lists = (['faults', 'regions', 'stores', 'terminals'] as const).flatMap((name) => {
    const list = form.list(name)
    return list === undefined ? [] : [[name, list] as const]
  })
  return { ...(severities.length === 0 ? {} : { severities }), ...Object.fromEntries(lists) }
}

/** A group of choices, of which any number may be taken. */
export const Choices = ({ legend, name, choices, chosen, none }: { legend: string; name: string; choices: readonly { value: string; text: string }[]; chosen: readonly string[]; none?: string }) => (
  <fieldset class="choices-field">
    <legend>{legend}</legend>
    {choices.map(({ value, text }) => <label key={value}><input type="checkbox" name={name} value={value} defaultChecked={chosen.includes(value)} /> {text}</label>)}
    {choices.length === 0 && none && <small>{none}</small>}
  </fieldset>
)

/** The fields of a scope. `severity`: whether it may ask for severities and faults. */
export const ScopeFields = ({ scope, severity }: { scope: Scope; severity: boolean }) => (
  <fieldset class="scope">
    <legend>{a('scope')}</legend>
    <p class="hint">{a('scope-hint')}</p>
    {severity && <Choices legend={a('severities')} name="severities" choices={SEVERITIES.map((s) => ({ value: s, text: shared(`severity.${s}`) }))} chosen={scope.severities ?? []} />}
    <div class="fields">
      {(severity ? ['faults', 'regions', 'stores', 'terminals'] as const : ['regions', 'stores', 'terminals'] as const).map((name) => (
        <Field key={name} label={a(name)}><textarea name={name} rows={1} defaultValue={scope[name]?.join(', ') ?? ''} /></Field>
      ))}
    </div>
  </fieldset>
)

const close = (): void => go(withQuery({ edit: '' }), 'replace')

interface Editing {
  /** Path under /api/alerts. */
  list: 'rules' | 'silences' | 'windows' | 'channels'
  /** Undefined for a new one. */
  id: string | undefined
  name: string
  add: AlertKey
  /** Makes the body; may throw Odd. */
  body: (form: Filled) => unknown
  saved: () => void
  children: ComponentChildren
}

/** A form that adds or changes a setting. */
export const Editor = ({ list, id, name, add, body, saved, children }: Editing) => {
  const [trouble, setTrouble] = useState('')
  const submit = async (event: SubmitEvent & { currentTarget: HTMLFormElement }): Promise<void> => {
    event.preventDefault()
    let made: unknown
    try {
      made = body(filled(event.currentTarget))
    } catch (error) {
      if (!(error instanceof Odd)) throw error
      setTrouble(error.message)
      return
    }
    const answer = await send(id === undefined ? 'POST' : 'PUT', `/api/alerts/${list}${id === undefined ? '' : `/${id}`}`, made)
    if (answer.state === 'failed') {
      setTrouble(alertTrouble(answer))
      return
    }
    saved()
    close()
  }
  return (
    <form class="card editor" onSubmit={submit}>
      <h2>{id === undefined ? a(add) : a('change', { name })}</h2>
      {children}
      {trouble && <p class="failed" role="alert">{trouble}</p>}
      <p class="pages"><button type="submit" class="primary">{a('save')}</button> <button type="button" onClick={close}>{a('cancel')}</button></p>
    </form>
  )
}

/** What the address says is being edited: an id, `new`, or nothing. */
export const editing = (): string => place.value.query.get('edit') ?? ''

/** A button that removes a setting, once its reader is sure. */
export const Remove = ({ list, id, name, settle }: { list: Editing['list']; id: string; name: string; settle: (failed: Failed | undefined) => void }) => {
  const remove = async (): Promise<void> => {
    if (!confirm(a('remove-sure', { name }))) return
    const answer = await send('DELETE', `/api/alerts/${list}/${id}`)
    settle(answer.state === 'failed' ? answer : undefined)
  }
  return <button type="button" class="danger" aria-label={`${a('remove')} ${name}`} onClick={() => void remove()}>{a('remove')}</button>
}

/** A link to the form of a setting. */
export const Edit = ({ id, name }: { id: string; name: string }) => <a href={withQuery({ edit: id })}>{name}</a>
