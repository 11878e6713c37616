import type { TerminalPolicy } from '../model/access.ts'
import type { Fault } from '../model/fault.ts'
import type { Limits } from './access/limits.ts'
import type { Oidc } from './access/oidc.ts'
import type { Refusals } from './access/refusals.ts'
import type { Sessions } from './access/who.ts'
import type { Alerting } from './alerts/alerting.ts'
import type { Credentials } from './credentials.ts'
import type { GroupCommit } from './group-commit.ts'
import type { Heartbeats } from './heartbeats.ts'
import type { Live } from './live.ts'
import type { HqLog } from './log.ts'
import type { Counter, Metrics } from './metrics.ts'
import type { NodeNotes } from './nodes.ts'
import type { OtherLanes } from './other-lanes.ts'
import type { Projector } from './projector.ts'
import type { BatchReading } from './reading/reading.ts'
import type { Store } from './store.ts'

/** What the routes work with. */
export interface Context {
  store: Store
  log: HqLog
  now: () => number
  /** How often terminals beat when nobody watches, in ms. */
  beatMs: number
  version: string
  /** Folder of HQ's own files. */
  dataDir: string
  credentials: Credentials
  commits: GroupCommit
  reading: BatchReading
  heartbeats: Heartbeats
  projector: Projector
  alerting: Alerting
  nodes: NodeNotes
  /** The catalogue that this HQ explains faults by; empty where it was given none. */
  catalogue: readonly Fault[]
  live: Live
  sessions: Sessions
  limits: Limits
  /** The company's own sign-in, if there is one. */
  oidc: Oidc | undefined
  refusals: Refusals
  /** What HQ demands of terminals, as it was a few seconds ago at the latest. */
  policy: () => Promise<TerminalPolicy>
  /** True if terminals must show a certificate. */
  certificates: boolean
  metrics: Metrics
  /** Number of the knowledge pack on offer, 0 if there is none; may be some seconds behind. */
  offeredPack: () => Promise<number>
  otherLanes: OtherLanes
  /** Asks the store for the figures that the gauges of the next scrape show; without the store they are left out. */
  refresh: () => Promise<void>
  counted: { reports: Counter; masked: Counter; refused: Counter; heartbeats: Counter }
  /** True once HQ has begun to stop. */
  stopping: () => boolean
}
