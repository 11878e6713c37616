import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { GROUP, groupCommit } from '../../src/hq/group-commit.ts'
import type { NewReport, Store } from '../../src/hq/store.ts'
import { stored } from './store-under-test.ts'

const reports = (n: number): NewReport[] => Array.from({ length: n }, (_, i) => stored({ sequence: i + 1 }))

/** Commits that were begun, by their number of reports; each ends when it is told. Of every request the second report is there already. */
const bench = (coming: () => boolean = () => false) => {
  const begun: number[] = []
  const ends: (() => void)[] = []
  const putReports: Store['putReports'] = (all) => {
    begun.push(all.length)
    return new Promise((resolve) => ends.push(() => resolve(all.map(({ sequence }) => (sequence === 2 ? 'duplicate' : 'stored')))))
  }
  const commits = groupCommit({ putReports } as Partial<Store> as Store, () => {}, coming)
  return { begun, commits, end: () => ends.shift()?.() }
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

/** Some turns of the event loop, in which no time passes. */
const turns = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
}

describe('a commit', () => {
  it('holds all that came in the same turn, and answers each its own', async () => {
    const { begun, commits, end } = bench()
    const put = [commits.put(reports(1)), commits.put(reports(3)), commits.put(reports(2))]
    await turns()
    expect(begun).toEqual([6])
    expect(commits.waiting()).toBe(6)
    end()
    expect(await Promise.all(put)).toEqual([['stored'], ['stored', 'duplicate', 'stored'], ['stored', 'duplicate']])
    expect(commits.waiting()).toBe(0)
  })

  it('waits for what is being read, and begins as soon as nothing is', async () => {
    let reading = true
    const { begun, commits } = bench(() => reading)
    void commits.put(reports(1))
    await turns()
    expect(begun).toEqual([])
    reading = false
    void commits.put(reports(1))
    await turns()
    expect(begun).toEqual([2])
  })

  it('waits no longer than it may, whatever is being read', async () => {
    const { begun, commits } = bench(() => true)
    void commits.put(reports(1))
    await turns()
    vi.advanceTimersByTime(GROUP.waitMs - 1)
    await turns()
    expect(begun).toEqual([])
    vi.advanceTimersByTime(1)
    await turns()
    expect(begun).toEqual([1])
  })

  it('does not wait where it has enough', async () => {
    const { begun, commits } = bench(() => true)
    void commits.put(reports(GROUP.enough))
    await turns()
    expect(begun).toEqual([GROUP.enough])
  })

  it('runs alone until another is full', async () => {
    const { begun, commits, end } = bench()
    void commits.put(reports(1))
    await turns()
    void commits.put(reports(2))
    await turns()
    expect(begun).toEqual([1])
    void commits.put(reports(GROUP.reports - 2))
    await turns()
    expect(begun).toEqual([1, GROUP.reports])
    void commits.put(reports(3))
    await turns()
    end()
    await turns()
    expect(begun).toEqual([1, GROUP.reports])
    end()
    await turns()
    expect(begun).toEqual([1, GROUP.reports, 3])
  })
})
