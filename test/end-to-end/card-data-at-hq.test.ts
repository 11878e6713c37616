import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestHq, type TestHq, until } from '../hq/hq.ts'
import { CARDS, filesBelow, leaksIn, TRACKS } from './sought-cards.ts'

const [FIRST, SECOND] = CARDS
const JSON_TYPE = { 'content-type': 'application/json' }

let hq: TestHq
beforeAll(async () => {
  hq = await startTestHq()
})
afterAll(() => hq.end())

it('keeps out of HQ what a terminal that filters nothing says of itself: at enrolment, in heartbeats, in the progress of a command', async () => {
  const made = await hq.operate<{ token: string }>('/api/enrolment-tokens', 'POST', { note: `for ${FIRST}` })
  const identity = { id: 'LEAKY-1', store: `店 ${FIRST}`, region: SECOND, lane: FIRST, model: TRACKS[0], serial: SECOND }
  const enrolled = await hq.ask<{ token: string }>('/v1/enrol', { method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ token: made.json.token, terminal: identity, agentVersion: FIRST }) })
  expect(enrolled.status).toBe(201)
  const say = (path: string, body: unknown) => hq.ask(path, { method: 'POST', headers: { ...JSON_TYPE, authorization: `Bearer ${enrolled.json.token}` }, body: JSON.stringify(body) })
  const beat = await say('/v1/heartbeats', {
    at: Date.now(), agentVersion: `v ${FIRST}`, bootId: SECOND, uptimeMs: 1, sequence: 0, spool: { reports: 0, bytes: 0, lost: 0 }, checkedAt: Date.now(), openIncidents: 0,
    readiness: [{ tender: 'chip', is: 'blocked', because: [{ fault: FIRST, device: SECOND }], unseen: [FIRST] }],
  })
  expect(beat.status).toBe(200)
  const command = await hq.operate<{ id: string }>('/api/terminals/LEAKY-1/commands', 'POST', { type: 'check' })
  await say(`/v1/commands/${command.json.id}/progress`, { state: 'failed', looked: 0, total: 0, detail: `card ${FIRST} ${TRACKS[0]}` })
  const row = await until(() => hq.operate('/api/terminals/LEAKY-1'), ({ text }) => text.includes('"blocked"') && text.includes('"failed"'))
  const tokens = await hq.operate('/api/enrolment-tokens')
  expect([made, enrolled, beat, row, tokens].flatMap(({ text }) => leaksIn(text))).toEqual([])
  expect((await filesBelow(hq.dataDir)).flatMap(({ from, text }) => leaksIn(text).map((leak) => `${from}: ${leak}`))).toEqual([])
  expect(leaksIn(JSON.stringify(hq.logged))).toEqual([])
})

it('answers a wrong address without the card number that is in it', async () => {
  for (const path of [`/${FIRST}`, `/api/terminals/${FIRST}`, `/api/incidents?terminal=${FIRST}&cursor=${SECOND}`, `/v1/commands/${FIRST}/progress`]) {
    const answer = await hq.operate(path)
    expect([path, leaksIn(answer.text)]).toEqual([path, []])
  }
})
