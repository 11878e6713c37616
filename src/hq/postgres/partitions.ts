import type { Partition } from '../../model/health.ts'
import { timeOfId } from '../../model/id.ts'
import { firstIdAt } from '../queries/ids.ts'
import type { Connections, Run } from './open.ts'

const DAY = 86_400_000

/** For how long before and after now there are partitions at the ready, in ms: whatever HQ accepts has its place. */
const READY = { before: 61 * DAY, after: 3 * DAY } as const

/** Advisory locks: the first key says that they are ours, the second what for; folding takes those from FIRST_SLOT on. */
export const LOCK = { ours: 0x706f73, partitions: 1, alerts: 2, sending: 3, firstSlot: 100 } as const

const dayOf = (time: number): number => Math.floor(time / DAY) * DAY

/** report_20261122 holds the reports of that day (UTC). */
const nameOf = (day: number): string => `report_${new Date(day).toISOString().slice(0, 10).replaceAll('-', '')}`

const dayOfName = (name: string): number => Date.parse(`${name.slice(7, 11)}-${name.slice(11, 13)}-${name.slice(13, 15)}`)

const existing = async (run: Run): Promise<Set<string>> => {
  const rows = await run<{ name: string }>({
    name: 'partitions',
    text: "select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'report'::regclass",
  })
  return new Set(rows.map((r) => r.name))
}

// Made beside the table and attached, a new partition holds up nobody who reads or writes the others. Rows of up to 8 KB stay whole:
// what is worth compressing HQ has compressed.
const make = async (run: Run, day: number): Promise<void> => {
  const name = nameOf(day)
  await run({ name: '', text: `create table ${name} (like report including all) with (toast_tuple_target = 8160)` })
  await run({ name: '', text: `alter table report attach partition ${name} for values from ('${firstIdAt(day)}') to ('${firstIdAt(day + DAY)}')` })
}

const makeMissing = async (run: Run, days: Iterable<number>): Promise<void> => {
  const there = await existing(run)
  for (const day of days) {
    if (!there.has(nameOf(day))) await make(run, day)
  }
}

/** The partitions that hold something, newest first, with their size; the number of rows is the database's estimate. */
export const listPartitions = async (run: Run): Promise<Partition[]> => {
  const rows = await run<Partition>({
    name: 'partition-sizes',
    text: `select c.relname as name, pg_total_relation_size(c.oid) as bytes, greatest(c.reltuples, 0)::bigint as rows
      from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'report'::regclass order by c.relname desc`,
  })
  return rows.filter(({ name, bytes }) => Number.isFinite(dayOfName(name)) && bytes > 0)
}

/** Makes the partitions that reports with these ids need; waits for whoever else makes some. */
export const makePartitionsFor = (db: Connections, ids: readonly string[]): Promise<void> =>
  db.transaction(async (run) => {
    await run({ name: 'lock-partitions', text: 'select pg_advisory_xact_lock($1, $2)' }, [LOCK.ours, LOCK.partitions])
    await makeMissing(run, new Set(ids.map((id) => dayOf(timeOfId(id)))))
  })

/**
 * Makes the partitions of the days around now and drops those that end before `reportsBefore` and in which all is folded. For one
 * process at a time: false if another is at it. Gives up a drop that would hold up others for more than a second.
 */
export const tendPartitions = (db: Connections, now: number, reportsBefore: number): Promise<boolean> =>
  db.transaction(async (run) => {
    const [mine] = await run<{ got: boolean }>({ name: 'try-lock', text: 'select pg_try_advisory_xact_lock($1, $2) as got' }, [LOCK.ours, LOCK.partitions])
    if (mine?.got !== true) return false
    const days = Array.from({ length: (READY.before + READY.after) / DAY }, (_, i) => dayOf(now - READY.before) + i * DAY)
    await makeMissing(run, days)
    const old = [...(await existing(run))].filter((name) => dayOfName(name) + DAY <= reportsBefore)
    await run({ name: '', text: "set local lock_timeout = '1s'" })
    for (const name of old) {
      const day = dayOfName(name)
      const [waits] = await run({ name: '', text: 'select 1 from unfolded where id >= $1 and id < $2 limit 1' }, [firstIdAt(day), firstIdAt(day + DAY)])
      if (waits === undefined) await run({ name: '', text: `drop table ${name}` })
    }
    return true
  })
