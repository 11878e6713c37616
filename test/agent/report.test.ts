import { describe, expect, it } from 'vitest'
import { watchClock } from '../../src/agent/boot.ts'
import { makeReport, priorityOf, type ReportFacts } from '../../src/agent/report.ts'
import { maskDeep } from '../../src/guard/card-data.ts'
import { Report } from '../../src/model/report.ts'
import { manualClock } from './manual-clock.ts'
import { faults, PAPER, sampleCheck, shop } from './sample-check.ts'

const facts: ReportFacts = {
  at: Date.UTC(2026, 5, 2, 8), bootId: 'b', uptimeMs: 5, clock: 'unknown', identity: shop.terminal, version: '1.2.3', faults, incidents: [], transactions: [], problems: [],
}
// A published test number, put together so that no scanner takes this file for a leak.
const NUMBER = ['4111', '1111', '1111', '1111'].join('')

describe('a report', () => {
  it('copies the faults found whole and is valid', () => {
    const report = makeReport(sampleCheck({ paper: 'present' }), facts)
    expect(Report.parse(report)).toEqual(report)
    expect(report.faults.map((f) => f.code)).toEqual([PAPER])
    expect(report).toMatchObject({ sequence: 0, agent: { version: '1.2.3' }, terminal: { id: 'T-1' } })
  })
  it('masks card data wherever it hides, and counts it', () => {
    const check = sampleCheck({ transcript: `# swiped ;${NUMBER}=25121011234567890?\n> 10 04 01` })
    const seen = { name: 'printer.note', device: 'printer-1', at: 1, source: 'live' as const, value: `card ${NUMBER}` }
    const report = makeReport({ ...check, observations: [...check.observations, seen] }, { ...facts, problems: [{ code: 'x', detail: NUMBER }] })
    expect(JSON.stringify(report)).not.toContain(NUMBER)
    expect(Object.values(report.masked).reduce((a, b) => a + b, 0)).toBeGreaterThanOrEqual(3)
    // HQ's own filter must not take the counts for card data.
    expect(maskDeep(report).masked).toEqual({})
    expect(Report.safeParse(report).success).toBe(true)
  })
  it('tells versions of what is fitted', () => {
    const check = sampleCheck()
    const firmware = { name: 'printer.firmware', device: 'printer-1', at: 1, source: 'live' as const, value: '30.22' }
    expect(makeReport({ ...check, observations: [firmware] }, facts).versions).toEqual({ 'printer-1': '30.22' })
  })
  it('says of a probe that broke that it is our bug', () => {
    const run = { device: 'printer-1', kind: 'printer', outcome: 'broke', ms: 1, detail: 'TypeError: x' } as const
    expect(makeReport(sampleCheck({ more: { runs: [run] } }), facts).agentProblems).toEqual([{ code: 'probe-broke', detail: 'printer on printer-1: TypeError: x' }])
  })
  it('loses one bad entry rather than itself, and says so', () => {
    const check = sampleCheck()
    const bad = { name: 'Not A Name', device: 'printer-1', at: 1, source: 'live' as const, value: 1 }
    const report = makeReport({ ...check, observations: [bad, ...check.observations] }, facts)
    expect(report.check.observations).toEqual(check.observations)
    expect(report.agentProblems[0]?.code).toBe('report-trimmed')
  })
  it('throws when nothing can mend it', () => expect(() => makeReport(sampleCheck({ more: { id: 'no uuid' } }), facts)).toThrow('does not fit a report'))
  it('leaves out the transcripts of healthy devices before it grows too large', () => {
    const text = `# ${'x'.repeat(60_000)}`
    const transcripts = Array.from({ length: 30 }, (_, i) => ({ device: i === 7 ? 'printer-1' : `d-${i}`, text }))
    const report = makeReport(sampleCheck({ paper: 'present', more: { transcripts } }), facts)
    expect(Buffer.byteLength(JSON.stringify(report))).toBeLessThan((1 << 20) + 1_000)
    expect(report.check.transcripts.map((t) => t.device)).toContain('printer-1')
    expect(report.agentProblems[0]).toMatchObject({ code: 'report-trimmed' })
  })
  it('leaves first if a way of taking money is blocked', () => {
    expect(priorityOf(makeReport(sampleCheck(), facts))).toBe('normal')
    expect(priorityOf(makeReport(sampleCheck({ paper: 'present' }), facts))).toBe('critical')
    expect(priorityOf(makeReport(sampleCheck({ ready: 'blocked' }), facts))).toBe('critical')
  })
})

describe('the quality of the clock', () => {
  const synchronised = (value: boolean) => [{ name: 'host.clock-synchronised', device: 'host', at: 1, source: 'passive' as const, value }]
  it('is what the host says of it', () => {
    const watch = watchClock(manualClock())
    expect([watch.quality(synchronised(true)), watch.quality(synchronised(false)), watch.quality([])]).toEqual(['synchronised', 'free-running', 'unknown'])
  })
  it('is a jump until that is settled', async () => {
    const clock = manualClock()
    const watch = watchClock(clock)
    await clock.pass(86_400_000)
    expect(watch.quality([])).toBe('unknown')
    clock.jump(-60_000)
    expect(watch.quality(synchronised(true))).toBe('jumped')
    watch.settle()
    expect(watch.quality(synchronised(true))).toBe('synchronised')
  })
  it('is before-build while nobody has set it', () => {
    const clock = manualClock()
    clock.jump(5_000 - clock.now())
    expect(watchClock(clock).quality(synchronised(true))).toBe('before-build')
  })
})
