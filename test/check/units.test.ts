import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { derive } from '../../src/check/derive.ts'
import { compareUnits, unitsOf } from '../../src/check/units.ts'
import { fitted } from '../../src/model/fitted.ts'
import type { Inspection, Unit } from '../../src/model/inspection.ts'
import type { Observation } from '../../src/model/observation.ts'
import { TerminalFile } from '../../src/model/terminal.ts'

const READER: Unit = { serial: 'R1', firmware: '1.07', product: 'Reader', usbId: '0801:0011', usbPath: '1-1.2' }
const NOW = Date.UTC(2026, 5, 1)
const DAY_MS = 86_400_000

describe('a unit held against the one inspected', () => {
  it.each<[string, Unit, Unit, string]>([
    ['nothing changed', READER, READER, 'same'],
    ['another port', READER, { ...READER, usbPath: '1-3' }, 'moved'],
    ['other firmware', READER, { ...READER, firmware: '1.08' }, 'updated'],
    ['another serial number at the same port', READER, { ...READER, serial: 'R2' }, 'swapped'],
    ['another serial number at another port', READER, { ...READER, serial: 'R2', usbPath: '1-3' }, 'swapped'],
    ['another product with the same serial number', READER, { ...READER, usbId: '0801:0002' }, 'swapped'],
    ['no serial number then, another model now', { product: 'A', usbPath: '1-1' }, { product: 'B', usbPath: '1-1' }, 'swapped'],
    ['no serial number, same model, same port', { product: 'A', usbPath: '1-1' }, { product: 'A', usbPath: '1-1' }, 'same'],
    ['no serial number, same model, another port', { product: 'A', usbPath: '1-1' }, { product: 'A', usbPath: '1-2' }, 'untold'],
    ['a serial number that is not told this time', READER, { product: 'Reader', usbId: '0801:0011', usbPath: '1-1.2' }, 'untold'],
    ['nothing known', {}, {}, 'untold'],
  ])('%s', (_, before, now, change) => {
    expect(compareUnits(before, now)).toBe(change)
  })

  it('the same serial number and model are never swapped, another serial number always is', () => {
    const other = fc.record({ firmware: fc.string(), usbPath: fc.constantFrom('1-1', '1-2', '2-1.4') }, { requiredKeys: [] })
    fc.assert(fc.property(other, other, (a, b) => {
      expect(['same', 'moved', 'updated']).toContain(compareUnits({ serial: 'X', ...a }, { serial: 'X', ...b }))
      expect(compareUnits({ serial: 'X', ...a }, { serial: 'Y', ...b })).toBe('swapped')
    }))
  })
})

const terminal = TerminalFile.parse({
  terminal: { id: 'T-1' },
  devices: [
    { id: 'reader-1', kind: 'reader', transport: { type: 'usb', vendorId: '0801' } },
    { id: 'printer-1', kind: 'printer', transport: { type: 'usblp', path: '/dev/usb/lp0' } },
    { id: 'drawer-1', kind: 'drawer', transport: { type: 'host' }, settings: { printer: 'printer-1' } },
    { id: 'drawer-2', kind: 'drawer', transport: { type: 'host' } },
  ],
})
const devices = fitted(terminal)
const saw = (device: string, name: string, value: string | boolean): Observation => ({ device, name, value, at: NOW, source: 'passive' })
const derived = (observations: Observation[], inspection?: Inspection) => derive(devices, observations, { now: NOW, ...(inspection ? { inspection } : {}) })
const values = (observations: Observation[]) => Object.fromEntries(observations.map((o) => [`${o.device} ${o.name}`, 'value' in o ? o.value : undefined]))

describe('the units of a terminal', () => {
  it('are known by what they say and where they hang', () => {
    expect(unitsOf(devices, [saw('reader-1', 'reader.serial', 'R1'), saw('reader-1', 'reader.usb-path', '1-1.2'), saw('printer-1', 'printer.model', 'TM-T88VI'), saw('printer-1', 'printer.usb-release', '0100')]))
      .toEqual({ 'reader-1': { serial: 'R1', usbPath: '1-1.2' }, 'printer-1': { product: 'TM-T88VI', firmware: '0100' } })
  })

  it.each(['0000000000', '123456789', 'N/A', 'Serial Number', 'FFFFFFFF', ' '])('"%s" is no serial number', (serial) => {
    expect(unitsOf(devices, [saw('reader-1', 'reader.serial', serial)])).toEqual({})
  })

  it('a swapped reader, a swapped printer and a moved one are told apart', () => {
    const inspection: Inspection = { at: NOW - 40 * DAY_MS, by: 'Li Na', units: { 'reader-1': READER, 'printer-1': { serial: 'P1', usbPath: '1-1.3' } } }
    const reader = [saw('reader-1', 'reader.serial', 'R9')]
    const moved = [saw('printer-1', 'printer.serial', 'P1'), saw('printer-1', 'printer.usb-path', '1-4')]
    expect(values(derived([...reader, ...moved], inspection))).toEqual({
      'configuration configuration.inspected-days-ago': 40, 'configuration configuration.payment-units-swapped': 'reader-1', 'configuration configuration.units-swapped': '',
      'configuration configuration.units-moved': 'printer-1', 'configuration configuration.units-updated': '',
    })
    expect(values(derived([saw('printer-1', 'printer.serial', 'P2')], inspection))).toMatchObject({ 'configuration configuration.units-swapped': 'printer-1' })
  })

  it('of units that could not be looked at nothing is said', () => {
    const inspection: Inspection = { at: NOW, by: 'Li Na', units: { 'reader-1': READER } }
    expect(values(derived([], inspection))).toEqual({ 'configuration configuration.inspected-days-ago': 0 })
    expect(derived([saw('reader-1', 'reader.serial', 'R9')])).toEqual([])
  })
})

it('of a drawer what its printer saw of it is said', () => {
  const level = [saw('printer-1', 'printer.drawer-pin-high', true), saw('printer-1', 'printer.drawer-open', false)]
  expect(values(derived(level))).toEqual({ 'drawer-1 drawer.pin-high': true, 'drawer-1 drawer.open': false })
  expect(derived([{ device: 'printer-1', name: 'printer.drawer-open', at: NOW, source: 'live', absent: 'silent', detail: 'x' }])).toMatchObject([{ device: 'drawer-1', name: 'drawer.open', absent: 'silent' }])
})
