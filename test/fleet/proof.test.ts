// Three HQs on one database, a fleet that reports to them, and everything that may go wrong on the way: what was sent is what is stored.
// POSDIAG_FLEET=100000 npx vitest run test/fleet/proof.test.ts plays it with as many terminals, and prints figures.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cluster, noPostgres, startCluster } from '../../fixtures/servers/postgres.ts'
import { fleetClock } from '../../src/fleet/clock.ts'
import { enrolAll } from '../../src/fleet/enrol.ts'
import { type Life, nextReport } from '../../src/fleet/life.ts'
import { startFleet } from '../../src/fleet/run.ts'
import { tallyOf } from '../../src/fleet/tally.ts'
import { openWire } from '../../src/fleet/wire.ts'
import { type HqChild, kill, startChild, terminate } from '../hq/child.ts'
import { OPERATOR, until } from '../hq/hq.ts'
import { type Line, openLine } from './line.ts'
import { plan } from './plan.ts'

const TERMINALS = Number(process.env.POSDIAG_FLEET ?? 240)
const HOURS = 0.9
/** Reports a second at which the story is told: what the machine of a test takes with ease. */
const PER_SECOND = Number(process.env.POSDIAG_FLEET_RATE ?? 12)
const PATIENCE_MS = 300_000 + TERMINALS * 40

const planned = (lives: readonly Life[], lengthMs: number): number => {
  let reports = 0
  for (const life of lives) for (let next = nextReport(life, -1, lengthMs); next !== undefined; next = nextReport(life, next.at, lengthMs)) reports++
  return reports
}

describe.skipIf(noPostgres)('three HQs on one database', () => {
  let cluster: Cluster
  let folder: string
  let lines: Line[]
  beforeAll(async () => {
    cluster = await startCluster('shared_buffers=256MB', 'max_wal_size=4GB')
    folder = mkdtempSync(join(tmpdir(), 'posdiag-proof-'))
    lines = await Promise.all([openLine(), openLine(), openLine()])
  }, 60_000)
  afterAll(async () => {
    await Promise.all(lines.map((p) => p.close()))
    await cluster.end()
    rmSync(folder, { recursive: true })
  })

  it(`store every report of ${TERMINALS} terminals once, though HQs and the database are killed and lines are cut`, async () => {
    const database = await cluster.database()
    const children: HqChild[] = []
    const open = async (i: number): Promise<void> => {
      const child = await startChild(join(folder, `data-${i}`), { database })
      children[i] = child
      lines[i]?.leadTo(child.url)
    }
    await Promise.all([0, 1, 2].map(open))
    const die = async (i: number): Promise<void> => {
      lines[i]?.leadTo(undefined)
      const child = children[i]
      if (child !== undefined) await kill(child)
    }

    const { lanes, story, voice } = plan(TERMINALS, HOURS)
    const tally = tallyOf(TERMINALS)
    const wire = openWire({ urls: lines.map((p) => p.url), operatorToken: OPERATOR, sockets: 32, version: 'proof' })
    const began = performance.now()
    const tokens = await enrolAll(wire, lanes, story, 64, tally)
    const enrolledMs = performance.now() - began
    expect(tally.enrolled).toBe(TERMINALS)

    const sent = new Set<string>()
    const expected = planned(story.lives, story.lengthMs)
    const speed = Math.max(2, story.lengthMs / ((expected / PER_SECOND) * 1000))
    const startsAt = Date.now() - story.lengthMs
    const told = performance.now()
    const fleet = startFleet({
      lanes, story, tokens, voice: voice(startsAt), wire, clock: fleetClock(startsAt, speed), sharedClock: false, inFlight: 64, hostile: 2, tally,
      onSent: (terminal, id) => void sent.add(`${terminal} ${id}`),
    })
    const reached = (share: number): Promise<number> => until(async () => tally.delivered, (n) => n >= expected * share, PATIENCE_MS)

    await reached(0.1)
    await die(0)
    await reached(0.2)
    await open(0)
    for (const share of [0.25, 0.3]) {
      await reached(share)
      for (const line of lines) line.cut()
    }
    for (const line of lines) line.slow(16_384, 20)
    for (const line of lines) line.cut()
    await reached(0.4)
    for (const line of lines) line.slow(0, 0)
    await cluster.stop('immediate')
    await until(() => fetch(`${children[1]?.url}/readyz`).then((r) => r.status), (status) => status === 503, 30_000)
    await cluster.start()
    await reached(0.55)
    await die(1)
    await open(1)
    await reached(0.7)
    await die(2)
    for (const line of lines) line.cut()
    await open(2)

    await fleet.over(PATIENCE_MS)
    const seconds = (performance.now() - told) / 1000
    await fleet.stop()
    wire.close()
    expect(tally).toMatchObject({ made: expected, sent: expected, delivered: expected, rejected: 0, unanswered: 0, waiting: 0, lost: 0, hostile: { passed: 0 } })
    // Otherwise nothing of all this went wrong, and nothing was proved.
    expect(tally.requests.failed).toBeGreaterThan(0)
    expect(tally.hostile.tried).toBeGreaterThan(0)

    const client = new pg.Client(database)
    await client.connect()
    const rows = async <R extends object>(text: string): Promise<R[]> => (await client.query<R>(text)).rows
    await until(() => rows<{ n: string }>('select count(*) as n from unfolded'), ([row]) => row?.n === '0', PATIENCE_MS)
    const stored = (await rows<{ key: string }>("select terminal_id || ' ' || id as key from report")).map((r) => r.key)
    expect(stored.length).toBe(new Set(stored).size)
    expect(stored.length).toBe(sent.size)
    expect(new Set([...sent, ...stored]).size).toBe(sent.size)
    expect(await rows('select sum(reports)::int as n from report_hour')).toEqual([{ n: sent.size }])
    await client.end()
    expect(await Promise.all(children.map(terminate))).toEqual([0, 0, 0])
    if (process.env.POSDIAG_FLEET !== undefined) {
      const { requests, beats, duplicates, repeated, hostile } = tally
      console.log(JSON.stringify({
        terminals: TERMINALS, enrolPerSecond: Math.round(TERMINALS / (enrolledMs / 1000)), reports: expected, seconds: Math.round(seconds), reportsPerSecond: Math.round(expected / seconds),
        stored: stored.length, duplicates, repeated, requests, beats, hostile, fleetMemoryMb: Math.round(process.memoryUsage.rss() / 1e6), reasons: Object.fromEntries(tally.reasons),
      }))
    }
  }, PATIENCE_MS * 3)
})
