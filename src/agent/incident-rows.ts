import * as z from 'zod'
import { Incident } from '../model/incident.ts'
import type { Past } from '../model/past.ts'
import { HYSTERESIS, type IncidentState, NO_INCIDENTS, type Tracked } from './incidents.ts'
import type { Store } from './store.ts'

const StoredTracked = z.object({ incident: Incident, by: z.object({ symptom: z.string(), device: z.string() }), misses: z.int() })

const CLOSED_KEPT_MS = 90 * 86_400_000
const MOST_KEPT = 5_000

/** Writes incidents as they are now; closed ones older than 90 days go. Throws StoreError. */
export const writeIncidents = (store: Store, touched: readonly Tracked[], now: number): void => {
  for (const tracked of touched) {
    store.db.run('INSERT INTO incidents (id, closed_at, body) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET closed_at = excluded.closed_at, body = excluded.body',
      tracked.incident.id, tracked.incident.closedAt ?? null, JSON.stringify(tracked))
  }
  store.db.run('DELETE FROM incidents WHERE closed_at < ?', now - CLOSED_KEPT_MS)
  store.db.run('DELETE FROM incidents WHERE closed_at IS NOT NULL AND id IN (SELECT id FROM incidents ORDER BY id DESC LIMIT -1 OFFSET ?)', MOST_KEPT)
}

/** Reads what the next check is held against; a row of another version of this program is left out. Throws StoreError. */
export const readIncidents = (store: Store, now: number): IncidentState => {
  const open: Record<string, Tracked> = {}
  const closed: Record<string, number> = {}
  for (const row of store.db.all('SELECT body FROM incidents WHERE closed_at IS NULL OR closed_at > ? ORDER BY id', now - HYSTERESIS.regressionMs)) {
    const read = StoredTracked.safeParse(typeof row.body === 'string' ? JSON.parse(row.body) : undefined)
    if (!read.success) continue
    const { incident } = read.data
    const key = `${incident.fault} ${incident.device}`
    if (incident.closedAt === undefined) {
      const older = open[key]
      // Two open ones of the same fault come of a time when the store could not be read; only the newer has been kept up to date.
      if (older) store.db.run('DELETE FROM incidents WHERE id = ?', older.incident.id)
      open[key] = read.data
    } else closed[key] = Math.max(closed[key] ?? 0, incident.closedAt)
  }
  return { ...NO_INCIDENTS, open, closed }
}

const REMEMBERED_MS = 30 * 86_400_000

/** Faults that were found and are over, of the last 30 days, oldest first. Throws StoreError. */
export const readFormer = (store: Store, now: number): Past['incidents'] =>
  store.db.all('SELECT body FROM incidents WHERE closed_at > ? ORDER BY id DESC LIMIT 500', now - REMEMBERED_MS).flatMap((row) => {
    const read = StoredTracked.safeParse(typeof row.body === 'string' ? JSON.parse(row.body) : undefined)
    return read.success ? [{ fault: read.data.incident.fault, device: read.data.incident.device, at: read.data.incident.openedAt }] : []
  }).reverse()
