import { expect, it } from 'vitest'
import { probes } from '../../probes/index.ts'
import { replayBench } from '../../src/bench/replay.ts'
import { runCheck } from '../../src/check/run.ts'
import { catalogue } from '../../src/faults/index.ts'
import { TerminalFile } from '../../src/model/terminal.ts'

const RATES = { 'swipe-fail-percent': 8, 'swipe-fail-rise': 6, 'chip-fail-percent': 1, 'tap-fail-percent': 2 }
const CHIP = { id: 'reader-1', kind: 'reader', transport: { type: 'pcsc' } }
const SWIPE = { id: 'reader-2', kind: 'reader', transport: { type: 'hid', vendorId: '6352' } }
const BOTH = { id: 'reader-3', kind: 'reader', transport: { type: 'serial', path: '/dev/ttyS0' } }

/** What the journal's rates become, as `device name value`. */
const told = async (...devices: object[]): Promise<string[]> => {
  const terminal = TerminalFile.parse({ terminal: { id: 'T-1' }, devices })
  const check = await runCheck({ terminal, probes, knowledge: async () => catalogue, lend: replayBench({}), trigger: { by: 'boot' }, deadlineMs: 5000, depth: 'full', only: ['reader'], reads: RATES })
  return check.observations.flatMap((o) => (o.source === 'journal' && 'value' in o ? [`${o.device} ${o.name} ${o.value}`] : [])).sort()
}

it('rates of the journal are told of the reader that reads that way', async () => {
  expect(await told(CHIP, SWIPE)).toEqual(['reader-1 reader.chip-fail-percent 1', 'reader-1 reader.tap-fail-percent 2', 'reader-2 reader.swipe-fail-percent 8', 'reader-2 reader.swipe-fail-rise 6'])
})

it('where two readers read the same way, nobody knows which it was, and nothing is told', async () => {
  expect(await told(SWIPE, BOTH)).toEqual(['reader-3 reader.chip-fail-percent 1', 'reader-3 reader.tap-fail-percent 2'])
  expect(await told(CHIP, BOTH)).toEqual(['reader-3 reader.swipe-fail-percent 8', 'reader-3 reader.swipe-fail-rise 6'])
})
