import { expect, it } from 'vitest'
import { FLAGS } from '../../../probes/printer/flags.ts'
import { observes } from '../../../probes/printer/observes.ts'
import { ROOT } from '../play.ts'
import { page, SECTIONS } from './protocol-rows.ts'

const rows = SECTIONS.flatMap((section) => section.rows)

it('docs/protocols/printer.md is what the code does', async () => {
  await expect(page()).toMatchFileSnapshot(`${ROOT}docs/protocols/printer.md`)
})

it('names only observations that the probe makes, and every flag that a printer can set', () => {
  const named = rows.flatMap(({ observation }) => observation ?? [])
  expect(named.filter((name) => !(name in observes))).toEqual([])
  expect(Object.keys(FLAGS).map((flag) => `printer.${flag}`).filter((name) => !named.includes(name))).toEqual([])
})

it('gives a reason for everything that is left out', () => {
  expect(rows.filter(({ observation, passed, reason }) => !observation && !passed && !reason)).toEqual([])
})
