import type { NewReport, Store } from './store.ts'

/**
 * Limits of gathering: a commit begins after `waitMs`, with `enough` reports when a turn brings no more, or with `reports` at once; more
 * than `waiting` reports or `waitingBytes` are not taken on.
 */
export const GROUP = { waitMs: 2, enough: 32, reports: 200, waiting: 4000, waitingBytes: 64 << 20, commits: 4 } as const

interface Entry { reports: NewReport[]; resolve(statuses: ('stored' | 'duplicate')[]): void; reject(error: unknown): void }

/** Gathers reports of many requests into one transaction each, so that one flush of the disk serves all of them. */
export interface GroupCommit {
  /** Resolves when the reports are durable; rejects with the store's error. */
  put(reports: NewReport[]): Promise<('stored' | 'duplicate')[]>
  /** False while so much waits that no more should be taken on. */
  hasRoom(): boolean
  waiting(): number
  /** True for ten seconds after a commit failed, unless one has worked since: a full disk may still take the little that a trial writes. */
  failing(): boolean
}

const FAILING_MS = 10_000

/** `committed` is told of each transaction: its reports and its duration in ms. `coming` says whether more is being read just now. */
export const groupCommit = (store: Store, committed: (reports: number, ms: number) => void, coming: () => boolean): GroupCommit => {
  let entries: Entry[] = []
  let count = 0
  let bytes = 0
  let running = 0
  let armed = false
  let since = 0
  let before = 0
  let rest: NodeJS.Timeout | undefined
  let failedAt = Number.NEGATIVE_INFINITY

  const take = (): Entry[] => {
    const taken: Entry[] = []
    let reports = 0
    while (reports < GROUP.reports) {
      const entry = entries[taken.length]
      if (entry === undefined) break
      taken.push(entry)
      reports += entry.reports.length
    }
    entries = entries.slice(taken.length)
    return taken
  }
  const gathered = (): number => entries.reduce((n, e) => n + e.reports.length, 0)

  const commit = async (): Promise<void> => {
    const group = take()
    const reports = group.flatMap((e) => e.reports)
    running++
    const began = performance.now()
    try {
      const statuses = await store.putReports(reports)
      failedAt = Number.NEGATIVE_INFINITY
      committed(reports.length, performance.now() - began)
      let at = 0
      for (const entry of group) {
        entry.resolve(statuses.slice(at, at + entry.reports.length))
        at += entry.reports.length
      }
    } catch (error) {
      failedAt = performance.now()
      for (const entry of group) entry.reject(error)
    } finally {
      running--
      count -= reports.length
      for (const r of reports) bytes -= r.body.length
      if (entries.length > 0) arm()
    }
  }

  // While every turn of the event loop brings more, or more is being read, waiting a little longer makes the commit serve more.
  const gather = (): void => {
    const now = gathered()
    const quiet = now === before && (now >= GROUP.enough || !coming())
    if (quiet || now >= GROUP.reports || performance.now() - since >= GROUP.waitMs) {
      armed = false
      // While a commit runs the disk is busy: another beside it pays only once it is full.
      if (entries.length > 0 && (running === 0 || (now >= GROUP.reports && running < GROUP.commits))) void commit()
    } else if (now === before) {
      rest = setTimeout(again, GROUP.waitMs)
    } else {
      before = now
      setImmediate(gather)
    }
  }
  const again = (): void => {
    clearTimeout(rest)
    rest = undefined
    setImmediate(gather)
  }
  const arm = (): void => {
    if (rest !== undefined) again()
    if (armed) return
    armed = true
    since = performance.now()
    before = 0
    setImmediate(gather)
  }

  return {
    put: (reports) =>
      new Promise((resolve, reject) => {
        entries.push({ reports, resolve, reject })
        count += reports.length
        for (const r of reports) bytes += r.body.length
        arm()
      }),
    hasRoom: () => count < GROUP.waiting && bytes < GROUP.waitingBytes,
    waiting: () => count,
    failing: () => performance.now() - failedAt < FAILING_MS,
  }
}
