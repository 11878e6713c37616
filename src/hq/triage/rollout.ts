import { uuidv7 } from '../../model/id.ts'
import type { RolloutRow } from '../../model/rollout.ts'
import { CommandProgress } from '../../model/wire.ts'
import { contactBounds } from '../queries/rows.ts'
import { spreadOf } from '../spread.ts'
import type { Moment, Store } from '../store.ts'
import { surprise, type Usual } from './outbreaks.ts'

const DAY = 86_400_000

/** Terminals asked in one round, and looked at in one page. */
const MOST_ASKED = 300
const PAGE = 5000

/** How long a terminal may take to fetch the command, in ms. */
const COMMAND_MS = 30 * 60_000

/** A rollout halts when so many failed, at least, and this part of those that answered. */
const HALT = { failed: 3, part: 0.05 } as const

/** It halts as well when terminals that took it have more incidents than chance explains: less often than once in ten thousand. */
const UNUSUAL = -4

/** True if a terminal belongs to the first `percent` of a revision: always the same ones, other ones for every revision. */
export const isAmong = (revision: number, terminalId: string, percent: number): boolean => (spreadOf(`${revision} ${terminalId}`) % 10_000) / 100 < percent

const collect = async ({ triage }: Store, revision: number): Promise<void> => {
  const ended = await triage.rollouts.ended(revision, PAGE)
  await triage.together('noting answers to a rollout', ended.map(({ terminal_id, state, progress, changed_at }) =>
    triage.rollouts.ending(revision, terminal_id, state, changed_at, progress === null ? null : (CommandProgress.parse(JSON.parse(progress)).detail ?? null))))
}

const haltReason = async ({ triage }: Store, { applied, failed, configuration }: RolloutRow, usual: Usual, terminals: number, now: number): Promise<string | undefined> => {
  if (failed >= HALT.failed && failed > HALT.part * (applied + failed)) return `${failed} terminals failed to take it`
  const { incidents, ms } = await triage.rollouts.aftermath(configuration.revision, now)
  const before = [...usual.fleet.values()].reduce((sum, n) => sum + n, 0)
  // Without a past there is nothing to compare with, and the failures above must do.
  if (usual.days < 1 || ms === 0 || surprise(incidents, before + 1, terminals * usual.days, ms / DAY) > UNUSUAL) return undefined
  return `${incidents} incidents began on terminals that took it, more than chance explains`
}

/** Asks terminals of the current stage that are heard; how many were asked. */
const ask = async (store: Store, { configuration, region, stages, stage }: RolloutRow, moment: Moment): Promise<number> => {
  const { now } = moment
  const { revision } = configuration
  let asked = 0
  for (let after = ''; asked < MOST_ASKED; ) {
    const page = await store.triage.rollouts.candidates(revision, region, after, contactBounds(moment).online, now, PAGE)
    for (const { id, tries } of page.filter((t) => isAmong(revision, t.id, stages[stage] ?? 0)).slice(0, MOST_ASKED - asked)) {
      const command = uuidv7(now)
      await store.addCommand({ id: command, type: 'configuration', createdAt: now, expiresAt: now + COMMAND_MS, configuration }, id)
      // Noted last: a terminal that is asked and not noted is asked once more, which does no harm; one noted and not asked would wait for ever.
      await store.triage.together('asking a terminal', [store.triage.rollouts.asking(revision, id, command, (tries ?? 0) + 1, now)])
      asked++
    }
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return asked
    after = last.id
  }
  return asked
}

/** Brings every running rollout on: gathers answers, halts where it does harm, asks the next terminals, goes to the next stage. */
export const bringOn = async (store: Store, usual: Usual, terminals: number, moment: Moment): Promise<void> => {
  const { triage } = store
  const { now } = moment
  for (const { configuration: { revision } } of await triage.rollouts.list('running')) {
    await collect(store, revision)
    const rollout = await triage.rollouts.one(revision)
    if (rollout === undefined) continue
    const reason = await haltReason(store, rollout, usual, terminals, now)
    const note = (what: string, detail?: string) => triage.care.noting([{ place: 'fleet', id: `revision ${revision}` }], { at: now, who: 'hq', what, ...(detail === undefined ? {} : { detail }) })
    if (reason !== undefined) {
      await triage.together('halting a rollout', [triage.rollouts.changing(revision, { state: 'halted', reason }), ...note('halt', reason)])
      continue
    }
    const asked = await ask(store, rollout, moment)
    if (asked > 0 || rollout.asked > 0 || now - rollout.stageAt < rollout.soakMs) continue
    const over = rollout.stage + 1 >= rollout.stages.length
    // Terminals that come back later are asked as long as the last stage is open: it ends when nobody is left out.
    if (over && rollout.refused > 0) continue
    await triage.together('bringing a rollout on', over
      ? [triage.rollouts.changing(revision, { state: 'done' }), ...note('done')]
      : [triage.rollouts.changing(revision, { stage: rollout.stage + 1, stage_at: now }), ...note('stage', `${rollout.stages[rollout.stage + 1]} %`)])
  }
}
