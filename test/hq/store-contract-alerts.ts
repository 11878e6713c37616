import { describe, expect, it } from 'vitest'
import type { AlertStore, Match, NewAlert, Sending } from '../../src/hq/alerts/store.ts'
import { watchOnce } from '../../src/hq/alerts/watch.ts'
import type { Store } from '../../src/hq/store.ts'
import type { AlertRule, RuleRow } from '../../src/model/alerts.ts'
import { uuidv7 } from '../../src/model/id.ts'
import { beat, drain, enrolled, MINUTE, moment, stored, T0 } from './store-under-test.ts'

const rule = (id: string, is: AlertRule): RuleRow => ({ id, changedAt: T0, rule: is })
const base = { name: 'r', scope: {}, channels: [], enabled: true }
const onIncident = rule(uuidv7(T0), { ...base, on: 'incident', minutes: 0 })
const channel = uuidv7(T0)
const sending: Sending = { channelId: channel, robot: 'robot', gatherMs: 1000, most: 3, limits: [{ count: 2, perMs: MINUTE }] }

const raised = ({ key, subject }: Match, of: RuleRow, dueAt: number): NewAlert => {
  const id = uuidv7(T0)
  return { id, key, dueAt, row: { id, ruleId: of.id, rule: of.rule.name, on: of.rule.on, subject, since: T0 } }
}

/** Puts an incident on each of these terminals. */
const incidents = async (store: Store, terminals: readonly string[], fault = 'PRN-PAPER-OUT'): Promise<void> => {
  await store.putReports(terminals.map((terminal, i) => stored({ terminal, sequence: 1, at: T0 + i, found: [fault], changes: [{ fault, change: 'opened' }] })))
  await drain(store)
}

const fireAll = async (alerts: AlertStore, of: RuleRow, at: number): Promise<void> => {
  await alerts.raise((await alerts.unraised(of, at, 99)).map((m) => raised(m, of, at)))
  await alerts.fire((await alerts.due(at, 99)).map((alert) => ({ alert, channels: [channel] })), [], at)
}

/** What every store must do for alerts. */
export const alertsContract = (open: () => Store): void => {
  describe('alerts', () => {
    it('keeps settings of every kind by id, until they are removed', async () => {
      const { alerts } = open()
      const silence = { name: '盘点 ✓', scope: {}, from: T0, until: T0 + 1 }
      await alerts.keep('rule', onIncident.id, onIncident.rule, T0)
      await alerts.keep('silence', onIncident.id, silence, T0)
      await alerts.keep('rule', onIncident.id, { ...onIncident.rule, name: 'other' }, T0 + 5)
      expect(await alerts.settings()).toEqual({ rules: [{ id: onIncident.id, changedAt: T0 + 5, rule: { ...onIncident.rule, name: 'other' } }], silences: [{ id: onIncident.id, changedAt: T0, silence }], windows: [], channels: [] })
      expect([await alerts.remove('rule', onIncident.id), await alerts.remove('rule', onIncident.id)]).toEqual([true, false])
      expect((await alerts.settings()).silences).toHaveLength(1)
    })

    it('finds incidents by severity, fault, region, store and terminal, quotes and all', async () => {
      const store = open()
      await store.putReports([
        stored({ terminal: 'A', at: T0, store: "O'Hara", found: ['PRN-PAPER-OUT'], changes: [{ fault: 'PRN-PAPER-OUT', change: 'opened' }] }),
        stored({ terminal: 'B', at: T0, found: ['PRN-PAPER-LOW'], changes: [{ fault: 'PRN-PAPER-LOW', change: 'opened' }] }),
      ])
      await drain(store)
      const found = async (scope: AlertRule['scope']): Promise<string[]> => (await store.alerts.unraised(rule(uuidv7(T0), { ...base, on: 'incident', minutes: 0, scope }), T0, 99)).map((m) => m.subject.terminalId).toSorted()
      expect(await found({})).toEqual(['A', 'B'])
      expect(await found({ severities: ['block'] })).toEqual(['A'])
      expect(await found({ faults: ['PRN-PAPER-LOW', 'X'] })).toEqual(['B'])
      expect(await found({ stores: ["O'Hara"] })).toEqual(['A'])
      expect(await found({ regions: ['East'] })).toEqual(['A', 'B'])
      expect(await found({ regions: ["East' or '1'='1"] })).toEqual([])
      expect(await found({ terminals: ['B'], severities: ['block'] })).toEqual([])
    })

    it('raises one alert per rule and incident, and closes it when the incident is over', async () => {
      const store = open()
      const { alerts } = store
      await incidents(store, ['A'])
      const [match] = await alerts.unraised(onIncident, T0, 9)
      expect(match).toMatchObject({ since: T0, subject: { terminalId: 'A', store: 'Store 12', region: 'East', fault: 'PRN-PAPER-OUT', device: 'printer-1', severity: 'block' } })
      if (match === undefined) return
      await alerts.raise([raised(match, onIncident, T0)])
      await alerts.raise([raised(match, onIncident, T0)])
      expect(await alerts.unraised(onIncident, T0, 9)).toEqual([])
      const other = rule(uuidv7(T0), onIncident.rule)
      expect(await alerts.unraised(other, T0, 9)).toHaveLength(1)
      expect(await alerts.over(onIncident, T0, 9)).toEqual([])
      await store.putReports([stored({ terminal: 'A', sequence: 2, at: T0 + 9, changes: [{ fault: 'PRN-PAPER-OUT', change: 'closed' }] })])
      await drain(store)
      const over = await alerts.over(onIncident, T0, 9)
      expect(over.map((a) => a.subject.terminalId)).toEqual(['A'])
      await alerts.close(over, T0 + 10)
      // It was never told, so nobody needs to hear that it is over.
      expect([(await alerts.alerts({ state: 'open', limit: 9 })).rows, (await alerts.alerts({ state: 'closed', limit: 9 })).rows]).toEqual([[], []])
    })

    it('finds blocked ways of taking money, and terminals that fell silent, but not those that were revoked', async () => {
      const store = open()
      await enrolled(store, 'A')
      await enrolled(store, 'B')
      const blocked = [{ tender: 'chip' as const, is: 'blocked' as const, because: [], unseen: [] }, { tender: 'cash' as const, is: 'ready' as const, because: [], unseen: [] }]
      await store.putHeartbeats([beat('A', T0, { readiness: blocked, checkedAt: T0 }), beat('B', T0 + 9 * MINUTE)])
      const { alerts } = store
      const tender = (tenders: ('chip' | 'cash')[]): RuleRow => rule(uuidv7(T0), { ...base, on: 'tender', tenders, minutes: 0 })
      expect(await alerts.unraised(tender(['chip', 'cash']), T0, 9)).toEqual([{ key: '', subject: { terminalId: 'A', store: 'Main St', tenders: ['chip'] } }])
      expect(await alerts.unraised(tender(['cash']), T0, 9)).toEqual([])
      const silence = rule(uuidv7(T0), { ...base, on: 'silence', minutes: 10 })
      expect(await alerts.unraised(silence, T0 + 10 * MINUTE, 9)).toEqual([])
      expect(await alerts.unraised(silence, T0 + 10 * MINUTE + 1, 9)).toEqual([{ key: '', since: T0, subject: { terminalId: 'A', store: 'Main St' } }])
      // While HQ itself was away every terminal seems silent.
      const settings = { rules: [silence], silences: [], windows: [], channels: [] }
      const standing = async (listeningMs: number) => {
        await watchOnce(alerts, settings, T0 + 10 * MINUTE + 1, listeningMs)
        return (await alerts.alerts({ state: 'open', limit: 9 })).rows.map((a) => a.subject.terminalId)
      }
      expect([await standing(10 * MINUTE - 1), await standing(10 * MINUTE)]).toEqual([[], ['A']])
      await store.putHeartbeats([beat('A', T0 + 10 * MINUTE)])
      expect(await standing(0)).toEqual([])
      expect(await alerts.unraised(silence, T0 + 20 * MINUTE + 1, 9)).toHaveLength(2)
      // A store that has closed need not speak before it opens.
      await store.triage.together('closing a store', store.triage.absences.closing(new Map([['A', true]])))
      expect((await alerts.unraised(silence, T0 + 20 * MINUTE + 1, 9)).map((m) => m.subject.terminalId)).toEqual(['B'])
      await store.triage.together('opening a store', store.triage.absences.closing(new Map([['A', false]])))
      await store.revokeTerminalToken('A')
      expect((await alerts.unraised(silence, T0 + 20 * MINUTE + 1, 9)).map((m) => m.subject.terminalId)).toEqual(['B'])
    })

    it('tells what was told to be over when its rule is gone', async () => {
      const store = open()
      await incidents(store, ['A', 'B'])
      await fireAll(store.alerts, onIncident, T0 + 10)
      expect(await store.alerts.orphaned([onIncident.id], 9)).toEqual([])
      await watchOnce(store.alerts, { rules: [], silences: [], windows: [], channels: [] }, T0 + 20, 0)
      expect((await store.alerts.alerts({ state: 'open', limit: 9 })).rows).toEqual([])
      const first = await store.alerts.alerts({ state: 'closed', limit: 1 })
      const rest = await store.alerts.alerts({ state: 'closed', limit: 1, cursor: first.next ?? '' })
      expect([...first.rows, ...rest.rows].map((a) => a.subject.terminalId).toSorted()).toEqual(['A', 'B'])
      expect(rest.next).toBeUndefined()
      const [message] = await store.alerts.claim([{ ...sending, most: 9 }], T0 + MINUTE, 1000)
      expect(message?.notices.map((n) => n.change)).toEqual(['firing', 'firing', 'resolved', 'resolved'])
    })

    it('gathers what waits into messages, one at a time per channel, within the limits of the robot', async () => {
      const store = open()
      const { alerts } = store
      await incidents(store, ['A', 'B', 'C', 'D', 'E', 'F', 'G'])
      await fireAll(alerts, onIncident, T0)
      expect((await alerts.channelStates()).get(channel)).toEqual({ waiting: 7 })
      const [first, ...others] = await alerts.claim([sending], T0 + 1, 5000)
      expect([first?.notices.length, first?.tries, others]).toEqual([3, 1, []])
      expect(await alerts.claim([sending], T0 + 2, 5000)).toEqual([])
      await alerts.settle(first?.id ?? '', { state: 'waiting', nextAt: T0 + 1000, kind: 'busy', detail: 'later' })
      expect(await alerts.claim([sending], T0 + 999, 5000)).toEqual([])
      const [again] = await alerts.claim([sending], T0 + 1000, 5000)
      expect([again?.id, again?.tries, again?.notices.length]).toEqual([first?.id, 2, 3])
      await alerts.settle(first?.id ?? '', { state: 'sent' })
      // Two tries a minute: the next message waits for the first try to be a minute ago, also where another channel leads to the same robot.
      expect(await alerts.claim([sending, { ...sending, channelId: uuidv7(T0) }], T0 + MINUTE, 5000)).toEqual([])
      const [second] = await alerts.claim([sending], T0 + MINUTE + 1, 5000)
      expect(second?.notices.length).toBe(3)
      expect((await alerts.channelStates()).get(channel)).toMatchObject({ waiting: 1, last: { id: second?.id, state: 'waiting', alerts: 3 } })
      // Whoever claimed it and died is taken over from.
      expect((await alerts.claim([sending], T0 + MINUTE + 5001, 5000)).map((m) => m.id)).toEqual([second?.id])
      expect((await alerts.deliveries(9)).map((d) => [d.state, d.tries])).toEqual([['waiting', 2], ['sent', 2]])
    })

    it('tells an alert once, and that it is over once, however many think that it is their turn', async () => {
      const store = open()
      const { alerts } = store
      await incidents(store, ['A'])
      await alerts.raise((await alerts.unraised(onIncident, T0, 9)).map((m) => raised(m, onIncident, T0)))
      const due = await alerts.due(T0, 9)
      for (const at of [T0, T0 + 1]) await alerts.fire(due.map((alert) => ({ alert, channels: [channel] })), due.map((alert) => ({ alert, heldBy: 'x', until: T0 })), at)
      for (const at of [T0 + 2, T0 + 3]) await alerts.close(due, at)
      const [message] = await alerts.claim([sending], T0 + MINUTE, 1)
      expect(message?.notices.map((n) => [n.change, n.at, n.alert.heldBy])).toEqual([['firing', T0, undefined], ['resolved', T0 + 2, undefined]])
    })

    it('waits for company before it makes a message', async () => {
      const store = open()
      await incidents(store, ['A', 'B'])
      await fireAll(store.alerts, onIncident, T0)
      expect(await store.alerts.claim([sending], T0 + 999, 1)).toEqual([])
      expect((await store.alerts.claim([sending], T0 + 1000, 1))[0]?.notices).toHaveLength(2)
    })

    it('notes what went wrong, and tries again what was given up, if asked', async () => {
      const { alerts } = open()
      const test = await alerts.claimTest(sending, T0, 1000)
      expect(test).toMatchObject({ test: true, notices: [], channelId: channel })
      await alerts.settle(test?.id ?? '', { state: 'failed', kind: 'refused', detail: '签名不对 \u0000' })
      expect(await alerts.deliveries(9)).toEqual([{ id: test?.id, channelId: channel, createdAt: T0, state: 'failed', test: true, alerts: 0, tries: 1, triedAt: T0, problem: { kind: 'refused', detail: '签名不对 \ufffd' } }])
      expect(await alerts.again(test?.id ?? '', T0)).toBe(false)
      await alerts.claimTest(sending, T0, 1000)
      expect(await alerts.claimTest(sending, T0 + 1, 1000)).toBeUndefined()
      const store = open()
      await incidents(store, ['A'])
      await fireAll(alerts, onIncident, T0)
      const [message] = await alerts.claim([{ ...sending, robot: 'other' }], T0 + 1000, 1000)
      await alerts.settle(message?.id ?? '', { state: 'failed', kind: 'refused', detail: '' })
      expect(await alerts.claim([{ ...sending, robot: 'other' }], T0 + 9000, 1000)).toEqual([])
      expect(await alerts.again(message?.id ?? '', T0 + 9000)).toBe(true)
      expect((await alerts.claim([{ ...sending, robot: 'other' }], T0 + 9000, 1000)).map((m) => m.id)).toEqual([message?.id])
    })

    it('lets one take a turn, once in a time', async () => {
      const { alerts } = open()
      expect([await alerts.turn('x', T0, MINUTE), await alerts.turn('x', T0 + MINUTE - 1, MINUTE), await alerts.turn('y', T0, MINUTE), await alerts.turn('x', T0 + MINUTE, MINUTE)]).toEqual([true, false, true, true])
      let worked = 0
      expect(await alerts.alone(async () => void worked++)).toBe(true)
      expect(worked).toBe(1)
    })

    it('lists what stands for a channel, and forgets what is old', async () => {
      const store = open()
      const { alerts } = store
      await incidents(store, ['A', 'B', 'C'])
      await fireAll(alerts, onIncident, T0)
      const first = await alerts.standing(channel, '', 2)
      const rest = await alerts.standing(channel, first.at(-1)?.id ?? '', 2)
      expect([...first, ...rest].map((a) => a.subject.terminalId).toSorted()).toEqual(['A', 'B', 'C'])
      expect(await alerts.standing(uuidv7(T0), '', 2)).toEqual([])
      await alerts.close([...first, ...rest], T0 + 5)
      await alerts.forget(T0 + 5)
      expect((await alerts.alerts({ state: 'closed', limit: 9 })).rows).toHaveLength(3)
      await alerts.forget(T0 + 6)
      expect((await alerts.alerts({ state: 'closed', limit: 9 })).rows).toEqual([])
      expect((await alerts.channelStates()).size).toBe(0)
      expect(await store.terminal('A', moment)).toBeDefined()
    })
  })
}
