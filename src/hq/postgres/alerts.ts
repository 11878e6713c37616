import { sql } from 'kysely'
import type { AlertRow } from '../../model/alerts.ts'
import { uuidv7 } from '../../model/id.ts'
import { LOOK_BACK_MS, mayTry, type Outbox, planSending, triesOf } from '../alerts/plan.ts'
import type { AlertStore, Claimed, Firing, Holding, NewAlert, Outcome, Sending } from '../alerts/store.ts'
import { plain } from '../plain.ts'
import {
  type AlertWhat, claimedMessage, type FieldOf, listAlerts, listDeliveries, listDue, listOrphaned, listOver, listStanding, listUnraised, type NoticeRecord, readChannelStates, readSettings, settledColumns, triedOnceMore, triesIn,
} from '../queries/alerts.ts'
import type { Tables } from '../queries/tables.ts'
import { bigints, texts } from './arrays.ts'
import type { Connections, Run } from './open.ts'
import { LOCK } from './partitions.ts'

type Message = Tables['alert_message']

const field: FieldOf = (name) => sql<string | null>`t.identity::json ->> ${sql.lit(name)}`

const TURN = { name: 'alert-turn', text: 'insert into alert_turn (name, at) values ($1, $2) on conflict (name) do update set at = excluded.at where alert_turn.at <= excluded.at - $3 returning name' }

const RAISE = {
  name: 'raise-alerts',
  text: `insert into alert (id, terminal_id, rule_id, subject, what, since, due_at)
    select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[])
    on conflict (terminal_id, rule_id, subject) where closed_at is null do nothing`,
}

/** From so many new alerts at once on the database is told to count them. */
const MANY = 100

// In an outage thousands of alerts are raised within seconds, before the server has counted them by itself; until then it takes the
// table for empty and searches it by the wrong index, some hundred times slower.
const COUNT = { name: 'count-alerts', text: 'analyze alert' }

const raise = async (db: Connections, alerts: readonly NewAlert[]): Promise<void> => {
  const what = ({ rule, on, subject }: AlertRow): AlertWhat => ({ rule, on, subject })
  await db.run(RAISE, [
    texts(alerts.map((a) => a.id)), texts(alerts.map((a) => a.row.subject.terminalId)), texts(alerts.map((a) => a.row.ruleId)), texts(alerts.map((a) => a.key)),
    texts(alerts.map((a) => JSON.stringify(what(a.row)))), bigints(alerts.map((a) => a.row.since)), bigints(alerts.map((a) => a.dueAt)),
  ])
  if (alerts.length >= MANY) await db.run(COUNT)
}

interface Told { terminal_id: string; id: string; channels: string }

const NOTE = {
  name: 'note-alerts',
  text: `insert into alert_notice (id, terminal_id, channel_id, alert_id, change, at)
    select id, terminal_id, channel_id, alert_id, $5, $6 from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as n(id, terminal_id, channel_id, alert_id)`,
}

const addNotices = async (run: Run, told: readonly Told[], change: 'firing' | 'resolved', now: number): Promise<void> => {
  const notices = told.flatMap((alert) => (JSON.parse(alert.channels) as string[]).map((channel) => ({ alert, channel })))
  if (notices.length === 0) return
  await run(NOTE, [texts(notices.map(() => uuidv7(now))), texts(notices.map((n) => n.alert.terminal_id)), texts(notices.map((n) => n.channel)), texts(notices.map((n) => n.alert.id)), change, now])
}

const FIRE = {
  name: 'fire-alerts',
  text: `update alert a set fired_at = $4, held_by = null, channels = k.channels from unnest($1::text[], $2::text[], $3::text[]) as k(terminal_id, id, channels)
    where a.terminal_id = k.terminal_id and a.id = k.id and a.fired_at is null and a.closed_at is null returning a.terminal_id, a.id, a.channels`,
}
const HOLD = {
  name: 'hold-alerts',
  text: `update alert a set held_by = k.held_by, due_at = k.due_at from unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) as k(terminal_id, id, held_by, due_at)
    where a.terminal_id = k.terminal_id and a.id = k.id and a.fired_at is null`,
}

const terminalsOf = (alerts: readonly AlertRow[]): Buffer => texts(alerts.map((a) => a.subject.terminalId))

const fire = (db: Connections, firing: readonly Firing[], holding: readonly Holding[], now: number): Promise<void> =>
  db.transaction(async (run) => {
    const told = await run<Told>(FIRE, [terminalsOf(firing.map((f) => f.alert)), texts(firing.map((f) => f.alert.id)), texts(firing.map((f) => JSON.stringify(f.channels))), now])
    await addNotices(run, told, 'firing', now)
    await run(HOLD, [terminalsOf(holding.map((h) => h.alert)), texts(holding.map((h) => h.alert.id)), texts(holding.map((h) => h.heldBy)), bigints(holding.map((h) => h.until))])
  })

const DROP = {
  name: 'drop-untold-alerts',
  text: 'delete from alert a using unnest($1::text[], $2::text[]) as k(terminal_id, id) where a.terminal_id = k.terminal_id and a.id = k.id and a.fired_at is null',
}
const CLOSE = {
  name: 'close-alerts',
  text: `update alert a set closed_at = $3 from unnest($1::text[], $2::text[]) as k(terminal_id, id)
    where a.terminal_id = k.terminal_id and a.id = k.id and a.closed_at is null returning a.terminal_id, a.id, a.channels`,
}

const close = (db: Connections, alerts: readonly AlertRow[], now: number): Promise<void> =>
  db.transaction(async (run) => {
    const keys = [terminalsOf(alerts), texts(alerts.map((a) => a.id))]
    await run(DROP, keys)
    await addNotices(run, await run<Told>(CLOSE, [...keys, now]), 'resolved', now)
  })

const NOTICES = {
  name: 'notices-of-message',
  text: 'select a.*, n.change, n.at from alert_notice n join alert a on a.terminal_id = n.terminal_id and a.id = n.alert_id where n.message_id = $1 order by n.at, n.id',
}

const claimed = async (run: Run, message: Message): Promise<Claimed> => claimedMessage(message, await run<NoticeRecord>(NOTICES, [message.id]))

const triedLately = async (run: Run, now: number): Promise<Outbox['tried']> =>
  triesIn(await run<Message>({ name: 'tried-messages', text: 'select robot, tried from alert_message where tried_at > $1' }, [now - LOOK_BACK_MS]))

const outboxOf = async (run: Run, now: number): Promise<Outbox> => ({
  pending: await run({ name: 'pending-notices', text: 'select channel_id as "channelId", min(at) as oldest, count(*) as count from alert_notice where message_id is null group by channel_id' }),
  waiting: await run({ name: 'waiting-messages', text: `select id, channel_id as "channelId", next_at as "nextAt" from alert_message where state = 'waiting' and test = 0` }),
  tried: await triedLately(run, now),
})

const WAITS = { name: 'outbox-waits', text: "(select 1 from alert_notice where message_id is null limit 1) union all (select 1 from alert_message where state = 'waiting' limit 1)" }

const BEGIN = {
  name: 'begin-message',
  text: `insert into alert_message (id, channel_id, robot, created_at, state, test, notices, tries, tried, tried_at, next_at)
    values ($1, $2, $3, $4, 'waiting', $5, $6, 1, $7, $4, $8) returning *`,
}

const begin = async (run: Run, id: string, { channelId, robot }: Sending, notices: number, test: boolean, now: number, claimMs: number): Promise<Message[]> =>
  run<Message>(BEGIN, [id, channelId, robot, now, test ? 1 : 0, notices, JSON.stringify([now]), now + claimMs])

const TAKE = {
  name: 'take-notices',
  text: `update alert_notice n set message_id = $1 from (select terminal_id, id from alert_notice where channel_id = $2 and message_id is null order by at, id limit $3) k
    where n.terminal_id = k.terminal_id and n.id = k.id returning n.id`,
}
const TRY = { name: 'try-message', text: 'update alert_message set tries = tries + 1, tried = $2, tried_at = $3, next_at = $4, robot = $5 where id = $1 returning *' }

/** Runs `work` in a transaction in which no other process is at the outbox. */
const locked = <T>(db: Connections, work: (run: Run) => Promise<T>): Promise<T> =>
  db.transaction(async (run) => {
    await run({ name: 'lock-sending', text: 'select pg_advisory_xact_lock($1, $2)' }, [LOCK.ours, LOCK.sending])
    return work(run)
  })

const claim = (db: Connections, sendings: readonly Sending[], now: number, claimMs: number): Promise<Claimed[]> =>
  locked(db, async (run) => {
    const { again, fresh } = planSending(sendings, await outboxOf(run, now), now)
    const messages: Message[] = []
    for (const { id, sending } of again) {
      const [before] = await run<Message>({ name: 'message', text: 'select tried from alert_message where id = $1' }, [id])
      messages.push(...(await run<Message>(TRY, [id, triedOnceMore(before?.tried ?? '[]', now), now, now + claimMs, sending.robot])))
    }
    for (const sending of fresh) {
      const id = uuidv7(now)
      const taken = await run(TAKE, [id, sending.channelId, sending.most])
      messages.push(...(await begin(run, id, sending, taken.length, false, now, claimMs)))
    }
    const all: Claimed[] = []
    for (const message of messages) all.push(await claimed(run, message))
    return all
  })

const claimTest = (db: Connections, sending: Sending, now: number, claimMs: number): Promise<Claimed | undefined> =>
  locked(db, async (run) => {
    if (!mayTry(sending.limits, triesOf({ tried: await triedLately(run, now) }).get(sending.robot) ?? [], now)) return undefined
    const [message] = await begin(run, uuidv7(now), sending, 0, true, now, claimMs)
    return message === undefined ? undefined : claimed(run, message)
  })

const SETTLE = { name: 'settle-message', text: 'update alert_message set state = $2, next_at = coalesce($3, next_at), problem = $4 where id = $1' }

const settle = async (db: Connections, id: string, outcome: Outcome): Promise<void> => {
  const { nextAt, problem } = settledColumns(outcome)
  await db.run(SETTLE, [id, outcome.state, nextAt, problem])
}

/** Does the work under a lock that only one process has; false at once if another has it. */
const alone = (db: Connections, work: () => Promise<void>): Promise<boolean> =>
  db.transaction(async (run) => {
    const [mine] = await run<{ got: boolean }>({ name: 'try-alerts', text: 'select pg_try_advisory_xact_lock($1, $2) as got' }, [LOCK.ours, LOCK.alerts])
    if (mine?.got !== true) return false
    await work()
    return true
  })

const forget = async (db: Connections, before: number): Promise<void> => {
  await db.run({ name: 'old-notices', text: 'delete from alert_notice where at < $1' }, [before])
  await db.run({ name: 'old-alerts', text: 'delete from alert where closed_at < $1' }, [before])
  await db.run({ name: 'old-messages', text: 'delete from alert_message where created_at < $1' }, [before])
}

const KEEP = { name: 'keep-alert-setting', text: 'insert into alert_setting (kind, id, changed_at, body) values ($1, $2, $3, $4) on conflict (kind, id) do update set changed_at = excluded.changed_at, body = excluded.body' }
const AGAIN = { name: 'message-again', text: "update alert_message set state = 'waiting', next_at = $2 where id = $1 and state = 'failed' and test = 0 returning id" }

/** Work with the store, whose errors become the store's own. */
export type Attempt = <T>(doing: string, work: () => Promise<T>) => Promise<T>

/** The alerts of a PostgreSQL store. */
export const postgresAlerts = (db: Connections, attempt: Attempt): AlertStore => ({
  settings: () => attempt('reading', () => readSettings(db.read)),
  keep: (kind, id, body, now) => attempt('keeping a setting', async () => void (await db.run(KEEP, [kind, id, now, plain(JSON.stringify(body))]))),
  remove: (kind, id) => attempt('removing a setting', async () => (await db.run({ name: 'drop-alert-setting', text: 'delete from alert_setting where kind = $1 and id = $2 returning id' }, [kind, id])).length > 0),
  alone: (work) => attempt('working alone', () => alone(db, work)),
  turn: (name, now, everyMs) => attempt('taking a turn', async () => (await db.run(TURN, [name, now, everyMs])).length > 0),
  unraised: (rule, now, limit) => attempt('reading', () => listUnraised(db.read, rule, now, limit, field)),
  over: (rule, now, limit) => attempt('reading', () => listOver(db.read, rule, now, limit, field)),
  orphaned: (rules, limit) => attempt('reading', () => listOrphaned(db.read, rules, limit)),
  raise: (alerts) => attempt('raising alerts', () => raise(db, alerts)),
  due: (now, limit) => attempt('reading', () => listDue(db.read, now, limit)),
  fire: (firing, holding, now) => attempt('telling alerts', () => fire(db, firing, holding, now)),
  release: (now) => attempt('releasing alerts', async () => void (await db.run({ name: 'release-alerts', text: 'update alert set due_at = $1 where held_by is not null and closed_at is null' }, [now]))),
  close: (alerts, now) => attempt('closing alerts', () => close(db, alerts, now)),
  standing: (channelId, after, limit) => attempt('reading', () => listStanding(db.read, channelId, after, limit)),
  alerts: (filter) => attempt('reading', () => listAlerts(db.read, filter)),
  // Most of the time nothing waits, and then nobody need wait for the lock.
  claim: (sendings, now, claimMs) => attempt('claiming messages', async () => ((await db.run(WAITS)).length === 0 ? [] : claim(db, sendings, now, claimMs))),
  claimTest: (sending, now, claimMs) => attempt('claiming a test', () => claimTest(db, sending, now, claimMs)),
  settle: (id, outcome) => attempt('noting a message', () => settle(db, id, outcome)),
  again: (id, now) => attempt('trying a message again', async () => (await db.run(AGAIN, [id, now])).length > 0),
  deliveries: (limit) => attempt('reading', () => listDeliveries(db.read, limit)),
  channelStates: () => attempt('reading', () => readChannelStates(db.read)),
  forget: (before) => attempt('forgetting alerts', () => forget(db, before)),
})
