import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { Context } from '../../src/hq/context.ts'
import { ingest } from '../../src/hq/ingest.ts'
import { ProblemError } from '../../src/hq/problems.ts'
import { readBatch, type SentBatch } from '../../src/hq/reading/batch.ts'
import { packSent, readSent, unpackRead } from '../../src/hq/reading/messages.ts'
import { type BatchReading, batchReading, READING } from '../../src/hq/reading/reading.ts'
import { startThread } from '../../src/hq/reading/thread.ts'
import { startTestHq } from './hq.ts'
import { eventOf, makeReport } from './reports.ts'

const RECEIVED = Date.UTC(2026, 10, 20, 8)

const sent = (body: string | Uint8Array, more: Partial<SentBatch> = {}): SentBatch => ({ terminalId: 'T-1', receivedAt: RECEIVED, body: Buffer.from(body), ...more })

const batchOf = (...reports: ReturnType<typeof makeReport>[]): SentBatch => sent(JSON.stringify(reports.map(eventOf)))

/** What reading here comes to: what it answers, or status, slug and words of the problem that it throws. */
const here = (batch: SentBatch): unknown => {
  try {
    return readBatch(batch)
  } catch (error) {
    return told(error)
  }
}
const told = (error: unknown): unknown => (error instanceof ProblemError ? { status: error.status, slug: error.slug, detail: error.message } : error)

/** The bytes of a Buffer and of a Uint8Array are the same bytes. */
const plainBytes = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (_key, v: unknown) => (v instanceof Uint8Array ? [...v] : typeof v === 'object' && v !== null && 'type' in v && v.type === 'Buffer' && 'data' in v ? v.data : v)))

const logged: { message: string; why: unknown }[] = []
const log = { info: () => {}, warn: () => {}, error: (message: string, fields: Record<string, unknown> = {}) => void logged.push({ message, why: fields.why }) }

let reading: BatchReading | undefined
afterEach(async () => {
  await reading?.stop()
  reading = undefined
  logged.length = 0
})

/** The program of a thread that does this with whatever it is told. */
const saying = (program: string): URL => new URL(`data:text/javascript,${encodeURIComponent(`import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => { ${program} })`)}`)

/** More of them in one turn than are read in it. */
const many = Array.from({ length: 40 }, (_, i) => batchOf(makeReport({ at: RECEIVED, sequence: i + 1, found: i % 3 === 0 ? ['PRN-PAPER-OUT'] : [] })))

describe('what threads are told and tell', () => {
  it('is what reading here says, for whatever comes', () => {
    const report = fc.record({ sequence: fc.nat(), found: fc.subarray(['PRN-PAPER-OUT', 'NET-DNS-DEAD']), terminal: fc.constantFrom('T-1', 'T-2'), store: fc.constantFrom('Store 12', '四海店', '4111 1111 1111 1111') })
    const body = fc.oneof(
      fc.array(report, { maxLength: 4 }).map((all) => JSON.stringify(all.map((r) => eventOf(makeReport({ ...r, at: RECEIVED }))))),
      fc.json().map((text) => `[${text}]`),
      fc.string(),
      fc.uint8Array({ maxLength: 50 }),
      fc.constant(JSON.stringify(Array(201).fill(0))),
    )
    const clock = fc.option(fc.record({ at: fc.constant(RECEIVED - 3_600_000), bootId: fc.string({ maxLength: 8 }), uptimeMs: fc.nat() }), { nil: undefined })
    fc.assert(
      fc.property(fc.array(fc.record({ body, clock, signedBy: fc.option(fc.string(), { nil: undefined }) }), { maxLength: 6 }), (all) => {
        const batches = all.map(({ body: text, ...more }) => sent(text, more))
        const back = unpackRead(structuredClone(readSent(structuredClone(packSent(batches))))).map((outcome) => (outcome instanceof Error ? told(outcome) : outcome))
        expect(plainBytes(back)).toEqual(plainBytes(batches.map(here)))
      }),
    )
  })

  it('is also what broke, with nothing lost of the others', () => {
    // No terminal can send such a time: it stands for a defect of ours.
    const broken = { ...batchOf(makeReport({ at: RECEIVED })), receivedAt: 1n as unknown as number }
    const [first, second, third] = unpackRead(readSent(packSent([many[0] ?? sent(''), broken, many[1] ?? sent('')])))
    expect([first, third]).toMatchObject(Array(2).fill({ items: [{ status: 'stored' }] }))
    expect(second).toBeInstanceOf(Error)
    expect(second).toMatchObject({ name: 'Error', message: expect.stringContaining('BigInt') })
  })
})

describe('reading batches', () => {
  it.each([0, 1, 3])('read the same with %i threads, in the order of asking', async (threads) => {
    reading = batchReading(log, threads)
    const all = [...many, sent('no JSON'), sent('[]'), sent(Buffer.from([0xff]))]
    for (let i = 0; i < 3; i++) {
      const read = await Promise.all(all.map((batch) => reading?.read(batch).catch(told)))
      expect(plainBytes(read)).toEqual(plainBytes(all.map(here)))
    }
    expect(reading.busy()).toBe(false)
    expect(logged).toEqual([])
  })

  it('begin a thread only where much comes at once, and never after they were stopped', async () => {
    let begun = 0
    const counting: typeof startThread = (...args) => {
      begun++
      return startThread(...args)
    }
    reading = batchReading(log, 2, counting)
    await reading.read(batchOf(makeReport({ at: RECEIVED })))
    await reading.read(batchOf(...Array.from({ length: 100 }, () => makeReport({ at: RECEIVED }))))
    expect(begun).toBe(0)
    await Promise.all(many.map((batch) => reading?.read(batch)))
    expect(begun).toBe(1)
    await Promise.all(many.map((batch) => reading?.read(batch)))
    expect(begun).toBe(2)
    await reading.stop()
    await Promise.all(many.map((batch) => reading?.read(batch)))
    expect(begun).toBe(2)
  })

  it.each([
    { what: 'ends', program: saying('process.exit(3)'), why: 'it ended by itself' },
    { what: 'fails', program: saying("throw new Error('out of luck')"), why: 'out of luck' },
    { what: 'hangs', program: saying(''), why: 'it gave no answer within 50 ms', deadlineMs: 50 },
    { what: 'is not there', program: new URL('./no-such-thread.js', import.meta.url), why: expect.stringContaining('no-such-thread') },
  ])('refuse for now what a thread had that $what, say so, and read the next here', async ({ program, why, deadlineMs }) => {
    reading = batchReading(log, 1, (ended) => startThread(ended, program, deadlineMs))
    const read = await Promise.all(many.map((batch) => reading?.read(batch).catch(told)))
    expect(read).toContainEqual({ status: 503, slug: 'unread', detail: expect.stringContaining('come again') })
    expect(logged).toEqual([{ message: expect.stringContaining('refused for now'), why }])
    expect(reading.busy()).toBe(false)
    const again = await Promise.all(many.map((batch) => reading?.read(batch)))
    expect(plainBytes(again)).toEqual(plainBytes(many.map(here)))
  })

  it('say when they have no more room, and settle all when they are stopped', async () => {
    reading = batchReading(log, 1, (ended) => startThread(ended, saying('')))
    const large = sent(Buffer.alloc(READING.waitingBytes / 2))
    const waiting = [reading.read(large).catch(told), reading.read(large).catch(told)]
    expect(reading.hasRoom()).toBe(false)
    await new Promise((resolve) => setImmediate(resolve))
    await reading.stop()
    expect(await Promise.all(waiting)).toEqual(Array(2).fill(expect.objectContaining({ status: 503 })))
    expect(reading.hasRoom()).toBe(true)
    expect(logged).toEqual([])
  })
})

it('what finds no room is refused before it is read, with a time to come again, and counted', async () => {
  reading = batchReading(log, 1, (ended) => startThread(ended, saying('')))
  const waiting = [1, 2].map(() => reading?.read(sent(Buffer.alloc(READING.waitingBytes / 2))).catch(told))
  let refused = 0
  const context = { reading, counted: { refused: { add: (n: number) => { refused += n } } } } as unknown as Context
  await expect(ingest(context, batchOf(makeReport({ at: RECEIVED })))).rejects.toMatchObject({ status: 503, slug: 'overloaded', retryAfter: expect.any(Number) })
  expect(refused).toBe(1)
  await reading.stop()
  await Promise.all(waiting)
})

it('HQ stores each once of a hundred requests at the same time, and answers each for itself', async () => {
  const hq = await startTestHq()
  const terminals = ['T-1', 'T-2', 'T-3', 'T-4']
  const tokens = await Promise.all(terminals.map((terminal) => hq.enrol(terminal)))
  const reports = Array.from({ length: 100 }, (_, i) => makeReport({ terminal: terminals[i % 4] ?? '', sequence: i + 1 }))
  const answers = await Promise.all([...reports.map((report, i) => hq.send(tokens[i % 4] ?? '', [report])), hq.sendRaw(tokens[0] ?? '', '{"not": "a batch"}'), hq.send(tokens[1] ?? '', [reports[0] ?? makeReport()])])
  expect(answers.slice(0, 100).map((a) => a.json.items)).toEqual(reports.map(({ id }) => [{ id, status: 'stored' }]))
  expect(answers[100]?.json.type).toBe('urn:posdiag:problem:not-a-batch')
  expect(answers[101]?.json.items[0]).toMatchObject({ status: 'rejected' })
  for (const report of reports) expect((await hq.operate<{ report: unknown }>(`/api/reports/${report.terminal.id}/${report.id}`)).json.report).toEqual(report)
  expect((await hq.ask('/metrics')).text).toMatch(/^posdiag_hq_reports_total\{status="stored"\} 100$/m)
  await hq.end()
})
