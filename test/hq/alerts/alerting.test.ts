import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Cluster, noPostgres, startCluster } from '../../../fixtures/servers/postgres.ts'
import type { AlertRow, AlertSettings, ChannelRow, ChannelTarget, DeliveryRow } from '../../../src/model/alerts.ts'
import type { Problem } from '../../../src/model/wire.ts'
import { startTestHq, type TestHq, until } from '../hq.ts'
import { makeReport } from '../reports.ts'
import { http, httpReceiver, type Receiver } from './receivers.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const starting = async (options: Parameters<typeof startTestHq>[0] = {}): Promise<TestHq> => {
  const hq = await startTestHq(options)
  closing.push(hq.end)
  return hq
}

const receiving = async (answer: Parameters<typeof httpReceiver>[0]): Promise<Receiver> => {
  const receiver = await httpReceiver(answer)
  closing.push(receiver.close)
  return receiver
}

const SECRET = 'a secret of the webhook'
const hook = (url: string): ChannelTarget => ({ type: 'webhook', url, secret: SECRET })

const addChannel = async (hq: TestHq, target: ChannelTarget, more: object = {}): Promise<ChannelRow> => {
  const answer = await hq.operate<ChannelRow>('/api/alerts/channels', 'POST', { name: '值班', language: 'zh-CN', timeZone: 'Asia/Shanghai', gatherSeconds: 0, target, ...more })
  expect(answer.text).toContain('"id"')
  return answer.json
}

const addRule = async (hq: TestHq, channels: string[], more: object = {}): Promise<string> => {
  const { json, text } = await hq.operate<{ id: string }>('/api/alerts/rules', 'POST', { name: '阻断', on: 'incident', minutes: 0, scope: {}, channels, enabled: true, ...more })
  expect(text).toContain('"id"')
  return json.id
}

const OUT = 'PRN-PAPER-OUT'
const broken = (terminal: string, sequence: number) => makeReport({ terminal, sequence, at: Date.now(), found: [OUT], changes: [{ fault: OUT, change: 'opened' }] })
const mended = (terminal: string, sequence: number) => makeReport({ terminal, sequence, at: Date.now(), changes: [{ fault: OUT, change: 'closed' }] })

interface Told { test: boolean; alerts: { change: string; terminalId: string; rule: string }[] }
const told = (receiver: Receiver): Told[] => receiver.heard.map((h) => JSON.parse(h.body) as Told)
const changes = (receiver: Receiver): string[] => told(receiver).flatMap((t) => t.alerts.map((a) => `${a.change} ${a.terminalId}`))

describe('alerts of HQ', () => {
  it('go from a report to the channel, and tell that it is over, with errors to be seen on the way', async () => {
    let ill = true
    const receiver = await receiving(() => (ill ? http('503 Service Unavailable', `no room for ${SECRET}`) : http('200 OK', '')))
    const hq = await starting()
    const channel = await addChannel(hq, hook(`${receiver.url}/hook/0123456789abcdef`))
    await addRule(hq, [channel.id])
    const token = await hq.enrol('T-1')
    await hq.send(token, [broken('T-1', 1)])
    const deliveries = async () => (await hq.operate<{ rows: DeliveryRow[] }>('/api/alerts/deliveries')).json.rows
    const [waiting] = await until(deliveries, (rows) => rows[0]?.problem !== undefined)
    expect(waiting).toMatchObject({ state: 'waiting', tries: 1, alerts: 1, channelId: channel.id, problem: { kind: 'busy', detail: 'HTTP 503 no room for …' } })
    ill = false
    // The next try is up to five seconds away.
    await until(deliveries, (rows) => rows[0]?.state === 'sent', 15_000)
    expect(changes(receiver)).toEqual(['firing T-1', 'firing T-1'])
    const open = await hq.operate<{ rows: AlertRow[] }>('/api/alerts')
    expect(open.json.rows).toMatchObject([{ rule: '阻断', on: 'incident', subject: { terminalId: 'T-1', fault: OUT }, firedAt: expect.any(Number) }])
    await hq.send(token, [mended('T-1', 2)])
    await until(async () => changes(receiver), (all) => all.includes('resolved T-1'))
    expect((await hq.operate<{ rows: AlertRow[] }>('/api/alerts?state=closed')).json.rows).toHaveLength(1)
    expect(JSON.stringify(hq.logged)).not.toContain(SECRET)
    expect(JSON.stringify(hq.logged)).toContain('an alert message did not go out')
  })

  it('are held back by a silence, and told when it is taken away', async () => {
    const receiver = await receiving(() => http('200 OK', ''))
    const hq = await starting()
    const channel = await addChannel(hq, hook(receiver.url))
    await addRule(hq, [channel.id])
    const silence = await hq.operate<{ id: string }>('/api/alerts/silences', 'POST', { name: '盘点', scope: { terminals: ['T-1'] }, from: 0, until: Date.now() + 3_600_000 })
    await hq.send(await hq.enrol('T-1'), [broken('T-1', 1)])
    await hq.send(await hq.enrol('T-2'), [broken('T-2', 1)])
    await until(async () => changes(receiver), (all) => all.includes('firing T-2'))
    const held = await until(async () => (await hq.operate<{ rows: AlertRow[] }>('/api/alerts')).json.rows, (rows) => rows.some((a) => a.heldBy === '盘点'))
    expect(held.map((a) => [a.subject.terminalId, a.heldBy, a.firedAt !== undefined]).toSorted()).toEqual([['T-1', '盘点', false], ['T-2', undefined, true]])
    expect(changes(receiver)).toEqual(['firing T-2'])
    expect((await hq.operate(`/api/alerts/silences/${silence.json.id}`, 'DELETE')).status).toBe(204)
    await until(async () => changes(receiver), (all) => all.includes('firing T-1'))
  })

  it('outlive HQ in the outbox', async () => {
    let ill = true
    const receiver = await receiving(() => (ill ? http('503 Service Unavailable', '') : http('200 OK', '')))
    const dataDir = mkdtempSync(join(tmpdir(), 'posdiag-alerts-'))
    const before = await startTestHq({ dataDir })
    await addRule(before, [(await addChannel(before, hook(receiver.url))).id])
    await before.send(await before.enrol('T-1'), [broken('T-1', 1)])
    await until(async () => (await before.operate<{ rows: DeliveryRow[] }>('/api/alerts/deliveries')).json.rows, (rows) => rows[0]?.problem !== undefined)
    await before.hq.stop()
    ill = false
    const after = await starting({ dataDir })
    const rows = await until(async () => (await after.operate<{ rows: DeliveryRow[] }>('/api/alerts/deliveries')).json.rows, (all) => all[0]?.state === 'sent')
    expect(rows).toHaveLength(1)
    expect(new Set(receiver.heard.map((h) => (JSON.parse(h.body) as { id: string }).id))).toEqual(new Set([rows[0]?.id]))
    rmSync(dataDir, { recursive: true, force: true })
  })

  it('are tested by a button, which says at once what the other side said', async () => {
    const receiver = await receiving((_heard, nth) => http('200 OK', nth === 1 ? '{"errcode":0}' : '{"errcode":310000,"errmsg":"sign not match, token is 0123456789abcdef"}'))
    const hq = await starting()
    const { id } = await addChannel(hq, { type: 'dingtalk', url: `${receiver.url}/robot/send?access_token=0123456789abcdef`, secret: 'SECxxxxxx' })
    expect((await hq.operate(`/api/alerts/channels/${id}/test`, 'POST')).json).toEqual({ sent: true })
    expect(JSON.parse(receiver.heard[0]?.body ?? '')).toMatchObject({ markdown: { title: 'posdiag 测试消息', text: expect.stringContaining('渠道“值班”可以用。') } })
    expect((await hq.operate(`/api/alerts/channels/${id}/test`, 'POST')).json).toEqual({ sent: false, problem: { kind: 'refused', detail: '{"errcode":310000,"errmsg":"sign not match, token is …"}' } })
    const { json } = await hq.operate<AlertSettings>('/api/alerts/settings')
    expect(json.channels).toMatchObject([{ id, type: 'dingtalk', leadsTo: new URL(receiver.url).host, waiting: 0, last: { state: 'failed', test: true, problem: { kind: 'refused' } } }])
    expect(JSON.stringify(json)).not.toMatch(/SECxxxxxx|0123456789abcdef/)
    expect((await hq.operate<Problem>('/api/alerts/channels/01a20261-d37b-7709-9b30-e86a0be65321/test', 'POST')).json.type).toBe('urn:posdiag:problem:alert-channel')
    for (let n = 2; n < 18; n++) await hq.operate(`/api/alerts/channels/${id}/test`, 'POST')
    const tooMany = await hq.operate<Problem>(`/api/alerts/channels/${id}/test`, 'POST')
    expect([tooMany.status, tooMany.headers.get('retry-after'), receiver.heard.length]).toEqual([429, '60', 18])
  })

  it('are set by the API, which keeps secrets, keeps order, and says what is wrong', async () => {
    const hq = await starting()
    const secret = { type: 'pagerduty', routingKey: '4111111111111111aaaa' } as ChannelTarget
    const { id } = await addChannel(hq, secret)
    const changed = await hq.operate<ChannelRow>(`/api/alerts/channels/${id}`, 'PUT', { name: 'oncall', language: 'en', timeZone: 'UTC', gatherSeconds: 30 })
    expect(changed.json).toMatchObject({ id, name: 'oncall', type: 'pagerduty', leadsTo: 'events.pagerduty.com', gatherSeconds: 30 })
    const rule = await addRule(hq, [id], { scope: { regions: ['华北'] } })
    expect((await hq.operate<Problem>(`/api/alerts/channels/${id}`, 'DELETE')).json).toMatchObject({ status: 409, type: 'urn:posdiag:problem:alert-channel-used' })
    expect((await hq.operate<Problem>('/api/alerts/rules', 'POST', { name: 'x', on: 'incident', minutes: 0, scope: {}, channels: ['01a20261-d37b-7709-9b30-e86a0be65321'], enabled: true })).status).toBe(422)
    expect((await hq.operate<Problem>('/api/alerts/windows', 'POST', { name: 'x', scope: {}, holds: 'inside', timeZone: 'Mars', weekly: {}, dates: [] })).json.detail).toContain('time zone')
    const window = { name: '营业时间', scope: {}, holds: 'outside', timeZone: 'Asia/Shanghai', weekly: { mon: [{ from: '09:00', to: '21:00' }] }, dates: [{ date: '2026-10-01', spans: [], note: '国庆节' }] }
    const made = await hq.operate<{ id: string }>('/api/alerts/windows', 'POST', window)
    expect((await hq.operate(`/api/alerts/windows/${made.json.id}`, 'PUT', { ...window, name: '新' })).status).toBe(200)
    expect((await hq.operate(`/api/alerts/rules/${made.json.id}`, 'PUT', { name: 'x', on: 'incident', minutes: 0, scope: {}, channels: [], enabled: true })).status).toBe(404)
    expect((await hq.operate<AlertSettings>('/api/alerts/settings')).json).toMatchObject({ rules: [{ id: rule, rule: { scope: { regions: ['华北'] } } }], windows: [{ window: { ...window, name: '新' } }] })
    expect([(await hq.operate(`/api/alerts/rules/${rule}`, 'DELETE')).status, (await hq.operate(`/api/alerts/rules/${rule}`, 'DELETE')).status, (await hq.operate(`/api/alerts/channels/${id}`, 'DELETE')).status]).toEqual([204, 404, 204])
    expect((await hq.ask('/api/alerts/settings')).status).toBe(401)
  })

  it('go in one digest where many come at once, and a message given up is sent again when asked', async () => {
    const receiver = await receiving((_heard, nth) => (nth === 1 ? http('401 Unauthorized', 'who are you') : http('200 OK', '')))
    const hq = await starting()
    const channel = await addChannel(hq, hook(receiver.url), { gatherSeconds: 1 })
    await addRule(hq, [channel.id])
    for (const terminal of ['T-1', 'T-2', 'T-3']) await hq.send(await hq.enrol(terminal), [broken(terminal, 1)])
    const deliveries = async () => (await hq.operate<{ rows: DeliveryRow[] }>('/api/alerts/deliveries')).json.rows
    const [given] = await until(deliveries, (rows) => rows[0]?.state === 'failed')
    expect(given).toMatchObject({ alerts: 3, problem: { kind: 'refused', detail: 'HTTP 401 who are you' } })
    expect((await hq.operate(`/api/alerts/deliveries/${given?.id}/retry`, 'POST')).status).toBe(204)
    await until(deliveries, (rows) => rows[0]?.state === 'sent')
    expect(told(receiver)[1]?.alerts.map((a) => a.terminalId).toSorted()).toEqual(['T-1', 'T-2', 'T-3'])
    expect((await hq.operate(`/api/alerts/deliveries/${given?.id}/retry`, 'POST')).status).toBe(404)
  })
})

describe.skipIf(noPostgres)('several processes on one database', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster()
  }, 60_000)
  afterAll(() => cluster.end())

  it('send every message once, whichever of them does it', async () => {
    const receiver = await receiving(() => http('200 OK', ''))
    const database = { url: await cluster.database() }
    const [one, two, three] = [await starting({ database }), await starting({ database }), await starting({ database })]
    const channels = []
    for (let n = 0; n < 4; n++) channels.push((await addChannel(one, hook(`${receiver.url}/${n}`))).id)
    await addRule(one, channels)
    const terminals = Array.from({ length: 12 }, (_, i) => `T-${i}`)
    const tokens = new Map<string, string>()
    for (const terminal of terminals) tokens.set(terminal, await one.enrol(terminal))
    for (const [terminal, token] of tokens) await two.send(token, [broken(terminal, 1)])
    await until(async () => changes(receiver).length, (n) => n >= 48, 20_000)
    for (const [terminal, token] of tokens) await three.send(token, [mended(terminal, 2)])
    await until(async () => changes(receiver).filter((c) => c.startsWith('resolved')).length, (n) => n >= 48, 20_000)
    await until(async () => (await one.operate<{ rows: DeliveryRow[] }>('/api/alerts/deliveries')).json.rows, (rows) => rows.every((r) => r.state === 'sent'))
    for (let n = 0; n < 4; n++) {
      const of = receiver.heard.filter((h) => h.line.startsWith(`POST /${n} `)).flatMap((h) => (JSON.parse(h.body) as Told).alerts.map((a) => `${a.change} ${a.terminalId}`))
      expect(of.toSorted()).toEqual([...terminals.map((t) => `firing ${t}`), ...terminals.map((t) => `resolved ${t}`)].toSorted())
    }
  })
})

const ALERTMANAGER = '/usr/bin/prometheus-alertmanager'
const noAlertmanager = !existsSync(ALERTMANAGER) && process.env.CI !== 'true'

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })

/** Debian's Alertmanager on a free port; answers its address. */
const startAlertmanager = async (): Promise<string> => {
  const dir = mkdtempSync(join(tmpdir(), 'posdiag-am-'))
  writeFileSync(join(dir, 'am.yml'), 'route: { receiver: none }\nreceivers: [{ name: none }]\n')
  const port = await freePort()
  const child = spawn(ALERTMANAGER, [`--config.file=${dir}/am.yml`, `--storage.path=${dir}`, `--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address='], { stdio: 'ignore' })
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', () => resolve())
  })
  closing.push(async () => {
    child.kill()
    await ended
    rmSync(dir, { recursive: true, force: true })
  })
  const url = `http://127.0.0.1:${port}`
  await until(() => fetch(`${url}/-/ready`).then((r) => r.ok, () => false), (ready) => ready)
  return url
}

describe.skipIf(noAlertmanager)("Debian's Alertmanager", () => {
  interface Alert { labels: Record<string, string>; annotations: Record<string, string>; status: { state: string }; generatorURL: string }

  it('shows an alert while it stands, and no longer when it is over', async () => {
    const am = await startAlertmanager()
    const hq = await starting()
    const { id } = await addChannel(hq, { type: 'alertmanager', url: am }, { hqUrl: 'https://hq.example.com' })
    await addRule(hq, [id])
    const token = await hq.enrol('T-1')
    await hq.send(token, [broken('T-1', 1)])
    const standing = async () => (await (await fetch(`${am}/api/v2/alerts?active=true`)).json()) as Alert[]
    const [alert] = await until(standing, (all) => all.length > 0)
    expect(alert?.labels).toMatchObject({ alertname: 'POSFault', code: OUT, severity: 'critical', terminal: 'T-1', rule: '阻断' })
    expect(alert?.annotations.summary).toBe(`故障 ${OUT} ${OUT}`)
    expect(alert?.generatorURL).toMatch(/^https:\/\/hq\.example\.com\/incidents\/[0-9a-f-]{36}$/)
    await hq.send(token, [mended('T-1', 2)])
    await until(standing, (all) => all.length === 0)
    expect((await hq.operate(`/api/alerts/channels/${id}/test`, 'POST')).json).toEqual({ sent: true })
    expect((await until(standing, (all) => all.length === 1)).map((a) => a.labels.alertname)).toEqual(['POSTest'])
  })
})
