import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type Look, observe } from '../../src/check/observe.ts'
import { type Bench, BenchError, type LendBench } from '../../src/model/bench.ts'
import type { Progress } from '../../src/model/check.ts'
import type { Probe, Sight } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'

const device = (id: string): Device => ({ id, kind: 'printer', transport: { type: 'host' }, dependsOn: [], settings: {} })

const probe = (look: (bench: Bench) => AsyncIterable<Sight>, deadlineMs = 5_000): Probe => ({
  kind: 'printer', touch: 'asks', isolate: false, deadlineMs, limits: {}, symptoms: [],
  observes: { 'printer.online': 'flag', 'printer.cover-open': 'flag', 'printer.paper-end': 'flag' },
  observe: (_, bench) => look(bench),
})

const released: string[] = []
const lend: LendBench = (of, signal) => ({
  bench: { signal } as Bench,
  transcript: () => `# ${of.id}`,
  release: async () => void released.push(of.id),
})
let ticks = 0
const timing = { now: () => 1_700_000_000_000, mono: () => (ticks += 1) }
const look = async (looks: Look[], deadlineMs = 5_000, said: Progress[] = []) => observe(looks, lend, timing, deadlineMs, (p) => void said.push(p))

const never = new Promise<never>(() => undefined)

describe('observe', () => {
  it('keeps what a late probe saw, and says that it was late', async () => {
    const hangs = probe(async function* () {
      yield { name: 'printer.online', value: true }
      await never
    }, 30)
    const { observations, runs } = await look([{ device: device('printer-1'), probe: hangs }])
    expect(observations).toEqual([{ name: 'printer.online', device: 'printer-1', at: 1_700_000_000_000, source: 'live', value: true }])
    expect(runs).toMatchObject([{ device: 'printer-1', outcome: 'late' }])
  })

  it('does not count what a probe yields once its time is up', async () => {
    const late = probe(async function* (bench) {
      yield { name: 'printer.online', value: true }
      await new Promise((resolve) => bench.signal.addEventListener('abort', resolve))
      yield { name: 'printer.cover-open', value: true }
    }, 30)
    const slowToClose: LendBench = (of, signal) => ({ ...lend(of, signal), release: () => setImmediate() })
    const { observations, runs } = await observe([{ device: device('printer-1'), probe: late }], slowToClose, timing, 5_000, () => undefined)
    expect(observations.map(({ name }) => name)).toEqual(['printer.online'])
    expect(runs).toMatchObject([{ outcome: 'late' }])
  })

  it('does not let one probe that hangs for ever hold up the others beyond the deadline of the check', async () => {
    const hangs = probe(async function* () { await never; yield { name: 'printer.online', value: true } }, 60_000)
    const works = probe(async function* () { yield { name: 'printer.online', value: true } })
    const { runs } = await look([{ device: device('printer-1'), probe: hangs }, { device: device('printer-2'), probe: works }], 40)
    expect(Object.fromEntries(runs.map((r) => [r.device, r.outcome]))).toEqual({ 'printer-1': 'late', 'printer-2': 'done' })
  })

  it('turns a BenchError into the absence of everything not yet seen, and of nothing else', async () => {
    const busy = probe(async function* () {
      yield { name: 'printer.online', value: true }
      throw new BenchError('busy', 'Cannot lock port')
    })
    const { observations, runs } = await look([{ device: device('printer-1'), probe: busy }])
    expect(observations.map((o) => [o.name, 'absent' in o ? o.absent : o.value])).toEqual([['printer.online', true], ['printer.cover-open', 'busy'], ['printer.paper-end', 'busy']])
    expect(runs[0]).toMatchObject({ outcome: 'done', detail: 'Cannot lock port' })
  })

  it('blames a crash of a probe on the probe and makes no observation of it', async () => {
    const broken = probe(async function* () {
      yield { name: 'printer.online', value: false }
      throw new TypeError('undefined is not a function')
    })
    const { observations, runs } = await look([{ device: device('printer-1'), probe: broken }])
    expect(observations).toHaveLength(1)
    expect(runs).toMatchObject([{ outcome: 'broke', detail: 'TypeError: undefined is not a function' }])
  })

  it('refuses a name that is not in the vocabulary', async () => {
    const chatty = probe(async function* () { yield { name: 'printer.mood', value: 'good' } })
    const { observations, runs } = await look([{ device: device('printer-1'), probe: chatty }])
    expect(observations).toEqual([])
    expect(runs).toMatchObject([{ outcome: 'broke' }])
  })

  it('releases every bench, keeps the transcript, and tells progress to the end', async () => {
    released.length = 0
    const works = probe(async function* () { yield { name: 'printer.online', value: true } })
    const fails = probe(() => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('no')) }) }))
    const said: Progress[] = []
    const { transcripts } = await look([{ device: device('printer-1'), probe: works }, { device: device('printer-2'), probe: fails }], 5_000, said)
    expect(released.sort()).toEqual(['printer-1', 'printer-2'])
    expect(transcripts.map((t) => t.text()).sort()).toEqual(['# printer-1', '# printer-2'])
    expect(said.map((p) => p.type)).toEqual(['started', 'probe', 'probe'])
    expect(said.at(-1)).toMatchObject({ looked: 2, total: 2 })
  })
})
