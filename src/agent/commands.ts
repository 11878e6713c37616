import type { Command } from '../model/wire.ts'
import type { Store } from './store.ts'

const KEPT = 1_000

/** What becomes of a command that came with a heartbeat: it is done now, it was already done, or its time is over. */
export type Acceptance = 'new' | 'known' | 'expired'

/**
 * Notes a command before it is executed, so that it never is twice, whatever ends the agent meanwhile. `hqNow` is HQ's own time,
 * because this host's clock may be wrong. Throws StoreError.
 */
export const acceptCommand = (store: Store, command: Command, hqNow: number): Acceptance =>
  store.db.transaction(() => {
    const fresh = store.db.run('INSERT OR IGNORE INTO commands (id, received_at, state) VALUES (?, ?, ?)', command.id, hqNow, hqNow < command.expiresAt ? 'running' : 'refused') === 1
    store.db.run('DELETE FROM commands WHERE id NOT IN (SELECT id FROM commands ORDER BY id DESC LIMIT ?)', KEPT)
    if (!fresh) return 'known'
    return hqNow < command.expiresAt ? 'new' : 'expired'
  })

/** Notes how a command ended. Throws StoreError. */
export const endCommand = (store: Store, id: string, state: 'done' | 'failed' | 'refused', report?: string): void => {
  store.db.run('UPDATE commands SET state = ?, report = ? WHERE id = ?', state, report ?? null, id)
}

/** Commands that were running when the agent ended; from now on they count as failed. Throws StoreError. */
export const takeInterrupted = (store: Store): string[] =>
  store.db.transaction(() => {
    const ids = store.db.all("SELECT id FROM commands WHERE state = 'running'").map((row) => String(row.id))
    if (ids.length > 0) store.db.run("UPDATE commands SET state = 'failed' WHERE state = 'running'")
    return ids
  })
