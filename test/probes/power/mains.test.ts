import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mainsQuality, upsDate } from '../../../probes/power/mains-quality.ts'
import { THROTTLE_BITS, throttleFlags, throttleSights } from '../../../probes/power/throttle.ts'
import { RUNS } from '../fuzz.ts'

const NOW = Date.UTC(2026, 0, 1)
const seen = (variables: Record<string, string>) => Object.fromEntries(mainsQuality(new Map(Object.entries(variables)), NOW).map((s) => [s.name, 'value' in s ? s.value : `!${s.absent}`]))

describe('what a UPS counts of the mains', () => {
  it.each([['2024/03/25', Date.UTC(2024, 2, 25)], ['2024-3-5', Date.UTC(2024, 2, 5)], ['11/17/14', Date.UTC(2014, 10, 17)], ['11172014', Date.UTC(2014, 10, 17)], ['CPS', undefined], ['2024/02/31', undefined], ['', undefined], ['1', undefined]])('date %s', (text, at) => {
    expect(upsDate(text)).toBe(at)
  })

  it.each([
    [{ 'input.frequency': '50.1' }, { 'power.input-frequency-hz': 50.1 }],
    [{ 'input.frequency': '599' }, { 'power.input-frequency-hz': 59.9 }],
    [{ 'input.frequency': '5.0' }, { 'power.input-frequency-hz': '!garbled' }],
    [{ 'input.frequency': '0.0' }, {}],
    [{ 'input.voltage.minimum': '0', 'input.voltage.maximum': '244.1' }, { 'power.input-voltage-most-v': 244.1 }],
    [{ 'ups.test.date': '2025/12/22' }, { 'power.self-test-age-days': 10 }],
    [{ 'battery.date': '01012014', 'battery.mfr.date': 'CPS' }, { 'power.battery-age-days': 4383 }],
    [{ 'battery.mfr.date': '2031/01/01' }, { 'power.battery-age-days': '!garbled' }],
    [{ 'battery.mfr.date': 'CyberPower Systems' }, {}],
  ])('%j', (variables, expected) => {
    expect(seen(variables)).toEqual(expected)
  })
})

describe('throttle flags', () => {
  it.each([['0', 0], ['50005', 0x50005], ['0x50005', 0x50005], ['throttled=0x80008', 0x80008], ['', undefined], ['VCHI initialization failed', undefined]])('%s', (text, flags) => {
    expect(throttleFlags(`${text}\n`)).toBe(flags)
  })

  it('says each bit by its own name', () => {
    fc.assert(fc.property(fc.nat(0xfffff), (flags) => {
      const sights = new Map(throttleSights(flags).map((s) => [s.name, 'value' in s ? s.value : undefined]))
      for (const { bit, name } of THROTTLE_BITS) expect(sights.get(name)).toBe(((flags >>> bit) & 1) === 1)
    }), RUNS)
  })
})
