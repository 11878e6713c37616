import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Hq } from '../../src/agent/hq.ts'
import { createKeeper, type Keeper } from '../../src/agent/keeper.ts'
import { SILENT_LOG } from '../../src/agent/log.ts'
import { PACK_FILE, PACK_KEY_FILE, packIn } from '../../src/agent/pack.ts'
import { createPacks, type Judgement, type Packs, packStanding } from '../../src/agent/packs.ts'
import { bodyOf, OURS, offerOf, signer } from '../hq/taught.ts'
import { type ManualClock, manualClock } from './manual-clock.ts'
import { scratch } from './sample-check.ts'

const HOUR = 3_600_000
const theirs = signer()

let dir: string
let remove: () => void
let clock: ManualClock
let keeper: Keeper
let atHq: Awaited<ReturnType<Hq['pack']>>
let fetched: number[]
let judgement: Judgement
let judged: string[]
const all: Packs[] = []

const packs = (version = '1'): Packs => {
  const made = createPacks({
    stateDir: dir, keeper, version, clock, log: SILENT_LOG,
    fetch: async (sequence) => {
      fetched.push(sequence)
      return atHq
    },
    judge: async (file) => {
      judged.push(readFileSync(file, 'utf8'))
      return judgement
    },
  })
  all.push(made)
  return made
}
const answer = (sequence: number, keys = OURS) => {
  const { pack, key } = offerOf(sequence, undefined, keys)
  return { answer: { pack, key } }
}
const lies = (sequence: number, text = JSON.stringify(offerOf(sequence).pack)): void => {
  writeFileSync(join(dir, PACK_FILE), text)
  writeFileSync(join(dir, PACK_KEY_FILE), OURS.publicKey)
}

beforeEach(() => {
  ({ dir, remove } = scratch())
  clock = manualClock()
  keeper = createKeeper(dir, { clock, log: SILENT_LOG })
  atHq = answer(3)
  fetched = []
  judgement = 'good'
  judged = []
})
afterEach(() => {
  for (const one of all.splice(0)) one.stop()
  keeper.close()
  remove()
})

describe('a knowledge pack on offer', () => {
  it('is fetched once, in its own time, judged, and taken with the key that HQ gives first', async () => {
    const one = packs()
    expect(packStanding(undefined, one)).toEqual({ sequence: 0 })
    one.offered(3)
    one.offered(3)
    await clock.pass(9 * 60_000)
    expect(fetched).toEqual([])
    await clock.pass(60_000)
    one.offered(3)
    await clock.pass(HOUR)
    expect([fetched, judged.length]).toEqual([[3], 1])
    expect(packIn(dir)).toEqual({ pack: bodyOf(3) })
    expect(readFileSync(join(dir, PACK_KEY_FILE), 'utf8')).toBe(OURS.publicKey)
    expect(packStanding(3, one)).toEqual({ sequence: 3 })
    expect(existsSync(join(dir, 'pack-offered.json'))).toBe(false)
  })

  it('is refused if another than the holder of the key signed it, whoever speaks for HQ, and the one in use stays', async () => {
    lies(2)
    atHq = answer(3, theirs)
    const one = packs()
    one.offered(3)
    await clock.pass(HOUR)
    expect(packIn(dir)).toEqual({ pack: bodyOf(2) })
    expect([judged.filter((text) => text.includes('"sequence":3')), readFileSync(join(dir, PACK_KEY_FILE), 'utf8')]).toEqual([[], OURS.publicKey])
    expect(packStanding(2, one)).toEqual({ sequence: 2, unbelieved: 'number 3: its signature is not that of the key in the state folder' })
    one.offered(3)
    await clock.pass(HOUR)
    expect(fetched).toEqual([3])
    // A later one by the right hand is taken.
    atHq = answer(4)
    one.offered(4)
    await clock.pass(HOUR)
    expect([packIn(dir), one.unbelieved()]).toEqual([{ pack: bodyOf(4) }, undefined])
  })

  it('is refused if a byte of it was changed, its key is none, or it has another number', async () => {
    const good = answer(3).answer
    const one = packs()
    for (const [i, bad] of [
      { ...good, pack: { ...good.pack, body: { ...good.pack.body, issuedAt: 2 } } }, { ...good, key: 'no key' }, { ...good, key: theirs.publicKey }, answer(9).answer,
    ].entries()) {
      atHq = { answer: bad }
      one.offered(20 + i)
      await clock.pass(HOUR)
      expect(one.unbelieved()).toContain(`number ${20 + i}: `)
    }
    expect([packIn(dir), judged, existsSync(join(dir, PACK_KEY_FILE))]).toEqual([undefined, [], false])
  })

  it('is passed over if it is not newer than the one in use', async () => {
    lies(5)
    const one = packs()
    one.offered(5)
    one.offered(3)
    await clock.pass(HOUR)
    expect([fetched, one.unbelieved()]).toEqual([[], undefined])
  })

  it('is refused if the scenarios say that it is worse, and tried again if they could not be asked', async () => {
    judgement = { worse: 'right fault named first' }
    const one = packs()
    one.offered(3)
    await clock.pass(HOUR)
    expect([packIn(dir), one.unbelieved()]).toEqual([undefined, 'number 3: right fault named first'])
    judgement = { failed: 'killed' }
    atHq = answer(4)
    one.offered(4)
    await clock.pass(HOUR)
    expect(packIn(dir)).toBeUndefined()
    judgement = 'good'
    one.offered(4)
    await clock.pass(HOUR)
    expect(packIn(dir)).toEqual({ pack: bodyOf(4) })
  })

  it('is asked for less and less often while HQ does not give it, as HQ asks', async () => {
    atHq = { why: '503', retryAfterMs: 10 * 60_000 }
    clock.chance = [0]
    const one = packs()
    for (let minute = 0; minute < 60; minute += 1) {
      one.offered(3)
      await clock.pass(60_000)
    }
    expect(fetched).toHaveLength(6)
    clock.chance = [0.999]
    atHq = { why: 'ECONNREFUSED' }
    for (let minute = 0; minute < 48 * 60; minute += 1) {
      one.offered(3)
      await clock.pass(60_000)
    }
    expect(fetched.length).toBeLessThan(20)
    expect(one.unbelieved()).toBe('number 3 cannot be had: ECONNREFUSED')
  })
})

describe('the pack in use', () => {
  it('is got anew where it was damaged', async () => {
    lies(3, JSON.stringify(offerOf(3).pack).replace('"failed":1', '"failed":0'))
    const one = packs()
    expect(packStanding(undefined, one)).toMatchObject({ sequence: 0, unbelieved: expect.stringContaining('signature') })
    one.offered(3)
    await clock.pass(HOUR)
    expect([packIn(dir), one.unbelieved()]).toEqual([{ pack: bodyOf(3) }, undefined])
  })

  it('is judged anew by another version of the program, once, and given up for the built-in catalogue if it is worse there', async () => {
    lies(3)
    packs('1')
    await clock.pass(HOUR)
    expect(judged).toHaveLength(1)
    packs('1').stop()
    await clock.pass(HOUR)
    expect(judged).toHaveLength(1)
    judgement = { failed: 'killed' }
    packs('2')
    await clock.pass(HOUR)
    expect(packIn(dir)).toEqual({ pack: bodyOf(3) })
    judgement = { worse: 'Brier score' }
    const last = packs('2')
    await clock.pass(HOUR)
    expect([packIn(dir), last.unbelieved()]).toEqual([undefined, 'number 3: Brier score'])
    last.offered(3)
    await clock.pass(HOUR)
    expect(fetched).toEqual([])
  })

  it('is left alone once it is stopped', async () => {
    const one = packs()
    one.offered(3)
    one.stop()
    await clock.pass(HOUR)
    expect([fetched, packIn(dir)]).toEqual([[], undefined])
  })
})
