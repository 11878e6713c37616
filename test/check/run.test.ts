import { beforeEach, describe, expect, it } from 'vitest'
import { stepPast } from '../../src/agent/past.ts'
import { type CheckRequest, runCheck } from '../../src/check/run.ts'
import { catalogue } from '../../src/faults/index.ts'
import type { Bench } from '../../src/model/bench.ts'
import type { Check } from '../../src/model/check.ts'
import type { ObservedValue } from '../../src/model/observation.ts'
import { NO_PAST, type Past } from '../../src/model/past.ts'
import { type Probe, saw } from '../../src/model/probe.ts'
import { whenTrue } from '../../src/model/symptom.ts'
import { TerminalFile } from '../../src/model/terminal.ts'

const terminal = TerminalFile.parse({ terminal: { id: 'T-1' }, devices: [{ id: 'printer-1', kind: 'printer', transport: { type: 'host' } }] })

let paperEnd: ObservedValue
let weighed: number
let texts: number

const printer: Probe = {
  kind: 'printer', touch: 'asks', isolate: false, deadlineMs: 1_000, limits: {},
  observes: { 'printer.paper-end': 'flag' },
  symptoms: [{ id: 'printer.paper-end', meaning: { zh: '缺纸', en: 'out of paper' }, reads: ['printer.paper-end'], read: (see) => whenTrue(see, 'printer.paper-end') }],
  observe: async function* () { yield saw('printer.paper-end', paperEnd) },
}

const look = (more: Partial<CheckRequest> = {}): Promise<Check> => runCheck({
  terminal, probes: [printer], trigger: { by: 'schedule' }, deadlineMs: 1_000, depth: 'round',
  knowledge: async () => {
    weighed += 1
    return catalogue
  },
  lend: (_, signal) => ({
    bench: { signal } as Bench,
    transcript: () => {
      texts += 1
      return `> look ${texts}\n`
    },
    release: async () => undefined,
  }),
  ...more,
})

beforeEach(() => {
  paperEnd = true
  weighed = 0
  texts = 0
})

describe('a round', () => {
  it('weighs nothing anew while every symptom is as it was, and says the same', async () => {
    const first = await look({ depth: 'full' })
    const second = await look({ last: first })
    expect(weighed).toBe(1)
    expect(second).toMatchObject({ symptoms: first.symptoms, diagnosis: first.diagnosis, readiness: first.readiness, transcripts: first.transcripts })
    expect(second.observations[0]?.source).toBe('live')
    expect(second.id).not.toBe(first.id)
  })

  it('weighs as soon as one symptom is another, as a check without a past does', async () => {
    const first = await look({ depth: 'full' })
    paperEnd = false
    const second = await look({ last: first })
    expect(weighed).toBe(2)
    expect(second.diagnosis).toEqual((await look()).diagnosis)
    expect(second.diagnosis).not.toEqual(first.diagnosis)
    expect(second.transcripts).toEqual([])
  })

  it('weighs when HQ told that other lanes have what was found, and not again for the same', async () => {
    const first = await look({ depth: 'full' })
    const [found] = first.diagnosis.verdicts
    const told = (at: number, open: number, fault = found?.fault ?? ''): Past => ({ ...NO_PAST, elsewhere: { at, lanes: 2, faults: [{ fault, open, days7: { lanes: 1, times: 1 }, days30: { lanes: 1, times: 1 } }] } })
    await look({ last: first, past: told(first.startedAt, 1) })
    await look({ last: first, past: told(first.startedAt + 1, 1, 'PRN-OTHER') })
    expect(weighed).toBe(1)
    const second = await look({ last: first, past: told(first.startedAt + 1, 1) })
    expect([weighed, second.diagnosis.verdicts[0]?.recurrence?.elsewhere?.open]).toEqual([2, 1])
    await look({ last: second, past: told(second.startedAt + 1, 1) })
    expect(weighed).toBe(2)
    await look({ last: second, past: told(second.startedAt + 1, 2) })
    expect(weighed).toBe(3)
  })

  it('weighs when the symptoms are the same but less was seen', async () => {
    const first = await look({ depth: 'full' })
    const poorer: Check = { ...first, observations: [] }
    await look({ last: poorer })
    expect(weighed).toBe(2)
  })
})

it('a round leaves to whole checks what starts a program or changes slowly, and says how old it is', async () => {
  const slow: Probe = { ...printer, unhurried: true }
  const first = await look({ depth: 'full', probes: [slow] })
  for (const probe of [slow, { ...printer, isolate: true }]) {
    const round = await look({ probes: [probe], last: first })
    expect(round.runs).toEqual([])
    expect(round.observations).toEqual(first.observations.map((o) => ({ ...o, source: 'cached' })))
  }
})

it('a whole check weighs in any case, and writes down what passed', async () => {
  const first = await look({ depth: 'full' })
  const second = await look({ depth: 'full', last: first })
  expect(weighed).toBe(2)
  expect(second.transcripts).toEqual([{ device: 'printer-1', text: '> look 2\n' }])
})

it('tells two devices that went one after the other from two that a hub took along', async () => {
  const there = { 'reader-1': true, 'reader-2': true, 'reader-3': true }
  const readers: Probe = {
    kind: 'reader', touch: 'asks', isolate: false, deadlineMs: 1_000, limits: {}, observes: { 'reader.port': 'flag' },
    symptoms: [{ id: 'reader.missing', meaning: { zh: '不见了', en: 'gone' }, reads: ['reader.port'], read: (see) => (see.absence('reader.port') === 'missing' ? 'present' : 'absent') }],
    observe: async function* ({ id }) {
      yield there[id as keyof typeof there] ? saw('reader.port', true) : { name: 'reader.port', absent: 'missing', detail: 'not there' }
    },
  }
  const usb = TerminalFile.parse({ terminal: { id: 'T-1' }, devices: Object.keys(there).map((id) => ({ id, kind: 'reader', transport: { type: 'usb', vendorId: '0801' } })) })
  let now = 1_790_000_000_000
  let past = NO_PAST
  const step = async (last: Check | undefined): Promise<Check> => {
    now += 60_000
    const check = await look({ terminal: usb, probes: [readers], past, timing: { now: () => now, mono: () => now }, ...(last ? { last } : {}) })
    past = stepPast(past, last, check)
    return check
  }
  const oneHub = (check: Check): boolean => check.diagnosis.verdicts.flatMap((v) => v.ways ?? []).some(({ devices }) => devices?.includes('reader-1') && devices.includes('reader-2'))

  const well = await step(undefined)
  const then = past
  there['reader-1'] = false
  const one = await step(well)
  there['reader-2'] = false
  expect(oneHub(await step(one))).toBe(false)
  past = then
  expect(oneHub(await step(well))).toBe(true)
})
