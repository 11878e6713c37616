import type { ApiTokenRow, AuditRow, RefusalRow, Role, Scope, SessionRow, TerminalKey, TerminalPolicy, UserRow, WaitingTerminal } from '../../model/access.ts'
import type { Enrolment } from '../../model/fleet.ts'
import type { Rows } from '../store.ts'

/** A new person; `password` as passwords.ts writes it. */
export interface NewPerson { id: string; name: string; role: Role; scope?: Scope | undefined; password?: string | undefined; external: boolean; now: number }

/** What changes of a person; what is left out stays, null takes away. */
export interface PersonChange { role?: Role | undefined; scope?: Scope | null | undefined; password?: string | undefined; external?: boolean | undefined; disabledAt?: number | null | undefined }

/** A person as signing in needs one. `subject`: issuer and subject at the company's own sign-in. */
export interface Person { id: string; name: string; role: Role; scope?: Scope; password?: string; external: boolean; subject?: string; disabled: boolean }

/** A session to keep: SHA-256 (hex) of the cookie's value, whose it is (undefined: whoever holds the operator token), and its two ends in ms. */
export interface NewSession { hash: string; id: string; personId?: string; now: number; idleMs: number; expiresAt: number; address: string; browser: string }

/** A session that still counts. */
export interface FoundSession { id: string; seenAt: number; person?: Person }

export interface NewApiToken { id: string; hash: string; name: string; role: Role; scope?: Scope | undefined; createdBy: string; now: number; expiresAt?: number | undefined }

/** An API token that still counts. */
export interface FoundApiToken { id: string; name: string; role: Role; scope?: Scope; usedAt?: number }

/** What of the audit log to list, newest first. */
export interface AuditFilter { who?: string | undefined; action?: string | undefined; cursor?: string | undefined; limit: number }

/** The part of the store that knows who may what. As all of it, methods reject with a StoreError, and what they wrote is durable when they resolve. */
export interface AccessStore {
  /** False if the name is taken. */
  addPerson(person: NewPerson): Promise<boolean>
  /** Ends the person's sessions, too. False if there is no such person. */
  changePerson(id: string, change: PersonChange): Promise<boolean>
  people(now: number): Promise<UserRow[]>
  countPeople(): Promise<number>
  /** By the name (case does not matter), or by the subject at the company's own sign-in. */
  person(by: { name: string } | { subject: string }): Promise<Person | undefined>
  /** Notes that the person signed in; binds the subject if one is given. */
  signedIn(id: string, now: number, subject?: string): Promise<void>

  addSession(session: NewSession): Promise<void>
  /** The session with this hash, unless it is over or its person is disabled. */
  session(hash: string, now: number): Promise<FoundSession | undefined>
  touchSession(id: string, now: number): Promise<void>
  sessionsOf(personId: string, now: number): Promise<Omit<SessionRow, 'current'>[]>
  /** Ends one session, or all of a person but one. */
  endSessions(which: { id: string } | { personId: string; but?: string }): Promise<void>

  addApiToken(token: NewApiToken): Promise<void>
  apiTokens(limit: number): Promise<ApiTokenRow[]>
  apiToken(hash: string, now: number): Promise<FoundApiToken | undefined>
  usedApiToken(id: string, now: number): Promise<void>
  /** False if there is no such token that still counts. */
  revokeApiToken(id: string, now: number): Promise<boolean>

  record(line: AuditRow): Promise<void>
  audit(filter: AuditFilter): Promise<Rows<AuditRow>>

  policy(): Promise<TerminalPolicy>
  setPolicy(policy: TerminalPolicy): Promise<void>
  /** Keeps the key of a terminal that has none; false if it has another. */
  setKey(terminalId: string, key: TerminalKey, address: string, now: number): Promise<boolean>
  /** How a terminal came to be enrolled; undefined if there is no such terminal. */
  enrolment(terminalId: string): Promise<Enrolment | undefined>
  /** False if that terminal does not wait for it. */
  approve(terminalId: string, by: string, now: number): Promise<boolean>
  waiting(limit: number, scope?: Scope): Promise<WaitingTerminal[]>
  /** How many enrolled terminals have no key. */
  countUnsigned(scope?: Scope): Promise<number>
  /** Adds to what was counted before of the same terminal and reason. */
  addRefusals(refusals: readonly RefusalRow[]): Promise<void>
  refusals(filter: { since: number; limit: number; scope?: Scope | undefined; terminal?: string | undefined }): Promise<RefusalRow[]>
  /** Those of the terminals that lie within the scope. */
  within(scope: Scope, terminals: readonly string[]): Promise<string[]>
  /** Deletes sessions that are over, and refusals before `refusalsBefore`. */
  tend(now: number, refusalsBefore: number): Promise<void>
}
