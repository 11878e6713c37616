import { probes } from '../../probes/index.ts'
import { weigh } from '../check/run.ts'
import { catalogue } from '../faults/index.ts'
import type { FaultAt } from '../model/diagnosis.ts'
import { fitted } from '../model/fitted.ts'
import type { Report } from '../model/report.ts'
import { TerminalFile } from '../model/terminal.ts'

/** A terminal file good enough to weigh a report's observations again: its devices, as the report names them. */
const terminalOf = (report: Report): TerminalFile => {
  const kinds = new Map(report.check.runs.map((run) => [run.device, run.kind]))
  const implied = new Set(['host', 'mains', 'link-1', 'environment', 'configuration'])
  const declared = [...kinds].filter(([id]) => !implied.has(id))
  return TerminalFile.parse({
    terminal: report.terminal,
    devices: declared.filter(([, kind]) => kind !== 'endpoint').map(([id, kind]) => ({ id, kind, transport: { type: 'host' } })),
    endpoints: declared.filter(([, kind]) => kind === 'endpoint').map(([id]) => ({ id, role: id.startsWith('acquirer') ? 'acquirer' : id.startsWith('hq') ? 'hq' : 'neutral', host: `${id}.invalid` })),
  })
}

/** What today's catalogue says of an old report, and how that differs from what was said then. */
export interface Replayed {
  then: FaultAt[]
  now: FaultAt[]
  appeared: FaultAt[]
  gone: FaultAt[]
  report: Report
}

const key = (at: FaultAt): string => `${at.fault}@${at.device}`

const found = (verdicts: Report['check']['diagnosis']['verdicts']): FaultAt[] =>
  verdicts.filter((v) => v.verdict === 'found').map(({ fault, device }) => ({ fault, device }))

/** Reads an old report again. */
export const replay = (report: Report): Replayed => {
  const terminal = terminalOf(report)
  const { card: __, ...without } = report.check
  const { problems: _, ...weighed } = weigh({ terminal, probes, knowledge: catalogue, now: report.check.startedAt }, fitted(terminal), report.check.observations)
  const then = found(report.check.diagnosis.verdicts)
  const now = found(weighed.diagnosis.verdicts)
  const codes = new Set(now.map((at) => at.fault))
  return {
    then,
    now,
    appeared: now.filter((at) => !then.some((other) => key(other) === key(at))),
    gone: then.filter((at) => !now.some((other) => key(other) === key(at))),
    report: { ...report, check: { ...without, ...weighed }, faults: catalogue.faults.filter((f) => codes.has(f.code)) },
  }
}
