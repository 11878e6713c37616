import type { AlertWindow, Weekday, WindowRow } from '../../../model/alerts.ts'
import { Field, type Filled, Odd, ZoneField } from '../parts/form.tsx'
import { datesIn, datesText, spansIn, spansText } from '../parts/spans.ts'
import { type Column, Table } from '../parts/table.tsx'
import { listed, t } from '../words.ts'
import { Edit, Editor, editing, Remove, ScopeFields, scopeIn } from './form.tsx'
import type { TabProps } from './frame.tsx'
import { a, scopeInWords } from './words.ts'

const DAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

/** What is said of hours that cannot be read. */
const ODD = { span: (text: string) => a('spans-odd', { text }), date: (text: string) => a('date-odd', { text }) }

const bodyOf = (form: Filled): unknown => {
  const timeZone = form.text('timeZone')
  try {
    new Intl.DateTimeFormat('en', { timeZone })
  } catch {
    throw new Odd(a('time-zone-odd'))
  }
  const weekly = Object.fromEntries(DAYS.map((day) => [day, spansIn(form.text(day), ODD)] as const).filter(([, spans]) => spans.length > 0))
  return { name: form.text('name'), scope: scopeIn(form), holds: form.text('holds'), timeZone, weekly, dates: datesIn(form.text('dates'), ODD) }
}

/** The week in a line: days that are alike together. */
const weekInWords = ({ weekly }: AlertWindow): string => {
  const alike = Map.groupBy(DAYS.filter((day) => (weekly[day]?.length ?? 0) > 0), (day) => spansText(weekly[day] ?? []))
  return [...alike].map(([hours, days]) => `${listed(days.map((day) => a(`day.${day}`)))} ${hours}`).join(' · ')
}

const columns = ({ settle }: TabProps): Column<WindowRow>[] => [
  { name: a('name'), lead: true, show: ({ id, window }) => <Edit id={id} name={window.name} /> },
  { name: a('holds'), show: ({ window }) => a(`holds.${window.holds}`) },
  { name: a('hours'), show: ({ window }) => <>{weekInWords(window) || t('none')} {window.dates.length > 0 && <small>{a('dates-count', { n: window.dates.length })}</small>}</> },
  { name: a('time-zone'), show: ({ window }) => window.timeZone },
  { name: a('scope'), show: ({ window }) => scopeInWords(window.scope) },
  { name: t('action'), show: ({ id, window }) => <Remove list="windows" id={id} name={window.name} settle={settle} /> },
]

const Form = ({ row, saved }: { row: WindowRow | undefined; saved: () => void }) => {
  const window = row?.window
  return (
    <Editor list="windows" id={row?.id} name={window?.name ?? ''} add="add.window" body={bodyOf} saved={saved}>
      <div class="fields">
        <Field label={a('name')}><input name="name" required maxLength={100} defaultValue={window?.name ?? ''} autoComplete="off" /></Field>
        <Field label={a('holds')}><select name="holds" defaultValue={window?.holds ?? 'inside'}>{(['inside', 'outside'] as const).map((h) => <option key={h} value={h} selected={h === (window?.holds ?? 'inside')}>{a(`holds.${h}`)}</option>)}</select></Field>
        <ZoneField label={a('time-zone')} value={window?.timeZone} />
      </div>
      <fieldset>
        <legend>{a('weekly')}</legend>
        <p class="hint">{a('weekly-hint')}</p>
        <div class="fields">{DAYS.map((day) => <Field key={day} label={a(`day.${day}`)}><input name={day} defaultValue={spansText(window?.weekly[day] ?? [])} autoComplete="off" /></Field>)}</div>
      </fieldset>
      <Field label={a('dates')} wide><textarea name="dates" rows={4} defaultValue={datesText(window?.dates ?? [])} /></Field>
      <p class="hint">{a('dates-hint')}</p>
      <ScopeFields scope={window?.scope ?? {}} severity />
    </Editor>
  )
}

/** Windows: maintenance and opening hours. */
export const WindowsTab = (props: TabProps) => {
  const { windows } = props.settings
  const row = windows.find((r) => r.id === editing())
  if (row || editing() === 'new') return <Form key={editing()} row={row} saved={() => props.settle(undefined)} />
  return windows.length === 0 ? <p class="empty">{a('no-windows')}</p> : <div class="card table"><Table label={a('tab.windows')} columns={columns(props)} rows={windows} keyOf={(r) => r.id} /></div>
}
