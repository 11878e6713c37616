import * as z from 'zod'
import { TerminalKey } from './access.ts'
import { Configuration } from './configuration.ts'
import { DeviceKind } from './device.ts'
import { Readiness, Verdict } from './diagnosis.ts'
import { Actor, Fault, Severity } from './fault.ts'
import { BootDay, Enrolment, TenderCounts } from './fleet.ts'
import { PackStanding } from './pack.ts'
import { Elsewhere } from './past.ts'
import { Report } from './report.ts'
import { TerminalFile } from './terminal.ts'
import { Care, Change, Cost, Opens, Resolution } from './triage.ts'

const time = z.number()

/** Exchanges a one-time token for the terminal's own token; authenticated by the one-time token in the body. `key` is the public half of the key that the terminal's uploads will be signed with. */
export const EnrolRequest = z.strictObject({ token: z.string().min(16).max(200), terminal: TerminalFile.shape.terminal, agentVersion: z.string().max(64), key: TerminalKey.optional() })
export type EnrolRequest = z.infer<typeof EnrolRequest>

/** The terminal's own token; HQ keeps only its hash. */
export const EnrolAnswer = z.strictObject({ terminalId: z.string(), token: z.string() })
export type EnrolAnswer = z.infer<typeof EnrolAnswer>

/** One report in its CloudEvents 1.0 envelope (JSON format); `id` and `data.id` are the same. */
export const ReportEvent = z.object({
  specversion: z.literal('1.0'),
  id: z.uuidv7(),
  source: z.string().max(200),
  type: z.literal('posdiag.report.1'),
  time: z.string().optional(),
  datacontenttype: z.literal('application/json').optional(),
  data: Report,
})
export type ReportEvent = z.infer<typeof ReportEvent>

/** The header of POST /v1/reports in which a terminal says, as JSON, what its clocks show as it sends. */
export const CLOCK_HEADER = 'posdiag-clock'

/** Wall time in ms since 1970, the kernel's id of this boot, and ms since then: by these HQ dates reports of a terminal whose wall clock is wrong. */
export const SenderClock = z.strictObject({ at: time, bootId: z.string().max(64), uptimeMs: z.number() })
export type SenderClock = z.infer<typeof SenderClock>

/** When something happened by HQ's clock, where the terminal's own is wrong, and by how many ms either way that may be off. */
export const Redated = z.strictObject({ at: time, plusMinusMs: z.number() })
export type Redated = z.infer<typeof Redated>

/** Limits of POST /v1/reports; beyond them HQ answers 413. */
export const BATCH_LIMITS = { reports: 200, compressedBytes: 4 << 20, bytes: 16 << 20 } as const

/** What became of one report. stored and duplicate: HQ has it, durably. rejected: it never will be accepted; keep it aside and say so. */
export const BatchItem = z.strictObject({ id: z.string(), status: z.enum(['stored', 'duplicate', 'rejected']), reason: z.string().optional() })
export type BatchItem = z.infer<typeof BatchItem>

/** Answer to POST /v1/reports, with status 202, in the order of the batch. */
export const BatchAnswer = z.strictObject({ items: z.array(BatchItem) })
export type BatchAnswer = z.infer<typeof BatchAnswer>

/** What HQ may ask of a terminal. check: look now. logs: hand over the agent's logs. configuration: go by another revision. */
export const CommandType = z.enum(['check', 'logs', 'configuration'])
export type CommandType = z.infer<typeof CommandType>

/** Sales of one hour, which begins at `hour`, as the terminal counted them: approved or paid, in minor units; nothing of any card. */
export const HourOfSales = z.strictObject({ hour: time, count: z.int().min(0), sumMinor: z.int().min(0), currency: z.string().regex(/^[A-Z]{3}$/).optional() })
export type HourOfSales = z.infer<typeof HourOfSales>

/** Said in `takes` by an agent that keeps what HQ tells of the other lanes of its store. */
export const ELSEWHERE = 'elsewhere'

/** A sign of life: state, not history. */
export const Heartbeat = z.strictObject({
  at: time,
  agentVersion: z.string().max(64),
  bootId: z.string().max(64),
  uptimeMs: z.number(),
  /** Last sequence number given to a report. */
  sequence: z.int(),
  spool: z.strictObject({ reports: z.int(), bytes: z.int(), oldestAt: time.optional(), lost: z.int() }),
  readiness: z.array(Readiness),
  checkedAt: time.optional(),
  openIncidents: z.int(),
  /** What this agent can be asked and told (ELSEWHERE); without it only asked for checks. */
  takes: z.array(z.string().max(32)).max(16).optional(),
  /** Hours in which something was sold since HQ last answered, and now and then the running one. Estimates are made of them, no books. */
  sales: z.array(HourOfSales).max(72).optional(),
  /** The revision of the configuration that it goes by. */
  configuration: z.int().optional(),
  /** The knowledge pack that it goes by; without it this agent takes none. */
  pack: PackStanding.optional(),
  /** Only in the last beat of an agent that is being stopped in order: why. */
  leaving: z.string().max(64).optional(),
})
export type Heartbeat = z.infer<typeof Heartbeat>

/** Something that HQ asks of a terminal. It travels with the answer to a heartbeat and expires by itself. */
export const Command = z.strictObject({ id: z.uuidv7(), type: CommandType, createdAt: time, expiresAt: time, only: z.array(DeviceKind).optional(), configuration: Configuration.optional() })
export type Command = z.infer<typeof Command>

/** Answer to a heartbeat; the agent beats again after `nextMs`. */
export const HeartbeatAnswer = z.strictObject({
  at: time,
  nextMs: z.int(),
  commands: z.array(Command),
  /** Number of the knowledge pack on offer, where that is another than the terminal goes by: only to agents that say which. */
  pack: z.int().min(1).optional(),
  /** Now and then, only to agents that take it: what was found on the other lanes of the store. */
  elsewhere: Elsewhere.optional(),
})
export type HeartbeatAnswer = z.infer<typeof HeartbeatAnswer>

/** How far a command has come, posted by the agent to /v1/commands/{id}/progress. */
export const CommandProgress = z.strictObject({
  state: z.enum(['running', 'done', 'refused', 'failed']),
  looked: z.int().default(0),
  total: z.int().default(0),
  /** Report that it led to. */
  report: z.uuidv7().optional(),
  detail: z.string().max(300).optional(),
})
export type CommandProgress = z.infer<typeof CommandProgress>

// What follows is between HQ's page and HQ.

/** online: heard of within two heartbeat intervals. stale: within ten. offline: not for longer. closed: not for longer, as its store is most likely closed. never: enrolled, not yet heard of. */
export const Contact = z.enum(['online', 'stale', 'offline', 'closed', 'never'])
export type Contact = z.infer<typeof Contact>

export const TerminalRow = z.strictObject({
  terminal: TerminalFile.shape.terminal,
  contact: Contact,
  /** Where its store is closed and people gave its hours. */
  opens: Opens.optional(),
  lastSeenAt: time.optional(),
  agentVersion: z.string().optional(),
  /** Offset of the terminal's clock against HQ's, in ms, positive if it is ahead. */
  clockOffsetMs: z.number().optional(),
  readiness: z.array(Readiness),
  checkedAt: time.optional(),
  openIncidents: z.int(),
  worst: Severity.optional(),
  spool: Heartbeat.shape.spool.optional(),
  /** The knowledge pack that it goes by, where its agent says so. */
  pack: PackStanding.optional(),
})
export type TerminalRow = z.infer<typeof TerminalRow>

export const IncidentRow = z.strictObject({
  id: z.string(),
  terminalId: z.string(),
  store: z.string().optional(),
  fault: z.string(),
  device: z.string(),
  severity: Severity,
  title: z.strictObject({ zh: z.string(), en: z.string() }),
  openedAt: time,
  changedAt: time,
  closedAt: time.optional(),
  /** Reports in which it was found. */
  count: z.int(),
  posterior: z.number(),
  regression: z.boolean(),
  /** The latest report that found it. */
  report: z.string(),
  /** Where and on what it opened, as far as the report said. */
  region: z.string().optional(),
  model: z.string().optional(),
  agentVersion: z.string().optional(),
  /** Of the device. */
  firmware: z.string().optional(),
  /** Who can begin to mend it. */
  actor: Actor.optional(),
  /** How it came to be closed, and by which report. */
  resolvedBy: Resolution.optional(),
  resolvedReport: z.string().optional(),
  /** The closed incident of which this one is the return. */
  previous: z.string().optional(),
  /** What people made of it; absent while nobody has touched it. */
  care: Care.optional(),
  /** Absent where the lane's history says nothing, or taking money is not affected. */
  cost: Cost.optional(),
  /** The outbreak and the visit that it belongs to. */
  outbreak: z.string().optional(),
  visit: z.string().optional(),
  /** The absence that it explains, while that lasts. */
  absence: z.string().optional(),
})
export type IncidentRow = z.infer<typeof IncidentRow>

export const ReportRow = z.strictObject({
  id: z.string(),
  terminalId: z.string(),
  sequence: z.int(),
  at: time,
  /** Only where the terminal's clock was wrong. */
  redated: Redated.optional(),
  receivedAt: time,
  trigger: z.string(),
  readiness: z.array(Readiness),
  found: z.array(z.strictObject({ fault: z.string(), device: z.string(), severity: Severity })),
})
export type ReportRow = z.infer<typeof ReportRow>

export const CommandRow = z.strictObject({ ...Command.shape, terminalId: z.string(), state: z.enum(['waiting', 'sent', 'running', 'done', 'refused', 'failed', 'expired']), progress: CommandProgress.optional() })
export type CommandRow = z.infer<typeof CommandRow>

export const Overview = z.strictObject({
  at: time,
  terminals: z.record(Contact, z.int()),
  tenders: TenderCounts,
  incidents: z.record(Severity, z.int()),
  opened24h: z.int(),
  closed24h: z.int(),
  /** How long those closed in the last 24 hours had been open, on average; absent if there are none. */
  meanOpenMs: z.number().optional(),
  /** Terminals at which somebody is at work. */
  inRepair: z.int(),
  reports24h: z.int(),
  /** Boot checks of the last seven times 24 hours, oldest first. */
  boots: z.array(BootDay),
  /** Incidents opened, and closed, per hour over the last 24 hours, oldest first. */
  openedPerHour: z.array(z.strictObject({ at: time, count: z.int() })),
  closedPerHour: z.array(z.strictObject({ at: time, count: z.int() })),
  topFaults: z.array(z.strictObject({ fault: z.string(), title: z.strictObject({ zh: z.string(), en: z.string() }), severity: Severity, terminals: z.int() })),
  /** Terminals that cannot take money by some means, worst first; at most 20. */
  blocked: z.array(TerminalRow),
})
export type Overview = z.infer<typeof Overview>

/**
 * GET /api/terminals/{id}: all that HQ knows of one terminal; reports newest first, at most 200; incidents are the open ones; commands are
 * those of the last day, newest first; notes are what people wrote about it, newest first. `revision` is that of the configuration that it last took.
 */
export const TerminalDetail = z.strictObject({
  terminal: TerminalRow, reports: z.array(ReportRow), incidents: z.array(IncidentRow), commands: z.array(CommandRow), enrolment: Enrolment, revision: z.int().optional(), notes: z.array(Change),
})
export type TerminalDetail = z.infer<typeof TerminalDetail>

/** GET /api/incidents/{id}: the incident, its terminal, the fault entry and verdict from the latest report that found it, and the terminal's reports from its opening on (newest first, at most 50), and who did what about it (newest first, at most 200). */
export const IncidentDetail = z.strictObject({ incident: IncidentRow, terminal: TerminalRow.optional(), fault: Fault.optional(), verdict: Verdict.optional(), reports: z.array(ReportRow), history: z.array(Change) })
export type IncidentDetail = z.infer<typeof IncidentDetail>

/** GET /api/reports/{terminal}/{id}: the report as it was received, card data masked; `redated` only where the terminal's clock was wrong, `signedBy` (the key's RFC 7638 thumbprint) only where the terminal had signed it. */
export const StoredReport = z.strictObject({ receivedAt: time, redated: Redated.optional(), signedBy: z.string().optional(), report: Report })
export type StoredReport = z.infer<typeof StoredReport>

/** POST /api/terminals/{id}/commands; answered with 201 and a CommandRow. `only` is of checks. */
export const CreateCommand = z.strictObject({ type: z.enum(['check', 'logs']), only: z.array(DeviceKind).min(1).optional() })
export type CreateCommand = z.infer<typeof CreateCommand>

/** POST /api/enrolment-tokens: one-time, for one terminal id and for terminals of one region or store if those are given; valid for `hours` (24 unless told, at most 720). */
export const CreateEnrolmentToken = z.strictObject({ terminalId: TerminalFile.shape.terminal.shape.id.optional(), region: TerminalFile.shape.terminal.shape.region, store: TerminalFile.shape.terminal.shape.store, note: z.string().max(200).optional(), hours: z.number().positive().max(720).default(24) })
export type CreateEnrolmentToken = z.infer<typeof CreateEnrolmentToken>

/** An enrolment token as lists show it; the token itself is said only once, in the answer to its creation. */
export const EnrolmentTokenRow = z.strictObject({
  id: z.string(),
  terminalId: z.string().optional(),
  region: z.string().optional(),
  store: z.string().optional(),
  note: z.string().optional(),
  madeBy: z.string().optional(),
  createdAt: time,
  expiresAt: time,
  /** When it was used, and by which terminal. */
  usedAt: time.optional(),
  usedBy: z.string().optional(),
  revokedAt: time.optional(),
})
export type EnrolmentTokenRow = z.infer<typeof EnrolmentTokenRow>

/** Answer to POST /api/enrolment-tokens, with status 201. */
export const CreatedEnrolmentToken = z.strictObject({ ...EnrolmentTokenRow.shape, token: z.string() })
export type CreatedEnrolmentToken = z.infer<typeof CreatedEnrolmentToken>

/** POST /api/enrolment-tokens/batch: one-time tokens for many terminals at once, each for its own id only; valid for `hours`. */
export const CreateEnrolmentTokens = z.strictObject({ terminalIds: z.array(TerminalFile.shape.terminal.shape.id).min(1).max(500), region: CreateEnrolmentToken.shape.region, store: CreateEnrolmentToken.shape.store, note: CreateEnrolmentToken.shape.note, hours: CreateEnrolmentToken.shape.hours })
export type CreateEnrolmentTokens = z.infer<typeof CreateEnrolmentTokens>

/** Answer to POST /api/enrolment-tokens/batch, with status 201, in the order of the ids. */
export const CreatedEnrolmentTokens = z.strictObject({ rows: z.array(CreatedEnrolmentToken) })
export type CreatedEnrolmentTokens = z.infer<typeof CreatedEnrolmentTokens>

/**
 * What GET /api/events sends, as the JSON data of server-sent events of the same name as `type`. A hint to ask again, except for a
 * command, which comes whole. terminals: their row changed. reports: they sent reports. incidents: some of theirs opened, changed or closed.
 * At most 100 terminal ids; `more` says that there were others.
 */
export const LiveEvent = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('command'), command: CommandRow }),
  z.strictObject({ type: z.enum(['terminals', 'reports', 'incidents']), terminals: z.array(z.string()), more: z.boolean() }),
])
export type LiveEvent = z.infer<typeof LiveEvent>

/** One page of a list; `next` is the cursor of the following one. */
export const pageOf = <T extends z.ZodType>(row: T) => z.strictObject({ rows: z.array(row), next: z.string().optional() })

/** An error answer, RFC 9457. */
export const Problem = z.object({ type: z.string(), title: z.string(), status: z.int(), detail: z.string().optional(), instance: z.string().optional() })
export type Problem = z.infer<typeof Problem>
