import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { hostBoot } from '../agent/boot.ts'
import { systemClock } from '../agent/clock.ts'
import { TERMINAL_TOKEN_FILE } from '../agent/hq.ts'
import { createKeeper } from '../agent/keeper.ts'
import { AlreadyRunning } from '../agent/lock.ts'
import { SILENT_LOG } from '../agent/log.ts'
import { createMemory } from '../agent/memory.ts'
import { makeReport } from '../agent/report.ts'
import { catalogue } from '../faults/index.ts'
import type { Check } from '../model/check.ts'
import type { FaultAt } from '../model/diagnosis.ts'
import type { Fault } from '../model/fault.ts'
import type { Repair } from '../model/repair.ts'
import type { Report } from '../model/report.ts'
import type { TerminalFile } from '../model/terminal.ts'
import { VERSION } from './package.ts'

/** Finds a catalogue entry by its code. */
export const faultOf = (code: string): Fault | undefined => catalogue.faults.find((f) => f.code === code)

const DAY_MS = 86_400_000
/** How often, and about how many milliseconds apart, the state folder is asked for. */
const CLAIM = { tries: 10, waitMs: 100 } as const

const unnumbered = (check: Check, terminal: TerminalFile, repairs: Repair[]): Report => {
  const host = hostBoot(terminal.paths.proc)
  return makeReport(check, { at: Date.now(), bootId: host.id, uptimeMs: host.uptimeMs(), clock: 'unknown', identity: terminal.terminal, version: VERSION, faults: faultOf, incidents: [], transactions: [], problems: [], repairs })
}

/**
 * Makes the report of a check that no agent made, and keeps it in the agent's store, from which the agent will send it.
 * `regressions` are the open faults that had been closed within the last 30 days; `problem` says why it could not be kept; the report then has number 0.
 */
export const remember = async (check: Check, terminal: TerminalFile, stateDir: string, repairs: (check: Check) => Repair[] = () => []): Promise<{ report: Report; regressions: FaultAt[]; problem?: string }> => {
  const keeper = await claimed(stateDir)
  if (typeof keeper === 'string') return { report: unnumbered(check, terminal, repairs(check)), regressions: [], problem: keeper }
  try {
    const memory = createMemory({
      keeper, terminal, faults: faultOf, version: VERSION, host: hostBoot(terminal.paths.proc), fullMs: DAY_MS,
      deliver: existsSync(join(stateDir, TERMINAL_TOKEN_FILE)), repairs, onReport: () => undefined, onNearlyClosed: () => undefined, clock: systemClock, log: SILENT_LOG,
    })
    const report = memory.conclude(check, { trigger: check.trigger, depth: 'full' }) ?? unnumbered(check, terminal, [])
    const regressions = Object.values(memory.incidents().open).filter(({ incident }) => incident.regression).map(({ incident }) => ({ fault: incident.fault, device: incident.device }))
    const problem = keeper.problem()
    return { report, regressions, ...(problem ? { problem: `${stateDir}: ${problem.detail}` } : {}) }
  } finally {
    keeper.close()
  }
}

/** Another check at the same time holds the folder for a moment, an agent for good. */
const claimed = async (stateDir: string): Promise<ReturnType<typeof createKeeper> | string> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return createKeeper(stateDir, { clock: systemClock, log: SILENT_LOG })
    } catch (error) {
      if (!(error instanceof AlreadyRunning)) throw error
      if (tries === CLAIM.tries) return error.message
      await setTimeout(CLAIM.waitMs * (0.5 + Math.random()))
    }
  }
}
