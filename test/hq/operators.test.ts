import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LIVE } from '../../src/hq/live.ts'
import { CommandRow, type CreatedEnrolmentToken, type EnrolmentTokenRow, HeartbeatAnswer, IncidentDetail, type IncidentRow, Overview, TerminalDetail, TerminalRow } from '../../src/model/wire.ts'
import { OPERATOR, startTestHq, type TestHq, until } from './hq.ts'
import { makeReport } from './reports.ts'

let hq: TestHq
let page: string
let token: string
const beat = { at: Date.now(), agentVersion: '0.1.0', bootId: 'b', uptimeMs: 1, sequence: 1, spool: { reports: 0, bytes: 0, lost: 0 }, readiness: [], openIncidents: 0 }

const asTerminal = <T>(path: string, body: unknown) =>
  hq.ask<T>(path, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(body) })

beforeAll(async () => {
  page = mkdtempSync(join(tmpdir(), 'posdiag-page-'))
  mkdirSync(join(page, 'assets'))
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>posdiag</title>')
  writeFileSync(join(page, 'assets', 'app-abcdefgh12.js'), 'console.log(1)')
  hq = await startTestHq({ pageDir: page })
  token = await hq.enrol('T-1')
})
afterAll(async () => {
  await hq.end()
  rmSync(page, { recursive: true })
})

const session = async (): Promise<string> => {
  const answer = await hq.ask(new URL(hq.hq.operatorUrl).search.replace(/^/, '/'))
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/'])
  const cookie = answer.headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(/; HttpOnly; SameSite=Lax$/)
  expect(cookie).not.toContain(OPERATOR)
  return cookie.split(';')[0] ?? ''
}

describe('an operator', () => {
  it('is let in by the address that HQ prints, and by nothing else', async () => {
    const cookie = await session()
    expect((await hq.ask('/api/overview', { headers: { cookie } })).status).toBe(200)
    expect((await hq.ask('/api/overview', { headers: { cookie: `${cookie}x` } })).status).toBe(401)
    expect((await hq.ask('/api/overview', { headers: { cookie: 'posdiag_session=99999999999999.' } })).status).toBe(401)
    expect((await hq.ask('/api/overview')).status).toBe(401)
    expect((await hq.ask('/api/overview', { headers: { authorization: 'Bearer wrong' } })).status).toBe(401)
    expect((await hq.ask('/api/overview', { headers: { authorization: `Bearer ${token}` } })).status).toBe(401)
    expect((await hq.ask('/?token=wrong')).status).toBe(401)
    expect((await hq.ask('/?token=a&token=b')).status).toBe(200)
  })

  it("changes nothing at another site's wish", async () => {
    const cookie = await session()
    const make = (headers: Record<string, string>) => hq.ask('/api/enrolment-tokens', { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: '{}' })
    expect((await make({ cookie, origin: 'https://evil.example' })).status).toBe(403)
    expect((await make({ cookie, origin: 'null' })).status).toBe(403)
    expect((await make({ cookie, 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await make({ cookie, origin: hq.hq.url, 'sec-fetch-site': 'same-origin' })).status).toBe(201)
    expect((await make({ authorization: `Bearer ${OPERATOR}` })).status).toBe(201)
  })

  it('gets the page under a strict policy, at each of its addresses', async () => {
    for (const path of ['/', '/terminals/T-1', '/incidents?state=open']) {
      const answer = await hq.ask(path, { headers: { accept: 'text/html' } })
      expect([answer.status, answer.text]).toEqual([200, '<!doctype html><title>posdiag</title>'])
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'")
      expect(answer.headers.get('content-security-policy')).not.toContain('unsafe')
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
      expect(answer.headers.get('cache-control')).toBe('no-cache')
    }
    expect((await hq.ask('/assets/app-abcdefgh12.js')).headers.get('cache-control')).toContain('immutable')
    expect((await hq.ask('/assets/none.js', { headers: { accept: 'text/html' } })).status).toBe(404)
    expect((await hq.ask('/api/none', { headers: { accept: 'text/html', authorization: `Bearer ${OPERATOR}` } })).headers.get('content-type')).toContain('problem+json')
    expect((await hq.ask('/..%2f..%2fetc/passwd')).status).toBe(404)
  })

  it('sees a report as an incident with its evidence', async () => {
    const report = makeReport({ found: ['PRN-PAPER-OUT'], changes: [{ fault: 'PRN-PAPER-OUT', change: 'opened' }] })
    await hq.send(token, [report])
    const { json } = await until(() => hq.operate<{ rows: IncidentRow[] }>('/api/incidents?terminal=T-1'), (a) => a.json.rows.length === 1)
    const detail = IncidentDetail.parse((await hq.operate(`/api/incidents/${json.rows[0]?.id}`)).json)
    expect(detail).toMatchObject({ fault: { code: 'PRN-PAPER-OUT' }, verdict: { posterior: 0.97 }, terminal: { terminal: { id: 'T-1' } }, reports: [{ id: report.id }] })
    const terminal = TerminalDetail.parse((await hq.operate('/api/terminals/T-1')).json)
    expect(terminal).toMatchObject({ terminal: { openIncidents: 1, worst: 'block' }, incidents: [{ fault: 'PRN-PAPER-OUT' }], reports: [{ id: report.id, found: [{ fault: 'PRN-PAPER-OUT' }] }] })
    expect(Overview.parse((await hq.operate('/api/overview')).json).incidents.block).toBe(1)
    for (const path of ['/api/incidents/01a20261-d37b-7709-9b30-e86a0be65321', '/api/terminals/T-404', '/api/reports/T-1/01a20261-d37b-7709-9b30-e86a0be65321']) expect((await hq.operate(path)).status).toBe(404)
    for (const path of ['/api/incidents/1', '/api/terminals/%20', '/api/incidents?state=all', '/api/incidents?limit=0', '/api/incidents?cursor=x', '/api/terminals?colour=red']) expect((await hq.operate(path)).status).toBe(400)
  })

  it('makes, lists and revokes enrolment tokens', async () => {
    const made = (await hq.operate<CreatedEnrolmentToken>('/api/enrolment-tokens', 'POST', { terminalId: 'T-7', note: 'new lane', hours: 1 })).json
    expect(made).toMatchObject({ token: expect.stringMatching(/^pe_/), terminalId: 'T-7', note: 'new lane', expiresAt: made.createdAt + 3_600_000 })
    const listed = await hq.operate<{ rows: EnrolmentTokenRow[] }>('/api/enrolment-tokens')
    expect(listed.json.rows[0]).toEqual({ id: made.id, terminalId: 'T-7', note: 'new lane', madeBy: 'operator', createdAt: made.createdAt, expiresAt: made.expiresAt })
    expect(listed.text).not.toContain(made.token)
    expect((await hq.operate(`/api/enrolment-tokens/${made.id}`, 'DELETE')).status).toBe(204)
    expect((await hq.operate(`/api/enrolment-tokens/${made.id}`, 'DELETE')).status).toBe(404)
  })
})

/** Reads server-sent events of type command until `enough` of them came. */
const commandStates = async (enough: number, act: () => Promise<void>): Promise<string[]> => {
  const abort = new AbortController()
  const response = await fetch(`${hq.hq.url}/api/events`, { headers: { authorization: `Bearer ${OPERATOR}` }, signal: AbortSignal.any([abort.signal, AbortSignal.timeout(10_000)]) })
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  const states: string[] = []
  let text = ''
  const acted = act()
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString()
    const frames = text.split('\n\n')
    text = frames.pop() ?? ''
    for (const frame of frames) {
      const data = /^event: command\ndata: (.*)$/.exec(frame)?.[1]
      if (data !== undefined) states.push(CommandRow.parse(JSON.parse(data).command).state)
    }
    if (states.length >= enough) break
  }
  abort.abort()
  await acted
  return states
}

describe('a command', () => {
  it('reaches the terminal with its heartbeat, and its progress shows live', async () => {
    const states = await commandStates(5, async () => {
      const made = (await hq.operate<CommandRow>('/api/terminals/T-1/commands', 'POST', { type: 'check', only: ['printer'] })).json
      expect(made).toMatchObject({ state: 'waiting', terminalId: 'T-1', expiresAt: made.createdAt + 600_000 })
      const again = await hq.operate<CommandRow>('/api/terminals/T-1/commands', 'POST', { type: 'check', only: ['printer'] })
      expect([again.status, again.json.id]).toEqual([200, made.id])
      const answer = HeartbeatAnswer.parse((await asTerminal('/v1/heartbeats', beat)).json)
      expect(answer).toMatchObject({ nextMs: 2000, commands: [{ id: made.id, type: 'check', only: ['printer'] }] })
      for (const progress of [{ state: 'running', looked: 0, total: 3 }, { state: 'running', looked: 2, total: 3 }, { state: 'done', looked: 3, total: 3 }]) {
        expect((await asTerminal(`/v1/commands/${made.id}/progress`, progress)).status).toBe(204)
      }
      expect((await asTerminal(`/v1/commands/${made.id}/progress`, { state: 'running' })).status).toBe(409)
    })
    expect(states).toEqual(['waiting', 'sent', 'running', 'running', 'done'])
  })

  it('is refused for what is not there, and where too many are under way', async () => {
    expect((await hq.operate('/api/terminals/T-404/commands', 'POST', { type: 'check' })).status).toBe(404)
    expect((await hq.operate('/api/terminals/T-1/commands', 'POST', { type: 'format-disk' })).status).toBe(400)
    expect((await asTerminal('/v1/commands/01a20261-d37b-7709-9b30-e86a0be65321/progress', { state: 'done' })).status).toBe(404)
    const kinds = ['printer', 'reader', 'power', 'network', 'host', 'scanner']
    const statuses = []
    for (const kind of kinds) statuses.push((await hq.operate('/api/terminals/T-1/commands', 'POST', { type: 'check', only: [kind] })).status)
    expect(statuses).toEqual([201, 201, 201, 201, 201, 409])
  })
})

it('beats slowly while nobody looks, and quickly for a while after', async () => {
  const other = await hq.enrol('T-2')
  const beats = async () => (await hq.ask<HeartbeatAnswer>('/v1/heartbeats', { method: 'POST', headers: { authorization: `Bearer ${other}`, 'content-type': 'application/json' }, body: JSON.stringify(beat) })).json.nextMs
  expect(await beats()).toBe(60_000)
  await hq.operate('/api/terminals/T-2')
  expect(await beats()).toBe(2000)
  const row = await until(() => hq.operate<TerminalDetail>('/api/terminals/T-2'), (a) => a.json.terminal.contact === 'online')
  expect(TerminalRow.parse(row.json.terminal)).toMatchObject({ agentVersion: '0.1.0', spool: { reports: 0 } })
})

it('lets only so many pages listen', async () => {
  const abort = new AbortController()
  const headers = { authorization: `Bearer ${OPERATOR}` }
  const listen = () => fetch(`${hq.hq.url}/api/events`, { headers, signal: abort.signal })
  const open = await Promise.all(Array.from({ length: LIVE.listeners }, listen))
  expect(open.every((r) => r.status === 200)).toBe(true)
  const refused = await listen()
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '30'])
  abort.abort()
  await until(async () => (await hq.ask('/metrics')).text, (text) => /^posdiag_hq_live_listeners 0$/m.test(text))
})
