import type { Readiness } from '../model/diagnosis.ts'
import type { Actor } from '../model/fault.ts'
import type { TerminalIdentity } from '../model/terminal.ts'
import type { Text } from '../model/text.ts'
import type { IncidentRow, Redated } from '../model/wire.ts'
import type { Example } from './knowledge/examples.ts'

/** A fault that a report found, with what is needed to show it without the report. */
export interface FoundFault { fault: string; device: string; severity: IncidentRow['severity']; posterior: number; title: Text; actor?: Actor; firmware?: string }

/** Something that terminals may have in common, as `region` and `East`. */
export type Factor = [name: string, value: string]

/** What HQ keeps of a report beside its body: all that lists show and folding needs. Stored as JSON; only additions are allowed. */
export interface Digest {
  terminal: TerminalIdentity
  agentVersion: string
  trigger: string
  checkedAt: number
  /** What it may have in common with other terminals, as name and value; absent in digests of earlier versions. */
  factors?: Factor[]
  redated?: Redated
  /** The key that it was signed with as it came: its thumbprint, RFC 7638. */
  signedBy?: string
  readiness: Readiness[]
  found: FoundFault[]
  /** Faults that the check left open, as fault and device. */
  open: [string, string][]
  /** Devices that were looked at to the end. */
  looked: string[]
  /** What the agent says became of its incidents. */
  changes: { fault: string; device: string; change: 'opened' | 'changed' | 'closed' }[]
  /** What repairs that ended teach; absent where none did. */
  examples?: Example[]
}

/** A stored report on its way through folding. */
export interface UnfoldedReport { terminalId: string; id: string; sequence: number; at: number; receivedAt: number; digest: Digest }

/** When what a report tells of happened, by the terminal's clock where that can be believed; nothing at HQ happens in the future. */
export const whenOf = ({ at, receivedAt, digest }: UnfoldedReport): number => Math.min(digest.redated?.at ?? at, receivedAt)

/** What folding remembers of a terminal: its newest report, faults found once that are no incident yet (as `fault device`), and its factors. */
export interface FoldState { sequence: number; newestAt: number; once: string[]; factors?: Factor[] }

/** An incident and how many reports in a row looked at its device without finding it. */
export interface FoldedIncident extends IncidentRow { misses: number }

/** A terminal before folding. `closed` are the incidents closed lately, for regressions. */
export interface Unfolded {
  terminalId: string
  state?: FoldState
  open: readonly FoldedIncident[]
  closed: readonly { id: string; fault: string; device: string; closedAt: number }[]
}

/** A terminal after folding. `latest` is its newest report, undefined if all were late; `incidents` are those that changed. */
export interface Folded {
  state: FoldState
  latest?: UnfoldedReport
  incidents: FoldedIncident[]
  openIncidents: number
  worst?: IncidentRow['severity']
  /** Only where they are other than before. */
  factors?: Factor[]
  late: number
}

/** Folds reports of one terminal into what is known of it. Pure but for the ids of new incidents. */
export type Fold = (before: Unfolded, reports: readonly UnfoldedReport[]) => Folded
