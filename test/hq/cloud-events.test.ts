import { CloudEvent, HTTP } from 'cloudevents'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { BatchAnswer, Problem } from '../../src/model/wire.ts'
import { type Answer, startTestHq, type TestHq } from './hq.ts'
import { eventOf, makeReport } from './reports.ts'

let hq: TestHq
let token: string
beforeAll(async () => {
  hq = await startTestHq()
  token = await hq.enrol('T-1')
})
afterAll(() => hq.end())

/** Posts what the SDK made as it stands. */
const post = ({ headers, body }: { headers: object; body: unknown }, more: Record<string, string> = {}): Promise<Answer<BatchAnswer & Problem>> =>
  hq.ask('/v1/reports', { method: 'POST', headers: { ...(headers as Record<string, string>), ...more, authorization: `Bearer ${token}` }, body: String(body) })

const event = (sequence: number): CloudEvent<unknown> => new CloudEvent({ ...eventOf(makeReport({ sequence, at: Date.now() })), source: '/shop/1', type: 'posdiag.report.1' })

it.each(['structured', 'binary'] as const)('takes an event of the CloudEvents SDK in %s mode, once', async (mode) => {
  const sent = event(mode === 'binary' ? 1 : 2)
  const message = HTTP[mode](sent)
  expect(await post(message)).toMatchObject({ status: 202, json: { items: [{ id: sent.id, status: 'stored' }] } })
  expect((await post(message)).json.items).toEqual([{ id: sent.id, status: 'duplicate' }])
  expect((await hq.operate(`/api/reports/T-1/${sent.id}`)).status).toBe(200)
})

it('takes a batch of the SDK', async () => {
  const events = [event(3), event(4)]
  const answer = await post({ headers: { 'content-type': 'application/cloudevents-batch+json' }, body: JSON.stringify(events) })
  expect(answer.json.items.map((i) => i.status)).toEqual(['stored', 'stored'])
})

it.each(['structured', 'binary'] as const)('refuses an event in %s mode that is no report, by the status alone', async (mode) => {
  const odd = event(5).cloneWith({ type: 'com.example.other' })
  expect(await post(HTTP[mode](odd))).toMatchObject({ status: 422, json: { type: 'urn:posdiag:problem:event', detail: expect.stringContaining('type') } })
  expect((await post({ headers: HTTP[mode](odd).headers, body: '{' })).status).toBe(400)
})

it('refuses JSON that is no event, and headers that are none', async () => {
  const { body } = HTTP.binary(event(6))
  expect((await post({ headers: { 'content-type': 'application/json' }, body })).status).toBe(415)
  expect((await post({ headers: HTTP.binary(event(6)).headers, body }, { 'ce-source': '%E0%A4%A' })).json).toMatchObject({ status: 400, type: 'urn:posdiag:problem:ce-header' })
})
