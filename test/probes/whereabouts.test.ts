import { expect, it } from 'vitest'
import { withWhereabouts } from '../../probes/whereabouts.ts'
import { type Probe, saw } from '../../src/model/probe.ts'
import { playTo } from './play.ts'

const bare: Probe = { kind: 'scanner', touch: 'listens', isolate: false, deadlineMs: 1000, observes: { 'scanner.present': 'true' }, limits: {}, symptoms: [], async *observe() { yield saw('scanner.present', true) } }
const probe = withWhereabouts(bare)

const usb = (path: string, serial: string): string => `? files.read ["/sys/bus/usb/devices/${path}/idVendor"]
= "0c2e\\n"
? files.read ["/sys/bus/usb/devices/${path}/idProduct"]
= "0b61\\n"
? files.read ["/sys/bus/usb/devices/${path}/bcdDevice"]
= "0117\\n"
? files.read ["/sys/bus/usb/devices/${path}/serial"]
= "${serial}\\n"
`
const ONE = `? files.list ["/sys/bus/usb/devices"]\n= ["1-0:1.0","1-1","1-1.4","1-1.4:1.0","usb1"]\n${usb('1-1.4', 'S1')}`
const TWO = `? files.list ["/sys/bus/usb/devices"]\n= ["1-1.3","1-1.4"]\n${usb('1-1.3', 'S1')}${usb('1-1.4', 'S2')}`
const SERIAL = `? files.link ["/dev/serial/by-id/usb-X-if00"]\n= "/dev/ttyACM3"\n? files.link ["/sys/class/tty/ttyACM3/device"]\n= "/sys/devices/pci0000:00/usb1/1-1/1-1.4/1-1.4:1.0"\n${usb('1-1.4', 'S1')}`

const look = async (dialogue: string, transport: object, settings: object = { whereabouts: true }) => (await playTo(probe, dialogue, { transport, settings })).seen
const USB = { type: 'usb', vendorId: '0c2e', productId: '0b61' }
const HERE = { 'scanner.present': true, 'scanner.usb-path': '1-1.4', 'scanner.usb-id': '0c2e:0b61', 'scanner.usb-release': '0117', 'scanner.serial': 'S1' }

it('says where on USB a device hangs, however it is reached', async () => {
  expect(await look(ONE, USB)).toEqual(HERE)
  expect(await look(ONE, { ...USB, type: 'hid' })).toEqual(HERE)
  expect(await look(SERIAL, { type: 'serial', path: '/dev/serial/by-id/usb-X-if00' })).toEqual(HERE)
})

it('tells two alike by their serial numbers, or not at all', async () => {
  expect(await look(TWO, USB)).toEqual({ 'scanner.present': true })
  expect(await look(TWO, { ...USB, serial: 'S2' })).toMatchObject({ 'scanner.usb-path': '1-1.4', 'scanner.serial': 'S2' })
})

it('says nothing of what is not on USB, and nothing in a round', async () => {
  for (const transport of [{ type: 'serial', path: '/dev/ttyS0' }, { type: 'tcp', host: '192.0.2.1', port: 9100 }, { type: 'host' }]) expect(await look(ONE, transport)).toEqual({ 'scanner.present': true })
  expect(await look(ONE, USB, {})).toEqual({ 'scanner.present': true })
})

it('does not say again what the probe has said', async () => {
  const talkative = withWhereabouts({ ...bare, observes: { ...bare.observes, 'scanner.serial': 'its own' }, async *observe() { yield saw('scanner.serial', 'OWN') } })
  expect((await playTo(talkative, ONE, { transport: USB, settings: { whereabouts: true } })).seen).toMatchObject({ 'scanner.serial': 'OWN', 'scanner.usb-path': '1-1.4' })
})
