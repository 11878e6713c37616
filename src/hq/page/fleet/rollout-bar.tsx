import type { RolloutRow } from '../../../model/rollout.ts'
import { ShareBar } from '../parts/bars.tsx'
import { now } from '../parts/time.tsx'
import { lasting } from '../words.ts'
import { f } from './words.ts'

const TONE = { running: 'degraded', paused: 'unknown', halted: 'blocked', done: 'ready' } as const
const SIGN = { running: '▶', paused: '⏸', halted: '■', done: '✓' } as const

/** How a rollout stands: sign, word and colour. */
export const RolloutMark = ({ is }: { is: RolloutRow['state'] }) => <span class={`chip is-${TONE[is]}`}><span aria-hidden="true">{SIGN[is]}</span> {f(`rollout.${is}`)}</span>

/** Terminals by how they took a revision; those not asked yet fill the rest, if it is known how many there are. */
export const TakenBar = ({ rollout: { applied, asked, refused, failed }, fleet }: { rollout: RolloutRow; fleet: number | undefined }) => (
  <ShareBar
    parts={[
      { name: f('taken'), count: applied, tone: 'good' },
      { name: f('asked'), count: asked, tone: 'none' },
      { name: f('refused'), count: refused, tone: 'warn' },
      { name: f('failed'), count: failed, tone: 'bad' },
      ...(fleet === undefined ? [] : [{ name: f('not-asked-yet'), count: Math.max(0, fleet - applied - asked - refused - failed), tone: 'empty' }]),
    ]}
  />
)

/** The stages of a rollout in a row: those behind it, the one it is at, and those to come. */
export const Stages = ({ rollout: { stages, stage, state, stageAt, soakMs } }: { rollout: RolloutRow }) => {
  const left = stageAt + soakMs - now.value
  return (
    <ol class="stages">
      {stages.map((percent, i) => {
        const is = state === 'done' || i < stage ? 'behind' : i === stage ? 'at' : 'ahead'
        return (
          <li key={percent} class={`stage ${is}`} aria-current={is === 'at' ? 'step' : undefined}>
            <b>{percent} %</b> <span>{f(`stage.${is}`)}</span>
            {is === 'at' && state === 'running' && <small>{left > 0 ? f('watched-for', { time: lasting(left) }) : f('watched-enough')}</small>}
          </li>
        )
      })}
    </ol>
  )
}

/** What a revision sets, name by name. */
export const Settings = ({ configuration: { limits, posMinimumVersion } }: Pick<RolloutRow, 'configuration'>) => {
  const rows = [...Object.entries(limits).map(([name, value]) => [name, String(value)] as const), ...(posMinimumVersion === undefined ? [] : [[f('pos-minimum'), posMinimumVersion] as const])]
  return rows.length === 0 ? <span>{f('sets-nothing')}</span> : <ul class="bare-list">{rows.map(([name, value]) => <li key={name}><code>{name}</code> = <b>{value}</b></li>)}</ul>
}
