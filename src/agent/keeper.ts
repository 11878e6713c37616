import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { AgentClock } from './clock.ts'
import { AlreadyRunning, claim } from './lock.ts'
import type { Log } from './log.ts'
import type { AgentProblem } from './report.ts'
import { asStoreError, openDatabase, StoreError, type StoreFailure } from './sqlite.ts'
import { openStore, type Store, type StoreBounds } from './store.ts'

/** Why nothing can be stored at the moment, and since when (wall time in milliseconds). */
export interface StoreProblem {
  failure: StoreFailure
  detail: string
  since: number
}

/**
 * Holds the store and what takes its place while it cannot be used: a spare one in memory, so that the agent goes on looking and
 * telling HQ. What is in the spare is numbered 0, because it ends with the process.
 */
export interface Keeper {
  /** Does the work on the durable store, or, while that fails, on the spare one. */
  use<T>(work: (store: Store) => T): T
  /** Every store that may hold reports to deliver, the durable one first. */
  stores(): Store[]
  problem(): StoreProblem | undefined
  /** What befell the store since the last call, for the next report. */
  takeProblems(): AgentProblem[]
  close(): void
}

const RETRY_MS = 60_000

const SIDE_FILES = ['', '-wal', '-shm'] as const

/** Takes from a damaged file what can still be read: the last sequence number, the reports not yet delivered, the incidents. */
const salvage = (from: string, to: Store): number => {
  const old = openDatabase(from, { waitMs: 0 })
  let saved = 0
  try {
    const last = old.get("SELECT value FROM meta WHERE key = 'sequence'")?.value
    if (typeof last === 'string') to.setMeta('sequence', last)
    for (const { sequence } of old.all("SELECT sequence FROM reports WHERE state = 'waiting' ORDER BY sequence")) {
      const row = old.get('SELECT * FROM reports WHERE sequence = ?', Number(sequence))
      if (!row) continue
      to.db.run("INSERT INTO reports (sequence, id, at, trigger, critical, found, bytes, state, body) VALUES (?, ?, ?, ?, ?, ?, ?, 'waiting', ?)",
        Number(row.sequence), String(row.id), Number(row.at), String(row.trigger), Number(row.critical), Number(row.found), Number(row.bytes), String(row.body))
      saved += 1
    }
    for (const row of old.all('SELECT id, closed_at, body FROM incidents')) {
      to.db.run('INSERT OR IGNORE INTO incidents (id, closed_at, body) VALUES (?, ?, ?)', String(row.id), row.closed_at === null ? null : Number(row.closed_at), String(row.body))
    }
  } catch (error) {
    // The damage ends what can be read; what was read before it is saved.
    if (!(error instanceof StoreError)) throw error
  } finally {
    old.close()
  }
  return saved
}

/** Puts a damaged database out of the way, beside it, and removes earlier ones: one is enough to look into. Returns its new path. */
const setAside = (path: string, now: number): string => {
  const aside = `${path}.damaged-${now}`
  for (const name of readdirSync(dirname(path))) {
    if (name.startsWith(`${basename(path)}.damaged-`)) rmSync(join(dirname(path), name), { force: true })
  }
  for (const side of SIDE_FILES) {
    if (existsSync(path + side)) renameSync(path + side, aside + side)
  }
  return aside
}

/** Name of the store in the state folder. */
export const STORE_FILE = 'store.db'

/**
 * Claims the state folder and opens the store in it; whatever is wrong with either, the agent gets something to work with.
 * Throws AlreadyRunning if another agent has the folder.
 */
export const createKeeper = (stateDir: string, { clock, log, bounds }: { clock: AgentClock; log: Log; bounds?: StoreBounds }): Keeper => {
  const path = join(stateDir, STORE_FILE)
  let release: (() => void) | undefined
  let main: Store | undefined
  let spare: Store | undefined
  let problem: StoreProblem | undefined
  let triedAt = Number.NEGATIVE_INFINITY
  let problems: AgentProblem[] = []
  const options = bounds === undefined ? {} : { bounds }

  const note = (code: string, detail: string): void => {
    problems = [...problems, { code, detail: detail.slice(0, 500) }].slice(-20)
    log.error(detail, { code })
  }
  const failed = (error: StoreError): void => {
    if (problem?.failure !== error.failure) note('store-unusable', `the store cannot be used (${error.failure}): ${error.message}; reports are sent without being stored`)
    problem = { failure: error.failure, detail: error.message, since: problem?.since ?? clock.now() }
  }
  const startAfresh = (): Store => {
    const aside = setAside(path, clock.now())
    const fresh = openStore(path, options)
    const saved = salvage(aside, fresh)
    note('store-damaged', `the store was damaged and is put aside as ${basename(aside)}; ${saved} reports not yet delivered were saved from it, numbers go on from ${fresh.sequence()}`)
    return fresh
  }
  const guarded = <T>(work: () => T): T | StoreError => {
    try {
      return work()
    } catch (error) {
      if (error instanceof StoreError) return error
      if (error instanceof AlreadyRunning && problem) return new StoreError('busy', error.message)
      throw error
    }
  }
  const reopen = (): void => {
    triedAt = clock.mono()
    const opened = guarded(() => {
      release ??= claim(stateDir)
      return openStore(path, options)
    })
    if (!(opened instanceof StoreError)) {
      main = opened
      return
    }
    if (opened.failure !== 'corrupt') {
      failed(opened)
      return
    }
    const fresh = guarded(() => {
      try {
        return startAfresh()
      } catch (error) {
        throw asStoreError(error, path)
      }
    })
    if (fresh instanceof StoreError) failed(fresh)
    else main = fresh
  }
  const recovered = (): void => {
    if (!problem) return
    log.info('the store can be used again', { failure: problem.failure })
    problem = undefined
  }
  reopen()

  return {
    use: (work) => {
      if (!main && clock.mono() - triedAt >= RETRY_MS) reopen()
      for (let tries = 0; main && tries < 2; tries += 1) {
        const store = main
        const done = guarded(() => ({ value: work(store) }))
        if (!(done instanceof StoreError)) {
          recovered()
          return done.value
        }
        if (done.failure !== 'corrupt') {
          failed(done)
          break
        }
        store.close()
        main = undefined
        reopen()
      }
      spare ??= openStore(':memory:', options)
      return work(spare)
    },
    stores: () => [main, spare].filter((store) => store !== undefined),
    problem: () => problem,
    takeProblems: () => {
      const taken = problems
      problems = []
      return taken
    },
    close: () => {
      main?.close()
      spare?.close()
      release?.()
    },
  }
}
