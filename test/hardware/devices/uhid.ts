import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

/** A HID device as its maker would describe it. Reports carry their id as first byte where the descriptor has ids. */
export interface HidUnit {
  name: string
  vendor: number
  product: number
  serial: string
  descriptor: Uint8Array
  /** Answer to a request for feature report `id`; undefined refuses it. */
  feature(id: number): Uint8Array | undefined
  /** Feature report `id` was set. */
  set?(id: number, bytes: Uint8Array): void
}

/** A unit that is plugged in. */
export interface PluggedHid {
  input(report: Uint8Array): Promise<void>
  unplug(): Promise<void>
}

/** Event numbers of linux/uhid.h. */
const GET_REPORT = 9, GET_REPORT_REPLY = 10, CREATE2 = 11, INPUT2 = 12, SET_REPORT = 13, SET_REPORT_REPLY = 14, DESTROY = 1
const EIO = 5
const BUS_USB = 3
const EVENT_BYTES = 4380
const POLL_MS = 3

const creation = (unit: HidUnit): Buffer => {
  const event = Buffer.alloc(4376)
  event.writeUInt32LE(CREATE2, 0)
  event.write(unit.name, 4, 127)
  event.write('posdiag-lab', 132, 63)
  event.write(unit.serial, 196, 63)
  event.writeUInt16LE(unit.descriptor.length, 260)
  event.writeUInt16LE(BUS_USB, 262)
  event.writeUInt32LE(unit.vendor, 264)
  event.writeUInt32LE(unit.product, 268)
  event.writeUInt32LE(0x0100, 272)
  event.set(unit.descriptor, 280)
  return event
}

/** What the kernel waits for after one of its events; undefined where it waits for nothing. */
const answerTo = (event: Buffer, unit: HidUnit): Buffer | undefined => {
  const type = event.readUInt32LE(0)
  const request = event.readUInt32LE(4)
  if (type === GET_REPORT) {
    const report = unit.feature(event[8] ?? 0)
    const answer = Buffer.alloc(4 + 8 + 4096)
    answer.writeUInt32LE(GET_REPORT_REPLY, 0)
    answer.writeUInt32LE(request, 4)
    answer.writeUInt16LE(report ? 0 : EIO, 8)
    answer.writeUInt16LE(report?.length ?? 0, 10)
    if (report) answer.set(report, 12)
    return answer
  }
  if (type === SET_REPORT) {
    const answer = Buffer.alloc(10)
    unit.set?.(event[8] ?? 0, event.subarray(12, 12 + event.readUInt16LE(10)))
    answer.writeUInt32LE(SET_REPORT_REPLY, 0)
    answer.writeUInt32LE(request, 4)
    return answer
  }
  return undefined
}

/** Plugs a HID device into this kernel through /dev/uhid; the kernel binds its own drivers to it. */
export const plugHid = async (unit: HidUnit): Promise<PluggedHid> => {
  // Never a blocking read: it would hold a thread, and the process could not end.
  const file = await open('/dev/uhid', constants.O_RDWR | constants.O_NONBLOCK)
  await file.write(creation(unit))
  let plugged = true
  const serve = async (): Promise<void> => {
    const event = Buffer.alloc(EVENT_BYTES)
    while (plugged) {
      const { bytesRead } = await file.read(event, 0, event.length, null).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'EAGAIN') return { bytesRead: 0 }
        throw error
      })
      if (bytesRead === 0) {
        await pause(POLL_MS)
        continue
      }
      const answer = answerTo(event, unit)
      if (answer && plugged) await file.write(answer)
    }
    await file.close()
  }
  const served = serve()
  return {
    input: async (report) => {
      const event = Buffer.alloc(6 + report.length)
      event.writeUInt32LE(INPUT2, 0)
      event.writeUInt16LE(report.length, 4)
      event.set(report, 6)
      await file.write(event)
    },
    unplug: async () => {
      plugged = false
      const event = Buffer.alloc(4)
      event.writeUInt32LE(DESTROY, 0)
      await file.write(event)
      await served
    },
  }
}
