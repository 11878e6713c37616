import { around } from '../journal/intake.ts'
import type { Check } from '../model/check.ts'
import { fitted } from '../model/fitted.ts'
import { uuidv7 } from '../model/id.ts'
import { type Elsewhere, NO_PAST, type Past } from '../model/past.ts'
import type { Repair } from '../model/repair.ts'
import type { Report } from '../model/report.ts'
import type { TerminalFile } from '../model/terminal.ts'
import { type HostBoot, watchClock } from './boot.ts'
import type { AgentClock } from './clock.ts'
import { readFormer, readIncidents, writeIncidents } from './incident-rows.ts'
import { awaitsProof, type IncidentState, NO_INCIDENTS, nearlyClosed, step, type Tracked } from './incidents.ts'
import type { Keeper } from './keeper.ts'
import type { Log } from './log.ts'
import { readElsewhere, readPast, stepPast, writeElsewhere, writePast } from './past.ts'
import type { CheckOrder } from './queue.ts'
import { type AgentProblem, type FaultLookup, makeReport, priorityOf } from './report.ts'
import type { Store } from './store.ts'

/** What checks leave behind: incidents, reports, and what the next check starts from. */
export interface Memory {
  /** Takes a check in; returns its report, stored if that is possible, or undefined if nothing is worth one. */
  conclude(check: Check, order: CheckOrder): Report | undefined
  last(): { check: Check | undefined; ageMs: number }
  /** The last check, unless too much time has passed for it to say anything. */
  carried(): Check | undefined
  incidents(): IncidentState
  /** What is known of before the next check. */
  past(): Past
  /** Takes in what HQ counted on the other lanes. */
  heardElsewhere(told: Elsewhere): void
  terminalChanged(terminal: TerminalFile): void
}

/** What the memory works with. */
export interface MemoryParts {
  keeper: Keeper
  terminal: TerminalFile
  faults: FaultLookup
  version: string
  host: HostBoot
  deliver: boolean
  fullMs: number
  onReport: (report: Report, order: CheckOrder) => void
  /** Guided repairs that ended with a check or since the last one; called before its report is made. */
  repairs?: (check: Check) => Repair[]
  /** One more look would prove a repair; `stillSo` says whether that is still so. */
  onNearlyClosed: (stillSo: () => boolean) => void
  clock: AgentClock
  log: Log
}

/** Reports that rounds may make in an hour for nothing but a readiness that comes and goes. */
const ROUND_REPORTS_PER_HOUR = 12
const HOUR_MS = 3_600_000
/** How long counts of an open incident may wait before they are written, so that a quiet till does not write all day. Milliseconds. */
const WRITE_SPACING_MS = 300_000
const STEPS_READ = 500
const STEPS_TOLD = 50

const readinessKey = (check: Check): string => check.readiness.map((r) => `${r.tender} ${r.is}`).toSorted().join()

/** Starts from what the store knows. */
export const createMemory = (parts: MemoryParts): Memory => {
  const { keeper, clock, log } = parts
  const clockWatch = watchClock(clock)
  let terminal = parts.terminal
  let devices: ReadonlySet<string> = new Set(fitted(terminal).map((d) => d.id))
  let state: IncidentState = keeper.use((store) => readIncidents(store, clock.now())) ?? NO_INCIDENTS
  let past: Past = keeper.use(readPast) ?? NO_PAST
  let former: Past['incidents'] = keeper.use((store) => readFormer(store, clock.now())) ?? []
  let elsewhere = keeper.use(readElsewhere)
  let unwritten = new Map<string, Tracked>()
  let writtenAt = clock.mono()
  let last: { check: Check; terminal: TerminalFile; endedAt: number } | undefined
  let lookedFullAt = Number.NEGATIVE_INFINITY
  let roundReports: number[] = []
  let roundsHeldBack = 0
  let carriedProblems: AgentProblem[] = []

  /** What must be said of the store, and how to note that it was. */
  const storeProblems = (store: Store): { problems: AgentProblem[]; told: () => void } => {
    const news = (what: string) => ({ all: Number(store.meta(what) ?? 0), fresh: Number(store.meta(what) ?? 0) - Number(store.meta(`${what}-told`) ?? 0) })
    const lost = news('lost')
    const rejected = news('rejected')
    return {
      problems: [
        ...(lost.fresh > 0 ? [{ code: 'reports-lost', detail: `${lost.fresh} reports were pushed out of the outbox by its bounds before HQ had them; ${lost.all} in all` }] : []),
        ...(rejected.fresh > 0 ? [{ code: 'reports-rejected', detail: `HQ rejected ${rejected.fresh} reports; they are kept on the terminal; ${rejected.all} in all` }] : []),
      ],
      told: () => {
        if (lost.fresh > 0) store.setMeta('lost-told', String(lost.all))
        if (rejected.fresh > 0) store.setMeta('rejected-told', String(rejected.all))
      },
    }
  }
  const ownProblems = (): AgentProblem[] => {
    carriedProblems.push(...keeper.takeProblems())
    return [...carriedProblems, ...(roundsHeldBack > 0 ? [{ code: 'rounds-held-back', detail: `${roundsHeldBack} reports of rounds were held back because readiness came and went` }] : [])]
  }
  /** True if a round has something to tell. */
  const roundTells = (check: Check, told: number): boolean => {
    if (told > 0) return true
    if (last !== undefined && readinessKey(last.check) === readinessKey(check)) return false
    roundReports = roundReports.filter((at) => clock.mono() - at < HOUR_MS)
    if (roundReports.length >= ROUND_REPORTS_PER_HOUR) {
      roundsHeldBack += 1
      return false
    }
    roundReports.push(clock.mono())
    return true
  }
  const keepReport = (check: Check, told: Report['incidents'], repairs: Repair[]): Report => {
    const quality = clockWatch.quality(check.observations)
    const blames = check.diagnosis.verdicts.some((v) => v.verdict === 'found') || check.trigger.by === 'transaction'
    const transactions = blames ? around(keeper.use((store) => store.steps(STEPS_READ)), check.startedAt, STEPS_TOLD) : []
    const report = keeper.use((store) => {
      const { problems, told: noteTold } = storeProblems(store)
      const made = makeReport(check, {
        at: clock.now(), bootId: parts.host.id, uptimeMs: parts.host.uptimeMs(), clock: quality, identity: terminal.terminal, version: parts.version,
        servers: terminal.endpoints.slice(0, 50).map(({ role, host }) => ({ role, host })),
        faults: parts.faults, incidents: told, transactions, problems: [...ownProblems(), ...problems], repairs,
      })
      return store.keep(made, {
        critical: priorityOf(made) === 'critical', deliver: parts.deliver, clockTrusted: quality === 'synchronised' || quality === 'unknown',
        also: (kept) => {
          noteTold()
          writeIncidents(kept, [...unwritten.values()], clock.now())
        },
      })
    })
    carriedProblems = []
    roundsHeldBack = 0
    clockWatch.settle()
    // In the spare store nothing lasts, so what it holds must still be written.
    if (report.sequence > 0) {
      unwritten = new Map()
      writtenAt = clock.mono()
    }
    return report
  }
  const writeCounts = (): void => {
    if (unwritten.size === 0 || clock.mono() - writtenAt < WRITE_SPACING_MS) return
    writtenAt = clock.mono()
    const durable = keeper.use((store) => {
      store.db.transaction(() => writeIncidents(store, [...unwritten.values()], clock.now()))
      return store.db.path !== ':memory:'
    })
    if (durable) unwritten = new Map()
  }

  return {
    conclude: (check, order) => {
      const stepped = step(state, check, { depth: order.depth, now: clock.now(), severityOf: (code) => parts.faults(code)?.severity, devices, newId: () => uuidv7(clock.now()) })
      state = stepped.state
      for (const tracked of stepped.touched) unwritten.set(tracked.incident.id, tracked)
      const repairs = parts.repairs?.(check) ?? []
      const worth = order.depth === 'full' || roundTells(check, stepped.told.length + repairs.length)
      const report = worth ? keepReport(check, stepped.told, repairs) : undefined
      if (!report) writeCounts()
      const before = past
      past = stepPast(before, last?.check, check)
      if (past !== before) keeper.use((store) => writePast(store, past))
      if (stepped.told.some(({ change }) => change === 'closed')) former = keeper.use((store) => readFormer(store, clock.now()))
      last = { check, terminal, endedAt: clock.mono() }
      if (order.depth === 'full') lookedFullAt = clock.mono()
      for (const { change, fault, device } of stepped.told) log.info(`incident ${change}`, { fault, device })
      if (nearlyClosed(stepped)) parts.onNearlyClosed(() => awaitsProof(state))
      if (report) parts.onReport(report, order)
      return report
    },
    last: () => ({ check: last?.check, ageMs: last ? clock.mono() - last.endedAt : 0 }),
    carried: () => {
      if (!last || clock.mono() - lookedFullAt > 2 * parts.fullMs + HOUR_MS) return undefined
      // What was seen of a device outlives a new terminal file; what it came to does not.
      return last.terminal === terminal ? last.check : { ...last.check, symptoms: [] }
    },
    incidents: () => state,
    past: () => ({ ...past, incidents: former, ...(elsewhere ? { elsewhere } : {}) }),
    heardElsewhere: (told) => {
      elsewhere = told
      keeper.use((store) => writeElsewhere(store, told))
    },
    terminalChanged: (file) => {
      terminal = file
      devices = new Set(fitted(file).map((d) => d.id))
    },
  }
}
