import { setTimeout as pause } from 'node:timers/promises'
import type { Lane } from './chain.ts'
import type { Story } from './story.ts'
import { noteReason, type Tally } from './tally.ts'
import type { Wire } from './wire.ts'

/** One-time tokens are asked for so many at once; each step is tried so often, with a growing pause (ms). */
const ENROLMENT = { tokens: 250, tries: 8, pauseMs: 200 } as const

/** Groups enrolled at a time. */
const WORKERS = 4

/** HQ would not enrol the fleet. */
export class EnrolmentError extends Error {
  constructor(why: string) {
    super(why)
    this.name = 'EnrolmentError'
  }
}

const patiently = async <T extends object>(ask: (attempt: number) => Promise<T | { why: string }>, tally: Tally): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    const answer = await ask(attempt)
    if (!('why' in answer)) return answer
    noteReason(tally, answer.why)
    if (attempt === ENROLMENT.tries) throw new EnrolmentError(answer.why)
    await pause(ENROLMENT.pauseMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2))
  }
}

/**
 * Enrols every terminal as an agent does, with a one-time token for its own id that the operator's token buys many at a time. Answers
 * their tokens in order. Rejects with an EnrolmentError that holds HQ's words. `inFlight` bounds the requests under way.
 */
export const enrolAll = async (wire: Wire, lanes: readonly Lane[], story: Story, inFlight: number, tally: Tally): Promise<string[]> => {
  const tokens: string[] = new Array<string>(lanes.length).fill('')
  let from = 0
  const enrolOne = async (i: number, oneTime: string): Promise<void> => {
    const lane = lanes[i]
    if (lane === undefined) return
    const agentVersion = story.lives[i]?.agent.version ?? '0'
    // Where the answer to an enrolment was lost, the token is spent: then a new one is needed.
    const own = await patiently(async (attempt) => {
      const fresh = attempt === 1 ? [oneTime] : await wire.tokens([lane.identity.id], i + attempt)
      return 'why' in fresh ? fresh : wire.enrol({ token: fresh[0] ?? '', terminal: lane.identity, agentVersion }, i + attempt)
    }, tally)
    tokens[i] = own.token
    tally.enrolled++
  }
  const worker = async (home: number): Promise<void> => {
    for (let first = from; first < lanes.length; first = from) {
      from += ENROLMENT.tokens
      const group = lanes.slice(first, first + ENROLMENT.tokens)
      const oneTime = await patiently((attempt) => wire.tokens(group.map((l) => l.identity.id), home + attempt), tally)
      let next = 0
      const hands = Array.from({ length: Math.max(1, Math.floor(inFlight / WORKERS)) }, async () => {
        for (let i = next++; i < group.length; i = next++) await enrolOne(first + i, oneTime[i] ?? '')
      })
      await Promise.all(hands)
    }
  }
  await Promise.all(Array.from({ length: WORKERS }, (_, home) => worker(home)))
  return tokens
}
