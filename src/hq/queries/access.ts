import type { Kysely } from 'kysely'
import type { AccessStore } from '../access/store.ts'
import { addRefusals, approve, countUnsigned, findEnrolment, listAudit, listRefusals, listWaiting, readPolicy, record, setKey, setPolicy, tendAccess, within } from './admission.ts'
import { addApiToken, addPerson, addSession, changePerson, countPeople, endSessions, findApiToken, findPerson, findSession, listApiTokens, listPeople, revokeApiToken, sessionsOf, signedIn, touchSession, usedApiToken } from './people.ts'
import type { Tables } from './tables.ts'

/** Runs reads or writes of an engine, turns what it throws into the store's errors, and resolves when what was written is durable. */
export type Attempt = <T>(doing: string, work: () => Promise<T>) => Promise<T>

/** The part of a store that knows who may what. It is written to seldom, a statement at a time, so that one way of writing serves both engines. */
export const openAccess = (db: Kysely<Tables>, read: Attempt, write: Attempt): AccessStore => ({
  addPerson: (person) => write('adding a person', () => addPerson(db, person)),
  changePerson: (id, change) => write('changing a person', () => changePerson(db, id, change)),
  people: (now) => read('reading people', () => listPeople(db, now)),
  countPeople: () => read('reading people', () => countPeople(db)),
  person: (by) => read('reading a person', () => findPerson(db, by)),
  signedIn: (id, now, subject) => write('noting a sign-in', () => signedIn(db, id, now, subject)),
  addSession: (session) => write('adding a session', () => addSession(db, session)),
  session: (hash, now) => read('reading a session', () => findSession(db, hash, now)),
  touchSession: (id, now) => write('noting a session', () => touchSession(db, id, now)),
  sessionsOf: (personId, now) => read('reading sessions', () => sessionsOf(db, personId, now)),
  endSessions: (which) => write('ending sessions', () => endSessions(db, which)),
  addApiToken: (token) => write('adding an API token', () => addApiToken(db, token)),
  apiTokens: (limit) => read('reading API tokens', () => listApiTokens(db, limit)),
  apiToken: (hash, now) => read('reading an API token', () => findApiToken(db, hash, now)),
  usedApiToken: (id, now) => write('noting an API token', () => usedApiToken(db, id, now)),
  revokeApiToken: (id, now) => write('revoking an API token', () => revokeApiToken(db, id, now)),
  record: (line) => write('writing the audit log', () => record(db, line)),
  audit: (filter) => read('reading the audit log', () => listAudit(db, filter)),
  policy: () => read('reading the policy', () => readPolicy(db)),
  setPolicy: (policy) => write('setting the policy', () => setPolicy(db, policy)),
  setKey: (terminalId, key, address, now) => write('keeping a key', () => setKey(db, terminalId, key, address, now)),
  enrolment: (terminalId) => read('reading an enrolment', () => findEnrolment(db, terminalId)),
  approve: (terminalId, by, now) => write('approving a terminal', () => approve(db, terminalId, by, now)),
  waiting: (limit, scope) => read('reading who waits', () => listWaiting(db, limit, scope)),
  countUnsigned: (scope) => read('counting keys', () => countUnsigned(db, scope)),
  addRefusals: (refusals) => write('counting refusals', () => addRefusals(db, refusals)),
  refusals: (filter) => read('reading refusals', () => listRefusals(db, filter)),
  within: (scope, terminals) => read('reading places', () => within(db, scope, terminals)),
  tend: (now, refusalsBefore) => write('tending', () => tendAccess(db, now, refusalsBefore)),
})
