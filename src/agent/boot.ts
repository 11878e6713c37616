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

/** What the store knows of this host's past; `first` is true if the agent has not run before in this boot. */
export interface BootRecord extends BootFacts {
  first: boolean
}

/**
 * Enters this boot into the store, not orderly ended until markClean. The one before ended without order if it was another boot
 * and no agent got to say so. Throws StoreError.
 */
export const enterBoot = (store: Store, boot: HostBoot, now: number): BootRecord => {
  if (boot.id === 'unknown') return { first: true }
  return store.db.transaction(() => {
    const known = store.db.get('SELECT started_at FROM boots WHERE id = ?', boot.id)
    const last = store.db.get('SELECT id, clean FROM boots WHERE id <> ? ORDER BY number DESC LIMIT 1', boot.id)
    store.db.run('INSERT INTO boots (id, started_at, clean) VALUES (?, ?, 0) ON CONFLICT (id) DO UPDATE SET clean = 0', boot.id, now - boot.uptimeMs())
    store.db.run('DELETE FROM boots WHERE number <= (SELECT max(number) FROM boots) - ?', KEPT_BOOTS)
    const today = store.db.get('SELECT count(*) AS n FROM boots WHERE started_at > ?', now - DAY_MS)
    return { first: known === undefined, ...(last ? { uncleanShutdown: last.clean === 0 } : {}), reboots24h: Number(today?.n ?? 0) }
  })
}

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
