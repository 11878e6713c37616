import { describe, expect, it } from 'vitest'
import { parseDescriptor } from '../../../probes/hid-descriptor.ts'
import { UPS_USAGES } from '../../../probes/power/hid-usages.ts'
import { hidDate, hidVariables, hidWear, type UpsQuirks, upsFields, valuesIn } from '../../../probes/power/hid-variables.ts'
import { power } from '../../../probes/power/probe.ts'
import { dialogue, playFixture, playTo } from '../play.ts'

const PLAIN: UpsQuirks = { batteryVoltageTimes: 1, chargeMost: 100, dischargingIsOutage: false, datesInDigits: false, interrupts: true, settleMs: 0 }

/** A UPS with these fields, each one a feature report of its own of 16 bits: collection to lie in, usage and its page, unit and exponent, raw value. */
type Given = readonly [within: number, page: number, usage: number, raw: number, more?: string]

const byte = (n: number): string => n.toString(16).padStart(2, '0')

const variablesOf = (given: readonly Given[], quirks: Partial<UpsQuirks> = {}) => {
  const items = given.map(([within, page, usage, , more = ''], n) => `05 84 09 ${byte(within)} a1 00 85 ${byte(n + 1)} 75 20 95 01 15 00 27 ff ff ff 7f 65 00 55 00 ${more} 05 ${byte(page)} 09 ${byte(usage)} b1 02 c0`)
  const descriptor = parseDescriptor(Uint8Array.from(Buffer.from(`05 84 09 04 a1 01 ${items.join(' ')} c0`.replaceAll(' ', ''), 'hex')))
  if ('unreadable' in descriptor) throw new Error(descriptor.unreadable)
  const fields = upsFields(descriptor)
  const values = given.flatMap(([, , , raw], n) => {
    const data = new Uint8Array(4)
    new DataView(data.buffer).setInt32(0, raw, true)
    return valuesIn(fields, 'feature', n + 1, data)
  })
  return { variables: Object.fromEntries(hidVariables(values, { ...PLAIN, ...quirks })), wear: hidWear(values) }
}

const [INPUT, BATTERY, SUMMARY, STATUS] = [0x1a, 0x12, 0x24, 0x02] as const
const [POWER, PACK] = [0x84, 0x85] as const
const VOLT = '67 21 d1 f0 00'
const AMPERE_SECONDS = '67 01 10 10 00'

describe('a HID UPS in the words of NUT', () => {
  it.each<[string, Given[], string]>([
    ['mains there', [[STATUS, PACK, 0xd0, 1]], 'OL'],
    ['mains there, charging', [[STATUS, PACK, 0xd0, 1], [STATUS, PACK, 0x44, 1]], 'OL CHRG'],
    ['mains gone', [[STATUS, PACK, 0xd0, 0], [STATUS, PACK, 0x45, 1]], 'OB DISCHRG'],
    ['only discharging is told', [[STATUS, PACK, 0x45, 1]], 'DISCHRG OB'],
    ['below the limit, shutdown imminent', [[STATUS, PACK, 0xd0, 0], [STATUS, PACK, 0x42, 1], [STATUS, POWER, 0x69, 1]], 'OB LB'],
    ['time limit expired', [[STATUS, PACK, 0xd0, 0], [STATUS, PACK, 0x43, 1]], 'OB LB'],
    ['battery to replace, overload', [[STATUS, PACK, 0xd0, 1], [STATUS, PACK, 0x4b, 1], [STATUS, POWER, 0x65, 1]], 'OL RB OVER'],
    ['boost and buck', [[STATUS, PACK, 0xd0, 1], [STATUS, POWER, 0x6e, 1], [STATUS, POWER, 0x6f, 1]], 'OL BOOST TRIM'],
    ['shutdown requested', [[STATUS, PACK, 0xd0, 1], [STATUS, POWER, 0x68, 1]], 'OL FSD'],
    ['two places that contradict each other', [[STATUS, PACK, 0xd0, 1], [BATTERY, PACK, 0xd0, 0]], 'OL OB'],
    ['mains there and power failed', [[STATUS, PACK, 0xd0, 1], [STATUS, PACK, 0xd2, 1]], 'OL OB'],
  ])('%s', (_, given, status) => {
    expect(variablesOf(given).variables['ups.status']).toBe(status)
  })

  it('tells voltages apart by where they are measured', () => {
    expect(variablesOf([[INPUT, POWER, 0x30, 2310, `${VOLT} 55 06`], [SUMMARY, POWER, 0x30, 1350, `${VOLT} 55 05`], [0x1c, POWER, 0x30, 229, `${VOLT} 55 07`], [INPUT, POWER, 0x40, 230, `${VOLT} 55 07`]]).variables)
      .toMatchObject({ 'input.voltage': '231', 'battery.voltage': '13.5', 'output.voltage': '229', 'input.voltage.nominal': '230' })
  })

  it('turns kelvin into degrees', () => {
    expect(variablesOf([[BATTERY, POWER, 0x36, 298, '67 01 00 01 00']]).variables['battery.temperature']).toBe('24.85')
  })

  it('a charge in ampere-seconds is a share, and so is what is left of the design', () => {
    const given: Given[] = [[SUMMARY, PACK, 0x66, 3402, AMPERE_SECONDS], [SUMMARY, PACK, 0x67, 22680, AMPERE_SECONDS], [SUMMARY, PACK, 0x83, 25200, AMPERE_SECONDS]]
    expect(variablesOf(given)).toMatchObject({ variables: { 'battery.charge': '15' }, wear: 90 })
    expect(variablesOf(given.slice(0, 1)).variables).toEqual({})
    expect(variablesOf([...given.map(([a, b, c, , m = '']): Given => [a, b, c, 77, m]), [SUMMARY, PACK, 0x2c, 2]])).toMatchObject({ variables: { 'battery.charge': '77' }, wear: undefined })
  })

  it('names failures and the missing battery', () => {
    expect(variablesOf([[STATUS, PACK, 0xd0, 1], [STATUS, POWER, 0x62, 1], [STATUS, POWER, 0x67, 1], [STATUS, PACK, 0xd1, 0]]).variables['ups.alarm']).toBe('no battery installed; internal failure; temperature too high')
  })

  it.each([[1, 'Done and passed'], [3, 'Done and error'], [5, 'In progress'], [0, undefined]])('test state %i', (raw, result) => {
    expect(variablesOf([[SUMMARY, POWER, 0x58, raw]]).variables['ups.test.result']).toBe(result)
  })
})

describe('quirks of makers', () => {
  it('a battery voltage that is told too high is put right, one that can be is left', () => {
    const given = (raw: number): Given[] => [[SUMMARY, POWER, 0x30, raw, `${VOLT} 55 05`], [SUMMARY, POWER, 0x40, 1200, `${VOLT} 55 05`]]
    expect(variablesOf(given(2025), { batteryVoltageTimes: 1.5 }).variables['battery.voltage']).toBe('13.5')
    expect(variablesOf(given(1350), { batteryVoltageTimes: 1.5 }).variables['battery.voltage']).toBe('13.5')
  })

  it('a charge above 100 is full where the model is known for it', () => {
    const charge = (raw: number) => variablesOf([[SUMMARY, PACK, 0x66, raw]], { chargeMost: 120 }).variables['battery.charge']
    expect([charge(120), charge(121), charge(99)]).toEqual(['100', '121', '99'])
    expect(variablesOf([[SUMMARY, PACK, 0x66, 120]]).variables['battery.charge']).toBe('120')
  })

  it('discharging is an outage where the model forgets to say so', () => {
    const given: Given[] = [[STATUS, PACK, 0xd0, 1], [STATUS, PACK, 0x45, 1]]
    expect(variablesOf(given, { dischargingIsOutage: true }).variables['ups.status']).toBe('DISCHRG OB')
    expect(variablesOf(given).variables['ups.status']).toBe('OL DISCHRG')
  })

  it.each([[0x5a61, false, '2025/03/01'], [0x102202, true, '2002/10/22'], [0x102202, false, undefined], [0, false, undefined], [0x991301, true, undefined]])('date %i, digits %s: %s', (raw, digits, date) => {
    expect(hidDate(raw, digits)).toBe(date)
  })

  it('flags that come and go count only when they stay', async () => {
    const text = await dialogue('power/hid-apc-on-line')
    const device = { transport: { type: 'hid', vendorId: '051d', productId: '0002' } }
    const heard = /\? hid\.listen .*\n= .*\n/.exec(text)?.[0] ?? expect.fail('no input report')
    const low = heard.replace(/16 (..)/, (_, status: string) => `16 ${byte(Number.parseInt(status, 16) | 8)}`)
    const first = text.replace(heard, `${low}${heard}`)
    expect((await playTo(power, first, { ...device, settings: { 'settle-ms': 3000 } })).seen['power.ups-low-battery']).toBe(false)
    expect((await playTo(power, first, device)).seen['power.ups-low-battery']).toBe(true)
    expect((await playTo(power, text.replace(heard, low), { ...device, settings: { 'settle-ms': 3000 } })).seen['power.ups-low-battery']).toBe(true)
  })
})

describe('a look at a HID UPS', () => {
  it('asks and listens, and sends nothing', async () => {
    for (const name of ['hid-cyberpower-on-line', 'hid-apc-on-line', 'hid-5131-on-battery-low']) {
      const { transcript } = await playFixture(power, name)
      expect(transcript).toMatch(/\? hid\.feature \["[^"]+",null,/)
      expect(transcript).not.toMatch(/\? hid\.(?:feature|listen) \["[^"]+","/)
    }
  })

  it('its transcript is a dialogue that leads to the same', async () => {
    const once = await playFixture(power, 'hid-cyberpower-on-battery-low')
    const again = await playTo(power, once.transcript, { transport: { type: 'hid', vendorId: '0764', productId: '0601' } })
    expect(again.seen).toEqual(once.seen)
  })

  it('a report that the UPS refuses is asked for once more with room to spare', async () => {
    const text = (await dialogue('power/hid-cyberpower-on-line')).replace(/(\? hid\.feature \["\/dev\/hidraw0",null,8,)6\]\n= "(.*)"(.*)\n/, '$16]\n! refused /dev/hidraw0: ioctl (GFEATURE): Value too large\n$164]\n= "$2 00 00 00"$3\n')
    expect(text).toContain('null,8,64]')
    expect((await playTo(power, text, { transport: { type: 'hid', vendorId: '0764', productId: '0601' } })).seen['power.battery-percent']).toBe(100)
  })

  it('without its tool it is not looked at, which is no lost contact', async () => {
    const { seen, symptoms } = await playFixture(power, 'hid-no-library')
    expect(seen).toMatchObject({ 'power.tool': '!missing', 'power.ups-contact': '!blocked' })
    expect(symptoms['power.ups-contact-lost']).toBe('unknown')
  })

  it('one whose interface has lost its UPS has stale data and says nothing else', async () => {
    const text = await dialogue('power/hid-apc-on-line')
    // Usage 84:73 in place of ShutdownImminent, and its bit set.
    const stale = text.replace(/09 69/, '09 73').replace(/"16 (..)"/, (_, status: string) => `"16 ${byte(Number.parseInt(status, 16) | 0x40)}"`)
    expect(stale).not.toBe(text)
    const { seen, present } = await playTo(power, stale, { transport: { type: 'hid', vendorId: '051d', productId: '0002' } })
    expect(seen['power.ups-stale']).toBe(true)
    expect(seen).not.toHaveProperty('power.on-battery')
    expect(present).toEqual(['power.ups-stale'])
  })

  it('the table of usages has every usage once for each place', () => {
    const keys = UPS_USAGES.map((row) => `${row.usage} ${'variable' in row ? row.variable : ''}`)
    expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([])
  })
})
