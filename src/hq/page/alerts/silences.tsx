import type { SilenceRow } from '../../../model/alerts.ts'
import { Field, type Filled, Odd } from '../parts/form.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { now } from '../parts/time.tsx'
import { clock, t } from '../words.ts'
import { Edit, Editor, editing, Remove, ScopeFields, scopeIn } from './form.tsx'
import type { TabProps } from './frame.tsx'
import { a, scopeInWords } from './words.ts'

const HOUR = 3_600_000

/** A moment as a field for local time wants it. */
const local = (at: number): string => new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16)

const stateOf = ({ silence: { from, until } }: SilenceRow): string => a(now.value >= until ? 'past' : now.value < from ? 'later' : 'active')

const columns = ({ settle }: TabProps): Column<SilenceRow>[] => [
  { name: a('name'), lead: true, show: ({ id, silence }) => <Edit id={id} name={silence.name} /> },
  { name: a('state'), show: stateOf },
  { name: a('scope'), show: ({ silence }) => scopeInWords(silence.scope) },
  { name: a('from'), show: ({ silence }) => clock(silence.from) },
  { name: a('until'), show: ({ silence }) => clock(silence.until) },
  { name: t('action'), show: ({ id, silence }) => <Remove list="silences" id={id} name={silence.name} settle={settle} /> },
]

const bodyOf = (form: Filled): unknown => {
  const [from, until] = [new Date(form.text('from')).getTime(), new Date(form.text('until')).getTime()]
  if (!(until > from)) throw new Odd(a('until-order'))
  return { name: form.text('name'), scope: scopeIn(form), from, until }
}

const Form = ({ row, saved }: { row: SilenceRow | undefined; saved: () => void }) => {
  const { name = '', scope = {}, from = Date.now(), until = Date.now() + 2 * HOUR } = row?.silence ?? {}
  return (
    <Editor list="silences" id={row?.id} name={name} add="add.silence" body={bodyOf} saved={saved}>
      <div class="fields">
        <Field label={a('name')}><input name="name" required maxLength={100} defaultValue={name} autoComplete="off" /></Field>
        <Field label={a('from')}><input name="from" type="datetime-local" required defaultValue={local(from)} /></Field>
        <Field label={a('until')}><input name="until" type="datetime-local" required defaultValue={local(until)} /></Field>
      </div>
      <ScopeFields scope={scope} severity />
    </Editor>
  )
}

/** Silences: hold alerts back from one moment to another. */
export const SilencesTab = (props: TabProps) => {
  const { silences } = props.settings
  const row = silences.find((r) => r.id === editing())
  if (row || editing() === 'new') return <Form key={editing()} row={row} saved={() => props.settle(undefined)} />
  return silences.length === 0 ? <p class="empty">{a('no-silences')}</p> : <div class="card table"><Table label={a('tab.silences')} columns={columns(props)} rows={silences} keyOf={(r) => r.id} /></div>
}
