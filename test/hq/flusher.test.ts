import { expect, it } from 'vitest'
import { flusher } from '../../src/hq/sqlite/flusher.ts'

/** A disk that flushes when it is told to. */
const disk = () => {
  const flushes: { end(): void; fail(error: Error): void }[] = []
  return { flushes, flush: () => new Promise<void>((resolve, reject) => void flushes.push({ end: resolve, fail: reject })) }
}

it('lets nobody pass by a flush that began before they asked, and serves all who wait with one', async () => {
  const { flushes, flush } = disk()
  const flushed = flusher(flush)
  const passed: string[] = []
  const ask = (name: string) => flushed().then(() => void passed.push(name))
  const first = ask('first')
  const others = [ask('second'), ask('third')]
  expect(flushes).toHaveLength(1)
  flushes[0]?.end()
  await first
  expect(passed).toEqual(['first'])
  await expect.poll(() => flushes.length).toBe(2)
  const fourth = ask('fourth')
  flushes[1]?.end()
  await Promise.all(others)
  expect(passed).toEqual(['first', 'second', 'third'])
  await expect.poll(() => flushes.length).toBe(3)
  flushes[2]?.end()
  await fourth
  const fifth = ask('fifth')
  expect(flushes).toHaveLength(4)
  flushes[3]?.end()
  await fifth
})

it('believes no disk that failed once', async () => {
  const { flushes, flush } = disk()
  const flushed = flusher(flush)
  const [first, second] = [flushed(), flushed()]
  flushes[0]?.fail(new Error('I/O error'))
  await expect(first).rejects.toThrow('I/O error')
  await expect(second).rejects.toThrow('I/O error')
  await expect(flushed()).rejects.toThrow('I/O error')
  expect(flushes).toHaveLength(1)
})
