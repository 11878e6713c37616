import type { Change } from '../../../model/triage.ts'
import { Ago } from '../parts/time.tsx'
import { clock, language } from '../words.ts'
import { a, type TriageKey, wordOf } from './words.ts'

/** Something that happened by itself, beside what people did. */
export interface Event { at: number; what: TriageKey; detail?: string }

const STAMP = /\d{4}-\d\d-\d\dT[\d:.]+Z/g

// HQ writes times into details as it keeps them.
const detailInWords = (detail: string): string => detail.replace(STAMP, (stamp) => clock(Date.parse(stamp)))

const Did = ({ change }: { change: Change }) => {
  if (change.what === 'visit' && change.detail) return <><b>{wordOf('by', change.who)}</b> {a('did.visit')} <a href={`/api/visits/${change.detail}/work-order?lang=${language.value}`} target="_blank" rel="noreferrer">{a('work-order')}</a></>
  return <><b>{wordOf('by', change.who)}</b> {wordOf('did', change.what)}{change.detail && <span class="detail">{detailInWords(change.detail)}</span>}</>
}

/** Who did what, newest first, with what happened by itself in between. */
export const Activity = ({ history, events = [] }: { history: readonly Change[]; events?: readonly Event[] }) => {
  const entries = [
    ...history.map((change) => ({ key: change.id, at: change.at, show: <Did change={change} /> })),
    ...events.map((e) => ({ key: e.what, at: e.at, show: <>{a(e.what)}{e.detail && <span class="detail">{e.detail}</span>}</> })),
  ].toSorted((x, y) => y.at - x.at)
  return (
    <section class="card" aria-labelledby="activity">
      <h2 id="activity">{a('activity')}</h2>
      {entries.length === 0 ? <p class="empty">{a('no-activity')}</p> : <ol class="activity">{entries.map((e) => <li key={e.key}><span>{e.show}</span> <small><Ago at={e.at} /></small></li>)}</ol>}
    </section>
  )
}
