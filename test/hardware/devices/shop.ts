// Runs inside the guest: the devices of a shop, plugged into this kernel, moved by requests on the virtio port `lab.shop`.
import { execFileSync } from 'node:child_process'
import { constants, existsSync, readdirSync, readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { type Chat, chatOn } from './chat.ts'
import { askDesk } from './desk.ts'
import { gadget } from './gadget.ts'
import type { ShopRequest, UpsName } from './remote.ts'
import { type HidUnit, type PluggedHid, plugHid } from './uhid.ts'
import { swipeReader, type UpsState, ups, upsReport } from './units.ts'
import { type PluggedUsb, plugUsb } from './usbip.ts'

const POLL_MS = 5
const APPEAR_MS = 10_000

const appeared = async (path: string): Promise<void> => {
  const until = performance.now() + APPEAR_MS
  while (!existsSync(path)) {
    if (performance.now() > until) throw new Error(`${path} did not appear`)
    await pause(POLL_MS)
  }
}

const GADGETS = {
  printer: {
    unit: gadget.bind(null, 'printer', 0, { is: 'printer', vendor: '0x04b8', product: '0x0202', maker: 'EPSON', model: 'TM-T88V', serial: 'LAB0000001', deviceId: 'MFG:EPSON;CMD:ESC/POS;MDL:TM-T88V;CLS:PRINTER;DES:EPSON TM-T88V;' }),
    deviceSide: '/dev/g_printer0',
    hostSide: '/dev/usb/lp0',
  },
  kitchen: {
    unit: gadget.bind(null, 'kitchen', 1, { is: 'acm', vendor: '0x0525', product: '0xa4a7', maker: 'Lab', model: 'Serial printer', serial: 'LAB0000002' }),
    deviceSide: '/dev/ttyGS0',
    hostSide: '/dev/ttyACM0',
  },
} as const
type GadgetName = keyof typeof GADGETS

const chats = new Map<GadgetName, Chat>()
const hids = new Map<string, PluggedHid | PluggedUsb>()
const WELL: UpsState = { mains: true, chargePercent: 97, secondsLeft: 1800 }
const upsStates: Record<UpsName, UpsState> = { ups: WELL, 'nut-ups': WELL }

/** The device's end is held open from now on, which raises DSR and DCD on a serial line. */
const switchOn = async (name: GadgetName, dialogue: string): Promise<void> => {
  const { deviceSide } = GADGETS[name]
  if (deviceSide.includes('tty')) execFileSync('stty', ['-F', deviceSide, 'raw', '-echo'])
  chats.set(name, await chatOn(deviceSide, dialogue))
}

const switchOff = async (name: GadgetName): Promise<void> => {
  await chats.get(name)?.end()
  chats.delete(name)
}

const startGadget = async (name: GadgetName, dialogue: string): Promise<void> => {
  const { unit, deviceSide, hostSide } = GADGETS[name]
  unit().plug()
  await Promise.all([appeared(deviceSide), appeared(hostSide)])
  await switchOn(name, dialogue)
}

const stopGadget = async (name: GadgetName): Promise<void> => {
  await switchOff(name)
  GADGETS[name].unit().unplug()
}

const unitOf = (device: UpsName | 'swipe', serial: string): HidUnit => (device === 'swipe' ? swipeReader(serial) : ups(serial, () => upsStates[device]))

/** Does what is asked; resolves with the desk's answer where that was asked for. */
const obey = async (request: ShopRequest): Promise<string | undefined> => (request.do === 'desk' ? askDesk(request) : void (await move(request)))

const move = async (request: Exclude<ShopRequest, { do: 'desk' }>): Promise<void> => {
  switch (request.do) {
    case 'plug-gadget': return startGadget(request.device, request.dialogue)
    case 'unplug-gadget': return stopGadget(request.device)
    case 'switch-on': return switchOn(request.device, request.dialogue)
    case 'switch-off': return switchOff(request.device)
    case 'play': {
      const chat = chats.get(request.device)
      if (!chat) throw new Error(`${request.device} is not plugged in`)
      return chat.play(request.dialogue)
    }
    case 'plug-hid': {
      const unit = unitOf(request.device, request.serial)
      hids.set(request.device, request.bus === 'usb' ? await plugUsb(unit) : await plugHid(unit))
      return
    }
    case 'unplug-hid': {
      await hids.get(request.device)?.unplug()
      hids.delete(request.device)
      return
    }
    case 'ups': {
      upsStates[request.device] = request.state
      for (const id of [1, 2, 3]) await hids.get(request.device)?.input(upsReport(id, request.state) ?? new Uint8Array())
    }
  }
}

const ports = '/sys/class/virtio-ports'
const port = readdirSync(ports).find((name) => readFileSync(`${ports}/${name}/name`, 'utf8').trim() === 'lab.shop')
if (port === undefined) throw new Error('no virtio port lab.shop')
const file = await open(`/dev/${port}`, constants.O_RDWR | constants.O_NONBLOCK)

/** Writes a line; the port takes a part of a long one at a time. */
const say = async (value: object): Promise<void> => {
  let left = Buffer.from(`${JSON.stringify(value)}\n`)
  while (left.length > 0) {
    const { bytesWritten } = await file.write(left).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EAGAIN') return { bytesWritten: 0 }
      throw error
    })
    left = left.subarray(bytesWritten)
    if (left.length > 0) await pause(POLL_MS)
  }
}

await say({ n: 0 })
const buffer = Buffer.alloc(65_536)
let rest = ''
for (;;) {
  const { bytesRead } = await file.read(buffer, 0, buffer.length, null).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EAGAIN') return { bytesRead: 0 }
    throw error
  })
  if (bytesRead === 0) {
    await pause(POLL_MS)
    continue
  }
  const parts = (rest + buffer.toString('utf8', 0, bytesRead)).split('\n')
  rest = parts.pop() ?? ''
  for (const line of parts) {
    const { n, ...request } = JSON.parse(line) as { n: number } & ShopRequest
    await say({ n, ...await obey(request).then((text) => ({ text }), (error: Error) => ({ failed: error.message })) })
  }
}
