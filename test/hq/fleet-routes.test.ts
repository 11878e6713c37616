import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { catalogue } from '../../src/faults/index.ts'
import { COUNTED, evenly } from '../../src/hq/queries/spread.ts'
import type { Fault } from '../../src/model/fault.ts'
import type { Readings, TerminalFacets } from '../../src/model/fleet.ts'
import type { HealthFigures } from '../../src/model/health.ts'
import type { TerminalDetail, TerminalRow } from '../../src/model/wire.ts'
import { seated } from './access/people.ts'
import { startTestHq, type TestHq, until } from './hq.ts'
import { makeReport } from './reports.ts'

const HOUR = 3_600_000

let hq: TestHq
const now = Date.now()
beforeAll(async () => {
  hq = await startTestHq({ catalogue: catalogue.faults })
  for (const [terminal, region] of [['T-1', 'East'], ['T-2', 'West']] as const) {
    const token = await hq.enrol(terminal)
    const reports = [3, 2, 1].map((hours, i) => makeReport({ terminal, region, store: `Store ${region}`, sequence: i + 1, at: now - hours * HOUR, found: i === 2 ? ['PRN-PAPER-OUT'] : [] }))
    await hq.send(token, reports)
    // The header says that this clock is two hours behind: what it reports now happened now.
    if (terminal === 'T-2') {
      const late = makeReport({ terminal, region, store: 'Store West', sequence: 4, at: now - 2 * HOUR })
      const clock = JSON.stringify({ at: now - 2 * HOUR, bootId: late.bootId, uptimeMs: late.uptimeMs })
      expect((await hq.sendRaw(token, JSON.stringify([{ specversion: '1.0', id: late.id, source: 'posdiag/T-2', type: 'posdiag.report.1', data: late }]), { 'posdiag-clock': clock })).json.items).toMatchObject([{ status: 'stored' }])
    }
  }
  await until(() => hq.operate<TerminalFacets>('/api/terminal-facets'), (a) => a.json.region.length === 2)
})
afterAll(() => hq.end())

describe('what was measured', () => {
  it('is drawn from reports, by the time at HQ, and leaves words out', async () => {
    const { json } = await until(() => hq.operate<Readings>('/api/terminals/T-1/readings'), (a) => a.json.reports === 3)
    expect(json).toMatchObject({ reports: 3, read: 3 })
    expect(json.series.map((s) => `${s.name} ${s.device}`)).toEqual(['host.cpu-percent host', 'host.disk-free-percent host', 'host.memory-free-percent host', 'printer.paper-end printer-1'])
    expect(json.series[3]?.points).toEqual([[now - 3 * HOUR, 0], [now - 2 * HOUR, 0], [now - HOUR, 1]])
    const other = (await until(() => hq.operate<Readings>('/api/terminals/T-2/readings'), (a) => a.json.reports === 4)).json
    const times = other.series[0]?.points.map(([at]) => at) ?? []
    expect(times.slice(0, 3)).toEqual([now - 3 * HOUR, now - 2 * HOUR, now - HOUR])
    expect(Math.abs((times[3] ?? 0) - now)).toBeLessThan(60_000)
    expect((await hq.operate('/api/terminals/T-1/readings?days=63')).status).toBe(400)
    expect((await hq.operate('/api/terminals/T-9/readings')).status).toBe(404)
  })

  it('is taken evenly out of many, with the first and the last', () => {
    const all = Array.from({ length: COUNTED }, (_, i) => i)
    const some = evenly(all, 100)
    expect([some.length, some[0], some.at(-1), new Set(some).size]).toEqual([100, 0, COUNTED - 1, 100])
    expect([evenly([1, 2], 2), evenly([], 5)]).toEqual([[1, 2], []])
  })
})

describe('the fleet', () => {
  it('is counted and listed by what terminals report, within the scope of who asks', async () => {
    const east = await seated(hq, 'east', 'technician', [{ region: 'East' }])
    expect((await hq.operate<TerminalFacets>('/api/terminal-facets')).json).toEqual({ region: [{ value: 'East', terminals: 1 }, { value: 'West', terminals: 1 }], model: [{ value: 'PX-20', terminals: 2 }], agent: [{ value: '0.1.0', terminals: 2 }] })
    expect((await east.ask<TerminalFacets>('/api/terminal-facets')).json.region).toEqual([{ value: 'East', terminals: 1 }])
    const ids = async (query: string) => (await hq.operate<{ rows: TerminalRow[] }>(`/api/terminals?${query}`)).json.rows.map((r) => r.terminal.id)
    expect([await ids('region=West&model=PX-20'), await ids('store=Store%20East'), await ids('agent=9'), await ids('region=')]).toEqual([['T-2'], ['T-1'], [], ['T-1', 'T-2']])
    expect((await hq.operate('/api/export/terminals?region=West')).text).toMatch(/T-2/)
    expect((await hq.operate('/api/export/terminals?region=West')).text).not.toMatch(/T-1/)
    for (const path of ['/api/terminals/T-2/readings', '/api/terminals/T-2']) expect([path, (await east.ask(path)).status]).toEqual([path, 404])
    expect((await east.ask('/api/terminals/T-2/notes', 'POST', { note: 'x' })).status).toBe(404)
  })

  it('keeps notes with who wrote them; whoever only looks writes none', async () => {
    const viewer = await seated(hq, 'looks', 'viewer')
    expect((await viewer.ask('/api/terminals/T-1/notes', 'POST', { note: 'x' })).status).toBe(403)
    expect((await hq.operate('/api/terminals/T-1/notes', 'POST', { note: '   ' })).status).toBe(400)
    expect((await hq.operate('/api/terminals/T-1/notes', 'POST', { note: ' key at the till ' })).status).toBe(201)
    const { notes, enrolment, revision } = (await viewer.ask<TerminalDetail>('/api/terminals/T-1')).json
    expect(notes).toMatchObject([{ who: 'operator', what: 'note', detail: 'key at the till' }])
    expect([enrolment.token, enrolment.key, revision]).toEqual([true, undefined, undefined])
  })
})

describe('the catalogue', () => {
  it('is whole, for everybody, and sent only when it is another one', async () => {
    const east = await seated(hq, 'east-looks', 'viewer', [{ region: 'East' }])
    const answer = await east.ask<{ faults: Fault[] }>('/api/catalogue')
    expect(answer.json.faults).toEqual(catalogue.faults)
    const again = await fetch(`${hq.hq.url}/api/catalogue`, { headers: { cookie: east.cookie, 'if-none-match': answer.headers.get('etag') ?? '' } })
    expect([again.status, await again.text()]).toEqual([304, ''])
  })
})

describe('how HQ is', () => {
  it('is said by every process to administrators, with what came in and what waits', async () => {
    const manager = await seated(hq, 'manages', 'manager')
    expect((await manager.ask('/api/health-figures')).status).toBe(403)
    await hq.sendRaw(await hq.enrol('T-3'), JSON.stringify([{ nothing: true }]))
    const { json } = await until(() => hq.operate<HealthFigures>('/api/health-figures'), (a) => a.json.unfolded === 0 && a.json.nodes[0]?.figures.tended !== undefined)
    expect(json).toMatchObject({ engine: 'sqlite', partitions: [], backups: [], unsentAlerts: { waiting: 0, failed: 0, ungathered: 0 } })
    expect([json.bytes > 0, json.reportsPerHour.length]).toEqual([true, 24])
    const [own, ...others] = json.nodes
    expect([own?.id, others]).toEqual([json.self, []])
    expect(own?.figures).toMatchObject({ version: '9.9.9', pid: process.pid, reports: { stored: 7, duplicate: 0, rejected: 1 }, refused: 0, waiting: 0 })
    const { p50 = 0, p99 = 0 } = own?.figures.commit ?? {}
    expect(p50 > 0 && p99 >= p50).toBe(true)
    await hq.operate('/api/backups', 'POST')
    await expect.poll(async () => (await hq.operate<HealthFigures>('/api/health-figures')).json.backups).toMatchObject([{ file: expect.stringMatching(/^hq-\d{8}T\d{6}Z\.sqlite$/), bytes: expect.any(Number) }])
  })

  it('is forgotten of a process that has stopped', async () => {
    const other = await startTestHq()
    const { json } = await other.operate<HealthFigures>('/api/health-figures')
    await other.hq.stop()
    const back = await startTestHq({ dataDir: other.dataDir })
    const { nodes } = (await back.operate<HealthFigures>('/api/health-figures')).json
    expect(nodes.map((n) => n.id)).not.toContain(json.self)
    await back.end()
  })
})
