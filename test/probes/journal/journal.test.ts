import { expect, it } from 'vitest'
import { FACTS, SIGNALS } from '../../../probes/journal/facts.ts'
import { journal } from '../../../probes/journal/probe.ts'
import { catalogue } from '../../../src/faults/index.ts'
import { device, lookAtDialogue } from '../looking.ts'

const at = device('journal', { type: 'host' }, { summary: '/var/lib/posdiag/journal.json' })

it.each([
  ['quiet', []],
  ['money-in-doubt', ['journal.unknown-outcome', 'journal.reversal-pending', 'journal.approvals-slow', 'journal.hold-expiring']],
])('%s', async (dialogue, present) => {
  const { run, present: seen, unknown } = await lookAtDialogue(`journal/${dialogue}`, journal, at)
  expect(run.outcome).toBe('done')
  expect(seen).toEqual(present)
  expect(unknown).toEqual([])
})

it('does not take old answers of the host for a sign that it refuses nothing now', async () => {
  const { seen, present, unknown } = await lookAtDialogue('journal/quiet-hours', journal, at)
  expect(seen).not.toHaveProperty('journal.refused-in-row')
  expect([present, unknown]).toEqual([[], ['journal.refused']])
})

it.each([['stale', '!silent'], ['no-summary', '!missing'], ['not-a-summary', '!garbled']])('says why nothing is known: %s', async (dialogue, absence) => {
  const { seen, present, unknown } = await lookAtDialogue(`journal/${dialogue}`, journal, at)
  expect(seen['journal.unknown-outcomes']).toBe(absence)
  expect(present).toEqual([])
  expect(unknown).toContain('journal.unknown-outcome')
})

it('asks for its file where the terminal file names none', async () => {
  const { seen } = await lookAtDialogue('journal/quiet', journal, device('journal'))
  expect(seen['journal.unknown-outcomes']).toBe('!not-fitted')
})

it('counts nothing that no fault of the catalogue stands for', () => {
  const codes = new Set(catalogue.faults.map((fault) => fault.code))
  for (const { from, key } of FACTS) if (from !== 'contradictions' && from !== 'risks') expect(codes).toContain(key)
  expect(new Set([...FACTS, ...SIGNALS].map(({ name }) => name)).size).toBe(FACTS.length + SIGNALS.length)
})
