import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { codeOf } from './causes.ts'

/** One event of the kernel's input layer on a 64-bit host: two times of 8 bytes, type, code and value (linux/input.h). */
const EVENT_BYTES = 24
const KEY = 1
const PRESSED = 1
const REPEATED = 2
const POLL_MS = 50

/** What is kept of a stretch of events: since when the same key has been repeating, and nothing of which key. */
export interface Hold {
  /** Code of the key that repeats, only to tell it from the next one; never leaves this file. */
  code: number
  fromMs: number
  lastMs: number
}

/** Takes events in: a hold goes on while its key repeats and ends with any other key. Events are those of `bytes`, `nowMs` when they came. */
export const follow = (hold: Hold | undefined, bytes: Uint8Array, nowMs: number): Hold | undefined => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let current = hold
  for (let at = 0; at + EVENT_BYTES <= bytes.byteLength; at += EVENT_BYTES) {
    if (view.getUint16(at + 16, true) !== KEY) continue
    const [code, value] = [view.getUint16(at + 18, true), view.getInt32(at + 20, true)]
    if (value === REPEATED) current = current?.code === code ? { ...current, lastMs: nowMs } : { code, fromMs: nowMs, lastMs: nowMs }
    else if (value === PRESSED || current?.code === code) current = undefined
  }
  return current
}

/** Watches an input device for `ms`; resolves with how long one key had been repeating when they were over, in milliseconds. Rejects with the system's error. */
export const heldKey = async (event: string, ms: number): Promise<number> => {
  const handle = await open(event, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const buffer = Buffer.alloc(EVENT_BYTES * 64)
    const until = performance.now() + ms
    let hold: Hold | undefined
    for (;;) {
      const bytes = await handle.read(buffer, 0, buffer.length, null).then(({ bytesRead }) => bytesRead, (error: unknown) => {
        if (codeOf(error) === 'EAGAIN') return 0
        throw error
      })
      const now = performance.now()
      hold = follow(hold, buffer.subarray(0, bytes), now)
      buffer.fill(0)
      if (now >= until) return hold === undefined || now - hold.lastMs > 10 * POLL_MS ? 0 : Math.round(hold.lastMs - hold.fromMs)
      if (bytes === 0) await sleep(Math.min(POLL_MS, until - now))
    }
  } finally {
    await handle.close()
  }
}
