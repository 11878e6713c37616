import type { Scope, TerminalKey } from '../model/access.ts'
import type { Facet, TerminalFacets } from '../model/fleet.ts'
import type { TerminalIdentity } from '../model/terminal.ts'
import type { Command, CommandProgress, CommandRow, EnrolmentTokenRow, Heartbeat, IncidentRow, LiveEvent, Overview, Redated, ReportRow, TerminalRow } from '../model/wire.ts'
import type { AccessStore } from './access/store.ts'
import type { AlertStore } from './alerts/store.ts'
import type { Fold } from './fold-types.ts'
import type { KnowledgeStore } from './knowledge/store.ts'
import type { BootStore } from './queries/boots.ts'
import type { HealthStore } from './queries/health.ts'
import type { StoredBody } from './stored-body.ts'
import type { TriageStore } from './triage/store.ts'

/**
 * Why the store cannot do what was asked. full: no space left. unavailable: it cannot be reached or is broken just now.
 * In both cases nothing of the call was stored, and the same call may succeed later.
 */
export class StoreError extends Error {
  readonly kind: 'full' | 'unavailable'
  constructor(kind: 'full' | 'unavailable', message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'StoreError'
    this.kind = kind
  }
}

/** One validated report on its way into the store, its body the CloudEvent as it was received with card data masked; times in milliseconds since 1970. */
export interface NewReport extends StoredBody {
  /** The authenticated terminal; with `id` the key. */
  terminalId: string
  /** UUIDv7, lower case. */
  id: string
  sequence: number
  /** The terminal's own time of the report; a whole number, as every time given to the store. */
  at: number
  receivedAt: number
  /** A Digest as JSON text. */
  digest: string
}

/** A stored report: its CloudEvent as JSON text, and what HQ noted of it. */
export interface KeptReport { receivedAt: number; redated?: Redated; signedBy?: string; body: string }

/** A heartbeat and when HQ got it. */
export interface ReceivedHeartbeat { terminalId: string; receivedAt: number; beat: Heartbeat }

/** One page of rows in the store's order, and the cursor after it. */
export interface Rows<T> { rows: T[]; next?: string }

/** What to list of incidents: open ones worst first, closed ones latest first. */
export interface IncidentFilter {
  state: 'open' | 'closed'
  severity?: IncidentRow['severity']
  fault?: string
  terminal?: string
  store?: string
  region?: string
  model?: string
  agentVersion?: string
  /** Who can begin to mend it. */
  actor?: NonNullable<IncidentRow['actor']>
  assignee?: string
  outbreak?: string
  regression?: boolean
  /** new: nobody has seen to it. acknowledged: somebody has. silenced: suppressed or in repair at that moment. */
  care?: { is: 'new' | 'acknowledged' | 'silenced'; now: number }
  /** By money first; only of open ones. */
  byCost?: boolean
  /** Only incidents of terminals within it. */
  scope?: Scope | undefined
  cursor?: string
  limit: number
}

/** What to list of terminals, in the order of their ids; `q` is looked for in id, store, merchant, region, lane, model and serial; store and facets are what they last reported. */
export interface TerminalFilter extends Partial<Record<'store' | Facet, string>> { q?: string; contact?: TerminalRow['contact']; scope?: Scope | undefined; cursor?: string; limit: number }

/** What to list of reports: those with ids of these times (ms, `to` not included). */
export interface ReportFilter { from: number; to: number; scope?: Scope | undefined; cursor?: string | undefined; limit: number }

/** The moment of a question and the heartbeat interval (ms) by which contact is judged. */
export interface Moment { now: number; beatMs: number }

/** A new enrolment token; only its SHA-256 (hex) is kept. */
export interface NewEnrolmentToken { id: string; hash: string; terminalId?: string; region?: string; store?: string; note?: string; madeBy?: string; createdAt: number; expiresAt: number }

/** An attempt to enrol: hashes (SHA-256, hex) of the one-time token and of the terminal's new own token. `proven`: whoever asks holds `key`, which lets the terminal that used the token ask again. `waits`: somebody must approve it before its uploads are taken. */
export interface EnrolAttempt { tokenHash: string; terminalTokenHash: string; terminal: TerminalIdentity; agentVersion: string; key?: TerminalKey; proven?: boolean; address: string; waits: boolean; now: number }

/** enrolled, or why not. taken: that terminal has a live token and the one-time token is not bound to it. other-place: the token is for another region or store. */
export type EnrolOutcome = 'enrolled' | 'unknown' | 'used' | 'expired' | 'revoked' | 'other-terminal' | 'other-place' | 'taken'

/** Whose token it is, the store that it stands in if it said so, the key that its uploads must be signed with if it has one, and whether it still waits for approval. */
export interface EnrolledTerminal { terminalId: string; store?: string; key?: TerminalKey; waits: boolean }

/** Totals for /metrics. */
export interface StoreFigures { unfolded: number; openIncidents: Record<string, number>; terminals: Record<string, number>; bytes: number }

/** Work done by one call of foldNext: reports folded, those of them that were late, and whose. */
export interface FoldOutcome { folded: number; late: number; terminals: string[] }

/**
 * Where HQ keeps everything. Implementations hold no state that a second process on the same data would need, other than caches of
 * what cannot change. Every method rejects with a StoreError and nothing else, but for
 * a CursorError where a list is given a cursor that it did not make. What a method wrote is durable when it resolves.
 */
export interface Store {
  /** Resolves if a write can be made durable now. */
  ready(): Promise<void>
  /** All or nothing. Answers in order: duplicate where (terminal id, id) is already there or earlier in the same call. */
  putReports(reports: readonly NewReport[]): Promise<('stored' | 'duplicate')[]>
  /** Folds up to `limit` reports that were not folded yet. Each passes exactly once, in the transaction that keeps what became of it. */
  foldNext(limit: number, fold: Fold): Promise<FoldOutcome>
  /** Keeps the latest word of each terminal. */
  putHeartbeats(beats: readonly ReceivedHeartbeat[]): Promise<void>
  /** Commands that the terminal has not begun (they count as sent from now on), and until when somebody watches it. */
  takeCommands(terminalId: string, now: number): Promise<{ commands: Command[]; watchedUntil: number }>
  /** Notes that somebody looks at the terminal until then; may be a minute less exact. */
  watch(terminalId: string, until: number): Promise<void>

  addCommand(command: Command, terminalId: string): Promise<CommandRow>
  /** Notes how far a command has come. finished: it had ended before, and stays as it was. */
  progress(terminalId: string, commandId: string, progress: CommandProgress, now: number): Promise<CommandRow | 'unknown' | 'finished'>
  /** Ends commands whose time is over, and those running of which nothing was heard for `silentMs`. */
  expireCommands(now: number, silentMs: number): Promise<CommandRow[]>
  commandsOf(terminalId: string, since: number, limit: number): Promise<CommandRow[]>

  addEnrolmentToken(token: NewEnrolmentToken): Promise<void>
  /** Newest first: those for places within the scope, if there is one; only that one, if an id is given. */
  enrolmentTokens(limit: number, scope?: Scope, id?: string): Promise<EnrolmentTokenRow[]>
  /** False if there is no such token, or it is used or revoked. */
  revokeEnrolmentToken(id: string, now: number): Promise<boolean>
  /** Uses up the one-time token and gives the terminal its own; one transaction. Within the token's life the same terminal with the same key, proven, may ask again, as the answer may have been lost; it gets another own token for the one that it had. */
  enrol(attempt: EnrolAttempt): Promise<EnrolOutcome>
  terminalOfToken(hash: string): Promise<EnrolledTerminal | undefined>
  /** False if the terminal has no token. */
  revokeTerminalToken(terminalId: string): Promise<boolean>

  overview(moment: Moment, scope?: Scope): Promise<Overview>
  incidents(filter: IncidentFilter): Promise<Rows<IncidentRow>>
  incident(id: string): Promise<IncidentRow | undefined>
  terminals(filter: TerminalFilter, moment: Moment): Promise<Rows<TerminalRow>>
  terminal(id: string, moment: Moment): Promise<TerminalRow | undefined>
  terminalFacets(scope?: Scope): Promise<TerminalFacets>
  /** Newest first; `from` is the earliest time of the report's id. */
  reportsOf(terminalId: string, limit: number, from?: number): Promise<ReportRow[]>
  /** Reports of all terminals, in the order of terminals and then ids. */
  reportsBetween(filter: ReportFilter): Promise<Rows<ReportRow>>
  report(terminalId: string, id: string): Promise<KeptReport | undefined>
  /** How many reports of the terminal have ids from that time on (the newest 5000 are counted), and at most `most` of them, spread evenly, oldest first. */
  spreadReports(terminalId: string, from: number, most: number): Promise<{ of: number; reports: (KeptReport & { id: string; at: number })[] }>
  figures(moment: Moment): Promise<StoreFigures>
  /** What HQ makes of reports beyond the single incident. */
  triage: TriageStore
  alerts: AlertStore
  /** Who may what. */
  access: AccessStore
  /** What closed repairs teach, and the packs made of it. */
  knowledge: KnowledgeStore
  /** The checks that terminals make when they start. */
  boots: BootStore
  /** How HQ itself is. */
  health: HealthStore

  /**
   * Regular work on the store itself: makes room for the reports of the coming days, and deletes what is too old - folded reports
   * whose ids are of a day (UTC) that ended before `reportsBefore`, incidents closed before `incidentsBefore` - a bounded number at a
   * time; true if there may be more. A deleted report would be stored again if it came again: keep them longer than ids are accepted.
   */
  tend(now: number, reportsBefore: number, incidentsBefore: number): Promise<boolean>
  /** Writes a whole copy of everything to that file while work goes on; undefined where the database has tools of its own for that. */
  backup?: (file: string) => Promise<void>
  /** Calls back after every commit that others may want to see, in every process on the same data. */
  onChange(listener: (event: LiveEvent) => void): void
  close(): Promise<void>
}
