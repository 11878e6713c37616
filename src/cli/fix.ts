import { createInterface } from 'node:readline/promises'
import { askFix, DeskError, readDesk } from '../agent/desk-client.ts'
import { type Fixer, FixProblem, type FixView, type Reply } from '../agent/fixer.ts'
import { catalogue } from '../faults/index.ts'
import { wording } from '../model/language.ts'
import type { Proposal, Session } from '../model/repair.ts'
import { FIX_TEXTS } from '../texts/fix.ts'
import { choices, stillText, told } from '../texts/repair.ts'
import { fill, say } from '../texts/say.ts'
import { type Context, stateDirOf } from './context.ts'
import { EXIT, Failure } from './failure.ts'
import { aboutLines, endLines, proposalLines, REPAIR_WORDS } from './fix-screen.ts'
import { progressLine } from './progress.ts'
import { loadTerminal } from './terminal-file.ts'

interface FixOptions {
  terminal?: string
  state?: string
  json?: boolean
  input?: boolean
  answer?: string
  confirmed?: boolean
}

type Guided = Pick<Fixer, 'view' | 'start' | 'reply'>

/** Time that an agent has for a look, which may have to wait for one under way, in milliseconds. */
const AGENT_MS = 60_000

const byAgent = (desk: NonNullable<ReturnType<typeof readDesk>>): Guided => ({
  view: () => askFix(desk, undefined, AGENT_MS),
  start: (named) => askFix(desk, { path: '/v1/fix', body: named === undefined ? {} : { fault: named } }, AGENT_MS),
  reply: (reply) => askFix(desk, { path: '/v1/fix/reply', body: reply }, AGENT_MS),
})

/** What went wrong at the agent or in the session, as a person is told. */
const asFailure = (error: unknown): unknown => {
  if (!(error instanceof DeskError || error instanceof FixProblem)) return error
  const known = { stale: { zh: '修理已在别处继续；重新运行 posdiag fix', en: 'the repair has gone on elsewhere; run posdiag fix again' }, 'not-confirmed': { zh: '要先确认所列各项：加上 --confirmed', en: 'make sure of what is listed first, and say so with --confirmed' } }
  const text = Object.entries(known).find(([type]) => type === error.type)?.[1]
  return new Failure(error instanceof FixProblem ? EXIT.usage : EXIT.temporary, text ?? { zh: `不能继续修理：${error.message}`, en: `the repair cannot go on: ${error.message}` })
}

const LEFT = Symbol('left')

/** Asks a person to choose; LEFT at the end of input. */
const chosen = async (proposal: Proposal, context: Context): Promise<string | typeof LEFT> => {
  const { language } = context
  const all = [...choices(proposal, language), { key: 'leave', label: told('fix.leave', language) }]
  if (proposal.asks) context.out(`  ${wording(proposal.asks, language)}`)
  context.out(all.map(({ label }, i) => `  ${i + 1}) ${label}`).join('\n'))
  const line = createInterface({ input: process.stdin, output: process.stderr })
  const closed = new Promise<undefined>((resolve) => void line.once('close', () => resolve(undefined)))
  try {
    for (;;) {
      const typed = await Promise.race([line.question(told('fix.choose', language)), closed])
      if (typed === undefined) return LEFT
      const choice = /^\d{1,2}$/.test(typed.trim()) ? all[Number(typed) - 1] : all.find(({ key }) => key === typed.trim())
      if (choice) return choice.key
      context.err(told('fix.again', language, { n: all.length }))
    }
  } finally {
    line.close()
  }
}

const codeOf = (view: FixView): number => {
  if (view.is === 'none') return view.likely.length === 0 ? EXIT.ready : EXIT.degraded
  return view.is === 'fixed' && view.session.others.length === 0 ? EXIT.ready : EXIT.degraded
}

const noneLines = (view: Extract<FixView, { is: 'none' }>, named: string | undefined, { language }: Context): string[] => [
  named === undefined ? told('fix.nothing', language) : told('fix.not-found', language, { code: named }),
  ...(view.likely.length > 0 ? [told('fix.likely', language, { codes: view.likely.map((at) => `${at.fault} (${at.device})`).join(', ') })] : []),
]

const still = (before: Session, after: Session, { language }: Context): string[] => {
  const text = after.repair.tried.length > before.repair.tried.length ? stillText(after, REPAIR_WORDS, language) : undefined
  return text === undefined ? [''] : [text, '']
}

/** Goes through the steps with a person until it is fixed, handed over, given up or left. */
const guide = async (fixer: Guided, first: FixView, context: Context): Promise<number> => {
  let view = first
  if (view.is !== 'none') context.out([...aboutLines(view.session, context), ''].join('\n'))
  while (view.is === 'open' && view.session.proposal) {
    const { session } = view
    const { proposal } = view.session
    if (!proposal) break
    context.out(proposalLines(session, proposal, context).join('\n'))
    const answer = await chosen(proposal, context)
    if (answer === LEFT || answer === 'leave') {
      context.out(`\n${told('fix.left', context.language)}`)
      return EXIT.degraded
    }
    if (answer === 'done') context.out(told('fix.looking', context.language))
    const reply: Reply = { revision: session.revision, answer, ...(proposal.confirm ? { confirmed: answer === 'done' || proposal.kind === 'test' } : {}) }
    view = await fixer.reply(reply)
    if (view.is === 'open') context.out(still(session, view.session, context).join('\n'))
  }
  if (view.is !== 'none') context.out(['', ...endLines(view.session, context)].join('\n'))
  return codeOf(view)
}

/** One page for who is not asked: where it stands, what is next, and how to answer. */
const page = (view: FixView, named: string | undefined, context: Context): string[] => {
  if (view.is === 'none') return noneLines(view, named, context)
  const { session } = view
  if (view.is !== 'open' || !session.proposal) return endLines(session, context)
  const keys = choices(session.proposal, context.language).map(({ key }) => key).join(', ')
  const asks = session.proposal.asks ? [`  ${wording(session.proposal.asks, context.language)}`] : []
  return [...aboutLines(session, context), '', ...proposalLines(session, session.proposal, context), ...asks, '', told('fix.no-input', context.language, { keys })]
}

/**
 * posdiag fix [FAULT]: guided repair. With a person it goes on step by step; without one (--no-input, --json, no terminal) it prints
 * the step that is next, and --answer answers it. Exit 0 if nothing is left to repair, else 1. Throws a Failure.
 */
export const fixCommand = async (named: string | undefined, options: FixOptions, context: Context): Promise<number> => {
  const code = named?.toUpperCase()
  if (code !== undefined && !catalogue.faults.some((f) => f.code === code)) throw new Failure(EXIT.usage, { zh: fill(FIX_TEXTS['fix.unknown'], 'zh-CN', { code }), en: fill(FIX_TEXTS['fix.unknown'], 'en', { code }) })
  const stateDir = stateDirOf(options.state)
  const desk = options.terminal === undefined ? readDesk(stateDir) : undefined
  const progress = progressLine(context)
  if (desk) context.err(told('fix.by-agent', context.language))
  const fixer: Guided = desk ? byAgent(desk) : (await import('./fix-here.ts')).fixerHere((await loadTerminal(options.terminal, process.env)).terminal, stateDir, (seen) => progress.hear(seen), (why) => context.err(say(context.language, 'check.pack-refused', { why })))
  const quiet: Guided = {
    view: fixer.view,
    start: (fault) => fixer.start(fault).finally(progress.end),
    reply: (reply) => fixer.reply(reply).finally(progress.end),
  }
  try {
    const before = await quiet.view()
    const resumes = before.is === 'open' && (code === undefined || before.session.repair.fault === code)
    if (options.answer !== undefined) {
      if (before.is !== 'open') throw new FixProblem('no-repair', 'nothing is being repaired; begin with posdiag fix')
      const after = await quiet.reply({ revision: before.session.revision, answer: options.answer, ...(options.confirmed ? { confirmed: true } : {}) })
      context.out(options.json ? JSON.stringify(after, null, 2) : page(after, code, context).join('\n'))
      return codeOf(after)
    }
    const view = await quiet.start(code)
    if (options.json) context.out(JSON.stringify(view, null, 2))
    else if (view.is === 'none') context.out(noneLines(view, code, context).join('\n'))
    else {
      if (resumes) context.out(`${told('fix.resumed', context.language)}\n`)
      if (options.input !== false && process.stdin.isTTY === true) return await guide(quiet, view, context)
      context.out(page(view, code, context).join('\n'))
    }
    return codeOf(view)
  } catch (error) {
    throw asFailure(error)
  }
}
