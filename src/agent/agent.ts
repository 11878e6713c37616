import type { BootFacts } from '../check/run.ts'
import type { Seen } from '../check/session.ts'
import type { Check, Progress, Trigger } from '../model/check.ts'
import type { DeviceKind } from '../model/device.ts'
import type { Readiness } from '../model/diagnosis.ts'
import type { Incident } from '../model/incident.ts'
import type { Language } from '../model/language.ts'
import type { Observation } from '../model/observation.ts'
import type { Past } from '../model/past.ts'
import type { Report } from '../model/report.ts'
import type { TerminalFile, TerminalIdentity } from '../model/terminal.ts'
import type { RepairWords } from '../texts/repair.ts'
import type { HostBoot } from './boot.ts'
import type { AgentClock } from './clock.ts'
import type { FixerParts } from './fixer.ts'
import type { HqOptions, HqState } from './hq.ts'
import type { StoreProblem } from './keeper.ts'
import type { Log } from './log.ts'
import type { SpoolState } from './outbox.ts'
import type { JudgePack } from './packs.ts'
import type { FaultLookup } from './report.ts'
import type { StoreBounds } from './store.ts'
import type { Schedule } from './triggers.ts'

/** One look wanted by the agent. full: everything, in a process of its own. round: what costs next to nothing, in this one. */
export interface LookRequest {
  terminal: TerminalFile
  trigger: Trigger
  depth: 'full' | 'round'
  only?: readonly DeviceKind[]
  /** How long it may take, in milliseconds; as long as every check unless told. */
  deadlineMs?: number
  /** The last check, if it still says anything of this terminal. */
  last?: Check
  boot: BootFacts
  /** What is known of before. */
  past: Past
  /** Rates of card reads that failed, by name; in whole checks. */
  reads?: Readonly<Record<string, number>>
}

/** Makes a check; injected, so that the agent knows neither probes nor benches. */
export type Look = (request: LookRequest, onProgress: (progress: Progress) => void) => Promise<Check>

/** Everything that an agent works with. */
export interface AgentOptions {
  /** Folder for store, tokens and, without systemd, logs; one agent each. */
  stateDir: string
  terminal: TerminalFile
  look: Look
  faults: FaultLookup
  /** Names of every limit that a configuration may set; without them none is taken. */
  limits?: ReadonlySet<string>
  /** What a guided repair goes by; without it the agent guides none. */
  repair?: Pick<FixerParts, 'knowledge' | 'guide'> & { weigh: (terminal: TerminalFile, check: Seen, told: readonly Observation[]) => Promise<Seen>; meaning: RepairWords['meaning'] }
  hq?: HqOptions
  /** Weighs the scenarios with a knowledge pack before it is taken; without it none is taken from HQ. */
  judgePack?: JudgePack
  version: string
  /** Port 0 takes the one of the last start, else any free one. `mode` is the permission of desk.json, as 0o640 to let a group post transactions. */
  desk: { port: number; mode?: number }
  schedule: Schedule
  log: Log
  /** Language of the cashier's page where the browser does not ask for one. */
  language: Language
  clock?: AgentClock
  bounds?: StoreBounds
  /** False leaves device nodes unwatched. */
  watchDevices?: boolean
  /** This boot; read from the kernel if not given. */
  host?: HostBoot
  env?: Readonly<Record<string, string | undefined>>
}

/** What the agent knows now, for the desk. */
export interface AgentStatus {
  terminal: TerminalIdentity
  agent: { version: string; pid: number; startedAt: number }
  /** Of the last check; empty before the first one. */
  readiness: readonly Readiness[]
  checkedAt?: number
  trigger?: Trigger
  incidents: readonly Incident[]
  spool: SpoolState
  /** Wall time of the last delivery. */
  deliveredAt?: number
  sequence: number
  hq?: HqState
  /** Why nothing can be stored; absent while all is well. */
  store?: StoreProblem
  saleOpen: boolean
  running?: { id: string; looked: number; total: number }
}

/** A running agent. */
export interface Agent {
  readonly desk: { url: string; token: string }
  /** The report of the first check; undefined if that check failed or the agent was stopped before it. */
  readonly booted: Promise<Report | undefined>
  /** Resolves when the agent has stopped. */
  readonly stopped: Promise<void>
  status(): AgentStatus
  /** Resolves when HQ has that report or will never take it, or the agent stops. */
  delivered(reportId: string): Promise<'delivered' | 'rejected' | 'stopped'>
  /** Goes on with another terminal file, already validated. */
  reload(terminal: TerminalFile): void
  stop(reason: string): Promise<void>
}
