import { plain } from '../plain.ts'
import { type AdmittedRow, blockedOf, type EnrolledRow, enrolledTerminal, isAtPlace, isRepeat, placeOf, searchOf, type TokenPlace, tendersOf } from '../queries/rows.ts'
import type { EnrolAttempt, EnrolledTerminal, EnrolOutcome, NewEnrolmentToken, ReceivedHeartbeat } from '../store.ts'
import { bigints, texts } from './arrays.ts'
import type { Connections } from './open.ts'

// `old` is the row as it was before, by which the statement says whether a list would now show something else than an age.
const BEATS = {
  name: 'put-heartbeats',
  text: `update terminal t set seen_at = greatest(t.seen_at, b.seen_at), agent_version = b.agent_version, clock_offset = b.clock_offset, spool = b.spool, pack = b.pack,
    readiness = case when b.checked_at >= coalesce(t.checked_at, 0) then b.readiness else t.readiness end,
    tenders = case when b.checked_at >= coalesce(t.checked_at, 0) then b.tenders else t.tenders end,
    blocked = case when b.checked_at >= coalesce(t.checked_at, 0) then b.blocked else t.blocked end,
    checked_at = greatest(t.checked_at, b.checked_at)
    from unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::bigint[], $11::text[])
      as b(id, seen_at, agent_version, clock_offset, spool, readiness, tenders, blocked, checked_at, pack), terminal old
    where t.id = b.id and old.id = b.id
    returning t.id, (old.seen_at is null or b.seen_at - old.seen_at > $10
      or (b.checked_at >= coalesce(old.checked_at, 0) and (b.tenders <> old.tenders or old.checked_at is distinct from b.checked_at))) as changed`,
}

/** Keeps the latest word of terminals; answers those of which a list would now show something else than an age. `quietMs` is after what silence a terminal counts as come back. */
export const putHeartbeats = async (db: Connections, beats: readonly ReceivedHeartbeat[], quietMs: number): Promise<string[]> => {
  // One row each, as an update takes any of several; in the order of ids, as every process locks terminals in that order.
  const rows = [...new Map(beats.map((b) => [b.terminalId, b])).values()].toSorted((a, b) => (a.terminalId < b.terminalId ? -1 : 1))
  const updated = await db.run<{ id: string; changed: boolean }>(BEATS, [
    texts(rows.map((r) => r.terminalId)), bigints(rows.map((r) => r.receivedAt)), texts(rows.map((r) => r.beat.agentVersion)), bigints(rows.map((r) => r.beat.at - r.receivedAt)),
    texts(rows.map((r) => JSON.stringify(r.beat.spool))), texts(rows.map((r) => JSON.stringify(r.beat.readiness))), texts(rows.map((r) => tendersOf(r.beat.readiness))),
    bigints(rows.map((r) => blockedOf(r.beat.readiness))), bigints(rows.map((r) => r.beat.checkedAt ?? null)), quietMs, texts(rows.map((r) => (r.beat.pack === undefined ? null : JSON.stringify(r.beat.pack)))),
  ])
  return updated.filter((r) => r.changed).map((r) => r.id).toSorted()
}

/** Notes until when somebody watches the terminal, to the minute: looking again at once writes nothing. */
export const watch = async (db: Connections, terminalId: string, until: number): Promise<void> => {
  await db.run({ name: 'watch', text: 'update terminal set watched_until = $2 where id = $1 and watched_until < $3' }, [terminalId, until, until - 60_000])
}

/** Adds a one-time token. */
export const addEnrolmentToken = async (db: Connections, token: NewEnrolmentToken): Promise<void> => {
  await db.run({ name: 'add-enrolment-token', text: 'insert into enrolment_token (id, hash, terminal_id, note, created_at, expires_at, region, store, made_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)' }, [
    token.id, token.hash, token.terminalId ?? null, token.note === undefined ? null : plain(token.note), token.createdAt, token.expiresAt, ...placeOf(token), token.madeBy ?? null,
  ])
}

/** Revokes a one-time token that was not used; false if there is none such. */
export const revokeEnrolmentToken = async (db: Connections, id: string, now: number): Promise<boolean> =>
  (await db.run({ name: 'revoke-enrolment-token', text: 'update enrolment_token set revoked_at = $2 where id = $1 and used_at is null and revoked_at is null returning id' }, [id, now])).length > 0

interface TokenRecord extends TokenPlace { id: string; terminal_id: string | null; made_by: string | null; expires_at: number; used_at: number | null; used_by: string | null; revoked_at: number | null }

const TOKEN = { name: 'enrolment-token', text: 'select id, terminal_id, region, store, made_by, expires_at, used_at, used_by, revoked_at from enrolment_token where hash = $1 for update' }
const ENROL = {
  name: 'enrol',
  text: `insert into terminal (id, identity, search, agent_version, token_hash, enrolled_at, region, store) values ($1, $2, $3, $4, $5, $6, $8, $9)
    on conflict (id) do update set identity = excluded.identity, search = excluded.search, region = excluded.region, store = excluded.store,
    agent_version = excluded.agent_version, token_hash = excluded.token_hash, enrolled_at = excluded.enrolled_at where $7 or terminal.token_hash is null returning id`,
}
const ADMIT = {
  name: 'admit',
  text: `insert into admission (terminal_id, key, address, enrolled_at, made_by, approved_at) values ($1, $2, $3, $4, $5, $6)
    on conflict (terminal_id) do update set key = excluded.key, address = excluded.address, enrolled_at = excluded.enrolled_at,
    made_by = excluded.made_by, approved_at = excluded.approved_at, approved_by = null`,
}

const STANDING = { name: 'terminal-standing', text: 'select t.token_hash, a.key, a.enrolled_at from terminal t join admission a on a.terminal_id = t.id where t.id = $1' }

/** Uses up the one-time token and gives the terminal its own, or says why not. */
export const enrol = (db: Connections, attempt: EnrolAttempt): Promise<EnrolOutcome> =>
  db.transaction(async (run) => {
    const { tokenHash, terminalTokenHash, terminal, agentVersion, key, address, waits, now } = attempt
    const [token] = await run<TokenRecord>(TOKEN, [tokenHash])
    if (token === undefined) return 'unknown'
    if (token.revoked_at !== null) return 'revoked'
    if (token.used_at !== null) {
      const [known] = await run<EnrolledRow>(STANDING, [terminal.id])
      if (!isRepeat(token, attempt, known)) return 'used'
      // Revoked in this very moment, it has none to be renewed.
      const renewed = await run({ name: 'renew-terminal-token', text: 'update terminal set token_hash = $2 where id = $1 and token_hash is not null returning id' }, [terminal.id, terminalTokenHash])
      return renewed.length === 0 ? 'used' : 'enrolled'
    }
    if (token.expires_at <= now) return 'expired'
    if (token.terminal_id !== null && token.terminal_id !== terminal.id) return 'other-terminal'
    if (!isAtPlace(token, terminal)) return 'other-place'
    const given = await run(ENROL, [terminal.id, JSON.stringify(terminal), searchOf(terminal), plain(agentVersion), terminalTokenHash, now, token.terminal_id !== null, ...placeOf(terminal)])
    if (given.length === 0) return 'taken'
    await run(ADMIT, [terminal.id, key === undefined ? null : JSON.stringify(key), address, now, token.made_by, waits ? null : now])
    await run({ name: 'use-enrolment-token', text: 'update enrolment_token set used_at = $2, used_by = $3 where id = $1' }, [token.id, now, terminal.id])
    return 'enrolled'
  })

const OF_TOKENS = {
  name: 'terminals-of-tokens',
  text: `select t.id, t.store, t.token_hash, a.key, (a.terminal_id is not null and a.approved_at is null) as waits
    from terminal t left join admission a on a.terminal_id = t.id where t.token_hash = any($1::text[])`,
}

/** The terminals whose own tokens have these hashes, in their order. */
export const terminalsOfTokens = async (db: Connections, hashes: readonly string[]): Promise<(EnrolledTerminal | undefined)[]> => {
  const rows = await db.run<AdmittedRow & { token_hash: string }>(OF_TOKENS, [texts(hashes)])
  const found = new Map(rows.map((r) => [r.token_hash, enrolledTerminal(r)]))
  return hashes.map((hash) => found.get(hash))
}

/** Takes a terminal's own token away; false if it has none. */
export const revokeTerminalToken = async (db: Connections, terminalId: string): Promise<boolean> =>
  (await db.run({ name: 'revoke-terminal-token', text: 'update terminal set token_hash = null where id = $1 and token_hash is not null returning id' }, [terminalId])).length > 0
