import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { power } from '../../../probes/power/probe.ts'
import { realBench } from '../../../src/bench/real.ts'
import { lookAt } from '../../../src/check/observe.ts'
import { readSymptoms } from '../../../src/check/symptoms.ts'
import { hasValue } from '../../../src/model/observation.ts'
import { Device } from '../../../src/model/terminal.ts'
import { DUMMY, startUpsd, UPSD, type Upsd } from './upsd.ts'

interface Reading {
  id: string
  /** People who keep the dumps have marked values of it as wrong. */
  bad: boolean
  power: 'mains' | 'battery' | 'untold'
  variables: Record<string, string>
}

/** What real UPSs said, by NUT's collection of dumps (networkupstools/nut-ddl): every one that is marked as wrong or odd, and one of each maker. */
const KEPT: Reading[] = readFileSync(new URL('ups-readings.jsonl', import.meta.url), 'utf8').trim().split('\n').map((line) => JSON.parse(line))

const wordsOf = (status: string | undefined): Set<string> => new Set((status ?? '').split(/\s+/))

/** The whole collection, where a checkout of nut-ddl is at hand: POSDIAG_UPS_DUMPS names its folder. */
const whole = (folder: string): Reading[] => globSync(`${folder}/*/*.dev`).map((file) => {
  const text = readFileSync(file, 'utf8')
  const variables = Object.fromEntries([...text.matchAll(/^([a-z][\w.]*):[ \t]?(.*)$/gm)].map(([, name = '', value = '']) => [name, value.replace(/\s*#.*$/, '').trim()]))
  const words = wordsOf(variables['ups.status'])
  const told = words.has('OB') ? 'battery' : ['OL', 'TRIM', 'BOOST'].some((word) => words.has(word)) ? 'mains' : 'untold'
  return { id: basename(file, '.dev'), bad: /^[a-z][\w.]*:.*#BAD/m.test(text), power: told, variables }
})

const READINGS = process.env.POSDIAG_UPS_DUMPS ? whole(process.env.POSDIAG_UPS_DUMPS) : KEPT

const there = existsSync(UPSD) && existsSync(DUMMY)
const cannot = there || process.env.CI === 'true' ? undefined : 'nut-server (Debian) is not installed'

const look = async (port: number, ups: string) => {
  const device = Device.parse({ id: 'ups-1', kind: 'power', transport: { type: 'nut', ups, port } })
  const { observations, run } = await lookAt({ device, probe: power }, realBench({ paths: { proc: '/proc', sys: '/sys' } }), { now: Date.now, mono: () => performance.now() }, power.deadlineMs)
  expect(run.outcome, run.detail).toBe('done')
  const symptoms = readSymptoms([power], [device], observations, {}, ({ detail }) => expect.fail(detail))
  return { seen: Object.fromEntries(observations.map((o) => [o.name, hasValue(o) ? o.value : `!${o.absent}`])), present: symptoms.filter((s) => s.is === 'present').map((s) => s.id) }
}

/** Symptoms that send somebody out. That values are not to be believed is none of them, nor what a date says of a battery. */
const ALARMS = power.symptoms.map(({ id }) => id).filter((id) => !['power.implausible', 'power.self-test-overdue', 'power.battery-old'].includes(id))

/** Drivers that run at a time. */
const BATCH = 60
const batches = Array.from({ length: Math.ceil(READINGS.length / BATCH) }, (_, i) => READINGS.slice(i * BATCH, (i + 1) * BATCH))

/** Without NUT this is told by one test that is skipped by name. */
const peers = cannot === undefined ? describe : describe.skip

peers(cannot === undefined ? 'NUT\'s own upsd with its dummy driver' : `NUT's own upsd: ${cannot}`, () => {
  describe.each(batches.map((batch, i) => [i * BATCH + 1, batch] as const))('real UPSs from number %i on', (_, batch) => {
    let upsd: Upsd
    beforeAll(async () => {
      upsd = await startUpsd(Object.fromEntries(batch.map(({ variables }, i) => [`ups${i}`, Object.fromEntries(Object.entries(variables).filter(([name]) => !name.startsWith('driver.')))])))
    })
    afterAll(() => upsd.stop())

    it.each(batch.map((one, i) => [one.id, i, one] as const))('%s', async (_id, i, { bad, power: state, variables }) => {
      const { seen, present } = await look(upsd.port, `ups${i}`)
      expect(seen['power.ups-contact']).toBe(true)
      const onBattery = seen['power.on-battery']
      // Of a dump without a status the dummy driver makes up one.
      if (state === 'untold' && variables['ups.status']) expect(onBattery).toMatch(/^!/)
      else if (state !== 'untold') expect(onBattery, variables['ups.status']).toBe(state === 'battery')
      expect(present.includes('power.mains-lost')).toBe(state === 'battery')
      if (bad) expect(present.filter((id) => ALARMS.includes(id) && id !== 'power.mains-lost')).toEqual([])
    })
  })

  describe('what befalls a UPS', () => {
    let upsd: Upsd
    const well = { 'device.mfr': 'Example', 'device.model': 'UPS 1000', 'ups.status': 'OL', 'battery.charge': '100', 'input.voltage': '230.0', 'input.voltage.nominal': '230' }
    beforeAll(async () => {
      upsd = await startUpsd({ shop: well, frozen: well, dead: well }, 3)
    })
    afterAll(() => upsd.stop())
    const becomes = async (ups: string, wanted: object): Promise<void> => {
      const until = performance.now() + 15_000
      for (;;) {
        const { seen } = await look(upsd.port, ups)
        if (performance.now() > until || Object.entries(wanted).every(([name, value]) => seen[name] === value)) return expect(seen).toMatchObject(wanted)
        await sleep(100)
      }
    }

    it('an outage, and the mains again', async () => {
      await upsd.say('shop', { ...well, 'ups.status': 'OB DISCHRG LB', 'battery.charge': '12', 'input.voltage': '0.0' })
      await becomes('shop', { 'power.on-battery': true, 'power.battery-percent': 12, 'power.ups-low-battery': true })
      expect((await look(upsd.port, 'shop')).present).toEqual(['power.mains-lost', 'power.battery-low'])
      await upsd.say('shop', { ...well, 'ups.status': 'OL CHRG', 'battery.charge': '13' })
      await becomes('shop', { 'power.on-battery': false, 'power.battery-charging': true })
      expect((await look(upsd.port, 'shop')).present).toEqual([])
    })

    it('lost contact, stale data and power lost are three things', async () => {
      upsd.driver('frozen', 'SIGSTOP')
      upsd.driver('dead', 'SIGKILL')
      await becomes('frozen', { 'power.ups-contact': '!silent', 'power.ups-stale': true })
      expect((await look(upsd.port, 'frozen')).present).toEqual(['power.ups-stale'])
      await becomes('dead', { 'power.ups-contact': '!missing', 'power.ups-stale': false })
      expect((await look(upsd.port, 'dead')).present).toEqual(['power.ups-contact-lost'])
      expect((await look(upsd.port, 'nobody')).seen['power.ups-contact']).toBe('!refused')
      expect((await look(upsd.port, 'shop')).seen['power.ups-contact']).toBe(true)
    })
  })
})
