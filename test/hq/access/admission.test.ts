import { zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { thumbprint } from '../../../src/hq/access/signature.ts'
import { type Admission, SIGNATURE_HEADER } from '../../../src/model/access.ts'
import type { Problem, StoredReport } from '../../../src/model/wire.ts'
import { startTestHq, type TestHq, until } from '../hq.ts'
import { eventOf, makeReport } from '../reports.ts'
import { seated } from './people.ts'
import { signingTerminal } from './terminal.ts'

let hq: TestHq
beforeAll(async () => {
  hq = await startTestHq()
})
afterAll(() => hq.end())

const admission = async () => (await hq.operate<Admission>('/api/admission')).json
const refusalsOf = async (terminal: string) => (await until(admission, (a) => a.refusals.some((r) => r.terminalId === terminal))).refusals.filter((r) => r.terminalId === terminal)

describe('a terminal with a key', () => {
  it('has its reports taken, and shows by which key they were signed', async () => {
    const terminal = await signingTerminal(hq, 'S-1')
    const report = makeReport({ terminal: 'S-1' })
    expect((await terminal.send([report])).json.items).toEqual([{ id: report.id, status: 'stored' }])
    const stored = (await hq.operate<StoredReport>(`/api/reports/S-1/${report.id}`)).json
    expect(stored.signedBy).toBe(thumbprint(terminal.key))
    const body = JSON.stringify([eventOf(makeReport({ terminal: 'S-1', sequence: 2 }))])
    const packed = await hq.sendRaw(terminal.token, zstdCompressSync(body), { 'content-encoding': 'zstd', [SIGNATURE_HEADER]: await terminal.sign(body) })
    expect(packed.json.items[0]?.status).toBe('stored')
  })

  const REFUSED = [
    ['a changed byte', 'signature-wrong', { body: (b: string) => b.replace('"sequence":1', '"sequence":2') }],
    ['a space more', 'signature-wrong', { body: (b: string) => `${b} ` }],
    ['no signature', 'signature-missing', { signature: null }],
    ['a signature that is none', 'signature-form', { signature: 'abc' }],
    ['a whole JWS instead of a detached one', 'signature-form', { signature: 'eyJhbGciOiJFZERTQSJ9.e30.AAAA' }],
  ] as const
  it.each(REFUSED)('is refused with %s, nothing is stored, and operators see why', async (what, reason, bend) => {
    const id = `R-${what.replaceAll(' ', '-')}`
    const terminal = await signingTerminal(hq, id)
    const report = makeReport({ terminal: id })
    const { status, json } = await terminal.send([report], bend)
    expect([status, json.type]).toEqual([403, `urn:posdiag:problem:${reason}`])
    expect((await hq.operate(`/api/reports/${id}/${report.id}`)).status).toBe(404)
    expect(await refusalsOf(id)).toMatchObject([{ reason, count: 1, address: '127.0.0.1' }])
    // Sent again as it was signed, it is taken: nothing was lost by the refusal.
    expect((await terminal.send([report])).json.items[0]?.status).toBe('stored')
  })

  it.each([
    ['another algorithm', { alg: 'HS256' }], ['no algorithm', { alg: 'none' }], ['another purpose', { typ: 'JWT' }], ["another key's name", { kid: 'x' }], ['an extension', { crit: ['b64'], b64: false }],
  ])('is refused with a signature that names %s', async (_what, header) => {
    const terminal = await signingTerminal(hq, 'H-1')
    const body = JSON.stringify([eventOf(makeReport({ terminal: 'H-1' }))])
    expect((await hq.sendRaw(terminal.token, body, { [SIGNATURE_HEADER]: await terminal.sign(body, header) })).json.type).toBe('urn:posdiag:problem:signature-form')
  })

  it('cannot be spoken for by another, neither by its key nor by its token', async () => {
    const mine = await signingTerminal(hq, 'M-1')
    const forger = await signingTerminal(hq, 'M-2')
    const report = makeReport({ terminal: 'M-1' })
    const body = JSON.stringify([eventOf(report)])
    expect((await hq.sendRaw(mine.token, body, { [SIGNATURE_HEADER]: await forger.sign(body) })).status).toBe(403)
    expect((await hq.sendRaw(forger.token, body, { [SIGNATURE_HEADER]: await mine.sign(body) })).status).toBe(403)
    const foreign = await forger.send([report])
    expect(foreign.json.items).toEqual([{ id: report.id, status: 'rejected', reason: expect.stringMatching(/^foreign-terminal/) }])
    expect((await hq.ask<Problem>('/v1/key', { method: 'POST', headers: { authorization: `Bearer ${mine.token}`, 'content-type': 'application/json' }, body: JSON.stringify({ key: forger.key }) })).json.type).toBe('urn:posdiag:problem:other-key')
  })

  it('may send a batch twice, and it counts once', async () => {
    const terminal = await signingTerminal(hq, 'T-TWICE')
    const report = makeReport({ terminal: 'T-TWICE' })
    const statuses = []
    for (let i = 0; i < 3; i++) statuses.push((await terminal.send([report])).json.items[0]?.status)
    expect(statuses).toEqual(['stored', 'duplicate', 'duplicate'])
    const old = makeReport({ terminal: 'T-TWICE', sequence: 2, at: Date.now() - 61 * 86_400_000 })
    expect((await terminal.send([old])).json.items[0]).toMatchObject({ status: 'rejected', reason: expect.stringMatching(/^too-old/) })
  })
})

describe('what is demanded of terminals', () => {
  const set = (unsigned: string, approval: string) => hq.operate('/api/admission/policy', 'PUT', { unsigned, approval })

  it('may be a key: terminals without one are refused, and counted before one decides', async () => {
    const token = await hq.enrol('OLD-1')
    expect((await hq.send(token, [makeReport({ terminal: 'OLD-1' })])).status).toBe(202)
    expect((await admission()).unsignedTerminals).toBe(1)
    await set('refuse', 'none')
    expect((await admission()).policy).toEqual({ unsigned: 'refuse', approval: 'none' })
    const refused = await until(() => hq.send(token, [makeReport({ terminal: 'OLD-1', sequence: 2 })]), (a) => a.status === 403)
    expect(refused.json).toMatchObject({ type: 'urn:posdiag:problem:unsigned', detail: expect.stringContaining('update its agent') })
    expect(await refusalsOf('OLD-1')).toMatchObject([{ reason: 'unsigned' }])
    await set('accept', 'none')
    await until(() => hq.send(token, [makeReport({ terminal: 'OLD-1', sequence: 2 })]), (a) => a.status === 202)
  }, 20_000)

  it("may be somebody's approval: until then nothing is taken, and nothing lost", async () => {
    await set('accept', 'required')
    const manager = await seated(hq, 'east', 'manager', [{ region: 'East' }])
    const stranger = await seated(hq, 'west', 'manager', [{ region: 'West' }])
    await until(async () => {
      const id = `NEW-${Math.random().toString(36).slice(2)}`
      await signingTerminal(hq, id, { region: 'East' })
      return (await admission()).waiting.some((w) => w.terminal.id === id)
    }, Boolean)
    const terminal = await signingTerminal(hq, 'NEW-1', { region: 'East', store: 'Main St' })
    const report = makeReport({ terminal: 'NEW-1' })
    const early = await terminal.send([report])
    expect([early.status, early.json.type, Number(early.headers.get('retry-after')) > 0]).toEqual([403, 'urn:posdiag:problem:not-approved', true])
    expect((await admission()).waiting).toContainEqual({ terminal: { id: 'NEW-1', region: 'East', store: 'Main St' }, enrolledAt: expect.any(Number), address: '127.0.0.1', key: terminal.key.x })
    expect((await stranger.ask<Admission>('/api/admission')).json.waiting).toEqual([])
    expect((await stranger.ask('/api/terminals/NEW-1/approval', 'POST')).status).toBe(404)
    expect((await manager.ask('/api/terminals/NEW-1/approval', 'POST')).status).toBe(204)
    expect((await manager.ask('/api/terminals/NEW-1/approval', 'POST')).status).toBe(404)
    expect((await terminal.send([report])).json.items[0]?.status).toBe('stored')
    await set('accept', 'none')
  }, 20_000)

  it('is changed by administrators only', async () => {
    const manager = await seated(hq, 'north', 'manager')
    expect((await manager.ask('/api/admission/policy', 'PUT', { unsigned: 'refuse', approval: 'none' })).status).toBe(403)
    expect((await hq.operate('/api/admission/policy', 'PUT', { unsigned: 'perhaps', approval: 'none' })).status).toBe(400)
  })
})

it('counts enrolments that were refused', async () => {
  await hq.ask('/v1/enrol', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token: 'pe_made-up-made-up-made-up', terminal: { id: 'FORGED-1' }, agentVersion: '1' }) })
  expect(await refusalsOf('FORGED-1')).toMatchObject([{ reason: 'enrolment-unknown', count: 1 }])
})
