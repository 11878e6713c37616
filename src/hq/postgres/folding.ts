import type { Selectable } from 'kysely'
import { type Batch, batchOf, type UnfoldedRow } from '../batches.ts'
import { bootsPerHour, type NewBoot } from '../boots.ts'
import { REGRESSION_MS } from '../fold.ts'
import type { Fold, Folded, FoldedIncident, FoldState, Unfolded, UnfoldedReport } from '../fold-types.ts'
import { blockedOf, incidentRow, placeOf, searchOf, tendersOf } from '../queries/rows.ts'
import type { Tables } from '../queries/tables.ts'
import { rankOf } from '../severity.ts'
import type { FoldOutcome } from '../store.ts'
import { bigints, doubles, texts, uuids } from './arrays.ts'
import { countExamples } from './knowledge.ts'
import type { Connections, Run } from './open.ts'
import { LOCK } from './partitions.ts'
import { SLOTS } from './reports.ts'

/** What folding did, and the last slot in which it did. */
export interface SlotsOutcome extends FoldOutcome { changedIncidents: string[]; slot: number }

const NEXT_SLOT = {
  name: 'next-slot',
  text: 'select slot, pg_try_advisory_xact_lock($2, $3 + slot) as mine from (select min(slot)::int as slot from unfolded where slot >= $1) s where slot is not null',
}
// A statement sees what was there when it began: asked together with the lock, it would show what whoever had the lock before has just folded.
const KEYS = { name: 'unfolded-keys', text: 'select slot, id, terminal_id from unfolded where slot = $1 order by id, terminal_id limit $2' }
// The bounds of the ids let the planner look only at the partitions that hold them.
const REPORTS = {
  name: 'unfolded-reports',
  text: `select r.terminal_id, r.id, r.sequence, r.at, r.received_at, r.digest
    from unnest($1::text[], $2::uuid[]) as k(terminal_id, id) join report r on r.terminal_id = k.terminal_id and r.id = k.id
    where r.id >= $3 and r.id <= $4`,
}
const DONE = { name: 'folded', text: 'delete from unfolded u using unnest($1::bigint[], $2::text[], $3::uuid[]) as k(slot, terminal_id, id) where u.slot = k.slot and u.id = k.id and u.terminal_id = k.terminal_id' }
const KNOWN = { name: 'fold-known', text: 'select id, fold_state, open_incidents from terminal where id = any($1::text[])' }
const OPEN = { name: 'fold-open', text: 'select * from incident where terminal_id = any($1::text[]) and closed_at is null' }
const CLOSED = {
  name: 'fold-closed',
  text: `select distinct on (terminal_id, fault, device) id, terminal_id, fault, device, closed_at as "closedAt" from incident
    where terminal_id = any($1::text[]) and closed_at > $2 order by terminal_id, fault, device, closed_at desc`,
}
const HOURS = {
  name: 'fold-hours',
  text: `insert into report_hour (hour, slot, reports) select hour, $2, n from unnest($1::bigint[], $3::bigint[]) as h(hour, n)
    on conflict (hour, slot) do update set reports = report_hour.reports + excluded.reports`,
}
const KEEP_INCIDENTS = {
  name: 'keep-incidents',
  text: `insert into incident (id, terminal_id, store, fault, device, severity, rank, title_zh, title_en, opened_at, changed_at, closed_at, count, posterior, regression, report, misses,
      region, model, agent_version, firmware, actor, previous, resolved_by, resolved_report)
    select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[], $10::bigint[], $11::bigint[], $12::bigint[],
      $13::bigint[], $14::double precision[], $15::bigint[], $16::text[], $17::bigint[],
      $18::text[], $19::text[], $20::text[], $21::text[], $22::text[], $23::text[], $24::text[], $25::text[])
    on conflict (terminal_id, id) do update set severity = excluded.severity, rank = excluded.rank, title_zh = excluded.title_zh, title_en = excluded.title_en,
    changed_at = excluded.changed_at, closed_at = excluded.closed_at, count = excluded.count, posterior = excluded.posterior, report = excluded.report, misses = excluded.misses,
    resolved_by = excluded.resolved_by, resolved_report = excluded.resolved_report`,
}
// Of terminals all of whose reports were late only the last contact is kept. A heartbeat may have brought the outcome of a later check than the report did.
const KEEP_LATE = {
  name: 'keep-late',
  text: `insert into terminal (id, identity, search, region, store, seen_at) select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[])
    on conflict (id) do update set seen_at = greatest(terminal.seen_at, excluded.seen_at)`,
}
const KEEP_LATEST = {
  name: 'keep-latest',
  text: `insert into terminal (id, identity, search, region, store, seen_at, open_incidents, worst, fold_state, agent_version, readiness, tenders, blocked, checked_at)
    select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::bigint[], $14::bigint[])
    on conflict (id) do update set identity = excluded.identity, search = excluded.search, region = excluded.region, store = excluded.store, seen_at = greatest(terminal.seen_at, excluded.seen_at),
    open_incidents = excluded.open_incidents, worst = excluded.worst, fold_state = excluded.fold_state, agent_version = excluded.agent_version,
    readiness = case when coalesce(terminal.checked_at, 0) <= excluded.checked_at then excluded.readiness else terminal.readiness end,
    tenders = case when coalesce(terminal.checked_at, 0) <= excluded.checked_at then excluded.tenders else terminal.tenders end,
    blocked = case when coalesce(terminal.checked_at, 0) <= excluded.checked_at then excluded.blocked else terminal.blocked end,
    checked_at = greatest(terminal.checked_at, excluded.checked_at)`,
}

interface KnownRow { id: string; fold_state: string | null; open_incidents: number }
type ClosedRow = Unfolded['closed'][number] & { terminal_id: string }

const grouped = <R extends { terminal_id: string }>(rows: readonly R[]): Map<string, R[]> => Map.groupBy(rows, (r) => r.terminal_id)

/** Terminals as they were before folding. Most reports find nothing on terminals where nothing is open: they cost no look at incidents. */
const before = async (run: Run, byTerminal: Batch['byTerminal']): Promise<Map<string, Unfolded>> => {
  const ids = [...byTerminal.keys()]
  const known = new Map((await run<KnownRow>(KNOWN, [texts(ids)])).map((r) => [r.id, r]))
  const withOpen = ids.filter((id) => (known.get(id)?.open_incidents ?? 0) > 0)
  const withFound = ids.filter((id) => byTerminal.get(id)?.some((r) => r.digest.found.length > 0))
  const since = Math.min(...[...byTerminal.values()].flat().map((r) => r.receivedAt)) - REGRESSION_MS
  const open = grouped(withOpen.length === 0 ? [] : await run<Selectable<Tables['incident']>>(OPEN, [texts(withOpen)]))
  const closed = grouped(withFound.length === 0 ? [] : await run<ClosedRow>(CLOSED, [texts(withFound), since]))
  return new Map(
    ids.map((id) => {
      const state = known.get(id)?.fold_state
      return [id, {
        terminalId: id,
        ...(state === undefined || state === null ? {} : { state: JSON.parse(state) as FoldState }),
        open: (open.get(id) ?? []).map((row) => ({ ...incidentRow(row), misses: row.misses })),
        closed: closed.get(id) ?? [],
      }]
    }),
  )
}

const keepIncidents = async (run: Run, incidents: readonly FoldedIncident[]): Promise<void> => {
  if (incidents.length === 0) return
  // Closed ones first: where one closed and came back in the same batch, the index of open incidents must see them in this order.
  const i = incidents.toSorted((a, b) => Number(a.closedAt === undefined) - Number(b.closedAt === undefined))
  await run(KEEP_INCIDENTS, [
    texts(i.map((x) => x.id)), texts(i.map((x) => x.terminalId)), texts(i.map((x) => x.store ?? null)), texts(i.map((x) => x.fault)), texts(i.map((x) => x.device)),
    texts(i.map((x) => x.severity)), bigints(i.map((x) => rankOf(x.severity))), texts(i.map((x) => x.title.zh)), texts(i.map((x) => x.title.en)),
    bigints(i.map((x) => x.openedAt)), bigints(i.map((x) => x.changedAt)), bigints(i.map((x) => x.closedAt ?? null)), bigints(i.map((x) => x.count)),
    doubles(i.map((x) => x.posterior)), bigints(i.map((x) => (x.regression ? 1 : 0))), texts(i.map((x) => x.report)), bigints(i.map((x) => x.misses)),
    texts(i.map((x) => x.region ?? null)), texts(i.map((x) => x.model ?? null)), texts(i.map((x) => x.agentVersion ?? null)), texts(i.map((x) => x.firmware ?? null)),
    texts(i.map((x) => x.actor ?? null)), texts(i.map((x) => x.previous ?? null)), texts(i.map((x) => x.resolvedBy ?? null)), texts(i.map((x) => x.resolvedReport ?? null)),
  ])
}

interface Outcome { terminalId: string; seenAt: number; folded: Folded; reports: readonly UnfoldedReport[] }

const keepTerminals = async (run: Run, outcomes: readonly Outcome[]): Promise<void> => {
  const late = outcomes.filter((o) => o.folded.latest === undefined)
  if (late.length > 0) {
    const identities = late.map((o) => o.reports[0]?.digest.terminal ?? { id: o.terminalId })
    const places = identities.map(placeOf)
    await run(KEEP_LATE, [texts(late.map((o) => o.terminalId)), texts(identities.map((i) => JSON.stringify(i))), texts(identities.map(searchOf)), texts(places.map(([region]) => region)), texts(places.map(([, store]) => store)), bigints(late.map((o) => o.seenAt))])
  }
  const rows = outcomes.flatMap((o) => (o.folded.latest === undefined ? [] : [{ ...o, digest: o.folded.latest.digest }]))
  if (rows.length === 0) return
  const places = rows.map((o) => placeOf(o.digest.terminal))
  await run(KEEP_LATEST, [
    texts(rows.map((o) => o.terminalId)), texts(rows.map((o) => JSON.stringify(o.digest.terminal))), texts(rows.map((o) => searchOf(o.digest.terminal))),
    texts(places.map(([region]) => region)), texts(places.map(([, store]) => store)), bigints(rows.map((o) => o.seenAt)),
    bigints(rows.map((o) => o.folded.openIncidents)), texts(rows.map((o) => o.folded.worst ?? null)), texts(rows.map((o) => JSON.stringify(o.folded.state))),
    texts(rows.map((o) => o.digest.agentVersion)), texts(rows.map((o) => JSON.stringify(o.digest.readiness))), texts(rows.map((o) => tendersOf(o.digest.readiness))),
    bigints(rows.map((o) => blockedOf(o.digest.readiness))), bigints(rows.map((o) => o.digest.checkedAt)),
  ])
}

const FORGET_FACTORS = { name: 'forget-factors', text: 'delete from terminal_factor where terminal_id = any($1::text[])' }
const KEEP_FACTORS = { name: 'keep-factors', text: 'insert into terminal_factor (terminal_id, name, value) select * from unnest($1::text[], $2::text[], $3::text[])' }

const keepFactors = async (run: Run, outcomes: readonly Outcome[]): Promise<void> => {
  const changed = outcomes.flatMap(({ terminalId, folded: { factors } }) => (factors === undefined ? [] : [{ terminalId, factors }]))
  if (changed.length === 0) return
  await run(FORGET_FACTORS, [texts(changed.map((c) => c.terminalId))])
  const rows = changed.flatMap(({ terminalId, factors }) => factors.map(([name, value]) => ({ terminalId, name, value })))
  await run(KEEP_FACTORS, [texts(rows.map((r) => r.terminalId)), texts(rows.map((r) => r.name)), texts(rows.map((r) => r.value))])
}

const KEEP_BOOTS = { name: 'keep-boots', text: 'insert into boot_check (terminal_id, id, at, outcome, found) select * from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[]) on conflict do nothing' }
const COUNT_BOOTS = {
  name: 'count-boots',
  text: `insert into boot_hour (hour, slot, ready, degraded, blocked, unknown) select hour, $2, ready, degraded, blocked, unknown
    from unnest($1::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[]) as h(hour, ready, degraded, blocked, unknown)
    on conflict (hour, slot) do update set ready = boot_hour.ready + excluded.ready, degraded = boot_hour.degraded + excluded.degraded,
    blocked = boot_hour.blocked + excluded.blocked, unknown = boot_hour.unknown + excluded.unknown`,
}

const keepBoots = async (run: Run, boots: readonly NewBoot[], slot: number): Promise<void> => {
  if (boots.length === 0) return
  await run(KEEP_BOOTS, [texts(boots.map((b) => b.terminal_id)), texts(boots.map((b) => b.id)), bigints(boots.map((b) => b.at)), texts(boots.map((b) => b.outcome)), texts(boots.map((b) => b.found))])
  const hours = bootsPerHour(boots)
  await run(COUNT_BOOTS, [bigints(hours.map((h) => h.hour)), slot, bigints(hours.map((h) => h.counts.ready)), bigints(hours.map((h) => h.counts.degraded)), bigints(hours.map((h) => h.counts.blocked)), bigints(hours.map((h) => h.counts.unknown))])
}

interface Key { slot: number; id: string; terminal_id: string }

/** Up to `limit` reports that wait, of slots from `from` on and around, and a hold on those slots until the transaction ends. */
const keysFrom = async (run: Run, from: number, limit: number): Promise<Key[]> => {
  const keys: Key[] = []
  const take = async (first: number, end: number): Promise<void> => {
    for (let at = first; keys.length < limit; at++) {
      const [next] = await run<{ slot: number; mine: boolean }>(NEXT_SLOT, [at, LOCK.ours, LOCK.firstSlot])
      if (next === undefined || next.slot >= end) return
      at = next.slot
      // Where another process is at it, the next one.
      if (next.mine) keys.push(...(await run<Key>(KEYS, [at, limit - keys.length])))
    }
  }
  await take(from, SLOTS)
  await take(0, from)
  return keys
}

const foldKeys = async (run: Run, keys: readonly Key[], fold: Fold): Promise<SlotsOutcome> => {
  const ids = keys.map((k) => k.id).toSorted()
  const key = [texts(keys.map((k) => k.terminal_id)), uuids(keys.map((k) => k.id))]
  const slot = keys.at(-1)?.slot ?? 0
  const { byTerminal, perHour, examples, boots } = batchOf(await run<UnfoldedRow>(REPORTS, [...key, ids[0], ids.at(-1)]))
  const known = await before(run, byTerminal)
  // In the order of their ids, as every process locks terminals in that order.
  const outcomes = [...byTerminal].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([terminalId, reports]): Outcome => ({
    terminalId,
    reports,
    seenAt: Math.max(...reports.map((r) => r.receivedAt)),
    folded: fold(known.get(terminalId) ?? { terminalId, open: [], closed: [] }, reports),
  }))
  await keepIncidents(run, outcomes.flatMap((o) => o.folded.incidents))
  await run(DONE, [bigints(keys.map((k) => k.slot)), ...key])
  await run(HOURS, [bigints([...perHour.keys()]), slot, bigints([...perHour.values()])])
  await keepTerminals(run, outcomes)
  await keepFactors(run, outcomes)
  await keepBoots(run, boots, slot)
  await countExamples(run, examples)
  return {
    folded: keys.length,
    late: outcomes.reduce((sum, o) => sum + o.folded.late, 0),
    terminals: outcomes.map((o) => o.terminalId),
    changedIncidents: outcomes.filter((o) => o.folded.incidents.length > 0).map((o) => o.terminalId),
    slot,
  }
}

/**
 * Folds the next reports of slots that no other process is at, from slot `from` on, and lets `told` speak within the same transaction,
 * with which the hold on the slots ends, however it ends.
 */
export const foldNext = (db: Connections, from: number, limit: number, fold: Fold, told: (run: Run, outcome: SlotsOutcome) => Promise<void>): Promise<SlotsOutcome> =>
  db.transaction(async (run) => {
    const keys = await keysFrom(run, from, limit)
    if (keys.length === 0) return { folded: 0, late: 0, terminals: [], changedIncidents: [], slot: from }
    const outcome = await foldKeys(run, keys, fold)
    await told(run, outcome)
    return outcome
  })
