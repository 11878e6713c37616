import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, Socket } from 'node:net'
import type { HidUnit } from './uhid.ts'

/** Controller of usbip's virtual host (vhci-hcd). */
const VHCI = '/sys/devices/platform/vhci_hcd.0'
const CMD_SUBMIT = 1, CMD_UNLINK = 2, RET_SUBMIT = 3, RET_UNLINK = 4
const EPIPE = -32, ECONNRESET = -104
const HEADER = 48
const FULL_SPEED = 2

/** A USB device that the kernel enumerates as a whole. */
export interface PluggedUsb {
  input(report: Uint8Array): void
  unplug(): void
}

const le16 = (value: number): [number, number] => [value & 0xff, value >> 8]

const descriptorsOf = (unit: HidUnit): { device: Uint8Array; hid: Uint8Array; configuration: Uint8Array } => {
  const hid = Uint8Array.of(9, 0x21, 0x11, 1, 0, 1, 0x22, ...le16(unit.descriptor.length))
  const body = [9, 4, 0, 0, 1, 3, 0, 0, 0, ...hid, 7, 5, 0x81, 3, 64, 0, 10]
  return {
    device: Uint8Array.of(18, 1, 0, 2, 0, 0, 0, 64, ...le16(unit.vendor), ...le16(unit.product), 0, 1, 1, 2, 3, 1),
    hid,
    configuration: Uint8Array.of(9, 2, ...le16(9 + body.length), 1, 1, 0, 0xa0, 50, ...body),
  }
}

const text = (value: string): Uint8Array => {
  const letters = Buffer.from(value, 'utf16le')
  return Uint8Array.of(2 + letters.length, 3, ...letters)
}

/** Answer to a control transfer (USB 2.0 chapter 9, HID 1.11 section 7.2); undefined is a stall. */
const control = (unit: HidUnit, setup: Buffer, data: Uint8Array): Uint8Array | undefined => {
  const [type = 0, request = 0] = setup
  const value = setup.readUInt16LE(2)
  const none = new Uint8Array()
  const all = descriptorsOf(unit)
  const [maker = '', ...model] = unit.name.split(' ')
  const words: readonly string[] = ['', maker, model.join(' '), unit.serial]
  if ((type & 0x60) === 0x20) {
    if (request === 1) return unit.feature(value & 0xff)
    if (request === 9) unit.set?.(value & 0xff, data)
    return request === 9 || request === 10 || request === 11 ? none : undefined
  }
  if (request === 6) {
    const index = value & 0xff
    switch (value >> 8) {
      case 1: return all.device
      case 2: return all.configuration
      case 3: return index === 0 ? Uint8Array.of(4, 3, 9, 4) : words[index] === undefined ? undefined : text(words[index])
      case 0x21: return all.hid
      case 0x22: return unit.descriptor
      default: return undefined
    }
  }
  if (request === 8) return Uint8Array.of(1)
  if (request === 0) return Uint8Array.of(0, 0)
  return request === 9 || request === 11 || request === 1 || request === 3 ? none : undefined
}

/** Serves the device's end of a usbip stream. */
const serve = (stream: Socket, unit: HidUnit): ((report: Uint8Array) => void) => {
  const waiting: { seq: number; length: number }[] = []
  const queued: Uint8Array[] = []
  const answer = (command: number, seq: number, status: number, data: Uint8Array, actual: number): void => {
    const head = Buffer.alloc(HEADER)
    head.writeUInt32BE(command, 0)
    head.writeUInt32BE(seq, 4)
    head.writeInt32BE(status, 20)
    head.writeUInt32BE(actual, 24)
    stream.write(Buffer.concat([head, data]))
  }
  const pump = (): void => {
    while (waiting.length > 0 && queued.length > 0) {
      const { seq, length } = waiting.shift() ?? { seq: 0, length: 0 }
      const report = (queued.shift() ?? new Uint8Array()).subarray(0, length)
      answer(RET_SUBMIT, seq, 0, report, report.length)
    }
  }
  const none = new Uint8Array()
  let rest = Buffer.alloc(0)
  stream.on('error', () => stream.destroy())
  stream.on('data', (part: Buffer) => {
    rest = Buffer.concat([rest, part])
    while (rest.length >= HEADER) {
      const command = rest.readUInt32BE(0), seq = rest.readUInt32BE(4), isIn = rest.readUInt32BE(12) === 1, endpoint = rest.readUInt32BE(16), length = rest.readUInt32BE(24)
      const size = HEADER + (command === CMD_SUBMIT && !isIn ? length : 0)
      if (rest.length < size) return
      const head = Buffer.from(rest.subarray(0, HEADER))
      const data = Buffer.from(rest.subarray(HEADER, size))
      rest = rest.subarray(size)
      if (command === CMD_UNLINK) {
        const place = waiting.findIndex((w) => w.seq === head.readUInt32BE(20))
        if (place >= 0) waiting.splice(place, 1)
        answer(RET_UNLINK, seq, place >= 0 ? ECONNRESET : 0, none, 0)
      } else if (endpoint === 0) {
        const reply = control(unit, head.subarray(40, 48), data)?.subarray(0, length)
        answer(RET_SUBMIT, seq, reply ? 0 : EPIPE, reply && isIn ? reply : none, reply ? (isIn ? reply.length : length) : 0)
      } else if (isIn) {
        waiting.push({ seq, length })
        pump()
      } else answer(RET_SUBMIT, seq, 0, none, length)
    }
  })
  return (report) => {
    queued.push(report)
    pump()
  }
}

const freePort = (): number => {
  const free = readFileSync(`${VHCI}/status`, 'utf8').split('\n').slice(1).map((row) => row.trim().split(/\s+/)).find(([hub, , state]) => hub === 'hs' && state === '004')
  if (!free) throw new Error('no free usbip port')
  return Number(free[1])
}

/** Plugs a whole USB device into this kernel through vhci-hcd. */
export const plugUsb = async (unit: HidUnit): Promise<PluggedUsb> => {
  const path = `/run/posdiag-usbip-${process.pid}-${Math.round(performance.now() * 1000)}.sock`
  const accepted = Promise.withResolvers<Socket>()
  const server = createServer(accepted.resolve)
  await new Promise<void>((resolve) => server.listen(path, resolve))
  // Paused before it connects: from attach on the kernel's own threads read this descriptor.
  const kernelSide = new Socket()
  kernelSide.pause()
  const connected = Promise.withResolvers<void>()
  kernelSide.once('error', connected.reject)
  kernelSide.connect(path, connected.resolve)
  await connected.promise
  const stream = await accepted.promise
  server.close()
  const input = serve(stream, unit)
  const port = freePort()
  const { fd } = (kernelSide as unknown as { _handle: { fd: number } })._handle
  writeFileSync(`${VHCI}/attach`, `${port} ${fd} ${0x10001 + port} ${FULL_SPEED}`)
  return {
    input,
    unplug: () => {
      writeFileSync(`${VHCI}/detach`, String(port))
      stream.destroy()
      kernelSide.destroy()
    },
  }
}
