import { useState } from 'preact/hooks'
import type { Care, CareAction } from '../../../model/triage.ts'
import { type Failed, send } from '../data.ts'
import { mayAs, me } from '../me.ts'
import { now } from '../parts/time.tsx'
import { clock } from '../words.ts'
import { a, troubleHere } from './words.ts'

const HOURS = [1, 4, 8, 24, 168] as const
const HOUR = 3_600_000

type Asking = 'assign' | 'suppress' | 'repair' | 'note'
const ASKING: readonly Asking[] = ['assign', 'suppress', 'repair', 'note']

/** The silence that is on, if there is one. */
export const silenceOf = (care: Care | undefined): { kind: NonNullable<Care['silence']>; until: number } | undefined =>
  care?.silence !== undefined && care.silencedUntil !== undefined && care.silencedUntil > now.value ? { kind: care.silence, until: care.silencedUntil } : undefined

/** The silence that is on, in words. */
export const Silenced = ({ care }: { care: Care | undefined }) => {
  const silence = silenceOf(care)
  return silence ? <span class="chip is-unknown">{a(`silenced.${silence.kind}`, { until: clock(silence.until) })}</span> : null
}

const actionOf = (asking: Asking, form: FormData): CareAction => {
  const text = String(form.get('note') ?? '').trim()
  const note = text === '' ? {} : { note: text }
  const until = Date.now() + Number(form.get('hours')) * HOUR
  switch (asking) {
    case 'assign': return { do: 'assign', to: String(form.get('to') ?? '').trim(), ...note }
    case 'suppress': return { do: 'suppress', until, ...note }
    case 'repair': return { do: 'repair', until, ...note }
    case 'note': return { do: 'note', note: text }
  }
}

const Fields = ({ asking, people }: { asking: Asking; people: readonly string[] }) => {
  const [to, setTo] = useState('')
  const name = me.value?.name
  return (
    <>
      {asking === 'assign' && (
        <label>{a('to-whom')} <input name="to" required maxLength={100} list="people" autoComplete="off" value={to} onInput={(e) => setTo(e.currentTarget.value)} ref={(field) => { if (field && to === '') field.focus() }} />
          <datalist id="people">{people.map((p) => <option key={p} value={p} />)}</datalist>
        </label>
      )}
      {asking === 'assign' && name !== undefined && <button type="button" onClick={() => setTo(name)}>{a('to-me')}</button>}
      {(asking === 'suppress' || asking === 'repair') && <label>{a('until')} <select name="hours" defaultValue={asking === 'repair' ? '8' : '24'}>{HOURS.map((h) => <option key={h} value={String(h)}>{a(`until.${h}`)}</option>)}</select></label>}
      <label>{a(asking === 'note' ? 'note-needed' : 'note')} <input name="note" maxLength={500} required={asking === 'note'} autoComplete="off" /></label>
    </>
  )
}

interface CareProps {
  incidents?: readonly string[]
  absences?: readonly string[]
  /** Of one thing: what was made of it so far. */
  care?: Care | undefined
  people?: readonly string[]
  done: () => void
}

/** What people may do about one thing or many. Nothing for those who may only look. */
export const CareForm = ({ incidents = [], absences = [], care, people = [], done }: CareProps) => {
  const [asking, setAsking] = useState<Asking>()
  const [failed, setFailed] = useState<Failed>()
  const [changed, setChanged] = useState<number>()
  const [busy, setBusy] = useState(false)
  if (!mayAs('technician')) return null
  const act = async (action: CareAction): Promise<void> => {
    setBusy(true)
    const answer = await send<{ changed: number }>('POST', '/api/care', { incidents, absences, action })
    setBusy(false)
    setFailed(answer.state === 'failed' ? answer : undefined)
    if (answer.state === 'failed') return
    setAsking(undefined)
    setChanged(answer.value.changed)
    done()
  }
  const submit = (event: SubmitEvent & { currentTarget: HTMLFormElement }): void => {
    event.preventDefault()
    if (asking) void act(actionOf(asking, new FormData(event.currentTarget)))
  }
  return (
    <div class="care">
      <div class="care-buttons">
        {care?.acknowledgedAt === undefined && <button type="button" class="primary" disabled={busy} onClick={() => void act({ do: 'acknowledge' })}>{a('do.acknowledge')}</button>}
        {ASKING.map((one) => <button key={one} type="button" disabled={busy} aria-expanded={asking === one} onClick={() => setAsking(asking === one ? undefined : one)}>{a(`do.${one}`)}</button>)}
        {care?.assignee !== undefined && <button type="button" disabled={busy} onClick={() => void act({ do: 'unassign' })}>{a('do.unassign')}</button>}
        {silenceOf(care) && <button type="button" disabled={busy} onClick={() => void act({ do: 'unsilence' })}>{a('do.unsilence')}</button>}
        {changed !== undefined && asking === undefined && <span role="status">{a('changed', { n: changed })}</span>}
      </div>
      {asking && (
        <form key={asking} class="care-form" onSubmit={submit}>
          <Fields asking={asking} people={people} />
          <button type="submit" class="primary" disabled={busy}>{a(`do.${asking}`)}</button>
          <button type="button" onClick={() => setAsking(undefined)}>{a('cancel')}</button>
        </form>
      )}
      {failed && <p class="failed" role="alert">{troubleHere(failed)}</p>}
    </div>
  )
}
