import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { digestOf } from '../../src/hq/digest.ts'
import { fold } from '../../src/hq/fold.ts'
import type { FoldedIncident, FoldState, Unfolded, UnfoldedReport } from '../../src/hq/fold-types.ts'
import { makeReport, type ReportOptions } from './reports.ts'

const T0 = Date.UTC(2026, 10, 20)
const OUT = 'PRN-PAPER-OUT'

const unfolded = (options: ReportOptions & { receivedAt?: number }): UnfoldedReport => {
  const report = makeReport({ at: T0, ...options })
  return { terminalId: 'T-1', id: report.id, sequence: report.sequence, at: report.at, receivedAt: options.receivedAt ?? report.at, digest: digestOf(report) }
}

/** Folds batch after batch as a store would, and answers the open incidents and all that ever changed. */
const through = (batches: UnfoldedReport[][]): { open: FoldedIncident[]; all: Map<string, FoldedIncident>; late: number } => {
  const all = new Map<string, FoldedIncident>()
  let state: FoldState | undefined
  let late = 0
  for (const batch of batches) {
    const incidents = [...all.values()]
    const before: Unfolded = {
      terminalId: 'T-1',
      ...(state === undefined ? {} : { state }),
      open: incidents.filter((i) => i.closedAt === undefined),
      closed: incidents.flatMap((i) => (i.closedAt === undefined ? [] : [{ id: i.id, fault: i.fault, device: i.device, closedAt: i.closedAt }])),
    }
    const folded = fold(before, batch)
    state = folded.state
    late += folded.late
    for (const incident of folded.incidents) all.set(incident.id, incident)
  }
  return { open: [...all.values()].filter((i) => i.closedAt === undefined), all, late }
}

describe('an incident', () => {
  it('opens on the second report in a row that found it, where the word of its opening was lost', () => {
    const found = (sequence: number) => unfolded({ sequence, at: T0 + sequence, found: [OUT] })
    expect(through([[found(1)]]).open).toEqual([])
    expect(through([[found(1)], [found(2)]]).open).toMatchObject([{ fault: OUT, count: 1, openedAt: T0 + 2 }])
    expect(through([[found(1)], [unfolded({ sequence: 2, at: T0 + 2 })], [found(3)]]).open).toEqual([])
  })

  it('closes after ten reports that looked and did not find it, where the word of its closing was lost', () => {
    const reports = Array.from({ length: 11 }, (_, i) => unfolded({ sequence: i + 2, at: T0 + i + 2 }))
    const opened = unfolded({ sequence: 1, at: T0 + 1, found: [OUT], changes: [{ fault: OUT, change: 'opened' }] })
    expect(through([[opened], reports.slice(0, 9)]).open).toHaveLength(1)
    expect(through([[opened], reports.slice(0, 10)]).open).toEqual([])
  })

  it('stays open while its device is not looked at', () => {
    const opened = unfolded({ sequence: 1, at: T0 + 1, found: ['SCN-DEAD@scanner-1'], changes: [{ fault: 'SCN-DEAD', device: 'scanner-1', change: 'opened' }] })
    const others = Array.from({ length: 30 }, (_, i) => unfolded({ sequence: i + 2, at: T0 + i + 2 }))
    expect(through([[opened], others]).open).toHaveLength(1)
  })

  it('never happens in the future, whatever the clock of the terminal says', () => {
    const ahead = unfolded({ at: T0 + 3_600_000, receivedAt: T0, found: [OUT], changes: [{ fault: OUT, change: 'opened' }] })
    expect(through([[ahead]]).open[0]?.openedAt).toBe(T0)
  })

  it('is shown by its code where the report does not describe the fault', () => {
    const report = unfolded({ found: [OUT], changes: [{ fault: OUT, change: 'opened' }] })
    report.digest = digestOf({ ...makeReport({ found: [OUT], changes: [{ fault: OUT, change: 'opened' }] }), faults: [] })
    expect(through([[report]]).open).toMatchObject([{ title: { zh: OUT, en: OUT }, severity: 'degraded' }])
  })
})

describe('lateness', () => {
  const opened = { found: [OUT], changes: [{ fault: OUT, change: 'opened' as const }] }

  it('is by number and by time: an agent installed anew and a clock set back are not late', () => {
    const newest = unfolded({ sequence: 100, at: T0 })
    expect(through([[newest], [unfolded({ sequence: 99, at: T0 - 1, ...opened })]])).toMatchObject({ open: [], late: 1 })
    expect(through([[newest], [unfolded({ sequence: 1, at: T0 + 1, ...opened })]])).toMatchObject({ open: [{}], late: 0 })
    expect(through([[newest], [unfolded({ sequence: 101, at: T0 - 86_400_000, ...opened })]])).toMatchObject({ open: [{}], late: 0 })
  })

  it('does not hit the older reports of a batch that came critical first', () => {
    const batch = [unfolded({ sequence: 3, at: T0 + 3, ...opened }), unfolded({ sequence: 1, at: T0 + 1 }), unfolded({ sequence: 2, at: T0 + 2 })]
    expect(through([batch])).toMatchObject({ open: [{ openedAt: T0 + 3 }], late: 0 })
  })
})

it('keeps one open incident per fault and device, and opens and closes in order, whatever comes in whatever order and however it is cut', () => {
  const step = fc.record({ found: fc.boolean(), change: fc.constantFrom(undefined, 'opened' as const, 'changed' as const, 'closed' as const), fault: fc.constantFrom(OUT, 'PRN-COVER-OPEN') })
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), fc.infiniteStream(fc.integer({ min: 1, max: 6 })), fc.boolean(), (steps, cuts, shuffled) => {
      const reports = steps.map(({ found, change, fault }, i) =>
        unfolded({ sequence: i + 1, at: T0 + i * 1000, found: found ? [fault] : [], changes: change === undefined ? [] : [{ fault, change }] }),
      )
      if (shuffled) reports.reverse()
      const batches: UnfoldedReport[][] = []
      for (let i = 0; i < reports.length; ) {
        const n = cuts.next().value
        batches.push(reports.slice(i, i + n))
        i += n
      }
      const { open, all } = through(batches)
      expect(new Set(open.map((i) => i.fault)).size).toBe(open.length)
      for (const incident of all.values()) {
        expect(incident.count).toBeGreaterThan(0)
        expect(incident.changedAt).toBeGreaterThanOrEqual(incident.openedAt)
        if (incident.closedAt !== undefined) expect(incident.closedAt).toBeGreaterThanOrEqual(incident.openedAt)
      }
    }),
  )
})
