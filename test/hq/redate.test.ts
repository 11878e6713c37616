import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redated, SLACK_MS, senderClock } from '../../src/hq/redate.ts'
import { CLOCK_HEADER, type IncidentRow, type StoredReport, type TerminalDetail } from '../../src/model/wire.ts'
import { BATCH_TYPE, startTestHq, type TestHq, until } from './hq.ts'
import { eventOf, makeReport } from './reports.ts'

const HOUR = 3_600_000
const T0 = Date.UTC(2026, 10, 20, 8)

describe('when a report was made', () => {
  const report = { ...makeReport({ at: T0 }), bootId: 'now', uptimeMs: HOUR }

  it('is what the terminal says, if that can be', () => {
    expect(redated(report, T0 + 200, undefined)).toBeUndefined()
    expect(redated(report, T0 + 5 * HOUR, { at: T0 + 5 * HOUR, bootId: 'now', uptimeMs: 6 * HOUR })).toBeUndefined()
    expect(redated(report, T0 + 5 * HOUR, { at: T0 + 5 * HOUR, bootId: 'later', uptimeMs: 1 })).toBeUndefined()
  })

  it('is told by the time since boot, however the wall clock jumped meanwhile', () => {
    const sentAfter = { bootId: 'now', uptimeMs: report.uptimeMs + 2 * HOUR }
    for (const at of [0, T0, T0 + 1e12]) expect(redated(report, T0 + 9 * HOUR, { ...sentAfter, at })).toEqual({ at: T0 + 7 * HOUR, plusMinusMs: SLACK_MS })
  })

  it('is told by how wrong the clock is now if the terminal has booted since, and no more exactly than that', () => {
    const threeHoursFast = { at: T0 + 8 * HOUR, bootId: 'later', uptimeMs: 1 }
    expect(redated({ ...report, at: T0 + 3 * HOUR }, T0 + 5 * HOUR, threeHoursFast)).toEqual({ at: T0, plusMinusMs: 3 * HOUR + SLACK_MS })
  })

  it('is never in the future', () => {
    expect(redated({ ...report, at: T0 + HOUR }, T0, undefined)).toEqual({ at: T0, plusMinusMs: HOUR })
    expect(redated({ ...report, at: 1e300 }, T0, { at: -1e300, bootId: 'other', uptimeMs: 0 })?.at).toBe(T0)
  })
})

it('reads the clocks of a sender, and takes anything else for nothing said', () => {
  expect(senderClock('{"at":1,"bootId":"b","uptimeMs":2}')).toEqual({ at: 1, bootId: 'b', uptimeMs: 2 })
  for (const wrong of [undefined, '', 'x', '{}', '{"at":"1","bootId":"b","uptimeMs":2}', ['{}'], `{"at":1,"bootId":"${'b'.repeat(400)}","uptimeMs":2}`]) expect(senderClock(wrong)).toBeUndefined()
})

describe('a terminal whose clock is three hours fast', () => {
  let hq: TestHq
  beforeAll(async () => {
    hq = await startTestHq()
  })
  afterAll(() => hq.end())

  it('has the time of its last check dated anew from its heartbeat', async () => {
    const token = await hq.enrol('T-2')
    const at = Date.now() + 3 * HOUR
    const beat = { at, agentVersion: '1', bootId: 'b', uptimeMs: 1, sequence: 1, spool: { reports: 0, bytes: 0, lost: 0 }, readiness: [], checkedAt: at - HOUR, openIncidents: 0 }
    await hq.ask('/v1/heartbeats', { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(beat) })
    const { json: { terminal } } = await until(() => hq.operate<TerminalDetail>('/api/terminals/T-2'), (a) => a.json.terminal.checkedAt !== undefined)
    expect(Math.abs((terminal.checkedAt ?? 0) - (at - 4 * HOUR))).toBeLessThan(SLACK_MS)
  })

  it('has its report dated anew, with the uncertainty, wherever it is shown', async () => {
    const token = await hq.enrol('T-1')
    const now = Date.now()
    const report = { ...makeReport({ at: now + 2 * HOUR, found: ['PRN-PAPER-OUT'], changes: [{ fault: 'PRN-PAPER-OUT', change: 'opened' }] }), uptimeMs: 5 * HOUR }
    const clock = { at: now + 3 * HOUR, bootId: report.bootId, uptimeMs: 6 * HOUR }
    const answer = await hq.sendRaw(token, JSON.stringify([eventOf(report)]), { 'content-type': BATCH_TYPE, [CLOCK_HEADER]: JSON.stringify(clock) })
    expect(answer.json.items[0]?.status).toBe('stored')
    const { json: detail } = await until(() => hq.operate<TerminalDetail>('/api/terminals/T-1'), (a) => a.json.incidents?.length === 1)
    const [row] = detail.reports
    expect(row?.at).toBe(report.at)
    expect(Math.abs((row?.redated?.at ?? 0) - (now - HOUR))).toBeLessThan(SLACK_MS)
    expect(row?.redated?.plusMinusMs).toBe(SLACK_MS)
    const [incident] = detail.incidents as IncidentRow[]
    expect(incident?.openedAt).toBe(row?.redated?.at)
    expect((await hq.operate<StoredReport>(`/api/reports/T-1/${report.id}`)).json.redated).toEqual(row?.redated)
  })
})
