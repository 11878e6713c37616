// Several HQ processes on one PostgreSQL database.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cluster, noPostgres, startCluster } from '../../fixtures/servers/postgres.ts'
import type { CommandRow, HeartbeatAnswer, LiveEvent } from '../../src/model/wire.ts'
import { type HqChild, kill, startChild, terminate } from './child.ts'
import { startTestHq, until } from './hq.ts'
import { enrol, type Sender, sender } from './senders.ts'

const SENDERS = 6

const ask = async <R extends object>(url: string, text: string): Promise<R[]> => {
  const client = new pg.Client(url)
  await client.connect()
  const { rows } = await client.query(text)
  await client.end()
  return rows as R[]
}

describe.skipIf(noPostgres)('several HQs on one database', () => {
  let cluster: Cluster
  let folder: string
  beforeAll(async () => {
    cluster = await startCluster()
    folder = mkdtempSync(join(tmpdir(), 'posdiag-several-'))
  }, 60_000)
  afterAll(async () => {
    await cluster.end()
    rmSync(folder, { recursive: true })
  })

  it('store each report once and fold it once, though one is killed and the database stops at once and comes back', async () => {
    const database = await cluster.database()
    const open = (i: number): Promise<HqChild> => startChild(join(folder, `data-${i}`), { database })
    const [first, second] = await Promise.all([open(1), open(2)])
    const sent = new Set<string>()
    const acknowledged = new Set<string>()
    let acks = 0
    let wake: (() => void) | undefined
    const reached = (n: number): Promise<void> => new Promise((resolve) => {
      wake = () => { if (acks >= n) resolve() }
      wake()
    })
    const senders: Sender[] = []
    for (let i = 0; i < SENDERS; i++) senders.push(sender(`T-${i}`, await enrol(first.url, `T-${i}`), sent, acknowledged, () => { acks++; wake?.() }))

    const urls = new Map([[1, first.url], [2, second.url]])
    let over = false
    // What one HQ does not take the next one gets, as behind a load balancer.
    const sending = senders.map(async (send, i) => {
      for (let turn = i; !over; turn++) await send([...urls.values()][turn % urls.size] ?? '')
    })
    await reached(60)
    urls.delete(1)
    await kill(first)
    await reached(acks + 60)
    const third = await open(1)
    urls.set(1, third.url)
    await reached(acks + 60)

    await cluster.stop('immediate')
    for (const url of urls.values()) await until(() => fetch(`${url}/readyz`).then((r) => r.status), (status) => status === 503)
    expect((await fetch(`${second.url}/healthz`)).status).toBe(200)
    await cluster.start()
    for (const url of urls.values()) await until(() => fetch(`${url}/readyz`).then((r) => r.status), (status) => status === 200, 30_000)
    await reached(acks + 120)
    over = true
    await Promise.all(sending)
    for (const send of senders) await until(() => send(second.url), (taken) => taken)
    await until(() => ask<{ n: string }>(database, 'select count(*) as n from unfolded'), ([row]) => row?.n === '0', 30_000)
    expect([await terminate(second), await terminate(third)]).toEqual([0, 0])

    const stored = (await ask<{ id: string }>(database, 'select id from report')).map((r) => r.id)
    expect(new Set(stored).size).toBe(stored.length)
    expect([...acknowledged].filter((id) => !stored.includes(id))).toEqual([])
    // Every sender ended with an empty hand, so all that was sent is there.
    expect(stored.toSorted()).toEqual([...sent].toSorted())
    expect(await ask(database, 'select sum(reports)::int as n from report_hour')).toEqual([{ n: sent.size }])
    expect(await ask(database, 'select terminal_id from incident group by terminal_id having count(*) > 1')).toEqual([])
    expect(await ask(database, "select id, (fold_state::json->>'sequence')::int as last from terminal order by id")).toEqual(
      await ask(database, 'select terminal_id as id, max(sequence)::int as last from report group by terminal_id order by 1'),
    )
  }, 120_000)

  it('tell each other: a command given at one travels with a heartbeat to the other, and a page at the first sees it run', async () => {
    const url = await cluster.database()
    const [one, other] = [await startTestHq({ database: { url } }), await startTestHq({ database: { url } })]
    const token = await one.enrol('T-1')
    const events: LiveEvent[] = []
    const cut = new AbortController()
    const response = await fetch(`${one.hq.url}/api/events`, { headers: { authorization: 'Bearer operator-token-for-tests' }, signal: cut.signal })
    const reading = (async () => {
      let text = ''
      for await (const chunk of response.body ?? []) {
        text += new TextDecoder().decode(chunk)
        events.length = 0
        events.push(...[...text.matchAll(/^data: (.*)$/gm)].map((m) => JSON.parse(m[1] ?? '') as LiveEvent))
      }
    })().catch((error: unknown) => expect(error).toMatchObject({ name: 'AbortError' }))
    const command = (await one.operate<CommandRow>('/api/terminals/T-1/commands', 'POST', { type: 'check' })).json
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const beat = { at: Date.now(), agentVersion: '1', bootId: 'b', uptimeMs: 1, sequence: 1, spool: { reports: 0, bytes: 0, lost: 0 }, readiness: [], openIncidents: 0 }
    const answer = await other.ask<HeartbeatAnswer>('/v1/heartbeats', { method: 'POST', headers, body: JSON.stringify(beat) })
    expect(answer.json.commands.map((c) => c.id)).toEqual([command.id])
    await other.ask(`/v1/commands/${command.id}/progress`, { method: 'POST', headers, body: JSON.stringify({ state: 'running', looked: 1, total: 2 }) })
    const states = () => events.flatMap((e) => (e.type === 'command' ? [e.command.state] : []))
    await until(async () => states(), (s) => s.length >= 3)
    expect(states()).toEqual(['waiting', 'sent', 'running'])
    await until(async () => events.map((e) => e.type), (types) => types.includes('terminals'))
    cut.abort()
    await reading
    await one.end()
    await other.end()
  })
})
