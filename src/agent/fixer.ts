import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import type { Unit } from '../check/learnt.ts'
import { begin, concluded, focusOf, isGone, others, posteriorOf, type Seen, same } from '../check/session.ts'
import { type MoneyKnown, moneyOf } from '../guard/money.ts'
import { FaultAt } from '../model/diagnosis.ts'
import type { Knowledge } from '../model/fault.ts'
import { fitted } from '../model/fitted.ts'
import type { Observation } from '../model/observation.ts'
import { type Guide, type Proposal, type Repair, Session, type Test, type Tried } from '../model/repair.ts'
import type { TerminalFile } from '../model/terminal.ts'
import { writePrivate } from './private-file.ts'

/** Name of the file in the state folder that holds the repair under way. */
export const FIX_FILE = 'fix.json'

/** What a person answers to a proposal. done: it was done. skip: it cannot or shall not be done. escalate, give-up: end it. Else the key of a test's answer. */
export interface Reply {
  /** That of the session that is answered. */
  revision: number
  answer: string
  /** True if the person made sure of what the proposal asks to make sure of. */
  confirmed?: boolean
}

/** Where a repair stands: `session.proposal` is what to do next. none: nothing is being repaired; `likely` are faults found that one could begin with. */
export const FixView = z.discriminatedUnion('is', [
  z.strictObject({ is: z.literal('none'), likely: z.array(FaultAt) }),
  z.strictObject({ is: z.enum(['open', 'fixed', 'escalated', 'given-up']), session: Session }),
])
export type FixView = z.infer<typeof FixView>

/** Why a request cannot be served. */
export class FixProblem extends Error {
  readonly type: 'stale' | 'no-repair' | 'no-such-answer' | 'not-confirmed'
  constructor(type: FixProblem['type'], detail: string) {
    super(detail)
    this.name = 'FixProblem'
    this.type = type
  }
}

/** A guided repair at one terminal. */
export interface Fixer {
  /** Where it stands, without looking. */
  view(): Promise<FixView>
  /** Looks, then begins a repair or takes up the one that was left; `named` is a fault's code, `device` the one that has it where several do. A repair left for another is recorded as given up. */
  start(named?: string, device?: string): Promise<FixView>
  /** Takes an answer in, looks again where something was done, and goes on. Rejects with a FixProblem. */
  reply(reply: Reply): Promise<FixView>
  /** To be called with every check before its report is made: repairs that have ended by it, or since the last. */
  concludes(check: Seen): Repair[]
}

/** What a fixer works with. */
export interface FixerParts {
  stateDir: string
  terminal: () => TerminalFile
  /** A whole check; `concludes` has been called with it when it resolves. */
  look: (by: 'operator' | 'retest') => Promise<Seen>
  /** What the observations of a check come to together with what persons told. */
  weigh: (check: Seen, told: readonly Observation[]) => Promise<Seen>
  /** What is known of faults and remedies, for the device that is repaired. */
  knowledge: (unit: Unit) => Promise<Knowledge>
  guide: () => Promise<Guide>
  /** What the agent hears of a sale; undefined if nobody listens. */
  saleOpen: () => boolean | undefined
  /** True if the same fault was closed within the last 30 days. */
  regression: (at: FaultAt) => boolean
  now: () => number
}

const readSession = (path: string): Session | undefined => {
  try {
    return Session.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data
  } catch {
    // No such file, or one of another version: then no repair is under way.
    return undefined
  }
}

const MOST_TOLD = 200

/** Opens the repair of a state folder, where one was left. */
export const createFixer = (parts: FixerParts): Fixer => {
  const path = join(parts.stateDir, FIX_FILE)
  let session = readSession(path)
  let unreported: Repair[] = []

  const keep = (next: Session): Session => {
    session = { ...next, revision: next.revision + 1 }
    writePrivate(path, `${JSON.stringify(session)}\n`)
    return session
  }
  const isOpen = (): boolean => session?.repair.state === 'open'
  const viewOf = (of: Session): FixView => ({ is: of.repair.state, session: of })
  const money = (check: Seen): MoneyKnown => moneyOf(check.symptoms, parts.saleOpen())

  /** Proposes the next step on what was seen last, what persons told included. */
  const goOn = async (from: Session, check: Seen): Promise<FixView> => {
    const seen = from.told.length === 0 ? check : await parts.weigh(check, from.told)
    if (isGone(from, seen)) {
      const closed = keep(concluded(from, seen, 'fixed', parts.now()))
      unreported.push(closed.repair)
      await parts.look('retest')
      return viewOf(closed)
    }
    const { propose } = await import('../check/propose.ts')
    const terminal = parts.terminal()
    const proposal = propose(from, { check: seen, terminal, devices: fitted(terminal), knowledge: await parts.knowledge(from.repair), guide: await parts.guide(), money: money(seen) })
    return viewOf(keep({ ...from, proposal, posterior: posteriorOf(seen, from.repair), others: others(from, seen) }))
  }
  const tryNow = (from: Session, proposal: Proposal, outcome: Tried['outcome'], answer?: string): Session => ({
    ...from,
    repair: {
      ...from.repair,
      tried: [...from.repair.tried, { kind: proposal.kind === 'test' ? 'test' : 'remedy', id: proposal.id, device: proposal.device, ...(proposal.kind === 'test' ? {} : { fault: proposal.fault }), outcome, ...(answer === undefined ? {} : { answer }), at: parts.now() }],
    },
  })
  let last: Seen | undefined
  const giveOver = async (from: Session, check: Seen, state: 'escalated' | 'given-up'): Promise<FixView> => {
    const closed = keep(concluded(from, check, state, parts.now()))
    unreported.push(closed.repair)
    // Whoever takes over gets a report of how things stand, with what was tried.
    await parts.look('retest')
    return viewOf(closed)
  }
  const told = (from: Session, proposal: Proposal, test: Test, key: string): Session => {
    const answer = test.answers.find((a) => a.key === key)
    if (!answer) throw new FixProblem('no-such-answer', `${key} is no answer to ${test.id}; there are ${test.answers.map((a) => a.key).join(', ')}, skip`)
    const seen = Object.entries(answer.sees).map(([name, value]): Observation => ({ name, device: proposal.device, at: parts.now(), source: 'operator', value }))
    const known = from.told.filter((o) => !seen.some((s) => s.name === o.name && s.device === o.device))
    return { ...tryNow(from, proposal, 'told', key), told: [...known, ...seen].slice(-MOST_TOLD) }
  }

  return {
    view: () => Promise.resolve(session ? viewOf(session) : { is: 'none', likely: [] }),
    start: async (named, device) => {
      const left = isOpen() && (named === undefined || (session?.repair.fault === named && (device ?? session.repair.device) === session.repair.device)) ? session : undefined
      last = await parts.look('operator')
      if (left) {
        // The look may have closed it: somebody did the step before leaving.
        if (session && !isOpen()) return viewOf(session)
        return goOn(left, last)
      }
      const verdict = focusOf(last, named, device)
      if (!verdict) return { is: 'none', likely: last.diagnosis.verdicts.filter((v) => v.verdict === 'found').map(({ fault, device }) => ({ fault, device })) }
      if (session && isOpen()) {
        if (same(session.repair, verdict)) return goOn(session, last)
        await giveOver(session, last, 'given-up')
      }
      return goOn(begin(last, verdict, parts.regression(verdict)), last)
    },
    reply: async ({ revision, answer, confirmed }) => {
      if (session?.repair.state !== 'open' || !session.proposal) throw new FixProblem('no-repair', 'nothing is being repaired; begin with a fault')
      if (revision !== session.revision) throw new FixProblem('stale', `the repair has gone on since: its revision is ${session.revision}`)
      const { proposal } = session
      const from = session
      last ??= await parts.look('operator')
      if (!isOpen()) return viewOf(session)
      if (answer === 'give-up') return giveOver(from, last, 'given-up')
      if (answer === 'escalate' || proposal.kind === 'escalate') return giveOver(from, last, 'escalated')
      if (answer === 'skip') return goOn(tryNow(from, proposal, 'skipped'), last)
      if (proposal.confirm && confirmed !== true) throw new FixProblem('not-confirmed', 'a person must make sure first of what the proposal says under "confirm"')
      if (proposal.kind === 'test') {
        const test = (await parts.guide()).tests.find((t) => t.id === proposal.id)
        if (!test) throw new FixProblem('no-such-answer', `there is no test ${proposal.id} any more`)
        return goOn(told(from, proposal, test, answer), last)
      }
      if (answer !== 'done') throw new FixProblem('no-such-answer', `${answer} is no answer; there are done, skip, escalate, give-up`)
      // What persons saw before something was changed says nothing of now.
      const after = keep({ ...tryNow(from, proposal, 'not-cured'), told: [] })
      last = await parts.look('retest')
      return isOpen() ? goOn(after, last) : viewOf(session)
    },
    concludes: (check) => {
      if (session && isOpen() && isGone(session, check)) {
        const { proposal } = session
        // A step that was proposed and proves itself without a word was done: the terminal was restarted over it, or nobody came back to say so.
        const before = session.repair.tried.at(-1)
        const noted = before?.id === proposal?.id && before?.device === proposal?.device
        const done = proposal?.kind === 'remedy' && !noted ? tryNow(session, proposal, 'not-cured') : session
        unreported.push(keep(concluded(done, check, 'fixed', parts.now())).repair)
      }
      const told = unreported
      unreported = []
      return told
    },
  }
}
