import type { BootDay, BootOutcome } from '../../../model/fleet.ts'
import type { Overview } from '../../../model/wire.ts'
import { ShareBar } from '../parts/bars.tsx'
import { percent, shared } from '../words.ts'
import { a, dayOf } from './words.ts'

const OUTCOMES: readonly BootOutcome[] = ['ready', 'degraded', 'blocked', 'unknown']
const TONES = { ready: 'good', degraded: 'warn', blocked: 'bad', unknown: 'none' } as const

const allOf = (day: Omit<BootDay, 'at'>): number => OUTCOMES.reduce((n, is) => n + day[is], 0)

const sumOf = (days: readonly BootDay[]): Omit<BootDay, 'at'> => {
  const of = (is: BootOutcome): number => days.reduce((n, day) => n + day[is], 0)
  return { ready: of('ready'), degraded: of('degraded'), blocked: of('blocked'), unknown: of('unknown') }
}

const Period = ({ name, counts, days }: { name: string; counts: Omit<BootDay, 'at'>; days: 1 | 7 }) => (
  <>
    <h3 class="part">{name} <b>{percent(counts.ready / allOf(counts))}</b> <small>{a('boots-of', { ready: counts.ready, all: allOf(counts) })}</small></h3>
    <ShareBar parts={OUTCOMES.filter((is) => counts[is] > 0).map((is) => ({ name: shared(`readiness.${is}`), count: counts[is], tone: TONES[is], ...(is !== 'ready' && { href: `/boot-checks?days=${days}&is=${is}` }) }))} />
  </>
)

const wordsOf = (day: BootDay): string => `${dayOf(day.at)} · ${allOf(day) === 0 ? a('boots-none') : `${percent(day.ready / allOf(day))} · ${a('boots-of', { ready: day.ready, all: allOf(day) })}`}`

/** Seven days as columns, as high as checks were made, from those passed upwards. */
const Columns = ({ days }: { days: readonly BootDay[] }) => {
  const most = Math.max(1, ...days.map(allOf))
  return (
    <ol class="boot-days">{days.map((day) => (
      <li key={day.at} title={wordsOf(day)}>
        <span class="boot-column" aria-hidden="true">{OUTCOMES.toReversed().filter((is) => day[is] > 0).map((is) => <span key={is} class={`boot-part tone-${TONES[is]}`} style={{ height: `${(day[is] / most) * 100}%` }} />)}</span>
        <span class="sr">{wordsOf(day)}</span>
        <small aria-hidden="true">{dayOf(day.at)}</small>
      </li>
    ))}</ol>
  )
}

/** How terminals came out of the checks that they made when they started, today and this week. */
export const BootsCard = ({ overview: { boots } }: { overview: Overview }) => {
  const week = sumOf(boots)
  const last = sumOf(boots.slice(-1))
  return (
    <section class="card">
      <h2><a class="bare" href="/boot-checks?days=7">{a('boots')}</a></h2>
      {allOf(week) === 0 ? <p class="empty">{a('boots-none')}</p> : (
        <>
          {allOf(last) > 0 && <Period name={a('boots-day')} counts={last} days={1} />}
          <Period name={a('boots-week')} counts={week} days={7} />
          <Columns days={boots} />
        </>
      )}
    </section>
  )
}
