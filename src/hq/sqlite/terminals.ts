import { type AdmittedRow, blockedOf, type EnrolledRow, enrolledTerminal, isAtPlace, isRepeat, placeOf, searchOf, type TokenPlace, tendersOf } from '../queries/rows.ts'
import type { EnrolAttempt, EnrolledTerminal, EnrolOutcome, NewEnrolmentToken, ReceivedHeartbeat } from '../store.ts'
import type { Database } from './open.ts'

const BEAT = `update terminal set seen_at = max(coalesce(seen_at, 0), ?), agent_version = ?, clock_offset = ?, spool = ?, pack = ?,
  readiness = ?, tenders = ?, blocked = ?, checked_at = ? where id = ?`

const BEAT_WITHOUT_CHECK = 'update terminal set seen_at = max(coalesce(seen_at, 0), ?), agent_version = ?, clock_offset = ?, spool = ?, pack = ? where id = ?'

/** Keeps the latest word of terminals; answers those of which a list would now show something else than an age. `quietMs` is after what silence a terminal counts as come back. */
export const putHeartbeats = (db: Database, beats: readonly ReceivedHeartbeat[], quietMs: number): string[] =>
  db.transaction(() => {
    const changed: string[] = []
    for (const { terminalId, receivedAt, beat } of beats) {
      const before = db.statement('select seen_at, tenders, checked_at from terminal where id = ?').get(terminalId) as { seen_at: number | null; tenders: string; checked_at: number | null } | undefined
      if (before === undefined) continue
      const offset = beat.at - receivedAt
      const version = beat.agentVersion
      const spool = JSON.stringify(beat.spool)
      const pack = beat.pack === undefined ? null : JSON.stringify(beat.pack)
      const tenders = tendersOf(beat.readiness)
      const { checkedAt } = beat
      if (checkedAt !== undefined && checkedAt >= (before.checked_at ?? 0)) {
        db.statement(BEAT).run(receivedAt, version, offset, spool, pack, JSON.stringify(beat.readiness), tenders, blockedOf(beat.readiness), checkedAt, terminalId)
        if (tenders !== before.tenders || checkedAt !== before.checked_at) changed.push(terminalId)
      } else {
        db.statement(BEAT_WITHOUT_CHECK).run(receivedAt, version, offset, spool, pack, terminalId)
      }
      if (before.seen_at === null || receivedAt - before.seen_at > quietMs) changed.push(terminalId)
    }
    return [...new Set(changed)]
  })

/** Notes until when somebody watches the terminal, to the minute: looking again at once writes nothing. */
export const watch = (db: Database, terminalId: string, until: number): void => {
  db.transaction(() => db.statement('update terminal set watched_until = ? where id = ? and watched_until < ?').run(until, terminalId, until - 60_000))
}

/** Adds a one-time token. */
export const addEnrolmentToken = (db: Database, token: NewEnrolmentToken): void => {
  db.transaction(() =>
    db
      .statement('insert into enrolment_token (id, hash, terminal_id, region, store, note, made_by, created_at, expires_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?)')
      .run(token.id, token.hash, token.terminalId ?? null, ...placeOf(token), token.note ?? null, token.madeBy ?? null, token.createdAt, token.expiresAt),
  )
}

/** Revokes a one-time token that was not used; false if there is none such. */
export const revokeEnrolmentToken = (db: Database, id: string, now: number): boolean =>
  db.transaction(() => db.statement('update enrolment_token set revoked_at = ? where id = ? and used_at is null and revoked_at is null').run(now, id).changes !== 0)

interface TokenRecord extends TokenPlace { id: string; terminal_id: string | null; made_by: string | null; expires_at: number; used_at: number | null; used_by: string | null; revoked_at: number | null }

const ENROL = `insert into terminal (id, identity, search, region, store, agent_version, token_hash, enrolled_at) values (?, ?, ?, ?, ?, ?, ?, ?)
  on conflict (id) do update set identity = excluded.identity, search = excluded.search, region = excluded.region, store = excluded.store,
  agent_version = excluded.agent_version, token_hash = excluded.token_hash, enrolled_at = excluded.enrolled_at`

const ADMIT = `insert into admission (terminal_id, key, address, enrolled_at, made_by, approved_at, approved_by) values (?, ?, ?, ?, ?, ?, null)
  on conflict (terminal_id) do update set key = excluded.key, address = excluded.address, enrolled_at = excluded.enrolled_at,
  made_by = excluded.made_by, approved_at = excluded.approved_at, approved_by = null`

const STANDING = 'select t.token_hash, a.key, a.enrolled_at from terminal t join admission a on a.terminal_id = t.id where t.id = ?'

/** Uses up the one-time token and gives the terminal its own, or says why not. */
export const enrol = (db: Database, attempt: EnrolAttempt): EnrolOutcome =>
  db.transaction(() => {
    const { tokenHash, terminalTokenHash, terminal, agentVersion, key, address, waits, now } = attempt
    const token = db.statement('select id, terminal_id, region, store, made_by, expires_at, used_at, used_by, revoked_at from enrolment_token where hash = ?').get(tokenHash) as TokenRecord | undefined
    if (token === undefined) return 'unknown'
    if (token.revoked_at !== null) return 'revoked'
    if (token.used_at !== null) {
      if (!isRepeat(token, attempt, db.statement(STANDING).get(terminal.id) as EnrolledRow | undefined)) return 'used'
      db.statement('update terminal set token_hash = ? where id = ?').run(terminalTokenHash, terminal.id)
      return 'enrolled'
    }
    if (token.expires_at <= now) return 'expired'
    if (token.terminal_id !== null && token.terminal_id !== terminal.id) return 'other-terminal'
    if (!isAtPlace(token, terminal)) return 'other-place'
    const known = db.statement('select token_hash from terminal where id = ?').get(terminal.id) as { token_hash: string | null } | undefined
    if (token.terminal_id === null && known !== undefined && known.token_hash !== null) return 'taken'
    db.statement('update enrolment_token set used_at = ?, used_by = ? where id = ?').run(now, terminal.id, token.id)
    db.statement(ENROL).run(terminal.id, JSON.stringify(terminal), searchOf(terminal), ...placeOf(terminal), agentVersion, terminalTokenHash, now)
    db.statement(ADMIT).run(terminal.id, key === undefined ? null : JSON.stringify(key), address, now, token.made_by, waits ? null : now)
    return 'enrolled'
  })

const OF_TOKEN = `select t.id, t.store, a.key, (a.terminal_id is not null and a.approved_at is null) as waits
  from terminal t left join admission a on a.terminal_id = t.id where t.token_hash = ?`

/** The terminal whose own token has this hash. */
export const terminalOfToken = (db: Database, hash: string): EnrolledTerminal | undefined => {
  const row = db.statement(OF_TOKEN).get(hash) as AdmittedRow | undefined
  return row === undefined ? undefined : enrolledTerminal(row)
}

/** Takes a terminal's own token away; false if it has none. */
export const revokeTerminalToken = (db: Database, terminalId: string): boolean =>
  db.transaction(() => db.statement('update terminal set token_hash = null where id = ? and token_hash is not null').run(terminalId).changes !== 0)
