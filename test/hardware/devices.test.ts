import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DeviceKind } from '../../src/model/device.ts'
import type { Report } from '../../src/model/report.ts'
import { bundlePrograms } from './bundle.ts'
import { type Card, cardAt } from './devices/card.ts'
import { type ShopRequest, startDevices } from './devices/remote.ts'
import { boot, type Machine, PROJECT } from './machine.ts'
import { startTill, type Till } from './till.ts'

const MODULES = ['xhci-pci', 'uhid', 'usbhid', 'hid-generic', 'evdev', 'dummy_hcd', 'libcomposite', 'usb_f_printer', 'usb_f_acm', 'usblp', 'cdc_acm', 'vhci-hcd', 'battery', 'ac', 'sch_netem', 'virtio_net', 'af_packet']
const TERMINAL = {
  terminal: { id: 'LAB-01' },
  devices: [
    { id: 'reader-1', kind: 'reader', transport: { type: 'pcsc', reader: 'Gemplus' } },
    { id: 'swipe-1', kind: 'reader', transport: { type: 'hid', vendorId: '0801', productId: '0002' } },
    { id: 'ups-1', kind: 'power', transport: { type: 'hid', vendorId: '051d', productId: '0002' } },
    { id: 'pinpad-1', kind: 'pinpad', transport: { type: 'serial', path: '/dev/ttyACM0' } },
    { id: 'printer-1', kind: 'printer', transport: { type: 'usblp', path: '/dev/usb/lp0' } },
  ],
  // An emulated processor is always busy, and the root is a small overlay in memory.
  limits: { 'host.cpu-percent': 101, 'host.load-per-core': 1000, 'host.disk-free-mb': 0 },
}
const ATR = Buffer.from('3B8F8001804F0CA000000306030001000000006A', 'hex')

const dialogue = (name: string): string => readFileSync(join(PROJECT, 'fixtures/dialogues', `${name}.txt`), 'utf8')
/** Faults found on a device; one check carries over what the others were like. */
const found = (report: Report, device: string): string[] => report.check.diagnosis.verdicts.filter((v) => v.verdict === 'found' && v.device === device).map((v) => v.fault)
const seen = (report: Report, device: string, name: string): unknown => {
  const one = report.check.observations.find((o) => o.device === device && o.name === name)
  return one && ('absent' in one ? one.absent : one.value)
}

let machine: Machine
let shop: (request: ShopRequest) => Promise<void>
let till: Till
let card: Card
const times: { what: string; ms: number }[] = []

beforeAll(async () => {
  await bundlePrograms({ shop: 'devices/shop.ts' })
  machine = await boot({
    ports: ['shop'], modules: MODULES,
    devices: (socket) => [
      '-device', 'qemu-xhci,id=xhci', '-device', 'usb-kbd,id=kbd,bus=xhci.0',
      '-chardev', `socket,id=card,path=${socket('card')},server=on,wait=off`, '-device', 'usb-ccid,id=ccid,bus=xhci.0', '-device', 'ccid-card-passthru,chardev=card,bus=ccid.0',
      '-acpitable', `file=${PROJECT}/.cache/hardware/battery.aml`, '-chardev', 'null,id=scratch', '-device', 'isa-serial,index=1,chardev=scratch',
      '-netdev', 'user,id=net,restrict=on', '-device', 'virtio-net-pci,netdev=net,id=nic,romfile=',
    ],
  })
  await machine.run(`/lib/systemd/systemd-udevd --daemon; udevadm trigger --subsystem-match=tty --subsystem-match=usb --subsystem-match=input --subsystem-match=hidraw; udevadm settle
    ip link set eth0 up; ip addr add 10.0.2.15/24 dev eth0; ip route add default via 10.0.2.2
    mkdir -p /run/pcscd; (pcscd -f > /tmp/.guest/pcscd.log 2>&1 &)`)
  await battery({ mains: true, percent: 100 })
  shop = await startDevices(machine)
  await shop({ do: 'plug-gadget', device: 'printer', dialogue: dialogue('printer/healthy-tm-t88vi') })
  await shop({ do: 'plug-gadget', device: 'pinpad', dialogue: dialogue('pinpad/ready') })
  await shop({ do: 'plug-hid', device: 'swipe', bus: 'usb', serial: 'B123456' })
  await shop({ do: 'plug-hid', device: 'ups', bus: 'uhid', serial: 'LABUPS0001' })
  card = await cardAt(machine.socket('card'), ATR, () => Buffer.from('6A82', 'hex'))
  till = await startTill(machine, TERMINAL)
})
afterAll(async () => {
  for (const { what, ms } of times) console.log(`${String(ms).padStart(6)} ms  ${what}`)
  await machine?.cutPower()
})

/** The scratch register of the second serial port is what the battery's ACPI methods read. */
const battery = (state: { mains: boolean; percent: number }): Promise<unknown> =>
  machine.qmp('human-monitor-command', { 'command-line': `o /b 0x2ff ${(state.mains ? 0x80 : 0) + state.percent}` })

const MOST_LOOKS = 5

/** A check of one kind, timed from now to the report. An emulated processor may be too slow for a probe's deadline: a look that ended late says so, and is taken again. */
const look = async (what: string, kind: DeviceKind): Promise<Report> => {
  const since = performance.now()
  for (let count = 1; ; count++) {
    const report = await till.check(kind)
    const late = report.check.runs.filter((r) => r.kind === kind && r.outcome !== 'done')
    if (late.length === 0) {
      times.push({ what, ms: Math.round(performance.now() - since) })
      return report
    }
    if (count === MOST_LOOKS) throw new Error(`no look at a ${kind} ended in time: ${JSON.stringify(late)}`)
  }
}

describe('a printer on the kernel\'s own usblp', () => {
  it('healthy: every status read, nothing found', async () => {
    const report = await look('printer healthy', 'printer')
    expect(found(report, 'printer-1')).toEqual([])
    expect(seen(report, 'printer-1', 'printer.serial')).toBe('X3BK000123')
  })
  it('paper out', async () => {
    await shop({ do: 'play', device: 'printer', dialogue: dialogue('printer/paper-out') })
    expect(found(await look('paper out', 'printer'), 'printer-1')).toEqual(['PRN-PAPER-OUT'])
  })
  it('unplugged, and told as unplugged', async () => {
    await shop({ do: 'unplug-gadget', device: 'printer' })
    const report = await look('printer unplugged', 'printer')
    expect(seen(report, 'printer-1', 'printer.port')).toBe('missing')
    expect(found(report, 'printer-1')).toEqual(['PRN-OFFLINE'])
  })
  it('plugged in again: the same unit, healthy', async () => {
    await shop({ do: 'plug-gadget', device: 'printer', dialogue: dialogue('printer/healthy-tm-t88vi') })
    const report = await look('printer plugged in again', 'printer')
    expect(found(report, 'printer-1')).toEqual([])
    expect(seen(report, 'printer-1', 'printer.serial')).toBe('X3BK000123')
  })
})

describe('a PIN pad on the kernel\'s own cdc_acm', () => {
  it('ready, then mute, then unplugged, then back', async () => {
    expect(found(await look('PIN pad ready', 'pinpad'), 'pinpad-1')).toEqual([])
    await shop({ do: 'play', device: 'pinpad', dialogue: dialogue('pinpad/silent') })
    expect(found(await look('PIN pad mute', 'pinpad'), 'pinpad-1')).toEqual(['PED-OFFLINE'])
    await shop({ do: 'unplug-gadget', device: 'pinpad' })
    const report = await look('PIN pad unplugged', 'pinpad')
    expect(seen(report, 'pinpad-1', 'pinpad.port')).toBe('missing')
    await shop({ do: 'plug-gadget', device: 'pinpad', dialogue: dialogue('pinpad/ready') })
    expect(found(await look('PIN pad back', 'pinpad'), 'pinpad-1')).toEqual([])
  })
})

describe('a smart card reader of QEMU behind pcscd and libccid', () => {
  it('empty, card in, card out, reader unplugged', async () => {
    const empty = await look('card reader empty', 'reader')
    expect(seen(empty, 'reader-1', 'reader.slot')).toBe('none')
    expect(found(empty, 'reader-1')).toEqual([])
    card.insert()
    expect(seen(await look('card in', 'reader'), 'reader-1', 'reader.slot')).toBe('present')
    card.remove()
    expect(seen(await look('card out', 'reader'), 'reader-1', 'reader.slot')).toBe('none')
    await machine.qmp('device_del', { id: 'ccid' })
    const gone = await look('card reader unplugged', 'reader')
    expect(seen(gone, 'reader-1', 'reader.port')).toBe('missing')
    expect(found(gone, 'reader-1')).toEqual(['CRD-READER-OFFLINE'])
  })
})

describe('a magnetic reader on the USB bus', () => {
  it('is recognised by its own serial number, missed when unplugged, and known again', async () => {
    expect(seen(await look('swipe reader present', 'reader'), 'swipe-1', 'reader.serial')).toBe('B123456')
    await shop({ do: 'unplug-hid', device: 'swipe' })
    const report = await look('swipe reader unplugged', 'reader')
    expect(seen(report, 'swipe-1', 'reader.port')).toBe('missing')
    expect(found(report, 'swipe-1')).toContain('CRD-READER-OFFLINE')
    await shop({ do: 'plug-hid', device: 'swipe', bus: 'usb', serial: 'B123456' })
    expect(seen(await look('swipe reader back', 'reader'), 'swipe-1', 'reader.serial')).toBe('B123456')
  })
})

describe('a UPS over USB HID', () => {
  it('on line, on battery, nearly empty, unplugged (which is no power cut), and known again', async () => {
    const well = await look('UPS on line', 'power')
    expect(found(well, 'ups-1')).toEqual([])
    expect(seen(well, 'ups-1', 'power.battery-percent')).toBe(97)
    await shop({ do: 'ups', state: { mains: false, chargePercent: 60, secondsLeft: 900 } })
    expect(found(await look('UPS on battery', 'power'), 'ups-1')).toEqual(['PWR-AC-LOST'])
    await shop({ do: 'ups', state: { mains: false, chargePercent: 5, secondsLeft: 60 } })
    expect(found(await look('UPS nearly empty', 'power'), 'ups-1')).toEqual(expect.arrayContaining(['PWR-AC-LOST', 'PWR-BATTERY-LOW']))
    await shop({ do: 'ups', state: { mains: true, chargePercent: 97, secondsLeft: 1800 } })
    await shop({ do: 'unplug-hid', device: 'ups' })
    const gone = await look('UPS unplugged', 'power')
    expect(seen(gone, 'ups-1', 'power.ups-contact')).toBe('missing')
    expect(found(gone, 'ups-1')).not.toContain('PWR-AC-LOST')
    await shop({ do: 'plug-hid', device: 'ups', bus: 'uhid', serial: 'LABUPS0001' })
    expect(found(await look('UPS back', 'power'), 'ups-1')).toEqual([])
  })
})

describe('an ACPI battery', () => {
  it('on mains, on battery, nearly empty, on mains again', async () => {
    expect(found(await look('on', 'power'), 'mains')).toEqual([])
    await battery({ mains: false, percent: 43 })
    expect(found(await look('on battery', 'power'), 'mains')).toEqual(['PWR-AC-LOST'])
    await battery({ mains: false, percent: 4 })
    expect(found(await look('battery nearly empty', 'power'), 'mains')).toEqual(expect.arrayContaining(['PWR-AC-LOST', 'PWR-BATTERY-LOW']))
    await battery({ mains: true, percent: 80 })
    expect(found(await look('on mains again', 'power'), 'mains')).toEqual([])
  })
})

describe('a network card', () => {
  it('up, its cable pulled, put back', async () => {
    expect(found(await look('link up', 'network'), 'link-1')).toEqual([])
    await machine.qmp('set_link', { name: 'nic', up: false })
    expect(found(await look('cable pulled', 'network'), 'link-1')).toEqual(['NET-LINK-DOWN'])
    await machine.qmp('set_link', { name: 'nic', up: true })
    expect(found(await look('cable back', 'network'), 'link-1')).toEqual([])
  })
  it('loses every second packet, and is well again', async () => {
    await machine.run('tc qdisc add dev eth0 root netem loss 60%')
    // Without this the test would pass on a link that loses nothing.
    expect((await machine.run('tc qdisc show dev eth0')).output).toContain('loss 60%')
    expect(found(await look('packets lost', 'network'), 'link-1')).toEqual(['NET-UNSTABLE'])
    await machine.run('tc qdisc del dev eth0 root')
    expect(found(await look('no packets lost', 'network'), 'link-1')).toEqual([])
  })
})

describe('the agent by itself', () => {
  it('looked when devices came and went', async () => {
    expect(await till.triggers()).toContain('device')
  })
})
