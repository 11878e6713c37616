import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { enrolAll } from '../../src/fleet/enrol.ts'
import { tellPast } from '../../src/fleet/past.ts'
import { tallyOf } from '../../src/fleet/tally.ts'
import { openWire } from '../../src/fleet/wire.ts'
import { openSqliteStore } from '../../src/hq/sqlite/store.ts'
import { learnSales } from '../../src/hq/triage/rounds.ts'
import { ENOUGH_WEEKS, expectedIn } from '../../src/hq/triage/sales.ts'
import { OPERATOR, startTestHq } from '../hq/hq.ts'
import { plan } from './plan.ts'

const HOUR = 3_600_000
const STARTS = Date.parse('2026-11-23T01:20:00Z')

it('teaches HQ what every lane usually sells, at the hours when its shop is open', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'posdiag-past-'))
  const store = await openSqliteStore(join(dir, 'hq.sqlite'))
  let now = STARTS
  const hq = await startTestHq({ store, now: () => now })
  const wire = openWire({ urls: [hq.hq.url], operatorToken: OPERATOR, sockets: 4, version: 'test' })
  try {
    const { lanes, story, voice } = plan(12, 4, 'morning')
    const tally = tallyOf(lanes.length)
    const tokens = await enrolAll(wire, lanes, story, 4, tally)
    await tellPast({ lanes, story, tokens, voice: voice(STARTS), wire, inFlight: 4, tally, goTo: (at) => { now = at } })
    expect(tally.beats.answered).toBe(5 * lanes.length)
    await learnSales(store.triage, STARTS)
    const right = lanes.filter((_, i) => story.lives[i]?.clockErrorMs === 0).map((l) => l.identity.id)
    const profiles = await store.triage.sales.profiles(lanes.map((l) => l.identity.id))
    // Of clocks that lie HQ believes no hours.
    expect([...profiles.keys()].toSorted()).toEqual(right.toSorted())
    for (const profile of profiles.values()) {
      expect(profile.weeks).toBeGreaterThanOrEqual(ENOUGH_WEEKS)
      expect(expectedIn(profile, STARTS + 3 * HOUR, STARTS + 4 * HOUR)).toBeGreaterThan(0)
      expect(expectedIn(profile, STARTS - 4 * HOUR, STARTS - 3 * HOUR)).toBe(0)
    }
  } finally {
    wire.close()
    await hq.end()
    rmSync(dir, { recursive: true })
  }
}, 60_000)
