import type { Readiness } from '../model/diagnosis.ts'
import type { Report } from '../model/report.ts'
import type { TerminalIdentity } from '../model/terminal.ts'
import type { Redated } from '../model/wire.ts'
import { factorsOf } from './factors.ts'
import type { Digest } from './fold-types.ts'
import { exampleOf } from './knowledge/examples.ts'
import { plain } from './plain.ts'
import { wholeMs } from './whole.ts'

/** Bounds of a digest: a report may be long, what is kept of it in lists may not. */
const MOST = { found: 50, open: 100, looked: 200, changes: 100, tenders: 5, because: 5, name: 64 } as const

const named = (at: { fault: string; device: string }): boolean => at.fault.length <= MOST.name && at.device.length <= MOST.name

const short = (readiness: Readiness): Readiness => ({
  tender: readiness.tender,
  is: readiness.is,
  because: readiness.because.filter(named).slice(0, MOST.because).map(({ fault, device }) => ({ fault, device })),
  unseen: readiness.unseen.filter((d) => d.length <= MOST.name).slice(0, MOST.because),
})

/** Readiness as lists keep it: bounded, whoever sent it. */
export const shortReadiness = (readiness: readonly Readiness[]): Readiness[] => readiness.slice(0, MOST.tenders).map(short)

/** A terminal's identity as lists keep it; of its fields only the time zone is not bounded by the schema. */
export const shortIdentity = ({ timeZone, ...identity }: TerminalIdentity): TerminalIdentity => (timeZone === undefined || timeZone.length > MOST.name ? identity : { ...identity, timeZone })

/** What lists and incidents need of a report. A fault that the report does not describe is shown by its code, as degraded. */
export const digestOf = (report: Report, redated?: Redated): Digest => {
  const found: Digest['found'] = []
  const open: Digest['open'] = []
  for (const verdict of report.check.diagnosis.verdicts) {
    if (!named(verdict)) continue
    if (verdict.verdict === 'found' && found.length < MOST.found) {
      const fault = report.faults.find((f) => f.code === verdict.fault)
      const firmware = report.versions[verdict.device]
      found.push({
        fault: plain(verdict.fault),
        device: plain(verdict.device),
        severity: fault?.severity ?? 'degraded',
        posterior: verdict.posterior,
        title: fault === undefined ? { zh: plain(verdict.fault), en: plain(verdict.fault) } : { zh: plain(fault.title.zh.slice(0, 200)), en: plain(fault.title.en.slice(0, 200)) },
        ...(fault?.actors[0] === undefined ? {} : { actor: fault.actors[0] }),
        ...(firmware === undefined ? {} : { firmware: plain(firmware.slice(0, MOST.name)) }),
      })
    } else if (verdict.verdict === 'open' && open.length < MOST.open) {
      open.push([plain(verdict.fault), plain(verdict.device)])
    }
  }
  const examples = (report.repairs ?? []).flatMap((repair) => exampleOf(repair) ?? [])
  return {
    terminal: shortIdentity(report.terminal),
    agentVersion: report.agent.version.slice(0, MOST.name),
    trigger: report.check.trigger.by,
    checkedAt: wholeMs(report.check.startedAt),
    factors: factorsOf(report),
    ...(redated === undefined ? {} : { redated }),
    readiness: shortReadiness(report.check.readiness),
    found,
    open,
    looked: report.check.runs.filter((r) => r.outcome === 'done' && r.device.length <= MOST.name).slice(0, MOST.looked).map((r) => plain(r.device)),
    changes: report.incidents.filter(named).slice(0, MOST.changes).map(({ fault, device, change }) => ({ fault: plain(fault), device: plain(device), change })),
    ...(examples.length === 0 ? {} : { examples }),
  }
}
