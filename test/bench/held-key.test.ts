import { execFileSync } from 'node:child_process'
import { mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { follow, type Hold, heldKey } from '../../src/bench/held-key.ts'

const event = (type: number, code: number, value: number): Uint8Array => {
  const bytes = new Uint8Array(24)
  const view = new DataView(bytes.buffer)
  view.setUint16(16, type, true)
  view.setUint16(18, code, true)
  view.setInt32(20, value, true)
  return bytes
}
const [KEY, MISC] = [1, 4] as const
const [RELEASED, PRESSED, REPEATED] = [0, 1, 2] as const
const through = (...events: [at: number, bytes: Uint8Array][]): number | undefined => {
  const hold = events.reduce<Hold | undefined>((so, [at, bytes]) => follow(so, bytes, at), undefined)
  return hold && hold.lastMs - hold.fromMs
}

describe('a key that repeats', () => {
  it('is held from its first repetition to its last', () => {
    expect(through([0, event(KEY, 30, REPEATED)], [33, event(KEY, 30, REPEATED)], [66, event(MISC, 4, 30)], [99, event(KEY, 30, REPEATED)])).toBe(99)
  })
  it('ends with its release, or with any other key that is pressed', () => {
    expect(through([0, event(KEY, 30, REPEATED)], [33, event(KEY, 30, RELEASED)])).toBeUndefined()
    expect(through([0, event(KEY, 30, REPEATED)], [33, event(KEY, 31, PRESSED)])).toBeUndefined()
    expect(through([0, event(KEY, 30, REPEATED)], [33, event(KEY, 29, RELEASED)], [66, event(KEY, 30, REPEATED)])).toBe(66)
    expect(through([0, event(KEY, 30, REPEATED)], [500, event(KEY, 31, REPEATED)])).toBe(0)
  })
  it('is not seen in an event that was cut off', () => {
    expect(follow(undefined, event(KEY, 30, REPEATED).subarray(0, 23), 0)).toBeUndefined()
  })
})

describe('an input device that is watched', () => {
  it('tells how long, and not which key', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'held-'))
    const path = join(dir, 'event0')
    execFileSync('mkfifo', [path])
    try {
      const watched = heldKey(path, 600)
      // A pipe opens for writing once it is read.
      const writer = openSync(path, 'w')
      const timer = setInterval(() => writeSync(writer, event(KEY, 30, REPEATED)), 30)
      const held = await watched
      clearInterval(timer)
      expect(held).toBeGreaterThan(200)
      expect(held).toBeLessThanOrEqual(700)
    } finally {
      rmSync(dir, { recursive: true })
    }
  })
  it('that is not there is told as such', async () => {
    await expect(heldKey('/dev/input/event999', 10)).rejects.toThrow(/ENOENT/)
  })
})
