import { connect } from 'node:net'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { uuidv7 } from '../../src/model/id.ts'
import { BATCH_LIMITS, type StoredReport } from '../../src/model/wire.ts'
import { BATCH_TYPE, startTestHq, type TestHq } from './hq.ts'
import { eventOf, makeReport } from './reports.ts'

let hq: TestHq
let token: string
beforeAll(async () => {
  hq = await startTestHq()
  token = await hq.enrol('T-1')
})
afterAll(() => hq.end())

const whole = async (id: string): Promise<StoredReport> => (await hq.operate<StoredReport>(`/api/reports/T-1/${id}`)).json

describe('a batch', () => {
  it('is answered item by item, in its order', async () => {
    const good = makeReport({ terminal: 'T-1' })
    const foreign = makeReport({ terminal: 'T-2' })
    const wrong = { ...eventOf(makeReport({ terminal: 'T-1' })), data: { ...makeReport({ terminal: 'T-1' }), sequence: 'seven' } }
    const old = makeReport({ terminal: 'T-1', id: uuidv7(Date.now() - 61 * 86_400_000) })
    const ahead = makeReport({ terminal: 'T-1', id: uuidv7(Date.now() + 2 * 86_400_000) })
    const twoIds = { ...eventOf(makeReport({ terminal: 'T-1' })), id: uuidv7() }
    const answer = await hq.sendRaw(token, JSON.stringify([eventOf(good), eventOf(foreign), wrong, eventOf(old), eventOf(ahead), twoIds, eventOf(good), null, 7, 'x', {}]))
    expect(answer.status).toBe(202)
    expect(answer.json.items.map((i) => [i.status, i.reason?.split(':')[0]])).toEqual([
      ['stored', undefined], ['rejected', 'foreign-terminal'], ['rejected', 'invalid'], ['rejected', 'too-old'], ['rejected', 'in-future'], ['rejected', 'invalid'], ['duplicate', undefined],
      ['rejected', 'invalid'], ['rejected', 'invalid'], ['rejected', 'invalid'], ['rejected', 'invalid'],
    ])
    expect(answer.json.items[0]?.id).toBe(good.id)
    expect(answer.json.items[2]?.reason).toContain('data.sequence')
    expect((await hq.send(token, [good])).json.items).toEqual([{ id: good.id, status: 'duplicate' }])
    expect((await whole(good.id)).report).toEqual(good)
  })

  it('may be empty', async () => expect((await hq.sendRaw(token, '[]')).json).toEqual({ items: [] }))

  it('may be compressed with gzip or zstd, and large', async () => {
    for (const [encoding, compress] of [['gzip', gzipSync], ['zstd', zstdCompressSync]] as const) {
      const reports = Array.from({ length: BATCH_LIMITS.reports }, (_, i) => makeReport({ terminal: 'T-1', sequence: i + 1 }))
      const answer = await hq.sendRaw(token, compress(JSON.stringify(reports.map(eventOf))), { 'content-encoding': encoding })
      expect(answer.json.items.filter((i) => i.status === 'stored')).toHaveLength(BATCH_LIMITS.reports)
    }
  })

  it('of a newer agent is stored, with what this HQ does not know left out where it is shown', async () => {
    const report = makeReport({ terminal: 'T-1' })
    const newer = { ...report, mood: 'fine', check: { ...report.check, weather: { sky: 'blue' }, observations: report.check.observations.map((o) => ({ ...o, confidence: 1 })) } }
    const answer = await hq.sendRaw(token, JSON.stringify([{ ...eventOf(report), signature: 'abc', data: newer }]))
    expect(answer.json.items).toEqual([{ id: report.id, status: 'stored' }])
    expect((await whole(report.id)).report).toEqual(report)
  })

  it('loses card data that its agent let through, and the filter counts it', async () => {
    const report = makeReport({ terminal: 'T-1' })
    report.check.transcripts = [{ device: 'reader-1', text: '< read 4111111111111111 ok' }]
    report.agentProblems = [{ code: 'x', detail: 'harmless' }]
    expect((await hq.send(token, [report])).json.items).toEqual([{ id: report.id, status: 'stored' }])
    const shown = await whole(report.id)
    expect(JSON.stringify(shown)).not.toContain('4111111111111111')
    expect(shown.report.check.transcripts[0]?.text).toContain('411111')
    expect(shown.report.agentProblems).toEqual(report.agentProblems)
    expect((await hq.ask('/metrics')).text).toMatch(/^posdiag_hq_masked_total 1$/m)
  })
})

describe('a request that cannot be taken', () => {
  const refused = async (wanted: number, slug: string, answer: Promise<{ status: number; headers: Headers; json: unknown }>) => {
    const { status, headers, json } = await answer
    expect([status, headers.get('content-type')]).toEqual([wanted, expect.stringContaining('application/problem+json')])
    expect(json).toMatchObject({ type: `urn:posdiag:problem:${slug}`, status: wanted, detail: expect.any(String) })
  }

  it('for want of a token of a terminal', async () => {
    await refused(401, 'terminal-token', hq.ask('/v1/reports', { method: 'POST', headers: { 'content-type': BATCH_TYPE }, body: '[]' }))
    await refused(401, 'terminal-token', hq.sendRaw('pt_wrong', '[]'))
    await refused(401, 'terminal-token', hq.sendRaw('x'.repeat(5000), '[]'))
  })

  it('after the token was revoked', async () => {
    const own = await hq.enrol('T-9')
    expect((await hq.sendRaw(own, '[]')).status).toBe(202)
    expect((await hq.operate('/api/terminals/T-9/token', 'DELETE')).status).toBe(204)
    await refused(401, 'terminal-token', hq.sendRaw(own, '[]'))
  })

  it('because it is a decompression bomb', async () => {
    for (const [encoding, compress] of [['gzip', gzipSync], ['zstd', zstdCompressSync]] as const) {
      const bomb = compress(Buffer.alloc(64 << 20, ' '))
      expect(bomb.length).toBeLessThan(100_000)
      await refused(413, 'body-too-large', hq.sendRaw(token, bomb, { 'content-encoding': encoding }))
    }
  })

  it('because it is too large, or holds too many', async () => {
    await refused(413, 'body-too-large', hq.sendRaw(token, Buffer.alloc(BATCH_LIMITS.compressedBytes + 1, ' ')))
    await refused(413, 'too-many-reports', hq.sendRaw(token, JSON.stringify(Array(BATCH_LIMITS.reports + 1).fill(0))))
  })

  it('because it is not what it says', async () => {
    await refused(400, 'not-compressed', hq.sendRaw(token, '[]', { 'content-encoding': 'zstd' }))
    await refused(400, 'not-compressed', hq.sendRaw(token, gzipSync('[]').subarray(0, 12), { 'content-encoding': 'gzip' }))
    await refused(415, 'content-encoding', hq.sendRaw(token, '[]', { 'content-encoding': 'br' }))
    await refused(415, 'media-type', hq.sendRaw(token, '[]', { 'content-type': 'application/json' }))
    await refused(415, 'media-type', hq.sendRaw(token, 'x', { 'content-type': 'text/plain' }))
    await refused(400, 'not-json', hq.sendRaw(token, '[{"a":'))
    await refused(400, 'not-json', hq.sendRaw(token, ''))
    await refused(400, 'not-utf8', hq.sendRaw(token, Buffer.from('["\xff"]', 'latin1')))
    await refused(400, 'not-a-batch', hq.sendRaw(token, JSON.stringify(eventOf(makeReport()))))
  })

  it('because it is nested without end', async () => {
    await refused(400, 'not-a-batch', hq.sendRaw(token, `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`))
    const deep = await hq.sendRaw(token, `[${'['.repeat(100_000)}${']'.repeat(100_000)}]`)
    expect(deep.json.items).toEqual([{ id: '', status: 'rejected', reason: expect.stringContaining('invalid') }])
  })

  it('because there is nothing at that address', async () => {
    await refused(404, 'route', hq.ask('/v2/reports'))
    await refused(404, 'route', hq.ask('/v1/reports', { headers: { authorization: `Bearer ${token}` } }))
    await refused(400, 'bad-address', hq.ask('/%zz'))
  })

  it('because it is not HTTP', async () => {
    const { port } = new URL(hq.hq.url)
    const socket = connect(Number(port), '127.0.0.1')
    const text = await new Promise<string>((resolve, reject) => {
      let all = ''
      socket.on('data', (chunk) => {
        all += chunk.toString()
      })
      socket.on('end', () => resolve(all))
      socket.on('error', reject)
      socket.write('hello\r\n\r\n')
    })
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad request\r\n.*application\/problem\+json.*not-http/s)
  })
})

describe('enrolment', () => {
  const enrol = (body: unknown) => hq.ask<{ type: string }>('/v1/enrol', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

  it('takes a token once, and only for the terminal that it is for', async () => {
    const oneTime = await hq.hq.createEnrolmentToken('T-20')
    expect((await enrol({ token: oneTime, terminal: { id: 'T-21' }, agentVersion: '1' })).json.type).toBe('urn:posdiag:problem:enrolment-other-terminal')
    expect((await enrol({ token: oneTime, terminal: { id: 'T-20' }, agentVersion: '1' })).status).toBe(201)
    expect((await enrol({ token: oneTime, terminal: { id: 'T-20' }, agentVersion: '1' })).json.type).toBe('urn:posdiag:problem:enrolment-used')
  })

  it('says what is wrong with a request', async () => {
    const answer = await enrol({ token: 'x'.repeat(20), terminal: { id: 'no spaces please' }, agentVersion: '1' })
    expect(answer).toMatchObject({ status: 400, json: { type: 'urn:posdiag:problem:invalid', detail: expect.stringContaining('/terminal/id') } })
    expect((await enrol({ token: 'x'.repeat(20), terminal: { id: 'T-22' }, agentVersion: '1' })).status).toBe(401)
  })

  it('never writes a token to the log', () => expect(JSON.stringify(hq.logged)).not.toMatch(/p[eto]_[\w-]{20}/))
})
