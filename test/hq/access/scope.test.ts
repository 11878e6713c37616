import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Role } from '../../../src/model/access.ts'
import type { CreatedEnrolmentToken, EnrolmentTokenRow, IncidentRow, LiveEvent, Overview, TerminalRow } from '../../../src/model/wire.ts'
import { startTestHq, type TestHq, until } from '../hq.ts'
import { makeReport } from '../reports.ts'
import { type Seat, seated } from './people.ts'

let hq: TestHq
let east: Seat
let incidents: IncidentRow[]
const reports = new Map<string, string>()

const PLACES = [['E-1', 'East', 'Main St'], ['E-2', 'East', 'Park'], ['W-1', 'West', 'Main St']] as const

beforeAll(async () => {
  hq = await startTestHq()
  for (const [id, region, store] of PLACES) {
    const token = await hq.enrol(id)
    const report = makeReport({ terminal: id, found: ['PRN-PAPER-OUT'], changes: [{ fault: 'PRN-PAPER-OUT', change: 'opened' }] })
    reports.set(id, report.id)
    await hq.send(token, [{ ...report, terminal: { ...report.terminal, region, store } }])
  }
  incidents = (await until(() => hq.operate<{ rows: IncidentRow[] }>('/api/incidents'), (a) => a.json.rows.length === 3)).json.rows
  east = await seated(hq, 'east', 'manager', [{ region: 'East' }])
})
afterAll(() => hq.end())

const incidentOf = (terminal: string): string => incidents.find((i) => i.terminalId === terminal)?.id ?? ''

describe('a scope', () => {
  it('cuts the lists, the counts and the first screen', async () => {
    expect((await east.ask<{ rows: TerminalRow[] }>('/api/terminals')).json.rows.map((r) => r.terminal.id)).toEqual(['E-1', 'E-2'])
    expect((await east.ask<{ rows: TerminalRow[] }>('/api/terminals?q=main')).json.rows.map((r) => r.terminal.id)).toEqual(['E-1'])
    expect((await east.ask<{ rows: IncidentRow[] }>('/api/incidents')).json.rows.map((r) => r.terminalId).toSorted()).toEqual(['E-1', 'E-2'])
    expect((await east.ask<{ rows: IncidentRow[] }>('/api/incidents?terminal=W-1')).json.rows).toEqual([])
    const overview = await east.ask<Overview>('/api/overview')
    expect(overview.json).toMatchObject({ incidents: { block: 2 }, opened24h: 2, reports24h: 2 })
    expect(overview.text).not.toMatch(/W-1|West/)
    const shop = await seated(hq, 'shop', 'viewer', [{ region: 'West', store: 'Main St' }, { store: 'Park' }])
    expect((await shop.ask<{ rows: TerminalRow[] }>('/api/terminals')).json.rows.map((r) => r.terminal.id)).toEqual(['E-2', 'W-1'])
  })

  it('makes what lies outside look as if it were not there', async () => {
    for (const [mine, other] of [
      ['/api/terminals/E-1', '/api/terminals/W-1'],
      [`/api/incidents/${incidentOf('E-1')}`, `/api/incidents/${incidentOf('W-1')}`],
      [`/api/reports/E-1/${reports.get('E-1')}`, `/api/reports/W-1/${reports.get('W-1')}`],
    ] as const) {
      expect((await east.ask(mine)).status).toBe(200)
      const refused = await east.ask<{ detail: string }>(other)
      expect([other, refused.status]).toEqual([other, 404])
      expect((await hq.operate<{ detail: string }>(other.replace('W-1', 'W-9').replace(incidentOf('W-1'), '01a20261-d37b-7709-9b30-e86a0be65321'))).json.detail).toBe(refused.json.detail)
    }
  })

  it('cuts exports, the queue, stores and what people do about them', async () => {
    for (const path of ['/api/export/terminals', '/api/export/incidents', '/api/export/reports', '/api/queue', '/api/incidents/facets']) {
      const { status, text } = await east.ask(path)
      expect([path, status, /W-1|West/.test(text)]).toEqual([path, 200, false])
      if (path !== '/api/incidents/facets') expect([path, text.includes('E-1')]).toEqual([path, true])
    }
    for (const path of ['nexo', 'catm']) expect([(await east.ask(`/api/terminals/E-1/${path}`)).status, (await east.ask(`/api/terminals/W-1/${path}`)).status]).toEqual([200, 404])
    const both = [incidentOf('E-2'), incidentOf('W-1')]
    expect((await east.ask<{ changed: number }>('/api/care', 'POST', { action: { do: 'acknowledge' }, incidents: both, absences: [] })).json).toEqual({ changed: 1 })
    expect((await hq.operate<{ history: { who: string }[] }>(`/api/incidents/${incidentOf('E-2')}`)).text).toContain('"east"')
    expect((await hq.operate(`/api/incidents/${incidentOf('W-1')}`)).text).not.toContain('"east"')
    const park = (await east.ask<{ terminals: TerminalRow[] }>('/api/stores/Park')).json
    expect(park.terminals.map((r) => r.terminal.id)).toEqual(['E-2'])
    expect((await east.ask<{ terminals: TerminalRow[]; incidents: IncidentRow[] }>('/api/stores/Main%20St')).json).toMatchObject({ terminals: [{ terminal: { id: 'E-1' } }], incidents: [{ terminalId: 'E-1' }] })
    const west = await seated(hq, 'west', 'manager', [{ region: 'West' }])
    expect([(await west.ask('/api/stores/Park')).status, (await west.ask('/api/stores/Park', 'PUT', {})).status]).toEqual([404, 404])
    const visit = await east.ask<{ id: string }>('/api/visits', 'POST', { store: 'Park', incidents: [incidentOf('E-2')] })
    expect(visit.status).toBe(201)
    expect([(await east.ask(`/api/visits/${visit.json.id}`)).status, (await west.ask(`/api/visits/${visit.json.id}`)).status, (await west.ask(`/api/visits/${visit.json.id}/work-order`)).status]).toEqual([200, 404, 404])
    expect((await west.ask('/api/visits', 'POST', { store: 'Park' })).status).toBe(409)
    expect([(await east.ask('/api/outbreaks')).status, (await east.ask('/api/issues')).status, (await east.ask('/api/alerts')).status, (await east.ask('/api/rollouts')).status]).toEqual([403, 403, 403, 403])
  })

  it('holds for commands, enrolment and revocation', async () => {
    const ask = (id: string) => east.ask(`/api/terminals/${id}/commands`, 'POST', { type: 'check' })
    expect([(await ask('E-1')).status, (await ask('W-1')).status]).toEqual([201, 404])
    expect([(await east.ask('/api/terminals/E-2/token', 'DELETE')).status, (await east.ask('/api/terminals/W-1/token', 'DELETE')).status]).toEqual([204, 404])

    const make = (body: object) => east.ask<CreatedEnrolmentToken>('/api/enrolment-tokens', 'POST', body)
    expect([(await make({})).status, (await make({ terminalId: 'W-1' })).status, (await make({ region: 'West' })).status, (await make({ region: 'East', terminalId: 'W-1' })).status]).toEqual([403, 403, 403, 403])
    const { token, id, region, madeBy } = (await make({ region: 'East' })).json
    expect([region, madeBy]).toEqual(['East', 'east'])
    const enrol = (terminal: object) => hq.ask('/v1/enrol', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token, terminal, agentVersion: '1' }) })
    expect([(await enrol({ id: 'E-9', region: 'West' })).status, (await enrol({ id: 'E-9', region: 'East' })).status]).toEqual([403, 201])
    const theirs = (await hq.operate<CreatedEnrolmentToken>('/api/enrolment-tokens', 'POST', { region: 'West' })).json
    expect((await east.ask<{ rows: EnrolmentTokenRow[] }>('/api/enrolment-tokens')).json.rows.map((r) => r.id)).toEqual([id])
    expect((await east.ask(`/api/enrolment-tokens/${theirs.id}`, 'DELETE')).status).toBe(404)
  })

  it('closes every route that does not say that it heeds scopes', async () => {
    for (const [method, path] of [['POST', '/api/backups'], ['GET', '/api/users'], ['GET', '/api/audit'], ['GET', '/api/tokens']] as const) expect([path, (await east.ask(path, method)).status]).toEqual([path, 403])
    const { json } = await hq.ask<{ paths: Record<string, Record<string, unknown>> }>('/openapi.json')
    const open = []
    for (const [path, methods] of Object.entries(json.paths)) {
      if (!path.startsWith('/api/') || methods.get === undefined || path === '/api/events') continue
      const status = (await east.ask(path.replaceAll(/\{\w+\}/g, '01a20261-d37b-7709-9b30-e86a0be65321'))).status
      if (status !== 403) open.push(path)
    }
    expect(open.toSorted()).toEqual([
      '/api/absences', '/api/absences/{id}', '/api/admission', '/api/boot-checks', '/api/catalogue', '/api/enrolment-tokens', '/api/export/incidents', '/api/export/reports', '/api/export/terminals', '/api/incidents', '/api/incidents/facets', '/api/incidents/{id}',
      '/api/map', '/api/me', '/api/me/sessions', '/api/overview', '/api/queue', '/api/reports/{terminal}/{id}', '/api/stores', '/api/stores/{store}', '/api/terminal-facets', '/api/terminals', '/api/terminals/{id}',
      '/api/terminals/{id}/catm', '/api/terminals/{id}/logs/{command}', '/api/terminals/{id}/nexo', '/api/terminals/{id}/readings', '/api/visits', '/api/visits/{id}', '/api/visits/{id}/work-order',
    ])
  })

  it('cuts live updates, and ends them with the right to hear them', async () => {
    const abort = new AbortController()
    const hear = async (headers: Record<string, string>, heard: LiveEvent[]): Promise<void> => {
      const response = await fetch(`${hq.hq.url}/api/events`, { headers, signal: abort.signal })
      let text = ''
      for await (const chunk of response.body ?? []) {
        text += Buffer.from(chunk).toString()
        const frames = text.split('\n\n')
        text = frames.pop() ?? ''
        for (const frame of frames) {
          const data = /^data: (.*)$/m.exec(frame)?.[1]
          if (data !== undefined) heard.push(JSON.parse(data) as LiveEvent)
        }
      }
    }
    const mine: LiveEvent[] = []
    const all: LiveEvent[] = []
    const listener = await seated(hq, 'listener', 'viewer', [{ region: 'East' }])
    let ended = false
    const mineEnds = hear({ cookie: listener.cookie }, mine).then(() => {
      ended = true
    })
    const allEnds = hear({ authorization: 'Bearer operator-token-for-tests' }, all).catch((error: Error) => expect(error.name).toBe('AbortError'))
    await until(async () => (await hq.ask('/metrics')).text, (text) => /^posdiag_hq_live_listeners 2$/m.test(text))
    for (const id of ['W-1', 'E-1']) {
      expect((await hq.operate(`/api/terminals/${id}/commands`, 'POST', { type: 'check', only: ['reader'] })).status).toBe(201)
      const token = (await hq.operate<CreatedEnrolmentToken>('/api/enrolment-tokens', 'POST', { terminalId: id })).json.token
      await hq.ask('/v1/enrol', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token, terminal: { id, region: id === 'W-1' ? 'West' : 'East' }, agentVersion: '1' }) })
    }
    await until(async () => all, (events) => events.length >= 3)
    await until(async () => mine, (events) => events.length >= 2)
    expect(JSON.stringify(all)).toMatch(/W-1/)
    expect(JSON.stringify(mine)).not.toMatch(/W-1/)
    expect(JSON.stringify(mine)).toMatch(/E-1/)
    await hq.operate(`/api/users/${listener.id}`, 'PATCH', { disabled: true })
    await until(async () => ended, Boolean)
    await mineEnds
    abort.abort()
    await allEnds
  })
})

const DEEDS = [
  ['look', 'viewer', 'GET', '/api/overview', undefined],
  ['ask for a check', 'technician', 'POST', '/api/terminals/E-1/commands', { type: 'check', only: ['printer'] }],
  ['see to incidents', 'technician', 'POST', '/api/care', { action: { do: 'acknowledge' }, incidents: [], absences: [] }],
  ['change what is worth an alert', 'manager', 'POST', '/api/alerts/silences', undefined],
  ['see enrolment tokens', 'manager', 'GET', '/api/enrolment-tokens', undefined],
  ['make an enrolment token', 'manager', 'POST', '/api/enrolment-tokens', {}],
  ['see what was refused', 'manager', 'GET', '/api/admission', undefined],
  ['see people', 'administrator', 'GET', '/api/users', undefined],
  ['see API tokens', 'administrator', 'GET', '/api/tokens', undefined],
  ['see the audit log', 'administrator', 'GET', '/api/audit', undefined],
  ['make a backup', 'administrator', 'POST', '/api/backups', undefined],
] as const
const ROLES: Role[] = ['viewer', 'technician', 'manager', 'administrator']

describe('roles', () => {
  it('are steps of a ladder: each may all that those before it may, and nothing more', async () => {
    const seats = new Map<Role, Seat>()
    for (const role of ROLES) seats.set(role, await seated(hq, `plain-${role}`, role))
    for (const [what, needed, method, path, body] of DEEDS) {
      const may = []
      for (const role of ROLES) {
        const status = (await seats.get(role)?.ask(path, method, body))?.status ?? 0
        // What is not well said is refused only after one may say it.
        if (status < 300 || status === 400) may.push(role)
        else expect([what, role, status]).toEqual([what, role, 403])
      }
      expect([what, may]).toEqual([what, ROLES.slice(ROLES.indexOf(needed))])
    }
  })
})
