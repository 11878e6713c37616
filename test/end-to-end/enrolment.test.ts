import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createHq, type Hq, TERMINAL_TOKEN_FILE } from '../../src/agent/hq.ts'
import { createHttpClient, type HttpClient } from '../../src/agent/http.ts'
import { terminalKey } from '../../src/agent/terminal-key.ts'
import { ENROLMENT_TYPE, enrolmentProof, SIGNATURE_HEADER, SIGNATURE_TYPE } from '../../src/model/access.ts'
import { startTestHq, type TestHq } from '../hq/hq.ts'
import { scratch } from './till.ts'

const beat = { at: 1, agentVersion: '1', bootId: 'b', uptimeMs: 1, sequence: 0, spool: { reports: 0, bytes: 0, lost: 0 }, readiness: [], openIncidents: 0 }

let hq: TestHq
beforeAll(async () => {
  hq = await startTestHq()
})
afterAll(() => hq.end())

/** An agent's side with this state folder; `loses` takes away what HQ answers, as an end of the agent before it wrote does. */
const agent = (stateDir: string, token: string, loses = false): Hq => {
  const client = createHttpClient(hq.hq.url, { version: '1', env: {}, now: Date.now })
  const deaf: HttpClient = { ...client, ask: async (what) => client.ask(what).then((answer) => (what.path === '/v1/enrol' ? { ok: false, why: 'cut', detail: 'the agent was killed' } : answer)) }
  return createHq({ url: hq.hq.url, token }, loses ? deaf : client, { stateDir, identity: { id: 'T-1' }, version: '1', now: Date.now, clock: () => ({ at: 1, bootId: 'b', uptimeMs: 1 }) })
}

it('an agent that is killed before it wrote its token down enrols with the same one-time token, and a thief of that does not', async () => {
  await using own = await scratch()
  await using stranger = await scratch()
  const token = await hq.hq.createEnrolmentToken('T-1')
  const killed = agent(own.path, token, true)
  expect('answer' in (await killed.beat(beat))).toBe(false)
  killed.close()
  expect(existsSync(join(own.path, TERMINAL_TOKEN_FILE))).toBe(false)
  expect((await hq.operate<{ rows: { usedBy?: string }[] }>('/api/enrolment-tokens')).json.rows[0]?.usedBy).toBe('T-1')

  const thief = agent(stranger.path, token)
  expect(await thief.beat(beat)).toMatchObject({ why: expect.stringContaining('this enrolment token was used before') })
  thief.close()

  const next = agent(own.path, token)
  expect(await next.beat(beat)).toMatchObject({ answer: {} })
  expect(existsSync(join(own.path, TERMINAL_TOKEN_FILE))).toBe(true)
  next.close()
})

it('a signature that was made for something else is no proof', async () => {
  await using own = await scratch()
  const key = terminalKey(own.path)
  const token = await hq.hq.createEnrolmentToken('T-2')
  const ask = async (signature: string): Promise<number> =>
    (await hq.ask('/v1/enrol', { method: 'POST', headers: { 'content-type': 'application/json', [SIGNATURE_HEADER]: signature }, body: JSON.stringify({ token, terminal: { id: 'T-2' }, agentVersion: '1', key: key.public }) })).status
  const good = key.signBody(enrolmentProof(token, 'T-2'), ENROLMENT_TYPE)
  expect(await ask(good)).toBe(201)
  for (const bad of [key.signBody(enrolmentProof(token, 'T-2'), SIGNATURE_TYPE), key.signBody(enrolmentProof(token, 'T-3'), ENROLMENT_TYPE), key.signBody(enrolmentProof(`${token}x`, 'T-2'), ENROLMENT_TYPE), `${good.slice(0, -6)}AAAAAA`, 'x']) expect(await ask(bad)).toBe(401)
  expect(await ask(good)).toBe(201)
})
