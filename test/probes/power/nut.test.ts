import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nutWords, readVariables } from '../../../probes/power/nut.ts'
import { supplyOf, upsSights } from '../../../probes/power/ups.ts'

const quoted = (value: string): string => `"${value.replaceAll(/["\\]/g, '\\$&')}"`
const value = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\n'))
const listing = (variables: Iterable<readonly [string, string]>): string => `BEGIN LIST VAR ups\n${[...variables].map(([name, text]) => `VAR ups ${name} ${quoted(text)}\n`).join('')}END LIST VAR ups\n`

describe('lines of the NUT protocol', () => {
  it.each([
    ['VAR ups ups.status "OL CHRG"', ['VAR', 'ups', 'ups.status', 'OL CHRG']],
    ['VAR ups device.model "UPS \\"Pro\\" 1\\\\2"', ['VAR', 'ups', 'device.model', 'UPS "Pro" 1\\2']],
    ['VAR ups device.model ""', ['VAR', 'ups', 'device.model', '']],
    ['OK Goodbye\r', ['OK', 'Goodbye']],
    ['', []],
  ])('%s', (line, words) => {
    expect(nutWords(line)).toEqual(words)
  })

  it('a quote that is not closed is no line', () => {
    expect(nutWords('VAR ups ups.status "OL')).toBeUndefined()
  })

  it('any values survive quoting and reading', () => {
    fc.assert(fc.property(fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9.]{0,20}$/), value), (variables) => {
      expect(readVariables(listing(Object.entries(variables)), 'ups')).toEqual(new Map(Object.entries(variables)))
    }))
  })

  it('a listing that is cut off anywhere is none', () => {
    const whole = listing([['ups.status', 'OB DISCHRG LB'], ['battery.charge', '12'], ['device.model', 'END LIST VAR ups']])
    fc.assert(fc.property(fc.integer({ min: 0, max: whole.length - 1 }), (end) => {
      expect(readVariables(whole.slice(0, end), 'ups')).toBeUndefined()
    }))
  })

  it('tells an error of the server', () => {
    expect(readVariables('ERR DATA-STALE\n', 'ups')).toEqual({ error: 'DATA-STALE' })
  })

  it('no text makes the parser throw', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void readVariables(`BEGIN LIST VAR ups\n${text}\nEND LIST VAR ups\n`, 'ups')))
  })
})

describe('status words', () => {
  const supply = (status: string, more: Record<string, string> = {}) => supplyOf(new Map(Object.entries({ 'ups.status': status, ...more })))

  it.each([
    ['OL', {}, false], ['OL CHRG', {}, false], ['ALARM OL CHRG RB', {}, false], ['FSD OL CHRG RB', {}, false], ['LB OL CHRG', {}, false], ['HB OL', {}, false],
    ['OL BOOST', {}, false], ['TRIM', {}, false], ['OL OFF', {}, false],
    ['OB', {}, true], ['OB DISCHRG', {}, true], ['OB DISCHRG LB', {}, true], ['ALARM OB', {}, true],
    ['OL DISCHRG', { 'input.voltage': '228.0', 'input.voltage.nominal': '230' }, false],
    ['OL DISCHRG', { 'input.voltage': '0.0' }, true],
    ['OL DISCHRG CAL', {}, false],
  ])('%s with %j', (status, more, onBattery) => {
    expect(supply(status, more)).toEqual({ onBattery })
  })

  it.each([['OL OB', true], ['OL DISCHRG OB', true], ['OL CHRG DISCHRG', true], ['OB CHRG', true], ['OL DISCHRG', true], ['OFF', false], ['', false], ['BYPASS', false]])('%s settles nothing', (status, contradicts) => {
    expect(supply(status)).toMatchObject({ absent: 'garbled', contradicts })
  })

  it.each(['OB DISCHRG', 'OB CAL'])('%s during a test settles nothing either', (status) => {
    expect(supply(status, { 'ups.test.result': 'In progress' })).toMatchObject({ absent: 'busy' })
  })
})

describe('values of a UPS', () => {
  const sights = (variables: Record<string, string>) => new Map(upsSights(new Map(Object.entries({ 'ups.status': 'OL', ...variables })), Date.UTC(2026, 0, 1)).map((s) => [s.name, 'value' in s ? s.value : `!${s.absent}`]))

  it.each([
    ['battery.charge', '100', 'power.battery-percent', 100, true],
    ['battery.charge', '120', 'power.battery-percent', '!garbled', false],
    ['battery.charge', '-1', 'power.battery-percent', '!garbled', false],
    ['battery.runtime', '65534', 'power.runtime-s', 65534, true],
    ['battery.runtime', '65535', 'power.runtime-s', '!garbled', false],
    ['battery.runtime', '3932100', 'power.runtime-s', '!garbled', false],
    ['battery.temperature', '56', 'power.battery-temperature-c', 56, true],
    ['battery.temperature', '251', 'power.battery-temperature-c', '!garbled', false],
    ['battery.temperature', '-213', 'power.battery-temperature-c', '!garbled', false],
    ['ups.load', '112', 'power.load-percent', 112, true],
    ['ups.load', 'unimplemented?', 'power.load-percent', '!missing', true],
    ['input.voltage', '0.0', 'power.input-voltage-v', '!garbled', false],
    ['input.voltage', '606.62', 'power.input-voltage-v', '!garbled', false],
    ['input.voltage', '121.0', 'power.input-voltage-nominal-v', 120, true],
    ['input.voltage', '244.5', 'power.input-voltage-nominal-v', 240, true],
    ['input.voltage', '5.1', 'power.input-voltage-v', 5.1, true],
  ])('%s %s', (variable, text, name, seen, plausible) => {
    const got = sights({ [variable]: text })
    expect(got.get(name)).toBe(seen)
    expect(got.get('power.plausible')).toBe(plausible)
  })

  it.each([
    [{ 'input.voltage': '188.0', 'input.voltage.nominal': '230' }, 230],
    [{ 'input.voltage': '101.0', 'input.voltage.nominal': '228' }, 100],
    [{ 'input.voltage': '240.0', 'input.voltage.nominal': '112' }, 240],
    [{ 'input.voltage': '101.0', 'input.voltage.nominal': '230', 'ups.status': 'OB' }, 230],
    [{ 'input.voltage': '231.0', 'input.voltage.nominal': '0' }, 230],
    [{ 'input.voltage': '13.8' }, undefined],
  ])('%j should have %s V', (variables, nominal) => {
    expect(sights(variables).get('power.input-voltage-nominal-v')).toBe(nominal)
  })

  it('no variables make it throw, and every value that is told can be', () => {
    const name = fc.constantFrom('ups.status', 'battery.charge', 'battery.runtime', 'battery.temperature', 'input.voltage', 'input.voltage.nominal', 'ups.load', 'ups.test.result', 'device.model')
    const text = fc.oneof(fc.string(), fc.double().map(String), fc.constantFrom('OL', 'OB', 'OL OB', 'WAIT', 'Infinity', '1e9', ' '))
    fc.assert(fc.property(fc.dictionary(name, text), (variables) => {
      const got = sights(variables)
      const percent = got.get('power.battery-percent')
      if (typeof percent === 'number') expect(percent >= 0 && percent <= 100).toBe(true)
    }))
  })
})
