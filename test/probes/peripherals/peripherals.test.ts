import { describe, expect, it } from 'vitest'
import { display } from '../../../probes/display/probe.ts'
import { drawer } from '../../../probes/drawer/probe.ts'
import { parseInputDevices } from '../../../probes/input-devices.ts'
import { keyboard } from '../../../probes/keyboard/probe.ts'
import { scanner } from '../../../probes/scanner/probe.ts'
import { device, lookAtDialogue } from '../looking.ts'

const USB = { type: 'usb', vendorId: '0c2e', productId: '0b61' }
const HID = { type: 'hid', vendorId: '0c2e', productId: '0b61' }
const BY_ID = { type: 'serial', path: '/dev/serial/by-id/usb-Datalogic_Scanner_A1-if00-port0' }

describe('a scanner', () => {
  it.each([
    ['usb-present', USB, true, []],
    ['usb-present', { ...USB, serial: 'S123' }, true, []],
    ['usb-present', { type: 'usb', vendorId: '0c2e' }, true, []],
    ['usb-gone', USB, '!missing', ['scanner.missing']],
    ['usb-other-unit', { ...USB, serial: 'S123' }, '!missing', ['scanner.missing']],
    ['hid-present', { ...HID, serial: 'S123' }, true, []],
    ['hid-without-driver', HID, true, []],
    ['usb-gone', HID, '!missing', ['scanner.missing']],
    ['serial-present', BY_ID, true, []],
    ['serial-stale-link', BY_ID, '!missing', ['scanner.missing']],
    ['serial-phantom', { type: 'serial', path: '/dev/ttyS3' }, '!missing', ['scanner.missing']],
    ['no-usb', USB, '!blocked', []],
    ['no-usb', { type: 'host' }, '!blocked', []],
    ['no-usb', { type: 'tcp', host: '192.0.2.1', port: 9100 }, '!blocked', []],
  ])('%s over %o is %s', async (dialogue, transport, seenAs, symptoms) => {
    const { run, seen, present, unknown } = await lookAtDialogue(`scanner/${dialogue}`, scanner, device('scanner', transport))
    expect(run.outcome).toBe('done')
    expect(seen['scanner.present']).toBe(seenAs)
    expect(present).toEqual(symptoms)
    expect(unknown.includes('scanner.missing')).toBe(seenAs === '!blocked')
  })

  it('tells what it is', async () => {
    const overUsb = await lookAtDialogue('scanner/usb-present', scanner, device('scanner', USB))
    expect(overUsb.seen).toEqual({ 'scanner.present': true, 'scanner.product': 'Barcode Scanner', 'scanner.serial': 'S123' })
    const overHid = await lookAtDialogue('scanner/hid-present', scanner, device('scanner', HID))
    expect(overHid.seen).toEqual({ 'scanner.present': true, 'scanner.product': 'Honeywell Barcode Scanner', 'scanner.serial': 'S123' })
  })

  it('names the unit that is there instead', async () => {
    const { observations } = await lookAtDialogue('scanner/usb-other-unit', scanner, device('scanner', { ...USB, serial: 'S123' }))
    expect(observations).toMatchObject([{ absent: 'missing', detail: expect.stringContaining('S999') }])
  })
})

describe('a keyboard', () => {
  it.each([
    ['present', {}, true, []],
    ['present', { name: 'egalax' }, true, []],
    ['present', { name: 'PinPad' }, '!missing', ['keyboard.missing']],
    ['only-power-button', {}, '!missing', ['keyboard.missing']],
  ])('%s with %o', async (dialogue, settings, seenAs, symptoms) => {
    const { seen, present } = await lookAtDialogue(`keyboard/${dialogue}`, keyboard, device('keyboard', { type: 'host' }, settings))
    expect(seen['keyboard.present']).toBe(seenAs)
    expect(present).toEqual(symptoms)
  })

  it('is not missing where the host lists no input devices', async () => {
    const { seen, present } = await lookAtDialogue('scanner/no-usb', keyboard, device('keyboard'))
    expect(seen).toEqual({ 'keyboard.present': '!blocked' })
    expect(present).toEqual([])
  })

  it('is told from a power button, which also hands keys to the console', () => {
    const block = (events: string) => `N: Name="X"\nU: Uniq=\nH: Handlers=kbd event0 \nB: EV=${events}\n`
    expect(parseInputDevices(`${block('3')}\n${block('120013')}\n`).map((d) => d.types)).toEqual([false, true])
  })
})

describe('a display', () => {
  it.each([
    ['connected', {}, { 'display.present': true, 'display.connected': true }, []],
    ['connected', { connector: 'VGA-1' }, { 'display.present': '!missing', 'display.connected': false }, ['display.missing']],
    ['connected', { connector: 'DP-9' }, { 'display.present': '!blocked', 'display.connected': '!blocked' }, []],
    ['unplugged', {}, { 'display.present': '!missing', 'display.connected': false }, ['display.missing']],
    ['undecided', {}, { 'display.present': '!blocked', 'display.connected': '!blocked' }, []],
  ])('%s with %o', async (dialogue, settings, expected, symptoms) => {
    const { seen, present } = await lookAtDialogue(`display/${dialogue}`, display, device('display', { type: 'host' }, settings))
    expect(seen).toEqual(expected)
    expect(present).toEqual(symptoms)
  })
})

describe('a cash drawer', () => {
  const TRIGGER = { type: 'usb', vendorId: '1cbe', productId: '0003' }

  it.each([
    ['trigger-present', TRIGGER, true, []],
    ['trigger-gone', TRIGGER, '!missing', ['drawer.missing']],
    ['trigger-gone', { type: 'host' }, '!not-fitted', []],
  ])('%s over %o is %s', async (dialogue, transport, seenAs, symptoms) => {
    const { seen, present } = await lookAtDialogue(`drawer/${dialogue}`, drawer, device('drawer', transport, { printer: 'printer-1' }))
    expect(seen['drawer.present']).toBe(seenAs)
    expect(present).toEqual(symptoms)
  })
})
