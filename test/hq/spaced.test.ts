import { describe, expect, it } from 'vitest'
import { SPACED, spaced } from '../../src/hq/spaced.ts'

/** A question that takes so long on a clock of its own; each answer is the number of the question. */
const setting = () => {
  let now = 0
  let asked = 0
  let fails = false
  const failures: unknown[] = []
  const waiting: (() => void)[] = []
  const ask = spaced(
    () => new Promise<number>((resolve, reject) => {
      const mine = ++asked
      waiting.push(() => (fails ? reject(new Error('away')) : resolve(mine)))
    }),
    (error) => failures.push(error),
    () => now,
  )
  const answer = async (ms: number): Promise<void> => {
    now += ms
    for (const go of waiting.splice(0)) go()
    await new Promise(setImmediate)
  }
  return { ask, answer, failures, asked: () => asked, pass: (ms: number) => { now += ms }, failing: (is: boolean) => { fails = is } }
}

describe('a question spaced out', () => {
  it('is asked once for all who wait, and again only after ten times its length', async () => {
    const s = setting()
    const first = [s.ask(), s.ask()]
    await s.answer(20)
    expect(await Promise.all(first)).toEqual([1, 1])
    s.pass(20 * SPACED.share - 1)
    expect(await s.ask()).toBe(1)
    s.pass(1)
    const next = s.ask()
    await s.answer(20)
    expect(await next).toBe(2)
  })

  it('is answered with what was known where it takes long, but never with what is old', async () => {
    const s = setting()
    const first = s.ask()
    await s.answer(SPACED.quickMs + 1)
    expect(await first).toBe(1)
    s.pass(1000)
    expect(await s.ask()).toBe(1)
    expect(s.asked()).toBe(2)
    await s.answer(SPACED.quickMs + 1)
    expect(await s.ask()).toBe(2)
    s.pass(SPACED.oldestMs + 1)
    const fresh = s.ask()
    await s.answer(1)
    expect(await fresh).toBe(3)
  })

  it('tells who waits of a failure, tells of one that nobody waits for, and asks again', async () => {
    const s = setting()
    s.failing(true)
    const first = s.ask()
    const failed = expect(first).rejects.toThrow('away')
    await s.answer(SPACED.quickMs + 1)
    await failed
    s.failing(false)
    const second = s.ask()
    await s.answer(SPACED.quickMs + 1)
    expect(await second).toBe(2)
    s.pass(1000)
    s.failing(true)
    expect(await s.ask()).toBe(2)
    await s.answer(1)
    expect(s.failures).toEqual([new Error('away')])
  })
})
