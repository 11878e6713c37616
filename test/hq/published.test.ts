import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OPERATOR, startTestHq, type TestHq, until } from './hq.ts'
import { makeReport } from './reports.ts'

let hq: TestHq
beforeAll(async () => {
  hq = await startTestHq()
})
afterAll(() => hq.end())

interface Operation { summary?: string; security?: unknown; responses: Record<string, { content?: Record<string, unknown> }> }

const KINDS = ['rules', 'silences', 'windows', 'channels']
const ALERTS = [
  'GET /api/alerts', 'GET /api/alerts/deliveries', 'GET /api/alerts/settings', 'POST /api/alerts/channels/{id}/test', 'POST /api/alerts/deliveries/{id}/retry',
  ...KINDS.flatMap((kind) => [`DELETE /api/alerts/${kind}/{id}`, `POST /api/alerts/${kind}`, `PUT /api/alerts/${kind}/{id}`]),
]
const ACCESS = [
  'GET /auth/ways', 'POST /auth/sign-in', 'DELETE /api/me/session', 'DELETE /api/me/sessions', 'GET /api/map', 'GET /api/me', 'GET /api/me/sessions', 'PUT /api/me/password',
  'GET /api/users', 'POST /api/users', 'PATCH /api/users/{id}', 'GET /api/tokens', 'POST /api/tokens', 'DELETE /api/tokens/{id}', 'GET /api/audit',
  'GET /api/admission', 'PUT /api/admission/policy', 'POST /api/terminals/{id}/approval', 'POST /v1/key',
]
const EXPORTS = ['GET /api/export/incidents', 'GET /api/export/reports', 'GET /api/export/terminals', 'GET /api/terminals/{id}/catm', 'GET /api/terminals/{id}/nexo']

const PACKS = ['DELETE /api/packs/{sequence}', 'GET /api/knowledge', 'GET /api/packs', 'GET /api/packs/{sequence}', 'GET /v1/packs/{sequence}', 'POST /api/packs']

const PROMTOOL = '/usr/bin/promtool'
const noPromtool = !existsSync(PROMTOOL) && process.env.CI !== 'true'

describe('the OpenAPI document', () => {
  it('describes every route, as 3.1, and each answers', async () => {
    const { json, status } = await hq.ask<{ openapi: string; paths: Record<string, Record<string, Operation>> }>('/openapi.json')
    expect([status, json.openapi]).toEqual([200, '3.1.0'])
    const routes = Object.entries(json.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
    expect(routes.toSorted()).toEqual([
      ...ALERTS, ...EXPORTS, ...PACKS, ...ACCESS,
      'DELETE /api/enrolment-tokens/{id}', 'DELETE /api/terminals/{id}/token',
      'GET /api/absences', 'GET /api/absences/{id}', 'GET /api/enrolment-tokens', 'GET /api/events', 'GET /api/incidents', 'GET /api/incidents/facets', 'GET /api/incidents/{id}',
      'GET /api/issues', 'GET /api/issues/{fault}', 'GET /api/outbreaks', 'GET /api/outbreaks/{id}', 'GET /api/overview', 'GET /api/queue', 'GET /api/reports/{terminal}/{id}',
      'GET /api/boot-checks', 'GET /api/catalogue', 'GET /api/health-figures', 'GET /api/terminal-facets', 'GET /api/terminals/{id}/readings', 'POST /api/terminals/{id}/notes',
      'GET /api/rollouts', 'GET /api/rollouts/{revision}', 'GET /api/stores', 'GET /api/stores/{store}', 'GET /api/terminals', 'GET /api/terminals/{id}', 'GET /api/terminals/{id}/logs/{command}',
      'GET /api/visits', 'GET /api/visits/{id}', 'GET /api/visits/{id}/work-order', 'GET /healthz', 'GET /metrics', 'GET /openapi.json', 'GET /readyz',
      'POST /api/backups', 'POST /api/care', 'POST /api/enrolment-tokens', 'POST /api/enrolment-tokens/batch', 'POST /api/issues/{fault}', 'POST /api/rollouts', 'POST /api/rollouts/{revision}', 'POST /api/terminals/{id}/commands',
      'POST /api/visits', 'POST /api/visits/{id}', 'POST /v1/commands/{id}/bundle', 'POST /v1/commands/{id}/progress', 'POST /v1/enrol', 'POST /v1/heartbeats', 'POST /v1/reports',
      'PUT /api/stores/{store}',
    ].toSorted())
    for (const [path, methods] of Object.entries(json.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        expect(operation.summary, path).toMatch(/./)
        const protectedBy = path.startsWith('/api/') ? [{ operator: [] }] : path.startsWith('/v1/') && path !== '/v1/enrol' ? [{ terminal: [] }] : undefined
        expect(operation.security, path).toEqual(protectedBy)
        const answer = await hq.ask(path.replaceAll(/\{\w+\}/g, '01a20261-d37b-7709-9b30-e86a0be65321'), { method: method.toUpperCase() })
        expect(answer.status, path).toBe(protectedBy !== undefined ? 401 : ['/v1/enrol', '/auth/sign-in'].includes(path) ? 400 : 200)
        if (protectedBy !== undefined && path !== '/api/events') expect(Object.keys(operation.responses['4XX']?.content ?? operation.responses['4xx']?.content ?? {}), path).toEqual(['application/problem+json'])
      }
    }
  })
})

describe('the metrics', () => {
  it('are valid text exposition, count what came in, and name no terminal', async () => {
    const token = await hq.enrol('T-77')
    const report = makeReport({ terminal: 'T-77', found: ['PRN-PAPER-OUT'], changes: [{ fault: 'PRN-PAPER-OUT', change: 'opened' }] })
    await hq.send(token, [report, report, makeReport({ terminal: 'T-78' })])
    const text = await until(async () => (await hq.ask('/metrics')).text, (t) => t.includes('posdiag_hq_unfolded_reports 0') && t.includes('posdiag_hq_open_incidents{severity="block"} 1'))
    const types = new Map<string, string>()
    const samples = new Map<string, number>()
    for (const line of text.trimEnd().split('\n')) {
      const type = /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/.exec(line)
      if (type?.[1] !== undefined && type[2] !== undefined) {
        expect(types.has(type[1])).toBe(false)
        types.set(type[1], type[2])
        continue
      }
      if (/^# HELP [a-z_]+ \S.*$/.test(line)) continue
      const sample = /^([a-z_]+)(\{[a-z]+="(?:[^"\\\n]|\\.)*"(?:,[a-z]+="(?:[^"\\\n]|\\.)*")*\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/.exec(line)
      expect(sample, line).not.toBeNull()
      const name = sample?.[1] ?? ''
      const family = types.get(name) ?? types.get(name.replace(/_(bucket|sum|count)$/, ''))
      expect(family, line).toBeDefined()
      if (family === 'counter') expect(name).toMatch(/_total$/)
      samples.set(`${name}${sample?.[2] ?? ''}`, Number(sample?.[3]))
    }
    expect(samples.get('posdiag_hq_reports_total{status="stored"}')).toBe(1)
    expect(samples.get('posdiag_hq_reports_total{status="duplicate"}')).toBe(1)
    expect(samples.get('posdiag_hq_reports_total{status="rejected"}')).toBe(1)
    expect(samples.get('posdiag_hq_commit_seconds_bucket{le="+Inf"}')).toBe(samples.get('posdiag_hq_commit_seconds_count'))
    expect(samples.get('posdiag_hq_store_up')).toBe(1)
    expect(text).not.toContain('T-77')
    expect(text).not.toContain(OPERATOR)
  })
})

it.skipIf(noPromtool)('gives metrics with which promtool finds nothing wrong', async () => {
  const { text } = await hq.ask('/metrics')
  expect(text).toContain('posdiag_hq_alert_messages_total')
  const checked = spawnSync(PROMTOOL, ['check', 'metrics'], { input: text, encoding: 'utf8' })
  expect([checked.error, checked.stdout, checked.stderr, checked.status]).toEqual([undefined, '', '', 0])
})

it('says that it lives and is ready', async () => {
  expect((await hq.ask('/healthz')).json).toEqual({ status: 'ok', version: '9.9.9' })
  expect((await hq.ask('/readyz')).json).toEqual({ status: 'ok', version: '9.9.9' })
})
