import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { firstIdAt } from '../../../src/hq/queries/ids.ts'
import { openSqliteStore } from '../../../src/hq/sqlite/store.ts'
import type { Store } from '../../../src/hq/store.ts'
import { type TriageJob, triageJob } from '../../../src/hq/triage/job.ts'
import type { LogBundle } from '../../../src/model/configuration.ts'
import type { RolloutDetail } from '../../../src/model/rollout.ts'
import type { AbsenceRow, Facets, FleetMap, IssueDetail, QueueRow, StoreRow, VisitRow } from '../../../src/model/triage.ts'
import type { CommandRow, HeartbeatAnswer, IncidentDetail, IncidentRow } from '../../../src/model/wire.ts'
import { startTestHq, type TestHq, until } from '../hq.ts'
import { makeReport } from '../reports.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

let hq: TestHq
let store: Store
let job: TriageJob
let dir: string
let now = Date.now()
const tokens = new Map<string, string>()
const log = { info: () => {}, warn: () => {}, error: () => {} }

const report = async (terminal: string, name: string, sequence: number, found: string[] = [], closed: string[] = []) => {
  const token = tokens.get(terminal) ?? (await hq.enrol(terminal))
  tokens.set(terminal, token)
  const changes = [...found.map((fault) => ({ fault, change: 'opened' as const })), ...closed.map((fault) => ({ fault, change: 'closed' as const }))]
  const sent = await hq.send(token, [makeReport({ terminal, store: name, sequence, at: now, found, changes })])
  expect(sent.json.items.map((i) => i.status)).toEqual(['stored'])
}
const beat = (terminal: string, more: object = {}) =>
  hq.ask<HeartbeatAnswer>('/v1/heartbeats', {
    method: 'POST', headers: { authorization: `Bearer ${tokens.get(terminal)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ at: now, agentVersion: '0.1.0', bootId: 'b', uptimeMs: 1, sequence: 1, spool: { reports: 0, bytes: 0, lost: 0 }, readiness: [], openIncidents: 0, ...more }),
  })
const open = async (query = ''): Promise<IncidentRow[]> => (await hq.operate<{ rows: IncidentRow[] }>(`/api/incidents?limit=200${query}`)).json.rows
const round = async (): Promise<void> => {
  await until(async () => (await store.figures({ now, beatMs: MINUTE })).unfolded, (n) => n === 0)
  expect(await job.round()).toBe(true)
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'posdiag-triage-'))
  store = await openSqliteStore(join(dir, 'hq.sqlite'))
  hq = await startTestHq({ store, now: () => now })
  job = triageJob(store, log, () => ({ now, beatMs: MINUTE }))
  await report('A-1', 'Alpha', 1, ['PRN-CUTTER-FAIL'])
  await report('A-2', 'Alpha', 1, ['PRN-PAPER-OUT'])
  await report('B-1', 'Beta <b>', 1, ['PRN-PAPER-LOW'])
  await until(open, (rows) => rows.length === 3)
})
afterAll(async () => {
  await job.stop()
  await hq.end()
  rmSync(dir, { recursive: true })
})

describe('care', () => {
  it('is taken of many at once, and shows with who and when', async () => {
    const rows = await open()
    const ids = rows.filter((r) => r.store === 'Alpha').map((r) => r.id)
    expect((await hq.operate('/api/care', 'POST', { incidents: ids, action: { do: 'assign', to: 'Chen', note: 'today' } })).json).toEqual({ changed: 2 })
    const detail = (await hq.operate<IncidentDetail>(`/api/incidents/${ids[0]}`)).json
    expect(detail).toMatchObject({ incident: { care: { assignee: 'Chen', acknowledgedBy: 'operator', acknowledgedAt: now } }, history: [{ who: 'operator', what: 'assign', detail: 'Chen · today', at: now }] })
    expect(await open('&care=new')).toHaveLength(1)
    expect(await open('&assignee=Chen&store=Alpha')).toHaveLength(2)
    expect((await hq.operate<{ assignee: unknown }>('/api/incidents/facets')).json.assignee).toEqual([{ value: 'Chen', incidents: 2 }])
  })
  it('refuses what cannot be, and says why', async () => {
    const bad = await hq.operate<{ detail: string }>('/api/care', 'POST', { incidents: [], action: { do: 'suppress', until: now } })
    expect([bad.status, bad.json.detail]).toEqual([400, 'the end of a silence lies in the future; give a later `until`'])
    expect((await hq.operate('/api/care', 'POST', { action: { do: 'explode' } })).status).toBe(400)
    expect((await hq.operate('/api/care', 'POST', { incidents: [firstIdAt(1)], action: { do: 'acknowledge' } })).json).toEqual({ changed: 0 })
  })
  it('silences until its time is over', async () => {
    const [row] = await open('&fault=PRN-PAPER-LOW')
    await hq.operate('/api/care', 'POST', { incidents: [row?.id], action: { do: 'suppress', until: now + HOUR } })
    const inQueue = async () => (await hq.operate<{ rows: QueueRow[] }>('/api/queue')).json.rows.filter((q) => q.kind === 'incident' && q.id === row?.id).length
    expect([await inQueue(), (await open('&care=silenced')).length]).toEqual([0, 1])
    now += HOUR
    expect([await inQueue(), (await open('&care=silenced')).length]).toEqual([1, 0])
  })
})

describe('rounds', () => {
  it('make stores, issues and absences of what came in', async () => {
    now += 5 * MINUTE
    for (const id of ['A-1', 'A-2', 'B-1']) await beat(id)
    await until(async () => (await store.terminals({ contact: 'online', limit: 9 }, { now, beatMs: MINUTE })).rows.length, (n) => n === 3)
    await round()
    expect((await hq.operate<{ rows: StoreRow[] }>('/api/stores')).json.rows.map((s) => [s.store, s.terminals, s.online, s.openIncidents, s.worst])).toEqual([['Alpha', 2, 2, 2, 'block'], ['Beta <b>', 1, 1, 1, 'advisory']])
    expect((await hq.operate<{ rows: StoreRow[] }>('/api/stores?q=BETA')).json.rows).toHaveLength(1)
    const issue = (await hq.operate<IssueDetail>('/api/issues/PRN-PAPER-OUT')).json
    expect(issue).toMatchObject({ issue: { incidents: 1, open: 1, state: 'open' }, by: { model: [{ value: 'PX-20', incidents: 1 }] } })
    expect((await hq.operate<IssueDetail>('/api/issues/PRN-PAPER-OUT', 'POST', { do: 'resolve', note: 'rolls sent' })).json).toMatchObject({ issue: { state: 'resolved', resolvedAt: now }, history: [{ what: 'resolve', detail: 'rolls sent' }] })
    expect((await hq.operate('/api/issues/NO-SUCH', 'POST', { do: 'mute' })).status).toBe(404)
    for (let minutes = 0; minutes < 40; minutes += 2) {
      now += 2 * MINUTE
      await round()
    }
    const absences = (await hq.operate<{ rows: AbsenceRow[] }>('/api/absences')).json.rows
    expect(absences.map((a) => [a.scope, a.place, a.terminals]).toSorted()).toEqual([['store', 'Alpha', 2], ['terminal', 'B-1', 1]])
    const queue = (await hq.operate<{ rows: QueueRow[] }>('/api/queue')).json.rows
    expect(queue.filter((q) => q.kind === 'absence')).toHaveLength(2)
    expect((await hq.operate('/api/care', 'POST', { absences: absences.map((a) => a.id), action: { do: 'acknowledge' } })).json).toEqual({ changed: 2 })
    expect((await hq.operate(`/api/absences/${absences[0]?.id}`)).json).toMatchObject({ absence: { care: { acknowledgedBy: 'operator' } }, history: [{ what: 'acknowledge' }] })
  })
})

describe('the first screen', () => {
  it('says of each line what stands still and which part to take, and how every store stands', async () => {
    const queue = (await hq.operate<{ rows: QueueRow[] }>('/api/queue')).json.rows
    expect(queue.flatMap((q) => (q.kind === 'incident' ? [[q.terminalId, q.blocked, q.parts.map((p) => p.id), q.region]] : [])).toSorted()).toEqual([
      ['A-1', ['chip'], ['cutter'], 'East'], ['A-2', ['chip'], ['paper-roll'], 'East'], ['B-1', ['chip'], ['paper-roll'], 'East'],
    ])
    expect((await hq.operate<FleetMap>('/api/map?region=East')).json.regions).toMatchObject([{ region: 'East', terminals: 3, standing: { silent: 2, quiet: 0 } }])
    expect((await hq.operate<Facets>('/api/incidents/facets?severity=advisory')).json.fault).toEqual([{ value: 'PRN-PAPER-LOW', incidents: 1 }])
    expect((await hq.operate('/api/incidents/facets?severity=terrible')).status).toBe(400)
    const table = await hq.operate('/api/export/incidents?region=East&actor=cashier&severity=advisory&sort=cost')
    expect(table.text.trimEnd().split('\r\n').map((line) => line.split(',')[1])).toEqual(['terminal', 'B-1'])
  })
})

describe('a visit', () => {
  let visit: VisitRow
  it('bundles what needs somebody to come, with the parts', async () => {
    const card = { address: '1 Main St', contact: 'Ms Li <script>', hours: { timeZone: 'Asia/Shanghai', days: [[[540, 1320]], [], [], [], [], [], []] } }
    expect((await hq.operate('/api/stores/Alpha', 'PUT', card)).json).toEqual(card)
    expect((await hq.operate('/api/stores/Alpha', 'PUT', { hours: { ...card.hours, timeZone: 'Mars' } })).status).toBe(400)
    const made = await hq.operate<VisitRow>('/api/visits', 'POST', { store: 'Alpha', assignee: 'Chen' })
    visit = made.json
    expect([made.status, visit.incidents.length, visit.parts.map((p) => p.id).toSorted()]).toEqual([201, 2, ['cutter', 'paper-roll']])
    expect((await hq.operate('/api/visits', 'POST', { store: 'Alpha' })).status).toBe(409)
    expect((await hq.operate('/api/visits', 'POST', { store: 'Nowhere' })).status).toBe(409)
  })
  it('has a work order to print, in both languages, safe against what terminals and people write', async () => {
    const order = async (lang: string) => hq.operate(`/api/visits/${visit.id}/work-order?lang=${lang}`)
    const [zh, en] = [await order('zh-CN'), await order('en')]
    expect(zh.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(zh.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/)
    expect(zh.text).toContain('切刀组件')
    expect(en.text).toContain('cutter assembly')
    expect(en.text).toContain('Change the roll')
    expect(en.text).toContain('Ms Li &lt;script&gt;')
    expect(en.text).not.toContain('<script')
    expect(zh.text).toContain('不要重启终端')
  })
  it('under way is in repair; done asks the terminals for the check that closes', async () => {
    await hq.operate(`/api/visits/${visit.id}`, 'POST', { state: 'under-way' })
    expect((await open('&care=silenced')).every((i) => i.care?.silence === 'in-repair' && i.visit === visit.id)).toBe(true)
    expect((await open('&care=silenced'))).toHaveLength(2)
    expect((await hq.operate(`/api/visits/${visit.id}`, 'POST', { state: 'done' })).status).toBe(200)
    expect(await open('&care=silenced')).toEqual([])
    expect((await beat('A-1')).json.commands).toMatchObject([{ type: 'check' }])
    expect((await hq.operate(`/api/visits/${visit.id}`, 'POST', { state: 'planned' })).status).toBe(409)
    await report('A-1', 'Alpha', 2, [], ['PRN-CUTTER-FAIL'])
    const [closed] = await until(async () => (await hq.operate<{ rows: IncidentRow[] }>('/api/incidents?state=closed')).json.rows, (rows) => rows.length === 1)
    expect(closed).toMatchObject({ fault: 'PRN-CUTTER-FAIL', resolvedBy: 'check' })
  })
})

describe('logs', () => {
  it('are asked for, handed over and read', async () => {
    const command = (await hq.operate<CommandRow>('/api/terminals/A-2/commands', 'POST', { type: 'logs' })).json
    expect((await beat('A-2', { takes: ['check', 'logs'] })).json.commands.map((c) => c.type)).toContain('logs')
    const bundle: LogBundle = { schema: 'posdiag.logs/1', at: now, parts: [{ name: 'agent.log', text: 'paid with 4111111111111111', cut: false }] }
    const hand = (id: string, terminal = 'A-2') => hq.ask(`/v1/commands/${id}/bundle`, { method: 'POST', headers: { authorization: `Bearer ${tokens.get(terminal)}`, 'content-type': 'application/json' }, body: JSON.stringify(bundle) })
    expect([(await hand(command.id, 'A-1')).status, (await hand(firstIdAt(5))).status, (await hand(command.id)).status]).toEqual([404, 404, 204])
    const kept = await hq.operate<LogBundle>(`/api/terminals/A-2/logs/${command.id}`)
    expect(kept.json.parts[0]?.name).toBe('agent.log')
    expect(kept.text).not.toContain('4111111111111111')
    expect((await hq.operate(`/api/terminals/A-1/logs/${command.id}`)).status).toBe(404)
  })
  it('are refused in the name of an agent that does not know them', async () => {
    const command = (await hq.operate<CommandRow>('/api/terminals/B-1/commands', 'POST', { type: 'logs' })).json
    expect((await beat('B-1')).json.commands).toEqual([])
    const detail = (await hq.operate<{ commands: CommandRow[] }>('/api/terminals/B-1')).json.commands.find((c) => c.id === command.id)
    expect(detail).toMatchObject({ state: 'refused', progress: { detail: expect.stringContaining('too old') } })
  })
})

describe('a rollout', () => {
  const takes = ['check', 'configuration']
  it('goes through its stages, and each terminal is asked once', async () => {
    expect((await hq.operate('/api/rollouts', 'POST', { stages: [10, 10] })).status).toBe(400)
    const made = (await hq.operate<RolloutDetail>('/api/rollouts', 'POST', { limits: { 'host.disk-free-percent': 5 }, stages: [100], soakMinutes: 0, note: 'disks' })).json
    expect(made).toMatchObject({ rollout: { configuration: { revision: 1 }, state: 'running' }, history: [{ what: 'start', who: 'operator' }] })
    expect((await hq.operate('/api/rollouts', 'POST', {})).status).toBe(409)
    for (const id of ['A-1', 'A-2', 'B-1']) await beat(id)
    await until(async () => (await store.terminals({ contact: 'online', limit: 9 }, { now, beatMs: MINUTE })).rows.length, (n) => n === 3)
    now += 2 * 1000
    await round()
    const answered = async (id: string, state: 'done' | 'refused' | 'failed') => {
      const command = (await beat(id, { takes })).json.commands.find((c) => c.type === 'configuration')
      expect(command?.configuration).toEqual({ revision: 1, limits: { 'host.disk-free-percent': 5 } })
      await hq.ask(`/v1/commands/${command?.id}/progress`, { method: 'POST', headers: { authorization: `Bearer ${tokens.get(id)}`, 'content-type': 'application/json' }, body: JSON.stringify({ state, detail: 'because' }) })
    }
    await answered('A-1', 'done')
    await answered('A-2', 'done')
    await answered('B-1', 'refused')
    await round()
    expect((await hq.operate<RolloutDetail>('/api/rollouts/1')).json).toMatchObject({ rollout: { applied: 2, refused: 1, asked: 0, state: 'running' }, trouble: [{ terminalId: 'B-1', detail: 'because' }] })
    now += 11 * MINUTE
    await beat('B-1')
    await until(async () => (await store.terminal('B-1', { now, beatMs: MINUTE }))?.contact, (c) => c === 'online')
    await round()
    await answered('B-1', 'done')
    await round()
    await round()
    expect((await hq.operate<RolloutDetail>('/api/rollouts/1')).json.rollout).toMatchObject({ applied: 3, state: 'done' })
  })
  it('can be paused, resumed and halted, and not otherwise', async () => {
    expect((await hq.operate('/api/rollouts/1', 'POST', { do: 'pause' })).status).toBe(409)
    await hq.operate('/api/rollouts', 'POST', { limits: {}, region: 'East' })
    for (const [what, state] of [['pause', 'paused'], ['resume', 'running'], ['halt', 'halted']] as const) expect((await hq.operate<RolloutDetail>('/api/rollouts/2', 'POST', { do: what })).json.rollout.state).toBe(state)
    expect((await hq.operate('/api/rollouts/99')).status).toBe(404)
  })
})
