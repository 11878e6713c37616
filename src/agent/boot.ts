import { readFileSync } from 'node:fs'
import { uptime } from 'node:os'
import { join } from 'node:path'
import type { BootFacts } from '../check/run.ts'
import { hasValue, type Observation } from '../model/observation.ts'
import type { ClockQuality } from '../model/report.ts'
import type { AgentClock } from './clock.ts'
import { EARLIEST_DATE, type Store } from './store.ts'

/** What the kernel says of this boot. */
export interface HostBoot {
  /** The kernel's id of this boot; `unknown` where it has none. */
  id: string
  /** Milliseconds since boot. */
  uptimeMs(): number
}

/** Reads the id of this boot below the given proc folder. */
export const hostBoot = (proc: string): HostBoot => {
  const read = (): string => {
    try {
      return readFileSync(join(proc, 'sys/kernel/random/boot_id'), 'utf8').trim().slice(0, 64)
    } catch {
      // Not Linux, or a container that hides it; then no boot can be told from another, and nothing is claimed about shutdowns.
      return 'unknown'
    }
  }
  return { id: read() || 'unknown', uptimeMs: () => Math.round(uptime() * 1000) }
}

const KEPT_BOOTS = 500
const DAY_MS = 86_400_000

/** What the store knows of this host's past. */
export interface BootRecord {
  /** True if the agent has not run before in this boot. */
  first: boolean
  /** True if the boot before this one ended without order; undefined if none is known. */
  unclean?: boolean
  /** Wall times at which the last boots began, this one's too. */
  began: readonly number[]
}

/**
 * Enters this boot into the store, not orderly ended until markClean. The one before ended without order if it was another boot
 * and no agent got to say so. Throws StoreError.
 */
export const enterBoot = (store: Store, boot: HostBoot, now: number): BootRecord => {
  if (boot.id === 'unknown') return { first: true, began: [] }
  return store.db.transaction(() => {
    const known = store.db.get('SELECT started_at FROM boots WHERE id = ?', boot.id)
    const last = store.db.get('SELECT id, clean FROM boots WHERE id <> ? ORDER BY number DESC LIMIT 1', boot.id)
    store.db.run('INSERT INTO boots (id, started_at, clean) VALUES (?, ?, 0) ON CONFLICT (id) DO UPDATE SET clean = 0', boot.id, now - boot.uptimeMs())
    store.db.run('DELETE FROM boots WHERE number <= (SELECT max(number) FROM boots) - ?', KEPT_BOOTS)
    const began = store.db.all('SELECT started_at FROM boots').map((row) => Number(row.started_at))
    return { first: known === undefined, ...(last ? { unclean: last.clean === 0 } : {}), began }
  })
}

/**
 * What a check may be told of the host's past now. A shutdown without order is news for a day. Boots are counted only by a clock
 * that can be right: with one that starts in 1970 every boot would be of the same day.
 */
export const bootFacts = (record: BootRecord, boot: HostBoot, now: number): BootFacts => ({
  ...(record.unclean === undefined ? {} : { uncleanShutdown: record.unclean && boot.uptimeMs() < DAY_MS }),
  ...(now < EARLIEST_DATE || record.began.length === 0 ? {} : { reboots24h: record.began.filter((at) => at > now - DAY_MS && at <= now).length }),
})

/** Notes that the agent was stopped in order, as at a shutdown. Throws StoreError. */
export const markClean = (store: Store, boot: HostBoot): void => {
  store.db.run('UPDATE boots SET clean = 1 WHERE id = ?', boot.id)
}

/** A wall clock that moved this far against the monotonic one was set, not disciplined; milliseconds. */
const JUMP_MS = 5_000

/** Watches the wall clock. */
export interface ClockWatch {
  /** How far the wall clock can be believed, given what the last check saw; a jump is told once, then the clock is judged anew. */
  quality(observations: readonly Observation[]): ClockQuality
  /** How far the wall clock has moved by itself since the last call of `settle`, in milliseconds. */
  moved(): number
  settle(): void
}

/** Compares wall and monotonic time from now on. */
export const watchClock = (clock: AgentClock): ClockWatch => {
  const offset = (): number => clock.now() - clock.mono()
  let settled = offset()
  const moved = (): number => offset() - settled
  return {
    moved,
    settle: () => {
      settled = offset()
    },
    quality: (observations) => {
      if (clock.now() < EARLIEST_DATE) return 'before-build'
      if (Math.abs(moved()) > JUMP_MS) return 'jumped'
      const seen = observations.find((o) => o.name === 'host.clock-synchronised')
      if (!seen || !hasValue(seen) || typeof seen.value !== 'boolean') return 'unknown'
      return seen.value ? 'synchronised' : 'free-running'
    },
  }
}
