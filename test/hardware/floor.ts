import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type PortDevice, startTcpDevice } from '../../fixtures/standins/port.ts'
import { type Card, cardAt } from './devices/card.ts'
import { type Shop, startDevices } from './devices/remote.ts'
import { boot, type Machine, PROJECT } from './machine.ts'
import { startTill, type Till } from './till.ts'

/** A shop of devices in one emulated machine, and the agent that looks at them. */
export interface Floor {
  machine: Machine
  shop: Shop
  till: Till
  card: Card
  /** The PIN pad at the other end of QEMU's FTDI converter. */
  pad: PortDevice
  /** Plugs one of QEMU's own devices into its port. */
  plug(device: keyof typeof QEMU): Promise<void>
  unplug(device: keyof typeof QEMU): Promise<void>
  /** State of the battery that ACPI tells of. */
  battery(state: { mains: boolean; percent: number }): Promise<void>
  /** Holds a key of the keyboard down, or lets it go. */
  key(down: boolean): Promise<void>
  close(): Promise<void>
}

const MODULES = ['xhci-pci', 'uhid', 'usbhid', 'hid-generic', 'evdev', 'dummy_hcd', 'libcomposite', 'usb_f_printer', 'usb_f_acm', 'usblp', 'cdc_acm', 'ftdi_sio', 'vhci-hcd', 'battery', 'ac', 'sch_prio', 'cls_u32', 'sch_netem', 'virtio_net', 'af_packet']

/** Devices that QEMU itself emulates, each on a port of its own so that it comes back where it was. */
const QEMU = {
  keyboard: [{ driver: 'usb-kbd', id: 'keyboard', bus: 'xhci.0', port: '1' }],
  reader: [{ driver: 'usb-ccid', id: 'reader', bus: 'xhci.0', port: '2' }, { driver: 'ccid-card-passthru', id: 'slot', chardev: 'card', bus: 'reader.0' }],
  pinpad: [{ driver: 'usb-serial', id: 'pinpad', chardev: 'pad', bus: 'xhci.0', port: '3', serial: 'LABPAD01' }],
} as const

const TERMINAL = {
  terminal: { id: 'LAB-01' },
  devices: [
    { id: 'reader-1', kind: 'reader', transport: { type: 'pcsc', reader: 'Gemplus' } },
    { id: 'swipe-1', kind: 'reader', transport: { type: 'hid', vendorId: '0801', productId: '0002' } },
    { id: 'ups-1', kind: 'power', transport: { type: 'hid', vendorId: '051d', productId: '0002', serial: 'LABUPS0001' } },
    { id: 'ups-2', kind: 'power', transport: { type: 'nut', ups: 'lab' } },
    { id: 'pinpad-1', kind: 'pinpad', transport: { type: 'serial', path: '/dev/ttyUSB0' } },
    { id: 'printer-1', kind: 'printer', transport: { type: 'usblp', path: '/dev/usb/lp0' } },
    { id: 'printer-2', kind: 'printer', transport: { type: 'serial', path: '/dev/ttyACM0' } },
    { id: 'keyboard-1', kind: 'keyboard', transport: { type: 'usb', vendorId: '0627', productId: '0001' } },
  ],
  // An emulated processor is always busy, and the root is a small overlay in memory.
  limits: { 'host.cpu-percent': 101, 'host.load-per-core': 1000, 'host.disk-free-mb': 0 },
}
const ATR = Buffer.from('3B8F8001804F0CA000000306030001000000006A', 'hex')

/** NUT's own driver over libusb, and its server. */
const NUT = `export NUT_CONFPATH=/tmp/.guest/nut NUT_STATEPATH=/run/nut
  mkdir -p $NUT_CONFPATH $NUT_STATEPATH; cd $NUT_CONFPATH
  printf 'MODE=standalone\\n' > nut.conf; printf 'LISTEN 127.0.0.1 3493\\n' > upsd.conf; : > upsd.users
  printf 'maxretry = 3\\n[lab]\\n driver = usbhid-ups\\n port = auto\\n serial = LABUPS0002\\n pollinterval = 1\\n pollfreq = 2\\n user = root\\n' > ups.conf
  chmod -R go-rwx .
  (/lib/nut/usbhid-ups -a lab -u root -F > usbhid-ups.log 2>&1 &)
  for i in $(seq 100); do ls $NUT_STATEPATH/usbhid-ups-lab > /dev/null 2>&1 && break; sleep 0.1; done
  (/lib/nut/upsd -F -u root > upsd.log 2>&1 &)`

/** A dialogue of the fixtures, by its path there. */
export const dialogue = (name: string): string => readFileSync(join(PROJECT, 'fixtures/dialogues', `${name}.txt`), 'utf8')

const asArgument = (device: Readonly<Record<string, string>>): string => [device.driver, ...Object.entries(device).filter(([name]) => name !== 'driver').map(([name, value]) => `${name}=${value}`)].join(',')

/** Boots the machine, plugs everything in and starts the agent. */
export const openFloor = async (): Promise<Floor> => {
  const pad = await startTcpDevice(dialogue('pinpad/ready'))
  const machine = await boot({
    ports: ['shop'], modules: MODULES,
    devices: (socket) => [
      '-device', 'qemu-xhci,id=xhci', '-chardev', `socket,id=card,path=${socket('card')},server=on,wait=off`, '-chardev', `socket,id=pad,host=127.0.0.1,port=${pad.port},reconnect=1`,
      ...Object.values(QEMU).flat().flatMap((device) => ['-device', asArgument(device)]),
      '-acpitable', `file=${PROJECT}/.cache/hardware/battery.aml`, '-chardev', 'null,id=scratch', '-device', 'isa-serial,index=1,chardev=scratch',
      '-netdev', 'user,id=net,restrict=on', '-device', 'virtio-net-pci,netdev=net,id=nic,romfile=',
    ],
  })
  const monitor = async (line: string): Promise<void> => void (await machine.qmp('human-monitor-command', { 'command-line': line }))
  // The scratch register of the second serial port is what the battery's ACPI methods read.
  const battery: Floor['battery'] = ({ mains, percent }) => monitor(`o /b 0x2ff ${(mains ? 0x80 : 0) + percent}`)
  await battery({ mains: true, percent: 100 })
  await machine.run(`/lib/systemd/systemd-udevd --daemon; udevadm trigger --subsystem-match=tty --subsystem-match=usb --subsystem-match=input --subsystem-match=hidraw; udevadm settle
    ip link set eth0 up; ip addr add 10.0.2.15/24 dev eth0; ip route add default via 10.0.2.2
    mkdir -p /run/pcscd; (pcscd -f > /tmp/.guest/pcscd.log 2>&1 &)`)
  const shop = await startDevices(machine)
  await shop({ do: 'plug-hid', device: 'nut-ups', bus: 'usb', serial: 'LABUPS0002' })
  await machine.run(NUT)
  await shop({ do: 'plug-gadget', device: 'printer', dialogue: dialogue('printer/healthy-tm-t88vi') })
  await shop({ do: 'plug-gadget', device: 'kitchen', dialogue: dialogue('printer/healthy-tm-t88vi') })
  await shop({ do: 'plug-hid', device: 'swipe', bus: 'usb', serial: 'B123456' })
  await shop({ do: 'plug-hid', device: 'ups', bus: 'uhid', serial: 'LABUPS0001' })
  const card = await cardAt(machine.socket('card'), ATR, () => Buffer.from('6A82', 'hex'))
  const till = await startTill(machine, shop, TERMINAL)
  return {
    machine, shop, till, card, pad, battery,
    plug: async (device) => {
      for (const part of QEMU[device]) await machine.qmp('device_add', part)
      if (device === 'reader') card.slot()
    },
    unplug: async (device) => void (await machine.qmp('device_del', { id: QEMU[device][0].id })),
    key: async (down) => void (await machine.qmp('input-send-event', { events: [{ type: 'key', data: { down, key: { type: 'qcode', data: 'a' } } }] })),
    close: async () => {
      await machine.cutPower()
      await pad.stop()
    },
  }
}
