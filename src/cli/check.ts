import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { askAgent, type DeskAddress, DeskError, readDesk } from '../agent/desk-client.ts'
import { SUMMARY_FILE } from '../agent/journal.ts'
import type { Progress } from '../model/check.ts'
import type { DeviceKind } from '../model/device.ts'
import type { Report } from '../model/report.ts'
import { say } from '../texts/say.ts'
import { type Context, stateDirOf } from './context.ts'
import { EXIT, Failure } from './failure.ts'
import { inspectionIn } from './inspection.ts'
import { knownPack } from './known-pack.ts'
import { CHECK_DEADLINE_MS, lookHere } from './look.ts'
import { operatorAt } from './operator.ts'
import { progressLine } from './progress.ts'
import { remember } from './remember.ts'
import { loadTerminal } from './terminal-file.ts'
import { exitCodeOf, nagiosLine, verdictLines } from './verdict.ts'
import { withJournal } from './with-journal.ts'

interface CheckOptions {
  only?: DeviceKind[]
  terminal?: string
  json?: boolean
  format?: 'text' | 'json' | 'nagios'
  deadline?: number
  state?: string
  boot?: boolean
  input?: boolean
}

/** Time beyond the check's own deadline that a running agent has to answer, in milliseconds: it may have to end a check before. */
const AGENT_GRACE_MS = 20_000

type Hear = (progress: Progress) => void

/** The report of a check by the running agent; undefined if there is nobody at that address any more. Throws a Failure (75) if the agent did not finish it in time. */
const byAgent = async (desk: DeskAddress, options: CheckOptions, deadlineMs: number, context: Context, hear: Hear): Promise<Report | undefined> => {
  try {
    return await askAgent(desk, {
      ...(options.only ? { only: options.only } : {}),
      ...(options.boot ? { boot: true } : {}),
      ...(options.deadline === undefined ? {} : { checkMs: Math.max(1, Math.round(options.deadline)) }),
      onDeadline: (ms) => {
        if (ms !== options.deadline) context.err(say(context.language, 'check.deadline-bounded', { ms }))
      },
      deadlineMs: deadlineMs + AGENT_GRACE_MS,
      onEvent: (event) => {
        if (event.type === 'started' || event.type === 'probe') hear(event)
        else if (event.type === 'deferred') context.err(context.language === 'en' ? 'a customer is paying; the check waits until that is done' : '正在收款，检查等这笔交易结束后进行')
      },
    })
  } catch (error) {
    if (!(error instanceof DeskError)) throw error
    // An agent that was killed leaves its address behind.
    if (error.type === 'unreachable') return undefined
    throw new Failure(EXIT.temporary, { zh: `正在运行的 posdiag 守护程序没有完成检查：${error.message}`, en: `the running posdiag agent did not finish the check: ${error.message}` })
  }
}

/** The report of one look, by the running agent or else by this process, and what to remark of it. Throws a Failure for a bad terminal file. */
export const checked = async (options: CheckOptions, context: Context, hear: Hear): Promise<{ report: Report; remark: string }> => {
  const { language } = context
  const stateDir = stateDirOf(options.state)
  const deadlineMs = options.deadline ?? CHECK_DEADLINE_MS
  // A terminal file that is named is to be used: the agent may be running with another.
  const desk = options.terminal === undefined ? readDesk(stateDir) : undefined
  const told = desk && (await byAgent(desk, options, deadlineMs, context, hear))
  if (told) return { report: told, remark: say(language, 'check.asked-agent') }
  const { terminal, place } = await loadTerminal(options.terminal, process.env)
  if (place === undefined) context.err(say(language, 'check.no-terminal-file'))
  const operator = options.input !== false && process.stdin.isTTY === true ? operatorAt(context) : undefined
  const watched = withJournal({ ...terminal, disks: existsSync(stateDir) ? [...terminal.disks, stateDir] : terminal.disks }, join(stateDir, SUMMARY_FILE))
  const pack = knownPack(stateDir, (why) => context.err(say(language, 'check.pack-refused', { why })))
  const check = await lookHere({ terminal: watched, ...(pack ? { pack } : {}), trigger: { by: options.boot ? 'boot' : 'operator' }, depth: 'full', deadlineMs, ...(options.only ? { only: options.only } : {}), ...inspectionIn(stateDir) }, hear, operator)
  const { report, problem } = await remember(check, terminal, stateDir)
  return { report, remark: problem === undefined ? say(language, 'check.report', { id: report.id, sequence: report.sequence }) : say(language, 'check.report-not-stored', { reason: problem }) }
}

/** posdiag check: one look, now. Resolves with the exit code of the verdict; throws a Failure for a bad terminal file. */
export const checkCommand = async (options: CheckOptions, context: Context): Promise<number> => {
  const format = options.json ? 'json' : (options.format ?? 'text')
  const progress = progressLine(context)
  const { report, remark } = await checked(options, context, progress.hear)
  progress.end()
  if (format === 'json') context.out(JSON.stringify(report, null, 2))
  else if (format === 'nagios') context.out(nagiosLine(report, context.language))
  else context.out(verdictLines(report, context).join('\n'))
  if (format !== 'nagios') context.err(remark)
  return exitCodeOf(report.check.readiness)
}
