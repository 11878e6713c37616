import { type Compilable, type Selectable, sql } from 'kysely'
import { Configuration } from '../../../model/configuration.ts'
import { type RolloutDetail, type RolloutRow, RolloutState } from '../../../model/rollout.ts'
import type { Engine } from '../../engine.ts'
import { plain } from '../../plain.ts'
import { optional } from '../rows.ts'
import type { Tables } from '../tables.ts'

/** How often a terminal is asked again that refused or did not answer, and how long it is left alone in between (ms). */
const TRIES = 5
const AGAIN_MS = 10 * 60_000

type Counts = Pick<RolloutRow, 'asked' | 'applied' | 'refused' | 'failed'>

const rolloutRow = (row: Selectable<Tables['rollout']>, counts: Counts): RolloutRow => ({
  configuration: Configuration.parse(JSON.parse(row.configuration)),
  ...optional('note', row.note),
  madeAt: row.made_at,
  madeBy: row.made_by,
  ...optional('region', row.region),
  stages: JSON.parse(row.stages) as number[],
  soakMs: row.soak_ms,
  state: RolloutState.parse(row.state),
  stage: row.stage,
  stageAt: row.stage_at,
  ...optional('reason', row.reason),
  ...counts,
})

/** Revisions of the configuration, and how far each has come. */
export const rolloutQueries = (engine: Engine) => {
  const { read } = engine
  const countsOf = async (revision: number): Promise<Counts> => {
    const rows = await read.selectFrom('rollout_terminal').where('revision', '=', revision).groupBy('state').select(['state', sql<number>`count(*)`.as('n')]).execute()
    const of = (...states: string[]): number => rows.filter((r) => states.includes(r.state)).reduce((n, r) => n + r.n, 0)
    return { asked: of('asked'), applied: of('done'), refused: of('refused', 'expired'), failed: of('failed') }
  }
  const rowsOf = async (rows: Selectable<Tables['rollout']>[]): Promise<RolloutRow[]> => {
    const found: RolloutRow[] = []
    for (const row of rows) found.push(rolloutRow(row, await countsOf(row.revision)))
    return found
  }
  return {
    /** The revision that would come next. */
    next: (): Promise<number> => engine.reading(async () => ((await read.selectFrom('rollout').select(sql<number | null>`max(revision)`.as('n')).executeTakeFirst())?.n ?? 0) + 1),
    /** The statement that makes a rollout; fails if its revision is there already. */
    making: (r: Omit<RolloutRow, keyof Counts>): Compilable =>
      read.insertInto('rollout').values({
        revision: r.configuration.revision, configuration: JSON.stringify(r.configuration), note: r.note === undefined ? null : plain(r.note), made_at: r.madeAt, made_by: plain(r.madeBy), region: r.region === undefined ? null : plain(r.region),
        stages: JSON.stringify(r.stages), soak_ms: r.soakMs, state: r.state, stage: r.stage, stage_at: r.stageAt, reason: r.reason ?? null,
      }),
    changing: (revision: number, set: { state?: RolloutState; stage?: number; stage_at?: number; reason?: string | null }): Compilable => read.updateTable('rollout').set(set).where('revision', '=', revision),
    list: (state?: RolloutState): Promise<RolloutRow[]> =>
      engine.reading(async () => {
        const query = read.selectFrom('rollout').selectAll().orderBy('revision', 'desc').limit(100)
        return rowsOf(await (state === undefined ? query : query.where('state', '=', state)).execute())
      }),
    one: (revision: number): Promise<RolloutRow | undefined> => engine.reading(async () => (await rowsOf(await read.selectFrom('rollout').selectAll().where('revision', '=', revision).execute()))[0]),
    /** The latest revision that a terminal took. */
    takenBy: (terminal: string): Promise<number | undefined> =>
      engine.reading(async () => (await read.selectFrom('rollout_terminal').where('terminal_id', '=', terminal).where('state', '=', 'done').select(sql<number | null>`max(revision)`.as('n')).executeTakeFirst())?.n ?? undefined),
    trouble: (revision: number): Promise<RolloutDetail['trouble']> =>
      engine.reading(async () =>
        (await read.selectFrom('rollout_terminal').selectAll().where('revision', '=', revision).where('state', 'in', ['refused', 'expired', 'failed']).orderBy('at', 'desc').limit(200).execute())
          .map((r) => ({ terminalId: r.terminal_id, state: r.state, at: r.at, tries: r.tries, ...optional('detail', r.detail) })),
      ),
    /** Terminals after that id that are heard and may be asked: not yet, or again. */
    candidates: (revision: number, region: string | undefined, after: string, seenFrom: number, now: number, limit: number) =>
      engine.reading(() => {
        let query = read.selectFrom('terminal as t').leftJoin('rollout_terminal as r', (on) => on.onRef('r.terminal_id', '=', 't.id').on('r.revision', '=', revision))
          .where('t.id', '>', after).where('t.seen_at', '>=', seenFrom)
          .where((eb) => eb.or([eb('r.state', 'is', null), eb.and([eb('r.state', 'in', ['refused', 'expired']), eb('r.tries', '<', TRIES), eb('r.at', '<', now - AGAIN_MS)])]))
        if (region !== undefined) query = query.where('t.id', 'in', read.selectFrom('terminal_factor').select('terminal_id').where('name', '=', 'region').where('value', '=', region))
        return query.select(['t.id', 'r.tries']).orderBy('t.id').limit(limit).execute()
      }),
    /** The statement that notes that a terminal was asked. */
    asking: (revision: number, terminal_id: string, command: string, tries: number, at: number): Compilable =>
      read.insertInto('rollout_terminal').values({ terminal_id, revision, state: 'asked', command, at, tries, detail: null })
        .onConflict((oc) => oc.columns(['terminal_id', 'revision']).doUpdateSet({ state: 'asked', command, at, tries, detail: null })),
    /** Commands of a rollout that have ended since. */
    ended: (revision: number, limit: number) =>
      engine.reading(() =>
        read.selectFrom('rollout_terminal as r').innerJoin('command as c', (on) => on.onRef('c.terminal_id', '=', 'r.terminal_id').onRef('c.id', '=', 'r.command'))
          .where('r.revision', '=', revision).where('r.state', '=', 'asked').where('c.state', 'in', ['done', 'refused', 'failed', 'expired']).select(['r.terminal_id', 'c.state', 'c.progress', 'c.changed_at']).limit(limit).execute(),
      ),
    /** The statement that notes how asking a terminal ended. */
    ending: (revision: number, terminal: string, state: string, at: number, detail: string | null): Compilable =>
      read.updateTable('rollout_terminal').set({ state, at, detail }).where('revision', '=', revision).where('terminal_id', '=', terminal),
    /** Incidents that began on terminals after they took a revision, and for how long they have gone by it altogether, in ms. */
    aftermath: (revision: number, now: number): Promise<{ incidents: number; ms: number }> =>
      engine.reading(async () => {
        const taken = read.selectFrom('rollout_terminal').where('revision', '=', revision).where('state', '=', 'done')
        const time = await taken.select(sql<number>`coalesce(sum(${now} - at), 0)`.as('ms')).executeTakeFirstOrThrow()
        const born = await read.selectFrom('incident as i').innerJoin('rollout_terminal as r', 'r.terminal_id', 'i.terminal_id').where('r.revision', '=', revision).where('r.state', '=', 'done')
          .whereRef('i.opened_at', '>', 'r.at').select(sql<number>`count(*)`.as('n')).executeTakeFirstOrThrow()
        return { incidents: born.n, ms: time.ms }
      }),
  }
}
