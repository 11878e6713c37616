import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HYSTERESIS, type IncidentState, NO_INCIDENTS, nearlyClosed, type StepContext, type Stepped, step } from '../../src/agent/incidents.ts'
import { uuidv7 } from '../../src/model/id.ts'
import { faults, PAPER, type Sample, sampleCheck } from './sample-check.ts'

const START = Date.UTC(2026, 5, 2, 8)
const DEVICES = new Set(['printer-1'])
const context = (depth: 'full' | 'round', now: number): StepContext => ({ depth, now, severityOf: (code) => faults(code)?.severity, devices: DEVICES, newId: () => uuidv7(now) })

interface Look extends Sample {
  depth?: 'full' | 'round'
  /** Minutes since the look before. */
  after?: number
}

const walk = (looks: readonly Look[], from: IncidentState = NO_INCIDENTS): { last: Stepped; told: string[] } => {
  let now = START
  let last: Stepped = { state: from, told: [], touched: [] }
  const told: string[] = []
  for (const { depth = 'round', after = 0.25, ...sample } of looks) {
    now += after * 60_000
    last = step(last.state, sampleCheck({ at: now, ...sample }), context(depth, now))
    told.push(...last.told.map((t) => t.change))
  }
  return { last, told }
}

const OUT: Look = { paper: 'present' }
const IN: Look = { paper: 'absent' }

describe('an incident opens', () => {
  it('at the first full check that finds it', () => expect(walk([{ ...OUT, depth: 'full' }]).told).toEqual(['opened']))
  it('at the second round in a row, not at the first', () => {
    expect(walk([OUT]).told).toEqual([])
    expect(walk([OUT, OUT]).told).toEqual(['opened'])
    expect(walk([OUT, IN, OUT]).told).toEqual([])
  })
  it('never from what was only carried over', () => expect(walk([{ ...OUT, carried: true }, { ...OUT, carried: true }, { ...OUT, carried: true, depth: 'full' }]).told).toEqual([]))
  it('with the severity of the catalogue', () => expect(Object.values(walk([{ ...OUT, depth: 'full' }]).last.state.open)[0]?.incident).toMatchObject({ fault: PAPER, severity: 'block', count: 1, regression: false }))
  it('not for what follows from another fault found', () => {
    const check = sampleCheck({ paper: 'present' })
    const follows = { fault: 'PWR-MAINS-LOST', device: 'mains' }
    const verdicts = check.diagnosis.verdicts.map((v) => ({ ...v, follows }))
    expect(step(NO_INCIDENTS, { ...check, diagnosis: { ...check.diagnosis, verdicts } }, context('full', START)).told).toEqual([])
  })
})

describe('an incident closes', () => {
  const open = { ...OUT, depth: 'full' } as const
  it('at the second look in a row that does not find it', () => {
    expect(walk([open, IN]).told).toEqual(['opened'])
    expect(walk([open, IN, IN]).told).toEqual(['opened', 'closed'])
    expect(walk([open, IN, OUT, IN]).told).toEqual(['opened'])
  })
  it.each(['retest', 'operator', 'hq'] as const)('at once when a %s does not find it', (by) => expect(walk([open, { ...IN, by, depth: 'full' }]).told).toEqual(['opened', 'closed']))
  it('not while its symptom is unknown or only carried over', () => {
    expect(walk([open, ...Array.from({ length: 5 }, (): Look => ({ paper: 'unknown', by: 'operator', depth: 'full' }))]).told).toEqual(['opened'])
    expect(walk([open, ...Array.from({ length: 5 }, (): Look => ({ ...IN, carried: true }))]).told).toEqual(['opened'])
  })
  it('when its device is no longer fitted', () => {
    const { last } = walk([open])
    const gone = step(last.state, sampleCheck({ paper: 'unknown' }), { ...context('round', START), devices: new Set(['host']) })
    expect(gone.told.map((t) => t.change)).toEqual(['closed'])
  })
  it('and says that one more look would prove it', () => {
    expect(nearlyClosed(walk([open, IN]).last)).toBe(true)
    expect(nearlyClosed(walk([open, IN, { paper: 'unknown' }]).last)).toBe(false)
    expect(nearlyClosed(walk([open, IN, IN]).last)).toBe(false)
  })
})

it('marks a fault that comes back within thirty days, and not one that comes later', () => {
  const again = (days: number) => walk([{ ...OUT, depth: 'full' }, { ...IN, by: 'retest' }, { ...OUT, depth: 'full', after: days * 1440 }]).last.state
  expect(Object.values(again(29).open)[0]?.incident.regression).toBe(true)
  expect(Object.values(again(31).open)[0]?.incident.regression).toBe(false)
})

it('tells a posterior that moves far, once', () => {
  const { told, last } = walk([{ ...OUT, depth: 'full', posterior: 0.6 }, { ...OUT, posterior: 0.7 }, { ...OUT, posterior: 0.95 }, { ...OUT, posterior: 0.96 }])
  expect(told).toEqual(['opened', 'changed'])
  expect(Object.values(last.state.open)[0]?.incident).toMatchObject({ count: 4, posterior: 0.95 })
})

const look = fc.record({
  paper: fc.constantFrom('present' as const, 'absent' as const, 'unknown' as const), carried: fc.boolean(),
  depth: fc.constantFrom('full' as const, 'round' as const), by: fc.constantFrom('schedule' as const, 'operator' as const, 'retest' as const),
  after: fc.double({ min: 0.1, max: 10, noNaN: true }), posterior: fc.double({ min: 0.5, max: 1, noNaN: true }),
})

it('makes no storm of a fault that comes and goes, and never leaves it closed while it is found', () => {
  fc.assert(fc.property(fc.array(look, { minLength: 1, maxLength: 120 }), (looks) => {
    let now = START
    let state: IncidentState = NO_INCIDENTS
    const times: number[] = []
    for (const { after, depth, ...sample } of looks) {
      now += after * 60_000
      const stepped = step(state, sampleCheck({ ...sample, at: now }), context(depth, now))
      state = stepped.state
      for (const _ of stepped.told) times.push(now)
      if (depth === 'full' && sample.paper === 'present' && !sample.carried) expect(Object.keys(state.open)).toHaveLength(1)
      expect(times.filter((t) => now - t < 3_600_000).length).toBeLessThanOrEqual(HYSTERESIS.changesPerHour)
    }
  }))
})

it('opens and closes in turn, each closing of what was open', () => {
  fc.assert(fc.property(fc.array(look, { maxLength: 80 }), (looks) => {
    const { told, last } = walk(looks)
    const balance = told.filter((t) => t === 'opened').length - told.filter((t) => t === 'closed').length
    expect(balance).toBe(Object.keys(last.state.open).length)
    expect(balance === 0 || balance === 1).toBe(true)
  }))
})

it('counts what it held back of a flapping fault', () => {
  const { told, last } = walk(Array.from({ length: 40 }, (_, i): Look => ({ ...(i % 2 === 0 ? OUT : IN), depth: 'full', by: 'operator', after: 1 })))
  expect(told.length).toBeLessThanOrEqual(HYSTERESIS.changesPerHour)
  expect(Object.values(last.state.changes)[0]?.heldBack).toBeGreaterThan(10)
  expect(Object.values(last.state.open)).toHaveLength(1)
})
