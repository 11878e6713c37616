// The load of bench/hq.ts: reports of 2 KB from a fleet, sent by as few instructions as can be, for what the load takes of the cores HQ lacks.
import { once } from 'node:events'
import { connect } from 'node:net'
import { uuidv7 } from '../src/model/id.ts'

/** Terminals that send; each has its own token, as in a fleet. */
export const TERMINALS = 200

/** How reports are sent: so many per request, so many requests at a time. */
export interface Case { name: string; batch: number; inFlight: number }

/** A report of a healthy terminal; 2 KB as JSON with its envelope. */
export const event = (terminal: string, sequence: number, at: number) => {
  const id = uuidv7(at)
  const seen = (name: string, value: string | number | boolean, device = 'host') => ({ name, device, at: at - (sequence % 700), source: 'live', value })
  const data = {
    schema: 'posdiag.report/1', id, sequence, bootId: crypto.randomUUID(), at, clock: 'synchronised', uptimeMs: 86_400_000 + sequence,
    terminal: { id: terminal, merchant: 'M-77', store: `Store ${terminal}`, region: 'East', lane: '3', model: 'PX-20', serial: `SN${terminal}` },
    agent: { version: '0.1.0', node: '24.21.0', platform: 'linux x64' }, versions: { 'printer-1': '30.21' },
    check: {
      id: uuidv7(at), trigger: { by: 'schedule' }, startedAt: at - 800, ms: 812.25,
      runs: [{ device: 'host', kind: 'host', outcome: 'done', ms: 12.5 }, { device: 'printer-1', kind: 'printer', outcome: 'done', ms: 43.1 }],
      observations: [
        seen('host.cpu-percent', sequence % 100), seen('host.memory-free-percent', 43), seen('host.disk-free-percent', 61), seen('host.clock-synchronised', true),
        seen('printer.answers', true, 'printer-1'), seen('printer.cover-open', false, 'printer-1'), seen('printer.paper-end', false, 'printer-1'),
      ],
      symptoms: [
        { id: 'printer.paper-end', device: 'printer-1', is: 'absent', because: ['printer.paper-end'] },
        { id: 'printer.cover-open', device: 'printer-1', is: 'absent', because: ['printer.cover-open'] },
      ],
      diagnosis: { verdicts: [], unexplained: [], healthy: 0.99 },
      readiness: [{ tender: 'chip', is: 'ready', because: [], unseen: [] }, { tender: 'cash', is: 'ready', because: [], unseen: [] }],
      transcripts: [],
    },
    faults: [], incidents: [], transactions: [], agentProblems: [], masked: {},
  }
  return { specversion: '1.0', id, source: `posdiag/${terminal}`, type: 'posdiag.report.1', datacontenttype: 'application/json', data }
}

const HEAD_END = '\r\n\r\n'

/** Live reports are dated as a fleet makes them that sends so many in a millisecond; those of a batch are what a terminal kept while it had no line, one every five minutes. */
const PER_MS = 8
const KEPT_EVERY_MS = 300_000

/** Requests as they go over the wire, made before the clock runs. */
export const requestsOf = (own: readonly string[], { batch }: Case, reports: number, first: number): Buffer[] => {
  const now = Date.now()
  const atOf = (i: number, j: number): number => now + Math.floor((i * batch) / PER_MS) - (batch - 1 - j) * KEPT_EVERY_MS
  return Array.from({ length: reports / batch }, (_, i) => {
    const k = i % TERMINALS
    const body = Buffer.from(JSON.stringify(Array.from({ length: batch }, (_, j) => event(`T-${k}`, first + i * batch + j, atOf(i, j)))))
    const head = ['POST /v1/reports HTTP/1.1', 'host: hq', `authorization: Bearer ${own[k]}`, 'content-type: application/cloudevents-batch+json', `content-length: ${body.length}`]
    return Buffer.concat([Buffer.from(head.join('\r\n') + HEAD_END), body])
  })
}

/** One connection that sends a request after the other, made to cost as little as it can: what it takes of the cores HQ lacks. */
const connection = async (url: string) => {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname).setNoDelay().setEncoding('latin1').setTimeout(60_000)
  await once(socket, 'connect')
  let text = ''
  let answered: ((text: string) => void) | undefined
  let failed: ((error: Error) => void) | undefined
  const fail = (why: string) => () => failed?.(new Error(why))
  socket.on('timeout', fail('no answer within a minute')).on('close', fail('the connection was closed')).on('error', (error) => failed?.(error))
  socket.on('data', (chunk: string) => {
    text += chunk
    const end = text.indexOf(HEAD_END)
    if (end === -1) return
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1])
    if (!(text.length < end + HEAD_END.length + length)) answered?.(text)
  })
  return {
    ask: (request: Buffer): Promise<string> =>
      new Promise((resolve, reject) => {
        text = ''
        answered = resolve
        failed = reject
        socket.write(request)
      }),
    close: () => socket.removeAllListeners().destroy(),
  }
}

/** Sends all requests with so many in flight; answers milliseconds of each (sorted), of all, and how many reports were stored. */
export const send = async (url: string, requests: readonly Buffer[], inFlight: number): Promise<{ times: number[]; ms: number; stored: number }> => {
  const connections = await Promise.all(Array.from({ length: inFlight }, () => connection(url)))
  const times: number[] = []
  let next = 0
  let stored = 0
  const began = performance.now()
  const worker = async ({ ask }: (typeof connections)[number]): Promise<void> => {
    for (let request = requests[next++]; request !== undefined; request = requests[next++]) {
      const start = performance.now()
      const answer = await ask(request)
      times.push(performance.now() - start)
      if (!answer.startsWith('HTTP/1.1 202 ')) throw new Error(`answered ${answer}`)
      stored += answer.split('"stored"').length - 1
    }
  }
  await Promise.all(connections.map(worker))
  const ms = performance.now() - began
  for (const { close } of connections) close()
  return { times: times.toSorted((a, b) => a - b), ms, stored }
}

/** Bytes of all bodies. */
export const bodyBytes = (requests: readonly Buffer[]): number => requests.reduce((n, r) => n + r.length - r.indexOf(HEAD_END) - HEAD_END.length, 0)
