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
import type { Database } from './open.ts'

type Message = Tables['alert_message']

const field: FieldOf = (name) => sql<string | null>`t.identity ->> ${sql.lit(name)}`

const TURN = 'insert into alert_turn (name, at) values (?, ?) on conflict (name) do update set at = excluded.at where at <= excluded.at - ?'

const RAISE = `insert into alert (id, terminal_id, rule_id, subject, what, since, due_at) values (?, ?, ?, ?, ?, ?, ?)
  on conflict (terminal_id, rule_id, subject) where closed_at is null do nothing`

const raise = (db: Database, alerts: readonly NewAlert[]): void => {
  db.transaction(() => {
    for (const { id, key, row, dueAt } of alerts) {
      const what: AlertWhat = { rule: row.rule, on: row.on, subject: row.subject }
      db.statement(RAISE).run(id, plain(row.subject.terminalId), row.ruleId, plain(key), plain(JSON.stringify(what)), row.since, dueAt)
    }
  })
}

const addNotice = (db: Database, alert: AlertRow, channelId: string, change: 'firing' | 'resolved', now: number): void => {
  db.statement('insert into alert_notice (id, terminal_id, channel_id, alert_id, change, at) values (?, ?, ?, ?, ?, ?)').run(uuidv7(now), plain(alert.subject.terminalId), channelId, alert.id, change, now)
}

const fire = (db: Database, firing: readonly Firing[], holding: readonly Holding[], now: number): void => {
  db.transaction(() => {
    for (const { alert, channels } of firing) {
      const told = db.statement('update alert set fired_at = ?, held_by = null, channels = ? where id = ? and fired_at is null and closed_at is null').run(now, JSON.stringify(channels), alert.id)
      if (told.changes !== 0) for (const channel of channels) addNotice(db, alert, channel, 'firing', now)
    }
    for (const { alert, heldBy, until } of holding) db.statement('update alert set held_by = ?, due_at = ? where id = ? and fired_at is null').run(plain(heldBy), until, alert.id)
  })
}

const close = (db: Database, alerts: readonly AlertRow[], now: number): void => {
  db.transaction(() => {
    for (const alert of alerts) {
      db.statement('delete from alert where id = ? and fired_at is null').run(alert.id)
      const [told] = db.statement('update alert set closed_at = ? where id = ? and closed_at is null returning channels').all(now, alert.id) as { channels: string }[]
      if (told !== undefined) for (const channel of JSON.parse(told.channels) as string[]) addNotice(db, alert, channel, 'resolved', now)
    }
  })
}

const NOTICES = 'select a.*, n.change, n.at from alert_notice n join alert a on a.id = n.alert_id where n.message_id = ? order by n.at, n.id'

const claimed = (db: Database, id: string): Claimed => {
  const message = db.statement('select * from alert_message where id = ?').get(id) as unknown as Message
  return claimedMessage(message, db.statement(NOTICES).all(id) as unknown as NoticeRecord[])
}

const triedLately = (db: Database, now: number): Outbox['tried'] =>
  triesIn(db.statement('select robot, tried from alert_message where tried_at > ?').all(now - LOOK_BACK_MS) as unknown as Message[])

const outboxOf = (db: Database, now: number): Outbox => ({
  pending: db.statement('select channel_id as channelId, min(at) as oldest, count(*) as count from alert_notice where message_id is null group by channel_id').all() as unknown as Outbox['pending'],
  waiting: db.statement("select id, channel_id as channelId, next_at as nextAt from alert_message where state = 'waiting' and test = 0").all() as unknown as Outbox['waiting'],
  tried: triedLately(db, now),
})

const WAITS = "select 1 from alert_notice where message_id is null union all select 1 from alert_message where state = 'waiting' limit 1"

const BEGIN = `insert into alert_message (id, channel_id, robot, created_at, state, test, notices, tries, tried, tried_at, next_at)
  values (?, ?, ?, ?, 'waiting', ?, ?, 1, ?, ?, ?)`

const begin = (db: Database, id: string, { channelId, robot }: Sending, notices: number, test: boolean, now: number, claimMs: number): void => {
  db.statement(BEGIN).run(id, channelId, robot, now, test ? 1 : 0, notices, JSON.stringify([now]), now, now + claimMs)
}

const TAKE = 'update alert_notice set message_id = ? where id in (select id from alert_notice where channel_id = ? and message_id is null order by at, id limit ?)'

const claim = (db: Database, sendings: readonly Sending[], now: number, claimMs: number): Claimed[] =>
  db.transaction(() => {
    const { again, fresh } = planSending(sendings, outboxOf(db, now), now)
    const ids = again.map(({ id, sending }) => {
      const { tried } = db.statement('select tried from alert_message where id = ?').get(id) as unknown as Message
      db.statement('update alert_message set tries = tries + 1, tried = ?, tried_at = ?, next_at = ?, robot = ? where id = ?').run(triedOnceMore(tried, now), now, now + claimMs, sending.robot, id)
      return id
    })
    for (const sending of fresh) {
      const id = uuidv7(now)
      const { changes } = db.statement(TAKE).run(id, sending.channelId, sending.most)
      begin(db, id, sending, Number(changes), false, now, claimMs)
      ids.push(id)
    }
    return ids.map((id) => claimed(db, id))
  })

const claimTest = (db: Database, sending: Sending, now: number, claimMs: number): Claimed | undefined =>
  db.transaction(() => {
    if (!mayTry(sending.limits, triesOf({ tried: triedLately(db, now) }).get(sending.robot) ?? [], now)) return undefined
    const id = uuidv7(now)
    begin(db, id, sending, 0, true, now, claimMs)
    return claimed(db, id)
  })

const settle = (db: Database, id: string, outcome: Outcome): void => {
  const { nextAt, problem } = settledColumns(outcome)
  db.transaction(() => db.statement('update alert_message set state = ?, next_at = coalesce(?, next_at), problem = ? where id = ?').run(outcome.state, nextAt, problem, id))
}

const forget = (db: Database, before: number): void => {
  db.transaction(() => {
    db.statement('delete from alert_notice where at < ?').run(before)
    db.statement('delete from alert where closed_at < ?').run(before)
    db.statement('delete from alert_message where created_at < ?').run(before)
  })
}

/** Work with the store that ends on disk. */
export type Write = <T>(doing: string, work: () => T) => Promise<T>

/** The alerts of a SQLite store. */
export const sqliteAlerts = (db: Database, write: Write): AlertStore => ({
  settings: () => db.reading(() => readSettings(db.read)),
  keep: (kind, id, body, now) =>
    write('keeping a setting', () =>
      void db.transaction(() => db.statement('insert into alert_setting (kind, id, changed_at, body) values (?, ?, ?, ?) on conflict (kind, id) do update set changed_at = excluded.changed_at, body = excluded.body').run(kind, id, now, plain(JSON.stringify(body)))),
    ),
  remove: (kind, id) => write('removing a setting', () => db.transaction(() => db.statement('delete from alert_setting where kind = ? and id = ?').run(kind, id).changes !== 0)),
  // Nobody else has this database open.
  alone: async (work) => {
    await work()
    return true
  },
  turn: (name, now, everyMs) => write('taking a turn', () => db.transaction(() => db.statement(TURN).run(name, now, everyMs).changes !== 0)),
  unraised: (rule, now, limit) => db.reading(() => listUnraised(db.read, rule, now, limit, field)),
  over: (rule, now, limit) => db.reading(() => listOver(db.read, rule, now, limit, field)),
  orphaned: (rules, limit) => db.reading(() => listOrphaned(db.read, rules, limit)),
  raise: (alerts) => write('raising alerts', () => raise(db, alerts)),
  due: (now, limit) => db.reading(() => listDue(db.read, now, limit)),
  fire: (firing, holding, now) => write('telling alerts', () => fire(db, firing, holding, now)),
  release: (now) => write('releasing alerts', () => void db.transaction(() => db.statement('update alert set due_at = ? where held_by is not null and closed_at is null').run(now))),
  close: (alerts, now) => write('closing alerts', () => close(db, alerts, now)),
  standing: (channelId, after, limit) => db.reading(() => listStanding(db.read, channelId, after, limit)),
  alerts: (filter) => db.reading(() => listAlerts(db.read, filter)),
  claim: async (sendings, now, claimMs) => {
    // Most of the time nothing waits, and then nothing need be written.
    if (db.statement(WAITS).get() === undefined) return []
    return write('claiming messages', () => claim(db, sendings, now, claimMs))
  },
  claimTest: (sending, now, claimMs) => write('claiming a test', () => claimTest(db, sending, now, claimMs)),
  settle: (id, outcome) => write('noting a message', () => settle(db, id, outcome)),
  again: (id, now) => write('trying a message again', () => db.transaction(() => db.statement("update alert_message set state = 'waiting', next_at = ? where id = ? and state = 'failed' and test = 0").run(now, id).changes !== 0)),
  deliveries: (limit) => db.reading(() => listDeliveries(db.read, limit)),
  channelStates: () => db.reading(() => readChannelStates(db.read)),
  forget: (before) => write('forgetting alerts', () => forget(db, before)),
})
