import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Hq, type HqOptions, startHq } from '../../src/hq/server.ts'
import type { Report } from '../../src/model/report.ts'
import type { BatchAnswer, Problem } from '../../src/model/wire.ts'
import { eventOf } from './reports.ts'

/** The operator token of every test HQ. */
export const OPERATOR = 'operator-token-for-tests'
/** Media type of a batch of reports. */
export const BATCH_TYPE = 'application/cloudevents-batch+json'

/** An answer of HQ with its body read; `json` is its body if that is JSON. */
export interface Answer<T = unknown> { status: number; headers: Headers; text: string; json: T }

/** A real HQ on a free port of loopback with its data in a fresh folder. */
export interface TestHq {
  hq: Hq
  dataDir: string
  logged: { level: string; message: string; fields?: Record<string, unknown> }[]
  ask<T = unknown>(path: string, init?: RequestInit): Promise<Answer<T>>
  /** Asks as an operator. */
  operate<T = unknown>(path: string, method?: string, body?: unknown): Promise<Answer<T>>
  /** Enrols a terminal, of this store if one is given, and answers its token. */
  enrol(terminalId: string, store?: string): Promise<string>
  /** Posts reports as the terminal whose token this is. */
  send(token: string, reports: Report[]): Promise<Answer<BatchAnswer & Problem>>
  /** Posts a batch as it is. */
  sendRaw(token: string, body: string | Uint8Array<ArrayBuffer>, headers?: Record<string, string>): Promise<Answer<BatchAnswer & Problem>>
  end(): Promise<void>
}

/** Starts one; end it. */
export const startTestHq = async (options: Partial<HqOptions> = {}): Promise<TestHq> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'posdiag-hq-'))
  const logged: TestHq['logged'] = []
  const log = (level: string) => (message: string, fields?: Record<string, unknown>) => void logged.push({ level, message, ...(fields === undefined ? {} : { fields }) })
  const hq = await startHq({ dataDir, port: 0, version: '9.9.9', log: { info: log('info'), warn: log('warn'), error: log('error') }, operatorToken: OPERATOR, ...options })
  const ask = async <T>(path: string, init: RequestInit = {}): Promise<Answer<T>> => {
    const response = await fetch(hq.url + path, { redirect: 'manual', ...init })
    const text = await response.text()
    const json = (response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : undefined) as T
    return { status: response.status, headers: response.headers, text, json }
  }
  const sendRaw: TestHq['sendRaw'] = (token, body, headers = {}) =>
    ask('/v1/reports', { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': BATCH_TYPE, ...headers }, body })
  return {
    hq,
    dataDir,
    logged,
    ask,
    operate: (path, method = 'GET', body) =>
      ask(path, { method, headers: { authorization: `Bearer ${OPERATOR}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }),
    enrol: async (terminalId, store) => {
      const token = await hq.createEnrolmentToken(terminalId)
      const answer = await ask<{ token: string }>('/v1/enrol', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token, terminal: { id: terminalId, ...(store === undefined ? {} : { store }) }, agentVersion: '0.1.0' }) })
      if (answer.status !== 201) throw new Error(answer.text)
      return answer.json.token
    },
    send: (token, reports) => sendRaw(token, JSON.stringify(reports.map(eventOf))),
    sendRaw,
    end: async () => {
      await hq.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Asks again every few milliseconds until the answer is wanted; throws with the last answer when that takes too long. */
export const until = async <T>(ask: () => Promise<T>, wanted: (answer: T) => boolean, ms = 10_000): Promise<T> => {
  const end = performance.now() + ms
  for (;;) {
    const answer = await ask()
    if (wanted(answer)) return answer
    if (performance.now() > end) throw new Error(`waited ${ms} ms in vain; last: ${JSON.stringify(answer)?.slice(0, 2000)}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
