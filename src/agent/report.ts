import { canary, maskDeep } from '../guard/card-data.ts'
import type { Check } from '../model/check.ts'
import type { Fault } from '../model/fault.ts'
import { uuidv7 } from '../model/id.ts'
import { hasValue } from '../model/observation.ts'
import type { Repair } from '../model/repair.ts'
import { type ClockQuality, REPORT_SCHEMA, Report, type ReportPriority } from '../model/report.ts'
import type { TerminalIdentity } from '../model/terminal.ts'
import type { TransactionStep } from '../model/transaction.ts'

/** Finds a catalogue entry by its code. */
export type FaultLookup = (code: string) => Fault | undefined

/** Something the agent has to say against itself. */
export type AgentProblem = Report['agentProblems'][number]

/** What a report says besides its check. */
export interface ReportFacts {
  /** Wall time in milliseconds. */
  at: number
  bootId: string
  uptimeMs: number
  clock: ClockQuality
  identity: TerminalIdentity
  /** Servers that the terminal relies on. */
  servers?: NonNullable<Report['servers']>
  version: string
  faults: FaultLookup
  incidents: Report['incidents']
  transactions: readonly TransactionStep[]
  problems: readonly AgentProblem[]
  /** Guided repairs that have ended. */
  repairs?: readonly Repair[]
}

/** Bytes of JSON above which transcripts are left out, those of healthy devices first. */
const LARGEST_REPORT = 1 << 20

const foundIn = (check: Check): { fault: string; device: string }[] => check.diagnosis.verdicts.filter((v) => v.verdict === 'found')

/** Open verdicts from this probability on are told at length, so their entries travel too. */
const TOLD = 0.05

const faultsOf = (check: Check, lookup: FaultLookup): Fault[] => {
  const told = check.diagnosis.verdicts.filter((v) => v.verdict === 'found' || (v.verdict === 'open' && v.posterior >= TOLD))
  return [...new Set(told.map((v) => v.fault))].flatMap((code) => lookup(code) ?? [])
}

const versionsOf = (check: Check): Record<string, string> =>
  Object.fromEntries(
    check.observations
      .filter((o) => /\.(firmware|pos-version)$/.test(o.name) && hasValue(o))
      .map((o) => [o.device, hasValue(o) ? String(o.value) : '']),
  )

const brokenProbes = (check: Check): AgentProblem[] =>
  check.runs
    .filter((run) => run.outcome === 'broke')
    .map((run) => ({ code: 'probe-broke', detail: `${run.kind} on ${run.device}: ${run.detail ?? 'no detail'}`.slice(0, 500) }))

const without = <T>(list: readonly T[], drop: ReadonlySet<number>): T[] => list.filter((_, i) => !drop.has(i))

const LISTS = ['observations', 'symptoms', 'runs', 'transcripts'] as const

/** Takes out the entries that break the schema, so that one bad value never costs the report. Undefined if the fault lies elsewhere. */
const repair = (report: Report, issues: readonly { path: readonly PropertyKey[]; message: string }[]): Report | undefined => {
  const drop = new Map<string, Set<number>>()
  for (const { path } of issues) {
    const [list, index] = path[0] === 'check' ? [path[1], path[2]] : [path[0], path[1]]
    const mendable = path[0] === 'check' ? LISTS.some((name) => name === list) : list === 'transactions' || list === 'faults' || list === 'agentProblems'
    if (!mendable || typeof index !== 'number') return undefined
    drop.set(String(list), (drop.get(String(list)) ?? new Set()).add(index))
  }
  const of = (name: string): ReadonlySet<number> => drop.get(name) ?? new Set()
  const detail = issues.slice(0, 5).map((i) => `${i.path.map(String).join('.')}: ${i.message}`).join('; ').slice(0, 500)
  return {
    ...report,
    check: {
      ...report.check,
      observations: without(report.check.observations, of('observations')),
      symptoms: without(report.check.symptoms, of('symptoms')),
      runs: without(report.check.runs, of('runs')),
      transcripts: without(report.check.transcripts, of('transcripts')),
    },
    transactions: without(report.transactions, of('transactions')),
    faults: without(report.faults, of('faults')),
    agentProblems: [...without(report.agentProblems, of('agentProblems')), { code: 'report-trimmed', detail }],
  }
}

const smaller = (report: Report): Report => {
  const blamed = new Set(foundIn(report.check).map((v) => v.device))
  const order = report.check.transcripts.toSorted((a, b) => Number(blamed.has(a.device)) - Number(blamed.has(b.device)) || b.text.length - a.text.length)
  const kept = new Set(order)
  let size = Buffer.byteLength(JSON.stringify(report))
  for (const transcript of order) {
    if (size <= LARGEST_REPORT) break
    size -= Buffer.byteLength(JSON.stringify(transcript))
    kept.delete(transcript)
  }
  const left = report.check.transcripts.length - kept.size
  if (left === 0) return report
  return {
    ...report,
    check: { ...report.check, transcripts: report.check.transcripts.filter((t) => kept.has(t)) },
    agentProblems: [...report.agentProblems, { code: 'report-trimmed', detail: `${left} transcripts left out to keep the report below ${LARGEST_REPORT} bytes` }],
  }
}

/**
 * Makes a report, without a sequence number yet (0), filtered for card data and valid by its schema. Where the filter's own canary
 * is dead, everything that could carry card data unseen (transcripts, transactions) is left out and that is said.
 * Throws only if the check itself breaks the contract beyond repair.
 */
export const makeReport = (check: Check, facts: ReportFacts): Report => {
  const filterAlive = canary()
  const problems: AgentProblem[] = [
    ...facts.problems,
    ...brokenProbes(check),
    ...(filterAlive ? [] : [{ code: 'filter-dead', detail: 'the card-data filter did not catch its test number; transcripts and transactions are left out' }]),
  ]
  const { value, masked } = maskDeep({
    versions: versionsOf(check),
    ...(facts.servers === undefined ? {} : { servers: facts.servers }),
    check: filterAlive ? check : { ...check, transcripts: [] },
    transactions: filterAlive ? facts.transactions.slice(-200) : [],
    agentProblems: problems.map((p) => ({ ...p, detail: p.detail.slice(0, 500) })),
    ...(facts.repairs && facts.repairs.length > 0 ? { repairs: facts.repairs.slice(-10) } : {}),
  })
  const report: Report = {
    schema: REPORT_SCHEMA,
    id: uuidv7(facts.at),
    sequence: 0,
    bootId: facts.bootId,
    at: facts.at,
    clock: facts.clock,
    uptimeMs: facts.uptimeMs,
    terminal: facts.identity,
    agent: { version: facts.version, node: process.versions.node, platform: `${process.platform} ${process.arch}` },
    ...value,
    faults: faultsOf(check, facts.faults),
    incidents: facts.incidents,
    // Not the bare type, which as the name of a field would itself be taken for card data.
    masked: Object.fromEntries(Object.entries(masked).map(([type, count]) => [`${type}-masked`, count])),
  }
  const first = Report.safeParse(report)
  if (first.success) return smaller(first.data)
  const mended = repair(report, first.error.issues)
  if (!mended) throw new Error(`the check does not fit a report: ${first.error.issues.slice(0, 3).map((i) => `${i.path.map(String).join('.')}: ${i.message}`).join('; ')}`)
  return smaller(Report.parse(mended))
}

/** critical reports leave first: those that found a fault which blocks a way of taking money. */
export const priorityOf = (report: Report): ReportPriority =>
  foundIn(report.check).some((v) => report.faults.some((f) => f.code === v.fault && f.severity === 'block')) || report.check.readiness.some((r) => r.is === 'blocked') ? 'critical' : 'normal'
