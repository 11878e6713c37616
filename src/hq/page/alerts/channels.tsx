import { useState } from 'preact/hooks'
import type { ChannelRow, ChannelType, DeliveryRow } from '../../../model/alerts.ts'
import { send } from '../data.ts'
import { Field, type Filled, ZoneField } from '../parts/form.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Ago } from '../parts/time.tsx'
import { t } from '../words.ts'
import { Edit, Editor, editing, Remove } from './form.tsx'
import type { TabProps } from './frame.tsx'
import { a, alertTrouble, problemInWords } from './words.ts'

const TYPES: readonly ChannelType[] = ['dingtalk', 'wecom', 'feishu', 'slack', 'pagerduty', 'email', 'alertmanager', 'webhook']

const SIGN = { sent: '✓', waiting: '…', failed: '✕' } as const
const LOOKS = { sent: 'contact-online', waiting: 'contact-stale', failed: 'contact-offline' } as const

/** How a message went, and why it did not go out. */
export const DeliveryState = ({ row }: { row: DeliveryRow }) => (
  <>
    <span class={`mark ${LOOKS[row.state]}`}><span aria-hidden="true">{SIGN[row.state]}</span> {a(`state.${row.state}`)}</span>
    {row.problem && <small class="seen">{problemInWords(row.problem)}</small>}
  </>
)

interface TestAnswer { sent: boolean; problem?: NonNullable<DeliveryRow['problem']> }

/** Sends a test message and says how it went. */
const Test = ({ id, name, done }: { id: string; name: string; done: () => void }) => {
  const [said, setSaid] = useState('')
  const test = async (): Promise<void> => {
    setSaid(a('test.sending'))
    const answer = await send<TestAnswer>('POST', `/api/alerts/channels/${id}/test`)
    if (answer.state === 'failed') setSaid(alertTrouble(answer))
    else setSaid(answer.value.problem ? problemInWords(answer.value.problem) : a('test.sent'))
    done()
  }
  return <><button type="button" aria-label={`${a('test')} ${name}`} onClick={() => void test()}>{a('test')}</button> <span role="status">{said}</span></>
}

const columns = ({ settle }: TabProps): Column<ChannelRow>[] => [
  { name: a('name'), lead: true, show: (row) => <Edit id={row.id} name={row.name} /> },
  { name: a('type'), show: (row) => a(`type.${row.type}`) },
  { name: a('leads-to'), show: (row) => row.leadsTo },
  { name: a('last'), show: (row) => <>{row.last && <><DeliveryState row={row.last} /> <Ago at={row.last.triedAt ?? row.last.createdAt} /></>} {row.waiting > 0 && <small>{a('waiting', { n: row.waiting })}</small>}</> },
  { name: t('action'), show: (row) => <span class="actions"><Test id={row.id} name={row.name} done={() => settle(undefined)} /> <Remove list="channels" id={row.id} name={row.name} settle={settle} /></span> },
]

const given = (form: Filled, ...names: string[]): object => Object.fromEntries(names.map((name) => [name, form.text(name)] as const).filter(([, value]) => value !== ''))

const targetIn = (form: Filled): object => {
  const type = form.text('type')
  const mobiles = form.list('mobiles')
  if (type === 'email') return { type, ...given(form, 'host', 'security', 'user', 'password', 'from'), port: form.number('port'), to: form.list('to') ?? [] }
  return { type, ...given(form, 'url', 'secret', 'routingKey', 'user', 'password'), ...(mobiles === undefined ? {} : { mobiles }) }
}

const bodyOf = (form: Filled): unknown => ({
  ...given(form, 'name', 'language', 'timeZone', 'hqUrl'),
  gatherSeconds: form.number('gatherSeconds'),
  ...(form.all('keep').length > 0 ? {} : { target: targetIn(form) }),
})

const Secret = ({ name, label, required, least }: { name: string; label: string; required?: boolean; least?: number }) => (
  <Field label={label}><input name={name} type="password" required={required} minLength={least} maxLength={500} autoComplete="new-password" /></Field>
)

const Address = ({ label }: { label: string }) => <Field label={label} wide><input name="url" type="url" required maxLength={2000} pattern="https?://.*" placeholder="https://" autoComplete="off" /></Field>

const Mobiles = () => <Field label={a('mobiles')}><input name="mobiles" autoComplete="off" inputMode="tel" /></Field>

const Login = () => <><Field label={a('user')}><input name="user" maxLength={254} autoComplete="off" /></Field><Secret name="password" label={a('password')} /></>

const TARGET: Record<ChannelType, () => preact.JSX.Element> = {
  dingtalk: () => <><Address label={a('url.robot')} /><Secret name="secret" label={a('secret')} /><Mobiles /></>,
  wecom: () => <><Address label={a('url.robot')} /><Mobiles /></>,
  feishu: () => <><Address label={a('url.robot')} /><Secret name="secret" label={a('secret')} /></>,
  slack: () => <Address label={a('url.robot')} />,
  pagerduty: () => <Secret name="routingKey" label={a('routing-key')} required />,
  email: () => (
    <>
      <Field label={a('host')}><input name="host" required maxLength={253} autoComplete="off" /></Field>
      <Field label={a('port')}><input name="port" type="number" required min={1} max={65_535} defaultValue="587" /></Field>
      <Field label={a('security')}><select name="security">{(['starttls', 'tls', 'none'] as const).map((s) => <option key={s} value={s}>{a(`security.${s}`)}</option>)}</select></Field>
      <Login />
      <Field label={a('sender')}><input name="from" type="email" required autoComplete="off" /></Field>
      <Field label={a('to')} wide><textarea name="to" rows={1} required /></Field>
    </>
  ),
  alertmanager: () => <><Address label={a('url.alertmanager')} /><Login /></>,
  webhook: () => <><Address label={a('url')} /><Secret name="secret" label={a('secret.webhook')} required least={16} /></>,
}

const Form = ({ row, saved }: { row: ChannelRow | undefined; saved: () => void }) => {
  const [type, setType] = useState<ChannelType>(row?.type ?? 'dingtalk')
  const [keeps, setKeeps] = useState(row !== undefined)
  const Target = TARGET[type]
  return (
    <Editor list="channels" id={row?.id} name={row?.name ?? ''} add="add.channel" body={bodyOf} saved={saved}>
      <div class="fields">
        <Field label={a('name')}><input name="name" required maxLength={100} defaultValue={row?.name ?? ''} autoComplete="off" /></Field>
        <Field label={a('language')}><select name="language" defaultValue={row?.language ?? 'zh-CN'}>{([['zh-CN', '简体中文'], ['en', 'English']] as const).map(([value, text]) => <option key={value} value={value} lang={value} selected={value === (row?.language ?? 'zh-CN')}>{text}</option>)}</select></Field>
        <ZoneField label={a('time-zone')} value={row?.timeZone} />
        <Field label={a('gather')}><input name="gatherSeconds" type="number" required min={0} max={3600} defaultValue={String(row?.gatherSeconds ?? 30)} /></Field>
        <Field label={a('hq-url')} wide><input name="hqUrl" type="url" pattern="https?://.*" maxLength={2000} defaultValue={row?.hqUrl ?? location.origin} /></Field>
      </div>
      {row && <p><label><input type="checkbox" name="keep" checked={keeps} onChange={(e) => setKeeps(e.currentTarget.checked)} /> {a('keep-target')} ({a(`type.${row.type}`)}, {row.leadsTo})</label></p>}
      {!keeps && (
        <div class="fields">
          <Field label={a('type')}><select name="type" value={type} onChange={(e) => setType(e.currentTarget.value as ChannelType)}>{TYPES.map((x) => <option key={x} value={x}>{a(`type.${x}`)}</option>)}</select></Field>
          <Target key={type} />
        </div>
      )}
    </Editor>
  )
}

/** Channels: ways to tell people and machines. */
export const ChannelsTab = (props: TabProps) => {
  const { channels } = props.settings
  const row = channels.find((r) => r.id === editing())
  if (row || editing() === 'new') return <Form key={editing()} row={row} saved={() => props.settle(undefined)} />
  return channels.length === 0 ? <p class="empty">{a('no-channels')}</p> : <div class="card table"><Table label={a('tab.channels')} columns={columns(props)} rows={channels} keyOf={(r) => r.id} /></div>
}
