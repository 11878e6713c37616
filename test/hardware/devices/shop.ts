// Runs inside the guest: the devices of a shop, plugged into this kernel, moved by requests on the virtio port `lab.shop`.
import { execFileSync } from 'node:child_process'
import { constants, existsSync, readdirSync, readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { type Chat, chatOn } from './chat.ts'
import { gadget } from './gadget.ts'
import type { ShopRequest } from './remote.ts'
import { type PluggedHid, plugHid } from './uhid.ts'
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
  pinpad: {
    unit: gadget.bind(null, 'pinpad', 1, { is: 'acm', vendor: '0x0525', product: '0xa4a7', maker: 'Lab', model: 'PIN pad', serial: 'LAB0000002' }),
    deviceSide: '/dev/ttyGS0',
    hostSide: '/dev/ttyACM0',
  },
} as const
type GadgetName = keyof typeof GADGETS

const chats = new Map<GadgetName, Chat>()
const hids = new Map<string, PluggedHid | PluggedUsb>()
let upsState: UpsState = { mains: true, chargePercent: 97, secondsLeft: 1800 }

const startGadget = async (name: GadgetName, dialogue: string): Promise<void> => {
  const { unit, deviceSide, hostSide } = GADGETS[name]
  unit().plug()
  await Promise.all([appeared(deviceSide), appeared(hostSide)])
  if (deviceSide.includes('tty')) execFileSync('stty', ['-F', deviceSide, 'raw', '-echo'])
  chats.set(name, await chatOn(deviceSide, dialogue))
}

const stopGadget = async (name: GadgetName): Promise<void> => {
  await chats.get(name)?.end()
  chats.delete(name)
  GADGETS[name].unit().unplug()
}

const obey = async (request: ShopRequest): Promise<void> => {
  switch (request.do) {
    case 'plug-gadget': return startGadget(request.device, request.dialogue)
    case 'unplug-gadget': return stopGadget(request.device)
    case 'play': {
      const chat = chats.get(request.device)
      if (!chat) throw new Error(`${request.device} is not plugged in`)
      return chat.play(request.dialogue)
    }
    case 'plug-hid': {
      const unit = request.device === 'swipe' ? swipeReader(request.serial) : ups(request.serial, () => upsState)
      hids.set(request.device, request.bus === 'usb' ? await plugUsb(unit) : await plugHid(unit))
      return
    }
    case 'unplug-hid': {
      await hids.get(request.device)?.unplug()
      hids.delete(request.device)
      return
    }
    case 'ups': {
      upsState = request.state
      for (const id of [1, 2, 3]) await hids.get('ups')?.input(upsReport(id, upsState) ?? new Uint8Array())
    }
  }
}

const ports = '/sys/class/virtio-ports'
const port = readdirSync(ports).find((name) => readFileSync(`${ports}/${name}/name`, 'utf8').trim() === 'lab.shop')
if (port === undefined) throw new Error('no virtio port lab.shop')
const file = await open(`/dev/${port}`, constants.O_RDWR | constants.O_NONBLOCK)
await file.write('{"n":0}\n')
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
    const failed = await obey(request).then(() => undefined, (error: Error) => error.message)
    await file.write(`${JSON.stringify(failed === undefined ? { n } : { n, failed })}\n`)
  }
}
