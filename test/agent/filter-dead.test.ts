import { expect, it, vi } from 'vitest'
import { makeReport } from '../../src/agent/report.ts'
import { faults, sampleCheck, shop } from './sample-check.ts'

// The only way to see what happens when the filter is dead is to say that it is; the filter itself stays the real one.
vi.mock('../../src/guard/card-data.ts', async (original) => ({ ...(await original<object>()), canary: () => false }))

it('a report made with a dead filter carries nothing that could hide card data, and says so', () => {
  const step = { transaction: 't-1', step: 'started' as const, at: 1 }
  const report = makeReport(sampleCheck({ transcript: '# anything' }), {
    at: 1_780_000_000_000, bootId: 'b', uptimeMs: 1, clock: 'unknown', identity: shop.terminal, version: '1', faults, incidents: [], transactions: [step], problems: [],
  })
  expect([report.check.transcripts, report.transactions]).toEqual([[], []])
  expect(report.agentProblems.map((p) => p.code)).toEqual(['filter-dead'])
})
