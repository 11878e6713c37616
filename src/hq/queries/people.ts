import { type Kysely, type Selectable, sql } from 'kysely'
import { Role, Scope, type UserRow } from '../../model/access.ts'
import type { FoundApiToken, FoundSession, NewApiToken, NewPerson, NewSession, Person, PersonChange } from '../access/store.ts'
import { plain } from '../plain.ts'
import type { Tables } from './tables.ts'

type Db = Kysely<Tables>

const keyOf = (name: string): string => plain(name).normalize('NFKC').toLowerCase()

const scopeText = (scope: Scope | undefined | null): string | null => (scope === undefined || scope === null ? null : plain(JSON.stringify(scope)))

/** Role and scope of a row of `person` or `api_token`. */
const powersOf = (row: { role: string; scope: string | null }): { role: Role; scope?: Scope } => ({ role: Role.parse(row.role), ...(row.scope === null ? {} : { scope: Scope.parse(JSON.parse(row.scope)) }) })

const personOf = (row: Selectable<Tables['person']>): Person => ({
  id: row.id,
  name: row.name,
  ...powersOf(row),
  ...(row.password === null ? {} : { password: row.password }),
  external: row.external !== 0,
  ...(row.subject === null ? {} : { subject: row.subject }),
  disabled: row.disabled_at !== null,
})

/** Adds a person; false if the name is taken. */
export const addPerson = async (db: Db, { id, name, role, scope, password, external, now }: NewPerson): Promise<boolean> => {
  const row = { id, name: plain(name), name_key: keyOf(name), role, scope: scopeText(scope), password: password ?? null, external: Number(external), subject: null, created_at: now, signed_in_at: null, disabled_at: null }
  return (await db.insertInto('person').values(row).onConflict((oc) => oc.doNothing()).returning('id').execute()).length > 0
}

/** Changes a person and ends their sessions; false if there is none such. */
export const changePerson = async (db: Db, id: string, { role, scope, password, external, disabledAt }: PersonChange): Promise<boolean> => {
  const change = {
    ...(role === undefined ? {} : { role }),
    ...(scope === undefined ? {} : { scope: scopeText(scope) }),
    ...(password === undefined ? {} : { password }),
    // Whoever is let in again is bound anew.
    ...(external === undefined ? {} : { external: Number(external), ...(external ? {} : { subject: null }) }),
    ...(disabledAt === undefined ? {} : { disabled_at: disabledAt }),
  }
  const found = Object.keys(change).length === 0
    ? await db.selectFrom('person').select('id').where('id', '=', id).execute()
    : await db.updateTable('person').set(change).where('id', '=', id).returning('id').execute()
  if (found.length > 0) await db.deleteFrom('session').where('person_id', '=', id).execute()
  return found.length > 0
}

const alive = (now: number) => sql<boolean>`session.expires_at > ${now} and session.seen_at + session.idle_ms > ${now}`

/** Everybody, in the order of their names, with how many sessions each has. */
export const listPeople = async (db: Db, now: number): Promise<UserRow[]> => {
  const rows = await db.selectFrom('person').selectAll().orderBy('name_key').limit(1000).execute()
  const counts = await db.selectFrom('session').select(['person_id', sql<number>`count(*)`.as('n')]).where('person_id', 'is not', null).where(alive(now)).groupBy('person_id').execute()
  const sessions = new Map(counts.map((c) => [c.person_id, c.n]))
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    ...powersOf(row),
    password: row.password !== null,
    external: row.external !== 0,
    createdAt: row.created_at,
    ...(row.signed_in_at === null ? {} : { signedInAt: row.signed_in_at }),
    ...(row.disabled_at === null ? {} : { disabledAt: row.disabled_at }),
    sessions: sessions.get(row.id) ?? 0,
  }))
}

/** How many people there are. */
export const countPeople = async (db: Db): Promise<number> => (await db.selectFrom('person').select(sql<number>`count(*)`.as('n')).executeTakeFirstOrThrow()).n

/** One person, by name or subject. */
export const findPerson = async (db: Db, by: { name: string } | { subject: string }): Promise<Person | undefined> => {
  const query = db.selectFrom('person').selectAll()
  const row = await ('name' in by ? query.where('name_key', '=', keyOf(by.name)) : query.where('subject', '=', plain(by.subject))).executeTakeFirst()
  return row === undefined ? undefined : personOf(row)
}

/** Notes a sign-in. */
export const signedIn = async (db: Db, id: string, now: number, subject?: string): Promise<void> => {
  await db.updateTable('person').set({ signed_in_at: now, ...(subject === undefined ? {} : { subject: plain(subject) }) }).where('id', '=', id).execute()
}

/** Adds a session. */
export const addSession = async (db: Db, { hash, id, personId, now, idleMs, expiresAt, address, browser }: NewSession): Promise<void> => {
  await db.insertInto('session').values({ hash, id, person_id: personId ?? null, created_at: now, seen_at: now, idle_ms: idleMs, expires_at: expiresAt, address, browser: plain(browser) }).execute()
}

/** The session with this hash, if it counts. */
export const findSession = async (db: Db, hash: string, now: number): Promise<FoundSession | undefined> => {
  const session = await db.selectFrom('session').select(['id', 'person_id', 'seen_at']).where('hash', '=', hash).where(alive(now)).executeTakeFirst()
  if (session === undefined) return undefined
  if (session.person_id === null) return { id: session.id, seenAt: session.seen_at }
  const row = await db.selectFrom('person').selectAll().where('id', '=', session.person_id).where('disabled_at', 'is', null).executeTakeFirst()
  return row === undefined ? undefined : { id: session.id, seenAt: session.seen_at, person: personOf(row) }
}

/** Notes that a session is used. */
export const touchSession = async (db: Db, id: string, now: number): Promise<void> => {
  await db.updateTable('session').set({ seen_at: now }).where('id', '=', id).execute()
}

/** Sessions of a person that count, latest first. */
export const sessionsOf = async (db: Db, personId: string, now: number) => {
  const rows = await db.selectFrom('session').selectAll().where('person_id', '=', personId).where(alive(now)).orderBy('seen_at', 'desc').limit(100).execute()
  return rows.map((r) => ({ id: r.id, createdAt: r.created_at, seenAt: r.seen_at, expiresAt: Math.min(r.expires_at, r.seen_at + r.idle_ms), address: r.address, browser: r.browser }))
}

/** Ends sessions. */
export const endSessions = async (db: Db, which: { id: string } | { personId: string; but?: string }): Promise<void> => {
  const query = db.deleteFrom('session')
  if ('id' in which) await query.where('id', '=', which.id).execute()
  else await query.where('person_id', '=', which.personId).where('id', '<>', which.but ?? '').execute()
}

/** Adds an API token. */
export const addApiToken = async (db: Db, { id, hash, name, role, scope, createdBy, now, expiresAt }: NewApiToken): Promise<void> => {
  await db.insertInto('api_token').values({ id, hash, name: plain(name), role, scope: scopeText(scope), created_by: plain(createdBy), created_at: now, expires_at: expiresAt ?? null, used_at: null, revoked_at: null }).execute()
}

/** API tokens, newest first. */
export const listApiTokens = async (db: Db, limit: number) => {
  const rows = await db.selectFrom('api_token').selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).execute()
  return rows.map((r) => ({
    id: r.id,
    name: r.name,
    ...powersOf(r),
    createdBy: r.created_by,
    createdAt: r.created_at,
    ...(r.expires_at === null ? {} : { expiresAt: r.expires_at }),
    ...(r.used_at === null ? {} : { usedAt: r.used_at }),
    ...(r.revoked_at === null ? {} : { revokedAt: r.revoked_at }),
  }))
}

/** The API token with this hash, if it counts. */
export const findApiToken = async (db: Db, hash: string, now: number): Promise<FoundApiToken | undefined> => {
  const row = await db.selectFrom('api_token').selectAll().where('hash', '=', hash).where('revoked_at', 'is', null).where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)])).executeTakeFirst()
  return row === undefined ? undefined : { id: row.id, name: row.name, ...powersOf(row), ...(row.used_at === null ? {} : { usedAt: row.used_at }) }
}

/** Notes that an API token is used. */
export const usedApiToken = async (db: Db, id: string, now: number): Promise<void> => {
  await db.updateTable('api_token').set({ used_at: now }).where('id', '=', id).execute()
}

/** Revokes an API token; false if none such counts. */
export const revokeApiToken = async (db: Db, id: string, now: number): Promise<boolean> =>
  (await db.updateTable('api_token').set({ revoked_at: now }).where('id', '=', id).where('revoked_at', 'is', null).returning('id').execute()).length > 0
