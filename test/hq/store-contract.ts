import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { digestOf } from '../../src/hq/digest.ts'
import { fold } from '../../src/hq/fold.ts'
import { CursorError } from '../../src/hq/queries/cursor.ts'
import type { NewReport, ReceivedHeartbeat, Store } from '../../src/hq/store.ts'
import { uuidv7 } from '../../src/model/id.ts'
import type { LiveEvent } from '../../src/model/wire.ts'
import { eventOf, makeReport, type ReportOptions } from './reports.ts'

const T0 = Date.UTC(2026, 10, 20, 8)
const MINUTE = 60_000
const moment = { now: T0, beatMs: MINUTE }

/** A store under test; `reopen` closes it and opens the same data again, `close` removes them. */
export interface StoreUnderTest { store: Store; reopen(): Promise<Store>; close(): Promise<void> }

const stored = (options: ReportOptions & { receivedAt?: number }): NewReport => {
  const report = makeReport({ at: T0, ...options })
  return { terminalId: report.terminal.id, id: report.id, sequence: report.sequence, at: report.at, receivedAt: options.receivedAt ?? report.at + 100, digest: digestOf(report), body: Buffer.from(JSON.stringify(eventOf(report))) }
}

const beat = (terminalId: string, receivedAt: number, more: Partial<ReceivedHeartbeat['beat']> = {}): ReceivedHeartbeat => ({
  terminalId,
  receivedAt,
  beat: { at: receivedAt + 5000, agentVersion: '0.2.0', bootId: 'b', uptimeMs: 1, sequence: 1, spool: { reports: 2, bytes: 3, lost: 0 }, readiness: [], openIncidents: 0, ...more },
})

const drain = async (store: Store): Promise<void> => {
  while ((await store.foldNext(100, fold)).folded > 0);
}

const enrolled = async (store: Store, id: string): Promise<void> => {
  const hash = `one-time-${id}`
  await store.addEnrolmentToken({ id: uuidv7(T0), hash, createdAt: T0, expiresAt: T0 + MINUTE })
  expect(await store.enrol({ tokenHash: hash, terminalTokenHash: `own-${id}`, terminal: { id, store: 'Main St' }, agentVersion: '0.1.0', now: T0 })).toBe('enrolled')
}

/** What every implementation of Store must do. */
export const storeContract = (name: string, open: () => Promise<StoreUnderTest>): void => {
  describe(`store contract: ${name}`, () => {
    let under: StoreUnderTest
    let store: Store
    beforeEach(async () => {
      under = await open()
      store = under.store
    })
    afterEach(() => under.close())

    describe('reports', () => {
      it('stores once by terminal and id, whatever comes again', async () => {
        const a = stored({ terminal: 'T-1', sequence: 1 })
        const b = stored({ terminal: 'T-1', sequence: 2 })
        expect(await store.putReports([a, b, a])).toEqual(['stored', 'stored', 'duplicate'])
        expect(await store.putReports([b])).toEqual(['duplicate'])
        expect(await store.putReports([{ ...a, terminalId: 'T-2' }])).toEqual(['stored'])
        await drain(store)
        expect((await store.reportsOf('T-1', 10)).map((r) => r.sequence).toSorted()).toEqual([1, 2])
        expect(await store.reportsOf('T-2', 10)).toHaveLength(1)
      })

      it('gives a body back as it came, small or large', async () => {
        const small = stored({ terminal: 'T-1' })
        const large = { ...stored({ terminal: 'T-1' }), body: Buffer.from(JSON.stringify({ text: '纸用完 '.repeat(50_000) })) }
        await store.putReports([small, large])
        for (const one of [small, large]) expect(await store.report('T-1', one.id)).toEqual({ receivedAt: one.receivedAt, body: one.body.toString() })
        expect(await store.report('T-2', small.id)).toBeUndefined()
      })

      it('lists newest first, from a time on, and at most so many', async () => {
        await store.putReports([3, 1, 2].map((n) => stored({ sequence: n, at: T0 + n * MINUTE })))
        await drain(store)
        expect((await store.reportsOf('T-1', 2)).map((r) => r.sequence)).toEqual([3, 2])
        expect((await store.reportsOf('T-1', 9, T0 + 2 * MINUTE)).map((r) => r.sequence)).toEqual([3, 2])
      })

      it('keeps what was stored when it is opened again', async () => {
        const one = stored({ found: ['PRN-PAPER-OUT'] })
        await store.putReports([one])
        store = await under.reopen()
        expect(await store.putReports([one])).toEqual(['duplicate'])
        await drain(store)
        store = await under.reopen()
        expect(await store.terminal('T-1', moment)).toMatchObject({ terminal: { id: 'T-1', store: 'Store 12' }, agentVersion: '0.1.0' })
      })

      it('deletes by age what was folded, and nothing else', async () => {
        await store.putReports([stored({ sequence: 1, receivedAt: T0 }), stored({ sequence: 2, receivedAt: T0 + MINUTE })])
        expect(await store.prune(T0 + 10 * MINUTE, 0)).toBe(0)
        await drain(store)
        expect(await store.prune(T0 + 1, 0)).toBe(1)
        expect((await store.reportsOf('T-1', 9)).map((r) => r.sequence)).toEqual([2])
      })
    })

    describe('folding', () => {
      const opened = [{ fault: 'PRN-PAPER-OUT', change: 'opened' as const }]

      it('passes each report once, in as many steps as it takes, across restarts', async () => {
        const seen: string[] = []
        const noting: typeof fold = (before, reports) => {
          seen.push(...reports.map((r) => r.id))
          return fold(before, reports)
        }
        const all = Array.from({ length: 25 }, (_, i) => stored({ terminal: `T-${i % 3}`, sequence: i + 1, at: T0 + i }))
        await store.putReports(all)
        expect((await store.foldNext(10, noting)).folded).toBe(10)
        store = await under.reopen()
        expect((await store.foldNext(10, noting)).folded).toBe(10)
        expect((await store.foldNext(10, noting)).folded).toBe(5)
        expect((await store.foldNext(10, noting)).folded).toBe(0)
        expect(seen.toSorted()).toEqual(all.map((r) => r.id).toSorted())
        expect((await store.figures(moment)).unfolded).toBe(0)
      })

      it('changes nothing when folding throws, and folds the same reports next time', async () => {
        await store.putReports([stored({ found: ['PRN-PAPER-OUT'], changes: opened })])
        await expect(
          store.foldNext(10, () => {
            throw new Error('a bug')
          }),
        ).rejects.toMatchObject({ name: 'StoreError' })
        expect((await store.incidents({ state: 'open', limit: 9 })).rows).toEqual([])
        await drain(store)
        expect((await store.incidents({ state: 'open', limit: 9 })).rows).toHaveLength(1)
      })

      it('opens, counts, closes and reopens one incident per fault and device', async () => {
        const closed = [{ fault: 'PRN-PAPER-OUT', change: 'closed' as const }]
        await store.putReports([
          stored({ sequence: 1, at: T0 + 1, found: ['PRN-PAPER-OUT'], changes: opened }),
          stored({ sequence: 2, at: T0 + 2, found: ['PRN-PAPER-OUT'] }),
        ])
        await drain(store)
        const [first] = (await store.incidents({ state: 'open', limit: 9 })).rows
        expect(first).toMatchObject({ terminalId: 'T-1', store: 'Store 12', fault: 'PRN-PAPER-OUT', device: 'printer-1', severity: 'block', count: 2, openedAt: T0 + 1, changedAt: T0 + 2, regression: false })
        expect(await store.terminal('T-1', moment)).toMatchObject({ openIncidents: 1, worst: 'block' })

        await store.putReports([stored({ sequence: 3, at: T0 + 3, changes: closed })])
        await drain(store)
        expect((await store.incidents({ state: 'open', limit: 9 })).rows).toEqual([])
        expect(await store.incident(first?.id ?? '')).toMatchObject({ closedAt: T0 + 3, count: 2 })
        expect(await store.terminal('T-1', moment)).not.toHaveProperty('worst')

        await store.putReports([stored({ sequence: 4, at: T0 + 4, found: ['PRN-PAPER-OUT'], changes: opened })])
        await drain(store)
        const [again] = (await store.incidents({ state: 'open', limit: 9 })).rows
        expect(again).toMatchObject({ regression: true, count: 1 })
        expect(again?.id).not.toBe(first?.id)
      })

      it('takes a late report for history', async () => {
        await store.putReports([stored({ sequence: 9, at: T0 + 9 })])
        await drain(store)
        await store.putReports([stored({ sequence: 5, at: T0 + 5, found: ['PRN-PAPER-OUT'], changes: opened })])
        expect(await store.foldNext(10, fold)).toMatchObject({ folded: 1, late: 1 })
        expect((await store.incidents({ state: 'open', limit: 9 })).rows).toEqual([])
        expect((await store.reportsOf('T-1', 9)).map((r) => r.sequence)).toEqual([9, 5])
      })

      it('tells what changed', async () => {
        const events: LiveEvent[] = []
        store.onChange((e) => events.push(e))
        await store.putReports([stored({ found: ['PRN-PAPER-OUT'], changes: opened }), stored({ terminal: 'T-2' })])
        await drain(store)
        expect(events).toContainEqual({ type: 'incidents', terminals: ['T-1'], more: false })
        expect(events).toContainEqual({ type: 'reports', terminals: ['T-1', 'T-2'], more: false })
      })
    })

    describe('lists', () => {
      beforeEach(async () => {
        const faults = ['PRN-PAPER-LOW', 'PRN-PAPER-OUT', 'PRN-COVER-OPEN']
        await store.putReports(
          Array.from({ length: 12 }, (_, i) => {
            const fault = faults[i % 3] ?? ''
            return stored({ terminal: `T-${String(i).padStart(2, '0')}`, at: T0 + i, store: i === 3 ? '100% _Mart' : 'Store', found: [fault], changes: [{ fault, change: 'opened' }] })
          }),
        )
        await drain(store)
      })

      it('pages through open incidents, worst first, without a gap or a repeat', async () => {
        const rows = []
        let cursor: string | undefined
        do {
          const page = await store.incidents({ state: 'open', limit: 5, ...(cursor === undefined ? {} : { cursor }) })
          rows.push(...page.rows)
          cursor = page.next
        } while (cursor !== undefined)
        expect(rows).toHaveLength(12)
        expect(new Set(rows.map((r) => r.id)).size).toBe(12)
        expect(rows.map((r) => r.severity)).toEqual([...Array(8).fill('block'), ...Array(4).fill('advisory')])
        expect(rows.slice(0, 8).map((r) => r.openedAt)).toEqual(rows.slice(0, 8).map((r) => r.openedAt).toSorted((a, b) => b - a))
      })

      it('filters incidents', async () => {
        expect((await store.incidents({ state: 'open', severity: 'advisory', limit: 99 })).rows).toHaveLength(4)
        expect((await store.incidents({ state: 'open', fault: 'PRN-COVER-OPEN', limit: 99 })).rows).toHaveLength(4)
        expect((await store.incidents({ state: 'open', terminal: 'T-03', limit: 99 })).rows).toHaveLength(1)
        expect((await store.incidents({ state: 'closed', limit: 99 })).rows).toEqual([])
      })

      it('finds terminals by any word of their identity, letter by letter', async () => {
        const ids = async (q: string) => (await store.terminals({ q, limit: 99 }, moment)).rows.map((r) => r.terminal.id)
        expect(await ids('t-03')).toEqual(['T-03'])
        expect(await ids('100% _m')).toEqual(['T-03'])
        expect(await ids('%')).toEqual(['T-03'])
        expect(await ids("'; drop table terminal; --")).toEqual([])
        expect(await ids('east')).toHaveLength(12)
      })

      it('pages through terminals and tells contact by the age of the last word', async () => {
        const first = await store.terminals({ limit: 7 }, moment)
        const second = await store.terminals({ limit: 7, cursor: first.next ?? '' }, moment)
        expect([...first.rows, ...second.rows].map((r) => r.terminal.id)).toEqual(Array.from({ length: 12 }, (_, i) => `T-${String(i).padStart(2, '0')}`))
        expect(second.next).toBeUndefined()
        const count = async (contact: 'online' | 'stale' | 'offline', now: number) => (await store.terminals({ contact, limit: 99 }, { now, beatMs: MINUTE })).rows.length
        expect(await count('online', T0 + MINUTE)).toBe(12)
        expect(await count('stale', T0 + 5 * MINUTE)).toBe(12)
        expect(await count('offline', T0 + 11 * MINUTE)).toBe(12)
      })

      it('refuses a cursor that it did not make', async () => {
        for (const cursor of ['x', 'bnVsbA', Buffer.from('[1,2]').toString('base64url'), Buffer.from('[{},1,"x"]').toString('base64url')]) {
          await expect(store.incidents({ state: 'open', limit: 5, cursor })).rejects.toBeInstanceOf(CursorError)
        }
      })

      it('sums up', async () => {
        await enrolled(store, 'T-99')
        const overview = await store.overview({ now: T0 + MINUTE, beatMs: MINUTE })
        expect(overview.terminals).toEqual({ online: 12, stale: 0, offline: 0, never: 1 })
        expect(overview.incidents).toEqual({ block: 8, degraded: 0, advisory: 4 })
        expect(overview.tenders).toEqual({ chip: { ready: 0, degraded: 0, blocked: 12, unknown: 0 }, cash: { ready: 12, degraded: 0, blocked: 0, unknown: 0 } })
        expect(overview).toMatchObject({ opened24h: 12, closed24h: 0, reports24h: 12 })
        expect(overview.openedPerHour).toHaveLength(24)
        expect(overview.openedPerHour.at(-1)).toEqual({ at: T0, count: 12 })
        expect(overview.topFaults.map((f) => [f.fault, f.terminals])).toEqual([['PRN-COVER-OPEN', 4], ['PRN-PAPER-OUT', 4], ['PRN-PAPER-LOW', 4]])
        expect(overview.blocked).toHaveLength(12)
        expect(await store.figures({ now: T0, beatMs: MINUTE })).toMatchObject({ openIncidents: { block: 8 }, terminals: { never: 1 } })
      })
    })

    describe('heartbeats', () => {
      beforeEach(() => enrolled(store, 'T-1'))

      it('keep the latest word, and know no terminal that is not enrolled', async () => {
        expect(await store.terminal('T-1', moment)).toMatchObject({ contact: 'never' })
        await store.putHeartbeats([beat('T-1', T0), beat('T-9', T0)])
        expect(await store.terminal('T-1', moment)).toMatchObject({ contact: 'online', lastSeenAt: T0, clockOffsetMs: 5000, agentVersion: '0.2.0', spool: { reports: 2 } })
        expect(await store.terminal('T-9', moment)).toBeUndefined()
      })

      it('and reports do not undo each other: the later check counts', async () => {
        const blocked = [{ tender: 'chip' as const, is: 'blocked' as const, because: [], unseen: [] }]
        await store.putHeartbeats([beat('T-1', T0, { checkedAt: T0, readiness: blocked })])
        await store.putReports([stored({ at: T0 - MINUTE })])
        await drain(store)
        expect(await store.terminal('T-1', moment)).toMatchObject({ readiness: blocked, checkedAt: T0 })
        await store.putReports([stored({ at: T0 + MINUTE, sequence: 2 })])
        await drain(store)
        expect((await store.terminal('T-1', moment))?.readiness[0]?.is).toBe('ready')
        await store.putHeartbeats([beat('T-1', T0 + MINUTE, { checkedAt: T0, readiness: blocked })])
        expect((await store.terminal('T-1', moment))?.readiness[0]?.is).toBe('ready')
      })

      it('tell of a terminal that comes back, not of one that goes on', async () => {
        const events: LiveEvent[] = []
        store.onChange((e) => events.push(e))
        await store.putHeartbeats([beat('T-1', T0)])
        await store.putHeartbeats([beat('T-1', T0 + MINUTE)])
        expect(events).toEqual([{ type: 'terminals', terminals: ['T-1'], more: false }])
      })
    })

    describe('tokens', () => {
      const token = { id: uuidv7(T0), hash: 'h1', createdAt: T0, expiresAt: T0 + MINUTE }
      const attempt = { tokenHash: 'h1', terminalTokenHash: 'own', terminal: { id: 'T-1' }, agentVersion: '1', now: T0 }

      it('enrol once', async () => {
        await store.addEnrolmentToken(token)
        expect(await store.enrol({ ...attempt, tokenHash: 'other' })).toBe('unknown')
        expect(await store.terminalOfToken('own')).toBeUndefined()
        expect(await store.enrol(attempt)).toBe('enrolled')
        expect(await store.terminalOfToken('own')).toBe('T-1')
        expect(await store.enrol({ ...attempt, terminalTokenHash: 'own2' })).toBe('used')
        expect(await store.enrolmentTokens(9)).toEqual([{ id: token.id, createdAt: T0, expiresAt: T0 + MINUTE, usedAt: T0, usedBy: 'T-1' }])
      })

      it('expire, can be revoked, and can be bound to one terminal', async () => {
        await store.addEnrolmentToken(token)
        expect(await store.enrol({ ...attempt, now: T0 + MINUTE })).toBe('expired')
        expect(await store.revokeEnrolmentToken(token.id, T0)).toBe(true)
        expect(await store.revokeEnrolmentToken(token.id, T0)).toBe(false)
        expect(await store.enrol(attempt)).toBe('revoked')
        await store.addEnrolmentToken({ ...token, id: uuidv7(T0), hash: 'h2', terminalId: 'T-2', note: 'lane 2' })
        expect(await store.enrol({ ...attempt, tokenHash: 'h2' })).toBe('other-terminal')
        expect(await store.enrol({ ...attempt, tokenHash: 'h2', terminal: { id: 'T-2' } })).toBe('enrolled')
      })

      it('do not let an unbound token take an enrolled terminal over, but a bound one renews it', async () => {
        await enrolled(store, 'T-1')
        await store.addEnrolmentToken(token)
        expect(await store.enrol(attempt)).toBe('taken')
        expect(await store.revokeTerminalToken('T-1')).toBe(true)
        expect(await store.revokeTerminalToken('T-1')).toBe(false)
        expect(await store.terminalOfToken('own-T-1')).toBeUndefined()
        expect(await store.enrol(attempt)).toBe('enrolled')
        await store.addEnrolmentToken({ ...token, id: uuidv7(T0), hash: 'h3', terminalId: 'T-1' })
        expect(await store.enrol({ ...attempt, tokenHash: 'h3', terminalTokenHash: 'own3' })).toBe('enrolled')
        expect([await store.terminalOfToken('own'), await store.terminalOfToken('own3')]).toEqual([undefined, 'T-1'])
      })
    })

    describe('commands', () => {
      const command = { id: uuidv7(T0), type: 'check' as const, createdAt: T0, expiresAt: T0 + 10 * MINUTE, only: ['printer' as const] }
      beforeEach(() => enrolled(store, 'T-1'))

      it('are given until begun, and end once', async () => {
        const events: LiveEvent[] = []
        store.onChange((e) => events.push(e))
        expect(await store.addCommand(command, 'T-1')).toEqual({ ...command, terminalId: 'T-1', state: 'waiting' })
        expect((await store.takeCommands('T-2', T0)).commands).toEqual([])
        expect((await store.takeCommands('T-1', T0)).commands).toEqual([command])
        expect((await store.takeCommands('T-1', T0)).commands).toEqual([command])
        const running = { state: 'running' as const, looked: 1, total: 4 }
        expect(await store.progress('T-2', command.id, running, T0)).toBe('unknown')
        expect(await store.progress('T-1', command.id, running, T0)).toMatchObject({ state: 'running', progress: running })
        expect((await store.takeCommands('T-1', T0)).commands).toEqual([])
        expect(await store.progress('T-1', command.id, { state: 'done', looked: 4, total: 4 }, T0)).toMatchObject({ state: 'done' })
        expect(await store.progress('T-1', command.id, running, T0)).toBe('finished')
        expect((await store.commandsOf('T-1', T0, 9)).map((c) => c.state)).toEqual(['done'])
        expect(await store.commandsOf('T-1', T0 + 1, 9)).toEqual([])
        expect(events.map((e) => e.type === 'command' && e.command.state)).toEqual(['waiting', 'sent', 'running', 'done'])
      })

      it('expire when nobody takes them, and fail when nothing more is heard', async () => {
        const other = { ...command, id: uuidv7(T0 + 1) }
        await store.addCommand(command, 'T-1')
        await store.addCommand(other, 'T-1')
        await store.progress('T-1', other.id, { state: 'running', looked: 0, total: 0 }, T0)
        expect(await store.expireCommands(T0 + MINUTE, 10 * MINUTE)).toEqual([])
        expect((await store.takeCommands('T-1', T0 + 10 * MINUTE)).commands).toEqual([])
        const ended = await store.expireCommands(T0 + 10 * MINUTE, 10 * MINUTE)
        expect(ended.map((c) => [c.id, c.state]).toSorted()).toEqual([[command.id, 'expired'], [other.id, 'failed']].toSorted())
        expect(await store.expireCommands(T0 + 99 * MINUTE, 10 * MINUTE)).toEqual([])
      })

      it('say whether somebody watches', async () => {
        expect((await store.takeCommands('T-1', T0)).watchedUntil).toBe(0)
        await store.watch('T-1', T0 + 5 * MINUTE)
        expect((await store.takeCommands('T-1', T0)).watchedUntil).toBe(T0 + 5 * MINUTE)
      })
    })

    it('can say that it is ready', () => expect(store.ready()).resolves.toBeUndefined())
  })
}
