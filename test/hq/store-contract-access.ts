import { beforeEach, describe, expect, it } from 'vitest'
import type { NewPerson, NewSession } from '../../src/hq/access/store.ts'
import { CursorError } from '../../src/hq/queries/cursor.ts'
import type { Store } from '../../src/hq/store.ts'
import { type AuditRow, isWithin, type Scope } from '../../src/model/access.ts'
import { uuidv7 } from '../../src/model/id.ts'
import { DAY, drain, enrolled, MINUTE, moment, stored, T0 } from './store-under-test.ts'

const KEY = { kty: 'OKP' as const, crv: 'Ed25519' as const, x: 'pOjReHy0PWe5GL0IcNVg71WRDGD94UMyVagxKEqqAh0' }

/** The part of the store contract that is about who may what. Called within a describe whose beforeEach opens a fresh store. */
export const accessContract = (current: () => Store): void => {
  let store: Store
  beforeEach(() => {
    store = current()
  })
  const person = (name: string, more: Partial<NewPerson> = {}): NewPerson => ({ id: uuidv7(T0), name, role: 'technician', external: false, now: T0, ...more })
  const session = (hash: string, more: Partial<NewSession> = {}): NewSession => ({ hash, id: uuidv7(T0), now: T0, idleMs: 10 * MINUTE, expiresAt: T0 + DAY, address: '192.0.2.9', browser: 'Firefox', ...more })

  describe('people', () => {
    it('have names that are unique in any case, and are found by them', async () => {
      const wang = person('Wang.Fang', { scope: [{ region: '华北' }, { region: 'East', store: 'Main St' }], password: 'hash' })
      expect(await store.access.addPerson(wang)).toBe(true)
      expect(await store.access.addPerson(person('WANG.fang'))).toBe(false)
      expect(await store.access.person({ name: 'wang.FANG' })).toEqual({ id: wang.id, name: 'Wang.Fang', role: 'technician', scope: wang.scope, password: 'hash', external: false, disabled: false })
      expect(await store.access.person({ name: "' or 1=1 --" })).toBeUndefined()
      expect(await store.access.countPeople()).toBe(1)
    })

    it('change, and every change ends their sessions', async () => {
      const li = person('li')
      await store.access.addPerson(li)
      await store.access.addPerson(person('an'))
      for (const change of [{ role: 'manager' as const }, { scope: [{ store: 'S' }] }, { password: 'new' }, { external: true }, {}, { disabledAt: T0 }]) {
        await store.access.addSession(session('h', { personId: li.id }))
        expect(await store.access.changePerson(li.id, change)).toBe(true)
        expect(await store.access.session('h', T0)).toBeUndefined()
      }
      expect(await store.access.changePerson(uuidv7(T0), { role: 'viewer' })).toBe(false)
      expect(await store.access.people(T0)).toMatchObject([{ name: 'an', sessions: 0 }, { id: li.id, name: 'li', role: 'manager', scope: [{ store: 'S' }], password: true, external: true, disabledAt: T0, sessions: 0 }])
      await store.access.changePerson(li.id, { scope: null, disabledAt: null })
      expect(await store.access.person({ name: 'li' })).not.toHaveProperty('scope')
    })

    it('are bound to a subject at their first sign-in, until they are no longer let in from outside', async () => {
      const li = person('li', { external: true })
      await store.access.addPerson(li)
      await store.access.signedIn(li.id, T0 + 1, 'https://id.example 4711')
      expect(await store.access.person({ subject: 'https://id.example 4711' })).toMatchObject({ id: li.id, subject: 'https://id.example 4711' })
      expect((await store.access.people(T0))[0]).toMatchObject({ signedInAt: T0 + 1 })
      await store.access.changePerson(li.id, { external: false })
      expect(await store.access.person({ subject: 'https://id.example 4711' })).toBeUndefined()
    })
  })

  describe('sessions', () => {
    it('count until they were idle too long or too long at all, whoever they are of', async () => {
      await store.access.addSession(session('h'))
      expect(await store.access.session('h', T0 + 10 * MINUTE - 1)).toEqual({ id: expect.any(String), seenAt: T0 })
      expect(await store.access.session('h', T0 + 10 * MINUTE)).toBeUndefined()
      await store.access.addSession(session('g', { id: 'g', idleMs: 2 * DAY }))
      expect(await store.access.session('g', T0 + DAY - 1)).toBeDefined()
      expect(await store.access.session('g', T0 + DAY)).toBeUndefined()
      await store.access.touchSession('g', T0 + 5)
      expect(await store.access.session('g', T0 + 6)).toMatchObject({ seenAt: T0 + 5 })
      await store.access.tend(T0 + 11 * MINUTE, T0)
      expect(await store.access.session('h', T0)).toBeUndefined()
      expect(await store.access.session('g', T0 + 6)).toBeDefined()
    })

    it('of a person end one by one or together, and with the person', async () => {
      const li = person('li')
      await store.access.addPerson(li)
      for (const id of ['a', 'b', 'c']) await store.access.addSession(session(`hash-${id}`, { id, personId: li.id }))
      expect(await store.access.session('hash-a', T0)).toMatchObject({ id: 'a', person: { name: 'li' } })
      expect((await store.access.sessionsOf(li.id, T0)).map((s) => s.id).toSorted()).toEqual(['a', 'b', 'c'])
      await store.access.endSessions({ id: 'a' })
      await store.access.endSessions({ personId: li.id, but: 'c' })
      expect(await store.access.sessionsOf(li.id, T0)).toEqual([{ id: 'c', createdAt: T0, seenAt: T0, expiresAt: T0 + 10 * MINUTE, address: '192.0.2.9', browser: 'Firefox' }])
      expect((await store.access.people(T0))[0]).toMatchObject({ sessions: 1 })
    })
  })

  it('API tokens count until they expire or are revoked', async () => {
    const token = { id: uuidv7(T0), hash: 'h', name: 'Grafana', role: 'viewer' as const, scope: [{ region: 'East' }], createdBy: 'li', now: T0, expiresAt: T0 + DAY }
    await store.access.addApiToken(token)
    await store.access.addApiToken({ ...token, id: uuidv7(T0 + 1), hash: 'g', expiresAt: undefined, scope: undefined, now: T0 + 1 })
    expect(await store.access.apiToken('h', T0)).toEqual({ id: token.id, name: 'Grafana', role: 'viewer', scope: token.scope })
    await store.access.usedApiToken(token.id, T0 + 5)
    expect(await store.access.apiToken('h', T0)).toMatchObject({ usedAt: T0 + 5 })
    expect(await store.access.apiToken('h', T0 + DAY)).toBeUndefined()
    expect(await store.access.apiToken('g', T0 + 999 * DAY)).toBeDefined()
    expect(await store.access.revokeApiToken(token.id, T0 + 6)).toBe(true)
    expect(await store.access.revokeApiToken(token.id, T0 + 6)).toBe(false)
    expect(await store.access.apiToken('h', T0)).toBeUndefined()
    expect((await store.access.apiTokens(9)).map((t) => [t.name, t.createdAt, t.revokedAt])).toEqual([['Grafana', T0 + 1, undefined], ['Grafana', T0, T0 + 6]])
  })

  it('the audit log lists newest first, page by page, by who and by what', async () => {
    const line = (i: number): AuditRow => ({ id: uuidv7(T0 + i), at: T0 + i, who: i % 2 === 0 ? 'li' : "o'brien", by: 'session', action: i < 3 ? 'user.add' : 'sign-in', target: `t${i}`, status: 201, address: '::1', detail: '{"a":"纸\u0000"}' })
    for (let i = 0; i < 7; i++) await store.access.record(line(i))
    const first = await store.access.audit({ limit: 4 })
    const second = await store.access.audit({ limit: 4, cursor: first.next })
    expect([...first.rows, ...second.rows].map((r) => r.target)).toEqual(['t6', 't5', 't4', 't3', 't2', 't1', 't0'])
    expect(first.rows[0]).toEqual({ ...line(6), id: expect.any(String), detail: '{"a":"纸\ufffd"}' })
    expect(second.next).toBeUndefined()
    expect((await store.access.audit({ who: "o'brien", limit: 9 })).rows.map((r) => r.target)).toEqual(['t5', 't3', 't1'])
    expect((await store.access.audit({ action: 'user.add', limit: 9 })).rows).toHaveLength(3)
    await expect(store.access.audit({ limit: 4, cursor: 'x' })).rejects.toBeInstanceOf(CursorError)
  })

  describe('terminals', () => {
    it('are approved once, where that is demanded, and have one key', async () => {
      expect(await store.access.policy()).toEqual({ unsigned: 'accept', approval: 'none' })
      await store.access.setPolicy({ unsigned: 'refuse', approval: 'required' })
      await store.access.setPolicy({ unsigned: 'refuse', approval: 'none' })
      expect(await store.access.policy()).toEqual({ unsigned: 'refuse', approval: 'none' })

      await store.addEnrolmentToken({ id: uuidv7(T0), hash: 'h', createdAt: T0, expiresAt: T0 + MINUTE, madeBy: 'li' })
      const terminal = { id: 'T-1', region: 'East' }
      await store.enrol({ tokenHash: 'h', terminalTokenHash: 'own', terminal, agentVersion: '1', key: KEY, address: '192.0.2.7', waits: true, now: T0 })
      expect(await store.terminalOfToken('own')).toEqual({ terminalId: 'T-1', key: KEY, waits: true })
      expect(await store.access.waiting(9)).toEqual([{ terminal, enrolledAt: T0, address: '192.0.2.7', key: KEY.x, by: 'li' }])
      expect(await store.access.waiting(9, [{ region: 'West' }])).toEqual([])
      expect(await store.access.approve('T-1', 'li', T0)).toBe(true)
      expect(await store.access.approve('T-1', 'li', T0)).toBe(false)
      expect(await store.access.waiting(9)).toEqual([])
      expect(await store.terminalOfToken('own')).toEqual({ terminalId: 'T-1', key: KEY, waits: false })
    })

    it('whose answer was lost may ask again with the key that they showed, and nobody else may', async () => {
      await store.addEnrolmentToken({ id: uuidv7(T0), hash: 'h', createdAt: T0, expiresAt: T0 + MINUTE })
      const attempt = { tokenHash: 'h', terminalTokenHash: 'own', terminal: { id: 'T-1' }, agentVersion: '1', key: KEY, proven: true, address: '192.0.2.7', waits: true, now: T0 }
      expect(await store.enrol(attempt)).toBe('enrolled')
      const again = { ...attempt, terminalTokenHash: 'own2', now: T0 + 1 }
      const { key: _, ...keyless } = again
      for (const other of [{ ...again, proven: false }, { ...again, key: { ...KEY, x: KEY.x.replace('p', 'q') } }, { ...again, terminal: { id: 'T-2' } }, keyless, { ...again, now: T0 + MINUTE }]) expect(await store.enrol(other)).toBe('used')
      expect(await store.terminalOfToken('own')).toEqual({ terminalId: 'T-1', key: KEY, waits: true })
      expect(await store.enrol(again)).toBe('enrolled')
      expect([await store.terminalOfToken('own'), await store.terminalOfToken('own2')]).toEqual([undefined, { terminalId: 'T-1', key: KEY, waits: true }])
      // What somebody approved stays approved, and what somebody revoked stays revoked.
      await store.access.approve('T-1', 'li', T0)
      expect(await store.enrol({ ...again, terminalTokenHash: 'own3' })).toBe('enrolled')
      expect(await store.terminalOfToken('own3')).toEqual({ terminalId: 'T-1', key: KEY, waits: false })
      await store.revokeTerminalToken('T-1')
      expect(await store.enrol({ ...again, terminalTokenHash: 'own4' })).toBe('used')
      // Enrolled anew with another token, the earlier one is of no use any more.
      await store.addEnrolmentToken({ id: uuidv7(T0), hash: 'h2', terminalId: 'T-1', createdAt: T0, expiresAt: T0 + MINUTE })
      expect(await store.enrol({ ...again, tokenHash: 'h2', terminalTokenHash: 'own5', now: T0 + 2 })).toBe('enrolled')
      expect(await store.enrol({ ...again, terminalTokenHash: 'own6', now: T0 + 3 })).toBe('used')
    })

    it('that enrolled without a key give it once', async () => {
      await enrolled(store, 'T-1')
      await store.putReports([stored({ terminal: 'T-9' })])
      await drain(store)
      expect([await store.access.countUnsigned(), await store.access.countUnsigned([{ region: 'East' }])]).toEqual([1, 0])
      expect(await store.access.setKey('T-1', KEY, '192.0.2.7', T0)).toBe(true)
      expect(await store.access.setKey('T-1', KEY, '192.0.2.7', T0)).toBe(true)
      expect(await store.access.setKey('T-1', { ...KEY, x: KEY.x.replace('p', 'q') }, '192.0.2.7', T0)).toBe(false)
      expect(await store.access.setKey('T-3', KEY, '192.0.2.7', T0)).toBe(true)
      expect(await store.terminalOfToken('own-T-1')).toEqual({ terminalId: 'T-1', store: 'Main St', key: KEY, waits: false })
      expect(await store.access.countUnsigned()).toBe(0)
    })

    it('enrol with a token for a place only if they are there', async () => {
      await store.addEnrolmentToken({ id: uuidv7(T0), hash: 'h', region: 'East', store: 'Main St', createdAt: T0, expiresAt: T0 + MINUTE })
      const attempt = { tokenHash: 'h', terminalTokenHash: 'own', agentVersion: '1', address: '192.0.2.7', waits: false, now: T0 }
      expect(await store.enrol({ ...attempt, terminal: { id: 'T-1', region: 'East' } })).toBe('other-place')
      expect(await store.enrol({ ...attempt, terminal: { id: 'T-1', region: 'West', store: 'Main St' } })).toBe('other-place')
      expect(await store.enrol({ ...attempt, terminal: { id: 'T-1', region: 'East', store: 'Main St' } })).toBe('enrolled')
      const ids = async (scope?: Scope, id?: string) => (await store.enrolmentTokens(9, scope, id)).map((t) => t.region)
      expect([await ids(), await ids([{ region: 'East' }]), await ids([{ region: 'East', store: 'Other' }]), await ids(undefined, uuidv7(T0))]).toEqual([['East'], ['East'], [], []])
    })

    it('and what was refused of them is counted by reason', async () => {
      await enrolled(store, 'T-1', { region: 'East' })
      const refusal = { terminalId: 'T-1', reason: 'signature-wrong', count: 2, firstAt: T0, lastAt: T0 + 1, address: '192.0.2.7' }
      await store.access.addRefusals([])
      await store.access.addRefusals([refusal, { ...refusal, terminalId: 'T-404', reason: 'enrolment-used' }])
      await store.access.addRefusals([{ ...refusal, count: 3, firstAt: T0 + 5, lastAt: T0 + 6, address: '192.0.2.8' }])
      const all = { since: T0, limit: 9 }
      expect((await store.access.refusals(all)).map((r) => r.terminalId)).toEqual(['T-1', 'T-404'])
      expect(await store.access.refusals({ ...all, scope: [{ region: 'East' }] })).toEqual([{ ...refusal, count: 5, lastAt: T0 + 6, address: '192.0.2.8' }])
      expect(await store.access.refusals({ ...all, terminal: 'T-404' })).toHaveLength(1)
      expect(await store.access.refusals({ ...all, since: T0 + 7 })).toEqual([])
      await store.access.tend(T0, T0 + 2)
      expect(await store.access.refusals(all)).toHaveLength(1)
    })
  })

  describe('a scope', () => {
    const PLACES = [{ region: 'East', store: 'A' }, { region: 'East', store: 'B' }, { region: 'West', store: 'A' }, { region: 'West', store: "C' or '1'='1" }, { region: 'North' }]
    const SCOPES: Scope[] = [[{ region: 'East' }], [{ store: 'A' }], [{ region: 'West', store: 'A' }], [{ region: 'East', store: 'B' }, { region: 'North' }], [{ store: "C' or '1'='1" }], [{ region: 'South' }], [{ region: "x') or (1=1" }]]
    const opened = (fault: string) => [{ fault, change: 'opened' as const }]

    beforeEach(async () => {
      for (const [i, at] of PLACES.entries()) await enrolled(store, `T-${i}`, at)
      await store.putReports(PLACES.map((at, i) => stored({ identity: { id: `T-${i}`, ...at }, found: ['PRN-PAPER-OUT'], changes: opened('PRN-PAPER-OUT') })))
      await drain(store)
      const names = [...new Set(PLACES.map((at, i) => at.store ?? `T-${i}`))]
      const none = { lost: 0, per_hour: 0, cost: 0, currency: null }
      await store.triage.together('preparing stores', names.flatMap((name) => [
        ...store.triage.visits.making({ id: uuidv7(T0), store: name, state: 'planned', madeAt: T0, madeBy: 'li', incidents: [uuidv7(T0)], parts: [] }),
        ...store.triage.stores.keeping([{ store: name, region: null, terminals: 1, online: 0, silent: 1, closed: 0, blocked: 0, open_incidents: 0, rank: 0, absence: null, ...none }]),
        store.triage.absences.beginning({ id: uuidv7(T0), scope: 'store', place: name, store: name, region: null, terminals: 1, since: T0, noticed_at: T0, back_at: null, cause: 'power', reasons: '{"causes":[],"evidence":[]}', ...none }),
      ]))
    })

    it.each(SCOPES.map((scope) => ({ scope })))('$scope cuts every list and count to what its words say', async ({ scope }) => {
      const expected = PLACES.flatMap((at, i) => (isWithin(scope, at) ? [`T-${i}`] : []))
      expect((await store.terminals({ limit: 9, scope }, moment)).rows.map((r) => r.terminal.id)).toEqual(expected)
      expect((await store.incidents({ state: 'open', limit: 9, scope })).rows.map((r) => r.terminalId).toSorted()).toEqual(expected)
      expect((await store.access.within(scope, PLACES.map((_, i) => `T-${i}`))).toSorted()).toEqual(expected)
      const overview = await store.overview({ now: T0 + MINUTE, beatMs: MINUTE }, scope)
      const n = expected.length
      expect(overview).toMatchObject({ opened24h: n, closed24h: 0, reports24h: n, incidents: { block: n }, terminals: { online: n } })
      expect(overview.blocked.map((r) => r.terminal.id)).toEqual(expected)
      expect(overview.topFaults.map((f) => f.terminals)).toEqual(n === 0 ? [] : [n])
      expect(overview.openedPerHour.at(-1)?.count).toBe(n)
      expect((await store.reportsBetween({ from: T0 - DAY, to: T0 + DAY, limit: 9, scope })).rows.map((r) => r.terminalId)).toEqual(expected)
      const open = (await store.incidents({ state: 'open', limit: 9 })).rows.map((r) => r.id)
      expect((await store.triage.care.openIncidents(open, scope)).map((s) => s.place).toSorted()).toEqual(expected)
      expect((await store.triage.money.queue(T0, 9, scope)).map((r) => (r.kind === 'incident' ? r.terminalId : r.kind)).toSorted()).toEqual(expected)
      expect((await store.triage.money.facets({ scope })).fault.map((f) => f.incidents)).toEqual(n === 0 ? [] : [n])
      // A store is within it if one of its terminals is; one that names no store is a store of its own.
      const stores = [...new Set(PLACES.flatMap((at, i) => (isWithin(scope, at) ? [at.store ?? `T-${i}`] : [])))].toSorted()
      expect((await store.triage.visits.list({ limit: 9, scope })).map((v) => v.store).toSorted()).toEqual(stores)
      for (const visit of await store.triage.visits.list({ limit: 9 })) expect((await store.triage.visits.one(visit.id, scope)) !== undefined).toBe(stores.includes(visit.store))
      expect((await store.triage.stores.list({ limit: 9, scope })).rows.map((s) => s.store).toSorted()).toEqual(stores)
      expect((await store.triage.stores.map(T0, { scope })).regions.flatMap((r) => r.stores.map(([name]) => name)).toSorted()).toEqual(stores)
      expect((await store.triage.absences.list('open', 9, { scope })).map((a) => a.store).toSorted()).toEqual(stores)
      const absences = (await store.triage.absences.list('open', 9)).map((a) => a.id)
      expect(await store.triage.care.openAbsences(absences, scope)).toHaveLength(stores.length)
      for (const id of absences) expect((await store.triage.absences.one(id, scope))?.store).toSatisfy((name) => name === undefined || stores.includes(name))
      expect(overview.tenders.chip?.blocked ?? 0).toBe(n)
    })

    it('follows a terminal that moves', async () => {
      await store.putReports([stored({ identity: { id: 'T-0', region: 'South' }, sequence: 2, at: T0 + 1 })])
      await drain(store)
      expect((await store.terminals({ limit: 9, scope: [{ region: 'South' }] }, moment)).rows.map((r) => r.terminal.id)).toEqual(['T-0'])
      expect((await store.terminals({ limit: 9, scope: [{ region: 'East' }] }, moment)).rows.map((r) => r.terminal.id)).toEqual(['T-1'])
    })
  })
}
