import * as z from 'zod'
import { CodeProfile } from '../journal/codes.ts'
import { Case } from '../model/case.ts'
import { Profile } from '../model/device.ts'
import { Fault } from '../model/fault.ts'
import { JournalSource, JournalSummary } from '../model/journal.ts'
import { LogFinding } from '../model/log.ts'
import { Observation } from '../model/observation.ts'
import { Pack } from '../model/pack.ts'
import { Session } from '../model/repair.ts'
import { Report } from '../model/report.ts'
import { Scenario } from '../model/scenario.ts'
import { TerminalFile } from '../model/terminal.ts'
import { TransactionStep } from '../model/transaction.ts'
import { DiagnoseInput } from './diagnose-input.ts'

/** The published schemas by name. */
export const SCHEMAS = { report: Report, terminal: TerminalFile, profile: Profile, fault: Fault, scenario: Scenario, observation: Observation, transaction: TransactionStep, diagnose: DiagnoseInput, journal: JournalSource, 'journal-summary': JournalSummary, codes: CodeProfile, case: Case, logs: LogFinding, pack: Pack, fix: Session } as const

/** JSON Schema 2020-12 of a published shape. Files that people write are described as they may be written (defaults optional). */
export const jsonSchema = (name: keyof typeof SCHEMAS): object => ({
  $id: `https://posdiag.invalid/schema/${name}/1`,
  title: `posdiag ${name}`,
  ...z.toJSONSchema(SCHEMAS[name], { target: 'draft-2020-12', io: name === 'report' || name === 'logs' ? 'output' : 'input' }),
})
