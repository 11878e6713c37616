import { setTimeout as rest } from 'node:timers/promises'
import { fullJitter } from '../agent/clock.ts'
import type { Lane } from './chain.ts'
import type { FleetClock } from './clock.ts'
import { type Dice, diceOf } from './dice.ts'
import { dueQueue } from './due.ts'
import { attack } from './hostile.ts'
import { silentUntil } from './life.ts'
import type { Story } from './story.ts'
import { salesOf } from './takings.ts'
import { noteReason, type Tally } from './tally.ts'
import { beatOf, bodyOf, clockOf, makeDue, newTerminal, reportId, type Terminal, type Voice, type Waiting } from './terminal.ts'
import type { Wire } from './wire.ts'

/** How terminals deliver, as agents do: so many reports at once, retries between these bounds (ms of real time). */
const DELIVERY = { batch: 20, retry: { firstMs: 1_000, capMs: 60_000 }, askAgainMs: 60_000 } as const

/** Share of acknowledged batches that are sent once more. */
const REPEATED = 0.01

/** How often each malicious sender tries something, in ms of real time. */
const HOSTILE_MS = 2_000

/** What a fleet runs on. */
export interface FleetParts {
  lanes: readonly Lane[]
  story: Story
  tokens: readonly string[]
  voice: Voice
  wire: Wire
  clock: FleetClock
  /** HQ goes by the fleet's clock. Else it goes by the wall clock: then reports of a story that began in the past come late, and heartbeats are as often as HQ wants them. */
  sharedClock: boolean
  /** Requests under way at once. */
  inFlight: number
  hostile: number
  tally: Tally
  /** Told of every report when it is sent for the first time. */
  onSent?: (terminalId: string, reportId: string) => void
}

/** A fleet under way. */
export interface Fleet {
  /** Resolves when the story is over and everything is delivered that can be, or so many ms (real) after its end. */
  over(drainMs: number): Promise<void>
  /** Ends it; resolves when nothing is under way any more. */
  stop(): Promise<void>
}

interface Outcome { again: number }

const settle = (terminal: Terminal, batch: readonly Waiting[], items: readonly { status: 'stored' | 'duplicate' | 'rejected'; reason?: string | undefined }[], tally: Tally): void => {
  const gone = new Set<Waiting>()
  for (const [i, waiting] of batch.entries()) {
    const item = items[i]
    if (item === undefined) continue
    gone.add(waiting)
    tally.unanswered--
    if (item.status === 'rejected') {
      tally.rejected++
      noteReason(tally, item.reason ?? 'rejected')
    } else {
      tally.delivered++
      if (item.status === 'stored') tally.stored++
      else tally.duplicates++
    }
  }
  terminal.spool = terminal.spool.filter((w) => !gone.has(w))
}

/** Starts a fleet: everybody does what its life says, at the time it says, and speaks to HQ as an agent does. */
export const startFleet = (parts: FleetParts): Fleet => {
  const { lanes, story, voice, wire, clock, tally } = parts
  const { lengthMs } = story
  const dice = diceOf(`${voice.seed}/wire`)
  const terminals = lanes.map((lane, i) => newTerminal(lane, story.lives[i] ?? { bootsAt: Number.POSITIVE_INFINITY, episodes: [], clockErrorMs: 0, agent: { version: '0', is: 'current' } }, parts.tokens[i] ?? '', i, lengthMs))
  const due = dueQueue(terminals.length)
  for (const [i, t] of terminals.entries()) due.add(i, t.life.bootsAt)
  let stopped = false
  const ending = new AbortController()
  let underWay = 0
  let wake: () => void = () => undefined
  let timer: NodeJS.Timeout | undefined

  const storyNow = (): number => clock.now() - voice.startsAt
  const hqNow = (): number => (parts.sharedClock ? clock.now() : Date.now())
  /** A time of the story so many milliseconds of real time from now. */
  const later = (ms: number): number => clock.after(ms) - voice.startsAt
  const backOff = (terminal: Terminal, retryAfterMs: number | undefined): number => {
    terminal.failures++
    terminal.home++
    return later((retryAfterMs ?? 0) + fullJitter(terminal.failures, dice.next, DELIVERY.retry))
  }

  const upload = async (terminal: Terminal): Promise<void> => {
    const batch = terminal.spool.slice(0, DELIVERY.batch)
    for (const waiting of batch) {
      if (waiting.sent) continue
      waiting.sent = true
      tally.sent++
      tally.unanswered++
      parts.onSent?.(terminal.lane.identity.id, reportId(voice, terminal, waiting))
    }
    const reports = batch.map((waiting) => ({ id: reportId(voice, terminal, waiting), body: bodyOf(voice, terminal, waiting) }))
    const send = () => wire.send(terminal, terminal.lane.identity.id, reports, clockOf(voice, terminal, hqNow(), terminal.latest?.bootedAt ?? terminal.life.bootsAt))
    const sent = await send()
    if (sent.kind !== 'answered') {
      tally.requests[sent.kind === 'kept' && sent.retryAfterMs === undefined ? 'failed' : 'refused']++
      noteReason(tally, 'why' in sent ? sent.why : sent.kind)
      terminal.sendAt = backOff(terminal, sent.kind === 'kept' ? sent.retryAfterMs : undefined)
      return
    }
    tally.requests.answered++
    terminal.failures = 0
    terminal.sendAt = 0
    settle(terminal, batch, sent.items, tally)
    if (dice.chance(REPEATED)) {
      tally.repeated++
      const again = await send()
      if (again.kind === 'answered') tally.duplicates += again.items.filter((item) => item.status === 'duplicate').length
    }
  }
  const beat = async (terminal: Terminal): Promise<void> => {
    tally.beats.sent++
    const now = clock.now()
    const sales = salesOf(voice, terminal, now)
    const heard = await wire.beat(terminal, { ...beatOf(voice, terminal, hqNow()), ...(sales.length === 0 ? {} : { sales }) })
    if ('answer' in heard) {
      if (sales.length > 0) terminal.toldAt = now
      tally.beats.answered++
      terminal.beatAt = parts.sharedClock ? storyNow() + heard.answer.nextMs : later(heard.answer.nextMs)
    } else {
      noteReason(tally, heard.why)
      terminal.beatAt = backOff(terminal, heard.retryAfterMs)
    }
  }
  /** Does what is due on one terminal, one request at a time; answers when it is to be asked again (of the story). */
  const act = async (terminal: Terminal): Promise<Outcome> => {
    const now = storyNow()
    const { made, lost } = makeDue(terminal, now, lengthMs)
    tally.made += made
    tally.lost += lost.length
    tally.unanswered -= lost.filter((w) => w.sent).length
    const nextMade = terminal.next?.at ?? Number.POSITIVE_INFINITY
    const silent = silentUntil(terminal.life, now)
    if (silent !== undefined) return { again: Math.min(silent, nextMade) }
    if (terminal.spool.length > 0 && terminal.sendAt <= now) await upload(terminal)
    else if (terminal.beatAt <= now) await beat(terminal)
    return { again: Math.min(nextMade, terminal.spool.length > 0 ? terminal.sendAt : Number.POSITIVE_INFINITY, terminal.beatAt, later(DELIVERY.askAgainMs)) }
  }
  const begin = (i: number): void => {
    const terminal = terminals[i]
    if (terminal === undefined) return
    underWay++
    act(terminal).then(
      ({ again }) => due.add(i, again),
      // A bug of the simulation: said, counted, and the others go on.
      (error: unknown) => {
        noteReason(tally, `bug ${error instanceof Error ? error.message : String(error)}`)
        due.add(i, later(DELIVERY.askAgainMs))
      },
    ).finally(() => {
      underWay--
      wake()
    })
  }
  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve
      timer = setTimeout(resolve, Math.min(Math.max(1, ms), 1000))
    })
  const loop = async (): Promise<void> => {
    while (!stopped) {
      const now = storyNow()
      while (underWay < parts.inFlight) {
        const i = due.take(now)
        if (i === undefined) break
        begin(i)
      }
      await sleep(underWay >= parts.inFlight ? 1000 : clock.realUntil(voice.startsAt + due.next()))
      clearTimeout(timer)
    }
    while (underWay > 0) await sleep(1000)
  }

  const attacks = async (own: Dice, terminal: Terminal, victim: Terminal): Promise<void> => {
    while (!stopped) {
      const foreign = `{"specversion":"1.0","id":"","source":"x","type":"posdiag.report.1","data":${bodyOf(voice, victim, { at: 0, trigger: 'schedule', bootedAt: 0, sequence: 1, sent: false })}}`
      const { name, ask, passed } = attack({ ownToken: terminal.token, foreign }, own)
      tally.hostile.tried++
      if (passed(await wire.ask(ask, own.below(1000)))) {
        tally.hostile.passed++
        noteReason(tally, `let through, ${name}`)
      }
      await rest(own.between(0.5, 1.5) * HOSTILE_MS, undefined, { signal: ending.signal }).catch((error: unknown) => {
        // The end of the fleet cuts the rest short.
        if (!stopped) throw error
      })
    }
  }
  const hostile = Array.from({ length: parts.hostile }, (_, i) => {
    const own = diceOf(`${voice.seed}/hostile/${i}`)
    const [terminal, victim] = [terminals[own.below(terminals.length)], terminals[own.below(terminals.length)]]
    return terminal === undefined || victim === undefined || terminal === victim ? Promise.resolve() : attacks(own, terminal, victim)
  })

  const looping = loop()
  const deliverable = (): boolean => terminals.some((t) => (t.spool.length > 0 || (t.next !== undefined && t.next.at < lengthMs)) && silentUntil(t.life, storyNow()) === undefined)
  const settled = (): void => {
    tally.waiting = terminals.reduce((n, t) => n + t.spool.filter((w) => !w.sent).length, 0)
  }
  return {
    over: async (drainMs) => {
      const end = voice.startsAt + lengthMs
      while (!stopped && clock.now() < end) await new Promise((resolve) => setTimeout(resolve, Math.min(200, clock.realUntil(end) + 1)))
      const late = performance.now() + drainMs
      while (!stopped && deliverable() && performance.now() < late) await new Promise((resolve) => setTimeout(resolve, 50))
      settled()
    },
    stop: async () => {
      stopped = true
      ending.abort()
      wake()
      await Promise.all([looping, ...hostile])
      settled()
    },
  }
}
