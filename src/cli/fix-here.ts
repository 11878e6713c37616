import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { probes } from '../../probes/index.ts'
import { createFixer, type Fixer } from '../agent/fixer.ts'
import { SUMMARY_FILE } from '../agent/journal.ts'
import { weigh } from '../check/run.ts'
import type { Seen } from '../check/session.ts'
import type { Progress } from '../model/check.ts'
import type { FaultAt } from '../model/diagnosis.ts'
import type { Knowledge } from '../model/fault.ts'
import { fitted } from '../model/fitted.ts'
import type { Observation } from '../model/observation.ts'
import type { TerminalFile } from '../model/terminal.ts'
import { inspectionIn } from './inspection.ts'
import { knownPack } from './known-pack.ts'
import { CHECK_DEADLINE_MS, knowledgeWith, lookHere } from './look.ts'
import { remember } from './remember.ts'
import { withJournal } from './with-journal.ts'

/** What a check comes to together with what persons told; their word counts for more than what could not be seen. */
export const weighTold = async (terminal: TerminalFile, check: Seen, told: readonly Observation[], knowledge: Knowledge): Promise<Seen> => {
  const observations = [...check.observations.filter((o) => !told.some((t) => t.name === o.name && t.device === o.device)), ...told]
  const { symptoms, diagnosis, readiness } = weigh({ terminal, probes, knowledge, now: check.startedAt }, fitted(terminal), observations)
  return { startedAt: check.startedAt, observations, symptoms, diagnosis, readiness }
}

/** A guided repair without an agent: looks in this process and keeps reports in the agent's store. */
export const fixerHere = (terminal: TerminalFile, stateDir: string, hear: (progress: Progress) => void, tell: (why: string) => void): Fixer => {
  const watched = withJournal({ ...terminal, disks: existsSync(stateDir) ? [...terminal.disks, stateDir] : terminal.disks }, join(stateDir, SUMMARY_FILE))
  const pack = knownPack(stateDir, tell)
  let regressions: readonly FaultAt[] = []
  const fixer: Fixer = createFixer({
    stateDir, terminal: () => watched, now: Date.now,
    look: async (by) => {
      const check = await lookHere({ terminal: watched, trigger: { by }, depth: 'full', ...(pack ? { pack } : {}), deadlineMs: CHECK_DEADLINE_MS, ...inspectionIn(stateDir) }, hear)
      regressions = (await remember(check, terminal, stateDir, fixer.concludes)).regressions
      return check
    },
    weigh: async (check, told) => weighTold(watched, check, told, await knowledgeWith(pack)),
    knowledge: (unit) => knowledgeWith(pack, unit),
    guide: async () => (await import('../faults/guide.ts')).guide,
    saleOpen: () => undefined,
    regression: (at) => regressions.some((r) => r.fault === at.fault && r.device === at.device),
  })
  return fixer
}
