import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { probes } from '../../probes/index.ts'
import { SILENT_LOG } from '../agent/log.ts'
import { catalogue } from '../faults/index.ts'
import { type FleetClock, fleetClock } from '../fleet/clock.ts'
import { EnrolmentError, enrolAll } from '../fleet/enrol.ts'
import { tellPast } from '../fleet/past.ts'
import { type Plan, planFleet, type Scene } from '../fleet/plan.ts'
import { startFleet } from '../fleet/run.ts'
import { eveningsBefore } from '../fleet/takings.ts'
import { type Tally, tallyOf } from '../fleet/tally.ts'
import { openWire, type Wire } from '../fleet/wire.ts'
import { startHq } from '../hq/server.ts'
import { fill } from '../texts/say.ts'
import { untilAsked } from './agent.ts'
import type { Context } from './context.ts'
import { EXIT, Failure } from './failure.ts'
import { FLEET } from './fleet-texts.ts'
import { hqFailure, PAGE_DIR } from './hq.ts'
import { PACKAGE_ROOT, VERSION } from './package.ts'

/** Options of `posdiag simulate fleet`, as the command line has read them. */
export interface FleetOptions {
  hq?: string
  operatorToken?: string
  ca?: string
  scene?: Scene
  seed?: string
  speed?: string
  hours?: string
  hostile?: string
  sockets?: string
  port?: number
  json?: boolean
}

const HOUR = 3_600_000
/** A story's end waits so long for what is still to be delivered, in ms. */
const DRAIN_MS = 120_000
const PROGRESS_MS = 5_000
/** Heartbeats at an HQ of its own, in ms of the story: a morning at sixty times the speed makes a thousand a second of two thousand terminals. */
const OWN_BEAT_MS = 120_000

type Key = keyof typeof FLEET

const numberIn = (option: string, value: string | undefined, standard: number, least: number, most: number): number => {
  if (value === undefined) return standard
  const number = Number(value)
  if (value.trim() !== '' && number >= least && number <= most) return number
  const params = { option, least, most, value }
  throw new Failure(EXIT.usage, { zh: fill(FLEET['bad-number'], 'zh-CN', params), en: fill(FLEET['bad-number'], 'en', params) })
}

const failure = (code: number, key: Key, params: Record<string, string> = {}): Failure => new Failure(code, { zh: fill(FLEET[key], 'zh-CN', params), en: fill(FLEET[key], 'en', params) })

const tokenIn = (file: string | undefined): string => {
  if (file === undefined) throw failure(EXIT.usage, 'no-token')
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw failure(EXIT.noInput, 'bad-token', { file, problem: error instanceof Error ? error.message : String(error) })
  }
}

const urlsIn = (list: string): string[] =>
  list.split(',').map((url) => {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw failure(EXIT.usage, 'bad-url', { value: url })
    return url
  })

/** Where the fleet reports to: HQs that are there, or one of its own that goes by the story's clock and keeps nothing. */
interface There { urls: string[]; operatorToken: string; own?: { url: string; goBy(clock: HqClock): void }; end(): Promise<void> }

type HqClock = Pick<FleetClock, 'now' | 'realUntil'>

/** A clock that stands at a time; what HQ does now and then it does every second meanwhile. */
const standing = (at: number): HqClock => ({ now: () => at, realUntil: () => 1000 })

const hqOf = async (options: FleetOptions): Promise<There> => {
  if (options.hq !== undefined) return { urls: urlsIn(options.hq), operatorToken: tokenIn(options.operatorToken), end: async () => undefined }
  const dataDir = mkdtempSync(join(tmpdir(), 'posdiag-fleet-'))
  const operatorToken = `po_${crypto.randomUUID()}`
  let clock: HqClock = { now: Date.now, realUntil: (at) => at - Date.now() }
  const hq = await startHq({ dataDir, port: options.port ?? 0, pageDir: PAGE_DIR, version: VERSION, catalogue: catalogue.faults, log: SILENT_LOG, operatorToken, heartbeatMs: OWN_BEAT_MS, now: () => clock.now(), realUntil: (at) => clock.realUntil(at) }).catch((error: unknown) => {
    rmSync(dataDir, { recursive: true, force: true })
    throw hqFailure(error)
  })
  return {
    urls: [hq.url],
    operatorToken,
    own: {
      url: hq.operatorUrl,
      goBy: (other) => {
        clock = other
      },
    },
    end: async () => {
      await hq.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

const pad = (n: number): string => String(n).padStart(2, '0')

const progress = (tally: Tally, at: number): Record<string, string | number> => {
  const time = new Date(at)
  return {
    time: `${pad(time.getHours())}:${pad(time.getMinutes())}:${pad(time.getSeconds())}`,
    made: tally.made, delivered: tally.delivered, rejected: tally.rejected, pending: tally.made - tally.delivered - tally.rejected - tally.lost,
    beats: tally.beats.answered, failed: tally.requests.failed, memory: Math.round(process.memoryUsage.rss() / 1e6),
  }
}

/** The figures of a tally by their names, and what HQ says it stored meanwhile. */
const summaryOf = (tally: Tally, storedAtHq: number | undefined) => ({
  terminals: tally.terminals, made: tally.made, sent: tally.sent, delivered: tally.delivered, rejected: tally.rejected, unanswered: tally.unanswered, waiting: tally.waiting, lost: tally.lost,
  duplicates: tally.duplicates, repeated: tally.repeated, requests: tally.requests, beats: tally.beats, hostile: tally.hostile,
  reasons: Object.fromEntries([...tally.reasons].toSorted(([, a], [, b]) => b - a)),
  ...(storedAtHq === undefined ? {} : { storedAtHq }),
})

type Summary = ReturnType<typeof summaryOf>

const compared = ({ delivered, unanswered, storedAtHq }: Summary): 'same' | 'differs' | 'unknown' =>
  storedAtHq === undefined || storedAtHq < 0 || unanswered > 0 ? 'unknown' : storedAtHq === delivered ? 'same' : 'differs'

const lines = (summary: Summary, { language }: Context): string[] => {
  const { requests, beats, hostile, reasons, storedAtHq } = summary
  const rows: [Key, string | number][] = [
    ...(['terminals', 'made', 'sent', 'delivered', 'rejected', 'unanswered', 'waiting', 'lost', 'duplicates', 'repeated'] as const).map((key): [Key, number] => [key, summary[key]]),
    ['requests', `${requests.answered}/${requests.refused}/${requests.failed}`],
    ['beats', `${beats.sent}/${beats.answered}`],
    ['hostile', `${hostile.tried}/${hostile.passed}`],
    ...(storedAtHq === undefined ? [] : [['hq-stored', storedAtHq] satisfies [Key, number]]),
  ]
  const colon = language === 'en' ? ': ' : '：'
  const because = Object.entries(reasons).slice(0, 8).map(([reason, n]) => `  ${n} × ${reason}`)
  return [
    ...rows.map(([key, value]) => `${fill(FLEET[key], language)}${colon}${value}`),
    ...(because.length === 0 ? [] : [`${fill(FLEET.reasons, language)}${colon}`, ...because]),
    fill(FLEET[compared(summary)], language, { delivered: summary.delivered, stored: storedAtHq ?? '' }),
  ]
}

/** A story faster than time begins so long ago that it ends in the present. */
const beginning = ({ story }: Plan, speed: number): number => Date.now() - (speed > 1 ? story.lengthMs : 0)

const play = async (plan: Plan, there: There, wire: Wire, pace: { speed: number; inFlight: number; hostile: number; json: boolean }, context: Context): Promise<number> => {
  const { language } = context
  const { speed, inFlight, hostile } = pace
  const asked = untilAsked()
  const tally = tallyOf(plan.lanes.length)
  const said = (key: Key, params: Record<string, string | number> = {}): void => context.err(fill(FLEET[key], language, params))
  const enrolling = setInterval(() => said('enrolling', { enrolled: tally.enrolled, terminals: tally.terminals }), PROGRESS_MS)
  const { lanes, story } = plan
  const { own } = there
  const planned = beginning(plan, speed)
  own?.goBy(standing(eveningsBefore(planned)[0] ?? planned))
  const tokens = await enrolAll(wire, lanes, story, inFlight, tally).finally(() => clearInterval(enrolling))
  if (own !== undefined) {
    said('past')
    await tellPast({ lanes, story, tokens, voice: plan.voice(planned), wire, inFlight, tally, goTo: (at) => own.goBy(standing(at)) })
  }
  const before = await wire.storedAtHq()
  // Where HQ goes by its own clock, the story of the present begins when everybody is enrolled.
  const startsAt = own === undefined ? beginning(plan, speed) : planned
  const clock = fleetClock(startsAt, speed)
  own?.goBy(clock)
  const fleet = startFleet({
    lanes, story, tokens, voice: plan.voice(startsAt), wire, clock, sharedClock: own !== undefined, inFlight, hostile, tally,
  })
  const shown = setInterval(() => said('progress', progress(tally, clock.now())), PROGRESS_MS)
  const ended = await Promise.race([fleet.over(DRAIN_MS).then(() => 'over' as const), asked])
  clearInterval(shown)
  said('progress', progress(tally, clock.now()))
  if (ended === 'over' && own !== undefined) {
    said('stays')
    await asked
  } else if (ended !== 'over') said('interrupted')
  await fleet.stop()
  const after = await wire.storedAtHq()
  const summary = summaryOf(tally, before === undefined || after === undefined ? undefined : after - before)
  context.out(pace.json ? JSON.stringify(summary, null, 2) : lines(summary, context).join('\n'))
  return compared(summary) === 'differs' || tally.hostile.passed > 0 ? EXIT.degraded : EXIT.ready
}

/** posdiag simulate fleet N: virtual terminals that enrol at an HQ and report to it. Exit 1 if its count is another, or it let a malicious sender through. */
export const simulateFleet = async (count: string | undefined, options: FleetOptions, context: Context): Promise<number> => {
  const terminals = Number(count ?? 100)
  if (!Number.isInteger(terminals) || terminals < 1 || terminals > 1_000_000) throw failure(EXIT.usage, 'bad-count', { value: count ?? '' })
  const { seed = '1', scene = 'ordinary' } = options
  const hours = numberIn('--hours', options.hours, 1, 0.01, 240)
  const plan = planFleet({ terminals, seed, language: context.language, version: VERSION, scene, hours, fixtures: join(PACKAGE_ROOT, 'fixtures'), probes, knowledge: catalogue })
  const pace = {
    speed: numberIn('--speed', options.speed, scene === 'morning' ? 60 : 1, 1, 1000),
    inFlight: numberIn('--sockets', options.sockets, 64, 1, 4096),
    hostile: numberIn('--hostile', options.hostile, Math.max(1, Math.round(terminals / 1000)), 0, 1000),
    json: options.json === true,
  }
  const there = await hqOf(options)
  const wire = openWire({ urls: there.urls, operatorToken: there.operatorToken, sockets: pace.inFlight, version: VERSION, ...(options.ca === undefined ? {} : { ca: options.ca }) })
  try {
    context.err(fill(FLEET.planned, context.language, { terminals, hours: plan.story.lengthMs / HOUR, speed: pace.speed, seed }))
    for (const text of plan.story.told) context.err(`  ${fill(text, context.language)}`)
    if (there.own !== undefined) context.err(fill(FLEET['own-hq'], context.language, { url: there.own.url }))
    return await play(plan, there, wire, pace, context)
  } catch (error) {
    if (error instanceof EnrolmentError) throw failure(EXIT.unavailable, 'not-enrolled', { why: error.message })
    throw error
  } finally {
    wire.close()
    await there.end()
  }
}
