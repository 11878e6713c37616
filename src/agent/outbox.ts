import { type AgentClock, type Cancel, fullJitter } from './clock.ts'
import type { Sent } from './hq.ts'
import type { Keeper } from './keeper.ts'
import type { Log } from './log.ts'
import type { Store } from './store.ts'

/** How full the outbox is, as a heartbeat says it. */
export interface SpoolState {
  reports: number
  bytes: number
  oldestAt?: number
  /** Reports that its bounds pushed out, ever. */
  lost: number
  /** Reports that HQ will never take, ever. */
  rejected: number
}

/** Delivers what the stores hold, again and again until HQ has it. */
export interface Outbox {
  /** Asks for a delivery after that many milliseconds, unless HQ asked for more patience. `urgent` does not wait for our own back-off. */
  poke(afterMs: number, urgent?: boolean): void
  /** Resolves when that report is at HQ, was refused by it, or the outbox stops. */
  settled(id: string): Promise<'delivered' | 'rejected' | 'stopped'>
  /** Tries once more to deliver, for at most that many milliseconds, then ends. */
  stop(drainMs: number): Promise<void>
}

const BATCH_REPORTS = 50
const BATCH_BYTES = 2 << 20
const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 300_000
const LONGEST_PATIENCE_MS = 3_600_000

interface Waiting {
  store: Store
  rows: { sequence: number; id: string; body: string }[]
}

const text = (cell: unknown): string => (typeof cell === 'string' ? cell : '')
const number = (cell: unknown): number => (typeof cell === 'number' ? cell : 0)

/** What waits in a store, and what it has lost. Throws StoreError. */
export const spoolOf = (store: Pick<Store, 'db' | 'meta'>): SpoolState => {
  const row = store.db.get("SELECT count(*) AS reports, coalesce(sum(bytes), 0) AS bytes, min(at) AS oldest FROM reports WHERE state = 'waiting'")
  return {
    reports: number(row?.reports), bytes: number(row?.bytes), lost: Number(store.meta('lost') ?? 0), rejected: Number(store.meta('rejected') ?? 0),
    ...(typeof row?.oldest === 'number' ? { oldestAt: row.oldest } : {}),
  }
}

/** The next reports to send: critical ones first, then the oldest; at least one, however large. Throws StoreError. */
export const nextBatch = (store: Store, most: number): Waiting['rows'] => {
  const rows: Waiting['rows'] = []
  let bytes = 0
  for (const row of store.db.all("SELECT sequence, bytes FROM reports WHERE state = 'waiting' ORDER BY critical DESC, sequence LIMIT ?", most)) {
    bytes += number(row.bytes)
    if (rows.length > 0 && bytes > BATCH_BYTES) break
    const whole = store.db.get('SELECT id, body FROM reports WHERE sequence = ?', number(row.sequence))
    rows.push({ sequence: number(row.sequence), id: text(whole?.id), body: text(whole?.body) })
  }
  return rows
}

/** Writes down what became of each report of a batch; what the answer does not name stays where it is. Throws StoreError. */
export const settle = (store: Store, rows: Waiting['rows'], items: readonly { id: string; status: 'stored' | 'duplicate' | 'rejected'; reason?: string | undefined }[], now: number): { delivered: number; rejected: number } =>
  store.db.transaction(() => {
    const count = { delivered: 0, rejected: 0 }
    for (const { sequence, id } of rows) {
      const item = items.find((i) => i.id === id)
      if (!item) continue
      const rejected = item.status === 'rejected'
      const pushedOut = store.db.get('SELECT state FROM reports WHERE sequence = ?', sequence)?.state === 'lost'
      if (pushedOut) store.setMeta('lost', String(Number(store.meta('lost') ?? 1) - 1))
      count[rejected ? 'rejected' : 'delivered'] += 1
      store.db.run('UPDATE reports SET state = ?, reason = ? WHERE sequence = ?', rejected ? 'rejected' : 'delivered', rejected ? (item.reason ?? 'no reason given').slice(0, 300) : null, sequence)
    }
    if (count.rejected > 0) store.setMeta('rejected', String(Number(store.meta('rejected') ?? 0) + count.rejected))
    if (count.delivered > 0) store.setMeta('deliveredAt', String(now))
    return count
  })

/** Starts with whatever waits; nothing is sent before the first poke. */
export const createOutbox = ({ keeper, send, clock, log }: { keeper: Keeper; send: (reports: readonly { id: string; body: string }[]) => Promise<Sent>; clock: AgentClock; log: Log }): Outbox => {
  let most = BATCH_REPORTS
  let cancel: Cancel = () => undefined
  let dueAt = Number.POSITIVE_INFINITY
  let running: Promise<void> | undefined
  let stopped = false
  const watchers = new Map<string, ((outcome: 'delivered' | 'rejected' | 'stopped') => void)[]>()

  // The wait outlives the process: an agent that restarts in a loop must not hammer an HQ that asked for patience.
  const patience = { failures: 0, until: 0, byHq: false }
  const remember = (): void => {
    keeper.use((store) => store.db.transaction(() => store.setMeta('patience', JSON.stringify(patience))))
  }
  const recall = (): void => {
    const kept: unknown = JSON.parse(keeper.use((store) => store.meta('patience')) ?? '{}')
    if (typeof kept !== 'object' || kept === null) return
    if ('failures' in kept && typeof kept.failures === 'number') patience.failures = kept.failures
    if ('byHq' in kept && kept.byHq === true) patience.byHq = true
    // A clock that was set back must not turn a minute into years.
    if ('until' in kept && typeof kept.until === 'number') patience.until = Math.min(kept.until, clock.now() + (patience.byHq ? LONGEST_PATIENCE_MS : LONGEST_RETRY_MS))
  }
  recall()

  const hold = (why: string, retryAfterMs: number | undefined): void => {
    patience.failures += 1
    patience.byHq = retryAfterMs !== undefined
    const jitter = fullJitter(patience.failures, clock.random, { firstMs: FIRST_RETRY_MS, capMs: LONGEST_RETRY_MS })
    // An HQ that keeps saying "at once" gets our own patience instead.
    const asked = retryAfterMs === undefined ? 0 : retryAfterMs + Math.round(clock.random() * Math.min(retryAfterMs, 10_000))
    const ms = retryAfterMs === undefined || patience.failures > 3 ? Math.max(asked, jitter) : asked
    patience.until = clock.now() + ms
    remember()
    log.warn('reports stay in the outbox', { why, nextTryMs: ms, failures: patience.failures })
    wake(ms)
  }
  const tell = (rows: Waiting['rows'], items: readonly { id: string; status: string }[]): void => {
    for (const { id } of rows) {
      const item = items.find((i) => i.id === id)
      if (!item) continue
      for (const watcher of watchers.get(id) ?? []) watcher(item.status === 'rejected' ? 'rejected' : 'delivered')
      watchers.delete(id)
    }
  }
  /** Sends one batch. True if there may be more to send at once. */
  const once = async (): Promise<boolean> => {
    // The spare store first: it is small, ends with the process, and says why there is one.
    const store = keeper.stores().toReversed().find((s) => spoolOf(s).reports > 0)
    if (!store) return false
    const rows = nextBatch(store, most)
    if (rows.length === 0) return false
    const sent = await send(rows.map(({ id, body }) => ({ id, body })))
    if (stopped) return false
    if (sent.kind === 'kept') {
      hold(sent.why, sent.retryAfterMs)
      return false
    }
    if (sent.kind !== 'answered' && rows.length > 1) {
      // One of them is to blame; smaller batches find it without holding up the others.
      most = Math.max(1, Math.floor(rows.length / 2))
      return true
    }
    const items = sent.kind === 'answered' ? sent.items : rows.map(({ id }) => ({ id, status: 'rejected' as const, reason: sent.kind === 'refused' ? sent.why : 'too large for HQ' }))
    const count = settle(store, rows, items, clock.now())
    tell(rows, items)
    if (count.rejected > 0) log.error('HQ rejected reports; they are kept aside', { count: count.rejected, reasons: items.flatMap((i) => ('reason' in i && i.reason ? [i.reason] : [])).slice(0, 3) })
    if (count.delivered + count.rejected === 0) {
      hold('the answer named none of the reports sent', undefined)
      return false
    }
    log.info('reports delivered', { count: count.delivered })
    if (patience.failures > 0 || patience.byHq) {
      Object.assign(patience, { failures: 0, until: 0, byHq: false })
      remember()
    }
    most = Math.min(BATCH_REPORTS, most * 2)
    return true
  }
  const deliver = async (): Promise<void> => {
    try {
      while (!stopped && (await once())) log.debug('more to deliver')
    } catch (error) {
      if (stopped) return
      hold(`the outbox failed: ${error instanceof Error ? error.message : String(error)}`, undefined)
    }
  }
  const wake = (ms: number): void => {
    if (stopped || clock.mono() + ms >= dueAt) return
    cancel()
    dueAt = clock.mono() + ms
    cancel = clock.after(ms, () => {
      dueAt = Number.POSITIVE_INFINITY
      running = (running ?? Promise.resolve()).then(deliver)
    })
  }

  return {
    poke: (afterMs, urgent = false) => {
      const wait = urgent && !patience.byHq ? 0 : Math.min(Math.max(0, patience.until - clock.now()), LONGEST_PATIENCE_MS)
      wake(Math.max(afterMs, wait))
    },
    settled: (id) =>
      new Promise((resolve) => {
        const row = keeper.stores().map((s) => s.db.get('SELECT state FROM reports WHERE id = ?', id)).find((r) => r !== undefined)
        if (row?.state === 'delivered' || row?.state === 'rejected') return resolve(row.state)
        if (stopped || row === undefined) return resolve('stopped')
        watchers.set(id, [...(watchers.get(id) ?? []), resolve])
      }),
    stop: async (drainMs) => {
      cancel()
      if (drainMs > 0 && clock.now() >= patience.until) running = (running ?? Promise.resolve()).then(deliver)
      const late = Promise.withResolvers<void>()
      const tooLate = clock.after(drainMs, late.resolve)
      await Promise.race([running, late.promise])
      tooLate()
      stopped = true
      cancel()
      for (const list of watchers.values()) for (const watcher of list) watcher('stopped')
      watchers.clear()
    },
  }
}
