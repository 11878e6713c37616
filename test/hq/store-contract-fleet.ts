import { beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../src/hq/store.ts'
import { uuidv7 } from '../../src/model/id.ts'
import type { LiveEvent } from '../../src/model/wire.ts'
import { beat, drain, enrolled, MINUTE, moment, stored, T0 } from './store-under-test.ts'

/** The part of the store contract that is about terminals: heartbeats, tokens, commands. Called within a describe whose beforeEach opens a fresh store. */
export const fleetContract = (current: () => Store): void => {
  let store: Store
  beforeEach(() => {
    store = current()
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
    const attempt = { tokenHash: 'h1', terminalTokenHash: 'own', terminal: { id: 'T-1' }, agentVersion: '1', address: '192.0.2.7', waits: false, now: T0 }

    it('enrol once', async () => {
      await store.addEnrolmentToken(token)
      expect(await store.enrol({ ...attempt, tokenHash: 'other' })).toBe('unknown')
      expect(await store.terminalOfToken('own')).toBeUndefined()
      expect(await store.enrol(attempt)).toBe('enrolled')
      expect(await store.terminalOfToken('own')).toEqual({ terminalId: 'T-1', waits: false })
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
      expect([await store.terminalOfToken('own'), await store.terminalOfToken('own3')]).toEqual([undefined, { terminalId: 'T-1', waits: false }])
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
}
