import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AuditRow } from '../../src/model/access.ts'
import { type Knowing, type OfferPack, PACK_BYTES, type PackList, type PackRow } from '../../src/model/pack.ts'
import type { HeartbeatAnswer, Problem, TerminalDetail } from '../../src/model/wire.ts'
import { startTestHq, type TestHq, until } from './hq.ts'
import { makeReport } from './reports.ts'
import { bodyOf, OURS, offerOf, repairOf, signer } from './taught.ts'

let hq: TestHq
let token: string
beforeAll(async () => {
  hq = await startTestHq()
  token = await hq.enrol('T-1')
})
afterAll(() => hq.end())

const BEAT = { at: Date.now(), agentVersion: '1', bootId: 'b', uptimeMs: 1, sequence: 0, spool: { reports: 0, bytes: 0, lost: 0 }, readiness: [], openIncidents: 0 }
const beat = async (more: object = {}): Promise<HeartbeatAnswer> => {
  const { json } = await hq.ask<HeartbeatAnswer>('/v1/heartbeats', { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify({ ...BEAT, ...more }) })
  return json
}
const offer = (one: OfferPack) => hq.operate<PackRow & Problem>('/api/packs', 'POST', one)

describe('knowledge', () => {
  it('is counted of what terminals report, and makes the next pack', async () => {
    expect((await hq.operate<Knowing>('/api/knowledge')).json).toMatchObject({ repairs: 0, candidate: { sequence: 1, remedies: [], symptoms: [] } })
    const report = makeReport({ terminal: 'T-1', repairs: [repairOf({ tried: ['power-lights', 'reseat-cable'], cured: true, showed: [{ symptom: 'printer.silent', shown: 1, hidden: 0 }] })] })
    await hq.send(token, [report])
    await hq.send(token, [report])
    const known = await until(async () => (await hq.operate<Knowing>('/api/knowledge')).json, (k) => k.repairs > 0)
    expect(known).toMatchObject({ repairs: 1, candidate: { remedies: [{ remedy: 'power-lights', worked: 0, failed: 1 }, { remedy: 'reseat-cable', worked: 1, failed: 0 }], symptoms: [{ symptom: 'printer.silent', shown: 1, hidden: 0 }] } })
  })

  it('is not taught by a repair that may have been of another fault', async () => {
    const unsure = { at: 1, posterior: 0.6, symptoms: [], readiness: [] }
    const sure = { ...unsure, posterior: 0.95 }
    const showed = [{ symptom: 'printer.silent', shown: 1, hidden: 0 }]
    const other = repairOf({ fault: 'CRD-READER-OFFLINE', tried: ['reseat-cable'], cured: true, showed })
    await hq.send(token, [makeReport({ terminal: 'T-1', sequence: 2, repairs: [
      repairOf({ tried: ['a'], cured: false, before: unsure, showed }), repairOf({ tried: ['b'], cured: false, before: sure, showed }), { ...repairOf({ tried: ['c'], cured: true }), state: 'open' }, other,
    ] })])
    const known = await until(async () => (await hq.operate<Knowing>('/api/knowledge')).json, (k) => k.repairs > 1)
    expect([known.repairs, known.candidate.remedies.map((r) => r.remedy), known.candidate.symptoms]).toEqual([2, ['b', 'power-lights', 'reseat-cable'], [expect.objectContaining({ shown: 1 })]])
  })
})

describe('a pack', () => {
  it('is refused with the reason and what to do', async () => {
    const good = offerOf(1)
    const refused = async (one: OfferPack) => {
      const { status, json } = await offer(one)
      return [status, json.detail]
    }
    expect(await refused({ ...good, key: 'no key' })).toEqual([400, expect.stringContaining('Ed25519')])
    expect(await refused({ ...good, key: signer().publicKey })).toEqual([400, expect.stringContaining('signature')])
    expect(await refused({ ...good, pack: { ...good.pack, body: bodyOf(1, { issuedAt: 2 }) } })).toEqual([400, expect.stringContaining('sign it anew')])
    const long = bodyOf(1, { remedies: Array.from({ length: 7600 }, (_, i) => ({ fault: 'PRN-OFFLINE', remedy: `reseat-cable-${i}`, model: 'x'.repeat(20), worked: 1, failed: 1 })) })
    expect(await refused(offerOf(1, undefined, OURS, long))).toEqual([413, expect.stringContaining(String(PACK_BYTES))])
    expect((await hq.operate('/api/packs', 'POST', { ...good, pack: { ...good.pack, signature: 'no base64!' } })).status).toBe(400)
    expect((await hq.ask('/api/packs', { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(good) })).status).toBe(401)
    expect((await hq.operate<PackList>('/api/packs')).json.rows).toEqual([])
  })

  it('is offered once, by one key, with who and why in its history', async () => {
    const made = await offer(offerOf(1, 'first week'))
    expect([made.status, made.json]).toEqual([201, expect.objectContaining({ sequence: 1, offeredBy: 'operator', note: 'first week', fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) })])
    expect((await offer(offerOf(1))).json).toMatchObject({ status: 409, detail: expect.stringContaining('build it anew') })
    expect((await offer(offerOf(2, undefined, signer()))).json).toMatchObject({ status: 409, detail: expect.stringContaining('another key') })
    expect((await hq.operate('/api/packs/1')).json).toEqual({ pack: offerOf(1).pack, key: OURS.publicKey })
    const { rows } = (await hq.operate<{ rows: AuditRow[] }>('/api/audit')).json
    expect(rows.filter((r) => r.action === 'pack.offer')).toEqual([expect.objectContaining({ who: 'operator', target: 'pack 1', status: 201, detail: expect.stringContaining('first week') })])
    expect((await hq.operate('/api/packs/2')).status).toBe(404)
  })

  it('is told to terminals that know of packs and go by another, and given to those that are enrolled', async () => {
    const tell = () => until(() => beat({ pack: { sequence: 0 } }), (answer) => answer.pack === 1, 15_000)
    expect(await tell()).toMatchObject({ pack: 1 })
    expect(await beat()).not.toHaveProperty('pack')
    expect(await beat({ pack: { sequence: 1 } })).not.toHaveProperty('pack')
    expect((await hq.ask('/v1/packs/1', { headers: { authorization: `Bearer ${token}` } })).json).toEqual({ pack: offerOf(1).pack, key: OURS.publicKey })
    expect((await hq.ask('/v1/packs/7', { headers: { authorization: `Bearer ${token}` } })).status).toBe(404)
    expect((await hq.ask('/v1/packs/1')).status).toBe(401)
  }, 20_000)

  it('shows where terminals stand, and why one does not believe it', async () => {
    await beat({ pack: { sequence: 0, unbelieved: 'number 1: worse' } })
    const list = await until(async () => (await hq.operate<PackList>('/api/packs')).json, (l) => l.standing[0]?.unbelieving === 1)
    expect(list.standing).toEqual([{ sequence: 0, terminals: 1, unbelieving: 1 }])
    expect((await hq.operate<TerminalDetail>('/api/terminals/T-1')).json.terminal.pack).toEqual({ sequence: 0, unbelieved: 'number 1: worse' })
  })

  it('is withdrawn by whoever may offer, and then neither told nor given to terminals', async () => {
    const withdraw = async (sequence: number) => (await hq.operate<Problem>(`/api/packs/${sequence}`, 'DELETE')).status
    expect([await withdraw(7), await withdraw(1), await withdraw(1)]).toEqual([409, 204, 409])
    const fetched = () => hq.ask('/v1/packs/1', { headers: { authorization: `Bearer ${token}` } })
    expect((await until(fetched, (a) => a.status === 404, 15_000)).json).toMatchObject({ detail: 'no pack with this number is on offer' })
    expect(await beat({ pack: { sequence: 0 } })).not.toHaveProperty('pack')
    expect((await hq.operate<PackList>('/api/packs')).json.rows).toMatchObject([{ sequence: 1, withdrawn: { by: 'operator' } }])
    expect((await hq.operate('/api/packs/1')).status).toBe(200)
    expect((await offer(offerOf(1))).status).toBe(409)
    const { rows } = (await hq.operate<{ rows: AuditRow[] }>('/api/audit')).json
    expect(rows.filter((r) => r.action === 'pack.withdraw').map((r) => [r.target, r.status])).toEqual([['pack 1', 204]])
  }, 20_000)
})
