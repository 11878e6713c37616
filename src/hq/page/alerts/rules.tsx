import { useState } from 'preact/hooks'
import type { AlertRule, AlertSettings, RuleRow } from '../../../model/alerts.ts'
import { Field, type Filled } from '../parts/form.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { listed, shared, t } from '../words.ts'
import { Choices, Edit, Editor, editing, Remove, ScopeFields, scopeIn } from './form.tsx'
import type { TabProps } from './frame.tsx'
import { a, scopeInWords } from './words.ts'

const TENDERS = ['chip', 'contactless', 'swipe', 'qr', 'cash'] as const
const ON = ['incident', 'tender', 'silence'] as const

const conditionOf = (rule: AlertRule): string => {
  const tenders = rule.on === 'tender' ? ` (${listed(rule.tenders.map((x) => shared(`tender.${x}`)))})` : ''
  return a('after', { on: a(`on.${rule.on}`) + tenders, n: rule.minutes })
}

const columns = ({ settings, settle }: TabProps): Column<RuleRow>[] => [
  { name: a('name'), lead: true, show: ({ id, rule }) => <><Edit id={id} name={rule.name} /> {!rule.enabled && <small>{a('disabled')}</small>}</> },
  { name: a('on'), show: ({ rule }) => conditionOf(rule) },
  { name: a('scope'), show: ({ rule }) => scopeInWords(rule.scope) },
  { name: a('channels'), show: ({ rule }) => listed(rule.channels.map((id) => settings.channels.find((c) => c.id === id)?.name ?? a('gone-channel'))) || t('none') },
  { name: t('action'), show: ({ id, rule }) => <Remove list="rules" id={id} name={rule.name} settle={settle} /> },
]

const bodyOf = (form: Filled): unknown => {
  const on = form.text('on')
  const common = { name: form.text('name'), on, minutes: form.number('minutes'), scope: scopeIn(form), channels: form.all('channels'), enabled: form.all('enabled').length > 0 }
  return on === 'tender' ? { ...common, tenders: form.all('tenders') } : common
}

const Form = ({ row, settings, saved }: { row: RuleRow | undefined; settings: AlertSettings; saved: () => void }) => {
  const rule = row?.rule
  const [on, setOn] = useState<AlertRule['on']>(rule?.on ?? 'incident')
  return (
    <Editor list="rules" id={row?.id} name={rule?.name ?? ''} add="add.rule" body={bodyOf} saved={saved}>
      <div class="fields">
        <Field label={a('name')}><input name="name" required maxLength={100} defaultValue={rule?.name ?? ''} autoComplete="off" /></Field>
        <Field label={a('on')}><select name="on" value={on} onChange={(e) => setOn(e.currentTarget.value as AlertRule['on'])}>{ON.map((o) => <option key={o} value={o}>{a(`on.${o}`)}</option>)}</select></Field>
        <Field label={a('minutes')}><input name="minutes" type="number" required min={on === 'silence' ? 3 : 0} max={10_080} defaultValue={String(rule?.minutes ?? 5)} /></Field>
      </div>
      {on === 'tender' && <Choices legend={a('tenders')} name="tenders" choices={TENDERS.map((x) => ({ value: x, text: shared(`tender.${x}`) }))} chosen={rule?.on === 'tender' ? rule.tenders : TENDERS} />}
      <ScopeFields scope={rule?.scope ?? {}} severity={on === 'incident'} />
      <Choices legend={a('channels')} name="channels" choices={settings.channels.map((c) => ({ value: c.id, text: c.name }))} chosen={rule?.channels ?? []} none={a('channels-none')} />
      <p><label><input type="checkbox" name="enabled" defaultChecked={rule?.enabled ?? true} /> {a('enabled')}</label></p>
    </Editor>
  )
}

/** Rules: what is worth an alert. */
export const RulesTab = (props: TabProps) => {
  const { settings, settle } = props
  const row = settings.rules.find((r) => r.id === editing())
  if (row || editing() === 'new') return <Form key={editing()} row={row} settings={settings} saved={() => settle(undefined)} />
  return settings.rules.length === 0 ? <p class="empty">{a('no-rules')}</p> : <div class="card table"><Table label={a('tab.rules')} columns={columns(props)} rows={settings.rules} keyOf={(r) => r.id} /></div>
}
