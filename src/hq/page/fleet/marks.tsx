import type { Readiness } from '../../../model/diagnosis.ts'
import type { TenderCounts } from '../../../model/fleet.ts'
import type { Opens } from '../../../model/triage.ts'
import { READINESS_SIGN } from '../parts/marks.tsx'
import { closedUntil, shared } from '../words.ts'
import { f } from './words.ts'

const stateOf = (counts: Record<Readiness['is'], number>): Readiness['is'] => (['blocked', 'unknown', 'degraded', 'ready'] as const).find((is) => counts[is] > 0) ?? 'unknown'

/** By which means how many of some terminals can take money. */
export const TenderMarks = ({ tenders }: { tenders: TenderCounts | undefined }) => (
  <span class="chips">
    {Object.entries(tenders ?? {}).map(([tender, counts]) => {
      const can = counts.ready + counts.degraded
      const all = can + counts.blocked + counts.unknown
      const is = stateOf(counts)
      return (
        <span key={tender} class={`chip is-${is}`} title={f('can-take', { can, all })}>
          <span aria-hidden="true">{READINESS_SIGN[is]}</span> {shared(`tender.${tender as Readiness['tender']}`)} {can}/{all}<span class="sr"> {shared(`readiness.${is}`)}</span>
        </span>
      )
    })}
  </span>
)

/** Whether a store is open now, by the hours that people gave; of one that is closed, when it opens. */
export const OpeningMark = ({ is, opens }: { is: 'open' | 'closed'; opens: Opens | undefined }) => (
  <span class={`mark opening-${is}`}><span aria-hidden="true">{is === 'open' ? '●' : '○'}</span> {opens ? closedUntil(opens) : f(`opening.${is}`)}</span>
)

/** Counted things as bars beside their names; `href` leads to what was counted. */
export const NamedBars = ({ rows }: { rows: readonly { name: string; count: number; href?: string; words?: string }[] }) => {
  const most = Math.max(1, ...rows.map((r) => r.count))
  return (
    <ul class="named-bars">
      {rows.map(({ name, count, href, words }) => (
        <li key={name}>
          <span class="bar-name">{href ? <a href={href}>{name}</a> : name}</span>
          <span class="bar" aria-hidden="true"><span style={{ width: `${(count / most) * 100}%` }} /></span>
          <span class="number">{words ?? count}</span>
        </li>
      ))}
    </ul>
  )
}
