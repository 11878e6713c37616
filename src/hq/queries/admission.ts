import { type Kysely, sql } from 'kysely'
import { type AuditRow, type RefusalRow, type Scope, type TerminalKey, TerminalPolicy, type WaitingTerminal } from '../../model/access.ts'
import type { Enrolment } from '../../model/fleet.ts'
import type { TerminalIdentity } from '../../model/terminal.ts'
import type { EnrolmentTokenRow } from '../../model/wire.ts'
import type { AuditFilter } from '../access/store.ts'
import { plain } from '../plain.ts'
import type { Rows } from '../store.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { enrolmentTokenRow, optional } from './rows.ts'
import { placedWithin, terminalWithin } from './scope.ts'
import type { Tables } from './tables.ts'

type Db = Kysely<Tables>

/** Adds a line to the audit log. */
export const record = async (db: Db, { by, ...line }: AuditRow): Promise<void> => {
  await db.insertInto('audit').values({ ...line, who: plain(line.who), target: plain(line.target), detail: plain(line.detail), by_way: by }).execute()
}

/** Lines of the audit log, newest first. Keyset paging. */
export const listAudit = async (db: Db, { who, action, cursor, limit }: AuditFilter): Promise<Rows<AuditRow>> => {
  let query = db.selectFrom('audit').selectAll().orderBy('id', 'desc').limit(limit + 1)
  if (who !== undefined) query = query.where('who', '=', plain(who))
  if (action !== undefined) query = query.where('action', '=', plain(action))
  if (cursor !== undefined) query = query.where('id', '<', decodeCursor(cursor, ['string'])[0])
  const rows = await query.execute()
  const last = rows[limit - 1]
  return { rows: rows.slice(0, limit).map(({ by_way, ...row }) => ({ ...row, by: by_way })), ...(rows.length > limit && last !== undefined ? { next: encodeCursor([last.id]) } : {}) }
}

/** What HQ demands of terminals; the mildest where nobody said otherwise. */
export const readPolicy = async (db: Db): Promise<TerminalPolicy> => {
  const rows = await db.selectFrom('policy').selectAll().execute()
  return TerminalPolicy.parse({ unsigned: 'accept', approval: 'none', ...Object.fromEntries(rows.map((r) => [r.name, r.value])) })
}

/** Sets the policy. */
export const setPolicy = async (db: Db, policy: TerminalPolicy): Promise<void> => {
  const rows = Object.entries(policy).map(([name, value]) => ({ name, value }))
  await db.insertInto('policy').values(rows).onConflict((oc) => oc.column('name').doUpdateSet((eb) => ({ value: eb.ref('excluded.value') }))).execute()
}

/** Keeps the key of a terminal that has none. */
export const setKey = async (db: Db, terminalId: string, key: TerminalKey, address: string, now: number): Promise<boolean> => {
  const row = { terminal_id: terminalId, key: JSON.stringify(key), address, enrolled_at: now, made_by: null, approved_at: now, approved_by: null }
  const kept = await db.insertInto('admission').values(row)
    .onConflict((oc) => oc.column('terminal_id').doUpdateSet((eb) => ({ key: eb.ref('excluded.key') })).where((eb) => eb.or([eb('admission.key', 'is', null), eb('admission.key', '=', row.key)])))
    .returning('terminal_id').execute()
  return kept.length > 0
}

/** How a terminal came to be enrolled; undefined if there is no such terminal. */
export const findEnrolment = async (db: Db, terminalId: string): Promise<Enrolment | undefined> => {
  const row = await db.selectFrom('terminal as t').leftJoin('admission as a', 'a.terminal_id', 't.id').where('t.id', '=', terminalId)
    .select(['t.token_hash', 't.enrolled_at', 'a.address', 'a.made_by', 'a.key', 'a.approved_at', 'a.approved_by']).executeTakeFirst()
  if (row === undefined) return undefined
  return {
    token: row.token_hash !== null,
    ...optional('at', row.enrolled_at), ...optional('address', row.address), ...optional('by', row.made_by), ...(row.key === null ? {} : { key: (JSON.parse(row.key) as TerminalKey).x }),
    ...optional('approvedAt', row.approved_at), ...optional('approvedBy', row.approved_by),
  }
}

/** Approves a terminal that waits for it. */
export const approve = async (db: Db, terminalId: string, by: string, now: number): Promise<boolean> =>
  (await db.updateTable('admission').set({ approved_at: now, approved_by: plain(by) }).where('terminal_id', '=', terminalId).where('approved_at', 'is', null).returning('terminal_id').execute()).length > 0

/** Terminals that wait for approval, longest first. */
export const listWaiting = async (db: Db, limit: number, scope?: Scope): Promise<WaitingTerminal[]> => {
  let query = db.selectFrom('admission').innerJoin('terminal', 'terminal.id', 'admission.terminal_id').where('approved_at', 'is', null).where('token_hash', 'is not', null)
    .select(['identity', 'admission.enrolled_at', 'address', 'key', 'made_by']).orderBy('admission.enrolled_at').limit(limit)
  if (scope !== undefined) query = query.where(placedWithin('terminal', scope))
  return (await query.execute()).map((r) => ({
    terminal: JSON.parse(r.identity) as TerminalIdentity,
    enrolledAt: r.enrolled_at,
    address: r.address,
    ...(r.key === null ? {} : { key: (JSON.parse(r.key) as TerminalKey).x }),
    ...(r.made_by === null ? {} : { by: r.made_by }),
  }))
}

/** How many enrolled terminals have no key. */
export const countUnsigned = async (db: Db, scope?: Scope): Promise<number> => {
  let query = db.selectFrom('terminal').leftJoin('admission', 'admission.terminal_id', 'terminal.id').where('token_hash', 'is not', null).where('key', 'is', null).select(sql<number>`count(*)`.as('n'))
  if (scope !== undefined) query = query.where(placedWithin('terminal', scope))
  return (await query.executeTakeFirstOrThrow()).n
}

/** Adds to the counts of refusals. */
export const addRefusals = async (db: Db, refusals: readonly RefusalRow[]): Promise<void> => {
  if (refusals.length === 0) return
  const rows = refusals.map((r) => ({ terminal_id: r.terminalId, reason: r.reason, count: r.count, first_at: r.firstAt, last_at: r.lastAt, address: r.address }))
  await db.insertInto('refusal').values(rows)
    .onConflict((oc) => oc.columns(['terminal_id', 'reason']).doUpdateSet((eb) => ({ count: eb('refusal.count', '+', eb.ref('excluded.count')), last_at: eb.ref('excluded.last_at'), address: eb.ref('excluded.address') })))
    .execute()
}

/** Refusals since then, latest first. */
export const listRefusals = async (db: Db, { since, limit, scope, terminal }: { since: number; limit: number; scope?: Scope | undefined; terminal?: string | undefined }): Promise<RefusalRow[]> => {
  let query = db.selectFrom('refusal').selectAll().where('last_at', '>=', since).orderBy('last_at', 'desc').orderBy('terminal_id').orderBy('reason').limit(limit)
  if (scope !== undefined) query = query.where(terminalWithin('refusal.terminal_id', scope))
  if (terminal !== undefined) query = query.where('terminal_id', '=', terminal)
  return (await query.execute()).map((r) => ({ terminalId: r.terminal_id, reason: r.reason, count: r.count, firstAt: r.first_at, lastAt: r.last_at, address: r.address }))
}

/** Those of the terminals that lie within the scope. */
export const within = async (db: Db, scope: Scope, terminals: readonly string[]): Promise<string[]> =>
  terminals.length === 0 ? [] : (await db.selectFrom('terminal').select('id').where('id', 'in', [...terminals]).where(placedWithin('terminal', scope)).execute()).map((r) => r.id)

/** One-time tokens, newest first: those for places within the scope, if there is one; only that one, if an id is given. */
export const listEnrolmentTokens = async (db: Db, limit: number, scope?: Scope, id?: string): Promise<EnrolmentTokenRow[]> => {
  let query = db.selectFrom('enrolment_token').selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit)
  if (scope !== undefined) query = query.where(placedWithin('enrolment_token', scope))
  if (id !== undefined) query = query.where('id', '=', id)
  return (await query.execute()).map(enrolmentTokenRow)
}

/** Deletes what is over. */
export const tendAccess = async (db: Db, now: number, refusalsBefore: number): Promise<void> => {
  await db.deleteFrom('session').where((eb) => eb.or([eb('expires_at', '<', now), sql<boolean>`seen_at + idle_ms < ${now}`])).execute()
  await db.deleteFrom('refusal').where('last_at', '<', refusalsBefore).execute()
}
