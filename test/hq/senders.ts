import { expect } from 'vitest'
import type { BatchAnswer } from '../../src/model/wire.ts'
import { BATCH_TYPE, OPERATOR } from './hq.ts'
import { eventOf, makeReport } from './reports.ts'

const post = async (url: string, path: string, token: string, type: string, body: unknown) => {
  const response = await fetch(url + path, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': type }, body: JSON.stringify(body), signal: AbortSignal.timeout(20_000) })
  return { status: response.status, text: await response.text() }
}

/** Enrols a terminal at an HQ in another process; answers its token. */
export const enrol = async (url: string, terminalId: string): Promise<string> => {
  const made = JSON.parse((await post(url, '/api/enrolment-tokens', OPERATOR, 'application/json', { terminalId })).text) as { token: string }
  const own = JSON.parse((await post(url, '/v1/enrol', '', 'application/json', { token: made.token, terminal: { id: terminalId }, agentVersion: '1' })).text) as { token: string }
  return own.token
}

/** Sends one batch to that HQ; true if it was acknowledged. */
export type Sender = (url: string) => Promise<boolean>

/** Sends batch after batch of one terminal until told to stop; a batch that got no answer is sent again, as an agent does. */
export const sender = (terminal: string, token: string, sent: Set<string>, acknowledged: Set<string>, onAck: () => void): Sender => {
  let pending: ReturnType<typeof eventOf>[] = []
  let sequence = 0
  const batch = () =>
    Array.from({ length: 1 + (sequence % 4) }, () => {
      sequence++
      const found = sequence % 7 === 0 ? ['PRN-PAPER-OUT'] : []
      return eventOf(makeReport({ terminal, sequence, found, changes: found.map((fault) => ({ fault, change: 'opened' })) }))
    })
  const once: Sender = async (url: string): Promise<boolean> => {
    if (pending.length === 0) pending = batch()
    for (const e of pending) sent.add(e.id)
    let answer: { status: number; text: string }
    try {
      answer = await post(url, '/v1/reports', token, BATCH_TYPE, pending)
    } catch (error) {
      // HQ was killed: whether it stored them, nobody knows.
      expect(error).toBeInstanceOf(Error)
      return false
    }
    if (answer.status !== 202) return false
    for (const item of (JSON.parse(answer.text) as BatchAnswer).items) {
      expect(item.status, item.reason).not.toBe('rejected')
      acknowledged.add(item.id)
    }
    pending = []
    onAck()
    return true
  }
  return once
}
