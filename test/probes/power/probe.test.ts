import { describe, expect, it } from 'vitest'
import { power } from '../../../probes/power/probe.ts'
import { dialogue, playFixture, playTo } from '../play.ts'

const mains = (settings: object = {}) => ({ transport: { type: 'host' }, settings })
const ups = { transport: { type: 'nut', ups: 'ups' } }
const play = (name: string, as: object = {}) => playFixture(power, name, as)

describe('symptoms of power', () => {
  it('what lost contact is unknown, not well', async () => {
    for (const name of ['ups-stale', 'ups-driver-gone', 'ups-no-server', 'ups-access-denied']) {
      const { symptoms } = await play(name)
      for (const id of ['mains-lost', 'battery-low', 'battery-worn', 'overload', 'implausible']) expect(symptoms[`power.${id}`]).toBe('unknown')
    }
  })

  it('raises no alarm on words that contradict each other', async () => {
    const { symptoms, seen } = await play('ups-contradictory')
    expect(seen['power.on-battery']).toBe('!garbled')
    expect(symptoms).toMatchObject({ 'power.mains-lost': 'unknown', 'power.battery-low': 'unknown' })
  })

  it('a UPS that tests its battery has not lost the mains', async () => {
    const onBattery = (await dialogue('power/ups-testing')).replace('4f 4c 20 44 49 53 43 48 52 47', '4f 42 20 44 49 53 43 48 52 47')
    const { seen, symptoms } = await playTo(power, onBattery, ups)
    expect(seen['power.on-battery']).toBe('!busy')
    expect(symptoms['power.mains-lost']).toBe('unknown')
    expect((await play('ups-testing')).symptoms).toMatchObject({ 'power.mains-lost': 'absent', 'power.not-charging': 'unknown' })
  })
})

describe('observations of power', () => {
  it('tells what the host reports', async () => {
    const { seen } = await play('mains-on-line')
    expect(seen).toMatchObject({
      'power.mains-online': true, 'power.on-battery': false, 'power.battery-percent': 100, 'power.battery-charging': true, 'power.battery-health': 'Good',
      'power.battery-temperature-c': 29.6, 'power.battery-wear-percent': 91.6, 'power.plausible': true, 'power.crash-record': false,
    })
  })

  it('a host that reports no power says so and is no fault', async () => {
    const { seen, why, symptoms } = await play('mains-nothing-reported')
    expect(seen).toMatchObject({ 'power.mains-online': '!missing', 'power.crash-record': '!blocked', 'power.unclean-shutdown': '!missing' })
    expect(why['power.mains-online']).toBe('this host does not report its power')
    expect(symptoms['power.mains-lost']).toBe('unknown')
  })

  it('knows a crash from a power cut', async () => {
    expect((await play('mains-pi-undervoltage')).seen).toMatchObject({ 'power.crash-record': true, 'power.undervoltage': true })
  })

  it('passes on what the agent remembers of earlier boots', async () => {
    const bad = await play('mains-on-line', mains({ uncleanShutdown: true, reboots24h: 4 }))
    expect(bad.present).toEqual(['power.reboot-loop', 'power.unclean-shutdown'])
    const good = await play('mains-on-line', mains({ uncleanShutdown: false, reboots24h: 1 }))
    expect(good.symptoms).toMatchObject({ 'power.reboot-loop': 'absent', 'power.unclean-shutdown': 'absent' })
    expect((await play('mains-on-line')).symptoms['power.unclean-shutdown']).toBe('unknown')
  })

  it('tells what a UPS says', async () => {
    const { seen } = await play('ups-on-line')
    expect(seen).toEqual({
      'power.ups-server': 'Network UPS Tools upsd 2.8.0 - http://www.networkupstools.org/', 'power.ups-contact': true, 'power.ups-stale': false,
      'power.ups-status': 'OL', 'power.ups-model': 'Example UPS 1000', 'power.on-battery': false, 'power.ups-low-battery': false, 'power.ups-overload': false,
      'power.ups-replace-battery': false, 'power.ups-regulating': false, 'power.battery-health': 'Done and passed', 'power.battery-percent': 100,
      'power.runtime-s': 2878, 'power.battery-temperature-c': 27, 'power.load-percent': 17, 'power.input-voltage-v': 231, 'power.input-voltage-nominal-v': 230,
      'power.plausible': true, 'power.ups-bypass': false, 'power.output-off': false, 'power.ups-shutting-down': false, 'power.ups-hot': false, 'power.ups-fault': false,
    })
  })

  it('keeps each reason why a UPS cannot be read apart', async () => {
    const why = async (name: string) => (await play(name)).seen['power.ups-contact']
    expect(await Promise.all(['ups-stale', 'ups-driver-gone', 'ups-unknown', 'ups-access-denied', 'ups-no-server', 'ups-server-silent', 'ups-not-nut'].map(why)))
      .toEqual(['!silent', '!missing', '!refused', '!blocked', '!missing', '!silent', '!missing'])
  })

  it('names the UPSs that the server does have', async () => {
    expect((await play('ups-unknown')).why['power.ups-contact']).toMatch(/eaton, cps$/)
  })

  it('leaves out values that cannot be, each with its reason', async () => {
    const { seen } = await play('ups-implausible')
    expect(seen).toMatchObject({ 'power.battery-percent': '!garbled', 'power.runtime-s': '!garbled', 'power.battery-temperature-c': '!garbled', 'power.input-voltage-v': '!garbled', 'power.on-battery': false, 'power.plausible': false })
  })

  it('concludes nothing while the driver starts', async () => {
    const { seen } = await play('ups-starting')
    expect(seen).toMatchObject({ 'power.on-battery': '!silent', 'power.ups-status': 'WAIT' })
    expect(seen).not.toHaveProperty('power.battery-percent')
  })

  it('always takes leave of the server', async () => {
    for (const name of ['ups-on-line', 'ups-stale', 'ups-unknown']) expect((await play(name)).transcript).toContain('> 4c 4f 47 4f 55 54 0a')
  })

  it('sends no name that could be another command', async () => {
    const { seen, transcript } = await playTo(power, await dialogue('power/ups-on-line'), { transport: { type: 'nut', ups: 'ups\nFSD ups' } })
    expect(seen['power.ups-contact']).toBe('!blocked')
    expect(transcript).toBe('')
  })

  it('a UPS on another transport is not looked at, and no fault', async () => {
    const { seen, symptoms } = await playTo(power, '', { transport: { type: 'hid', vendorId: '051d' } })
    expect(seen['power.ups-contact']).toBe('!blocked')
    expect(Object.values(symptoms)).not.toContain('present')
  })
})
