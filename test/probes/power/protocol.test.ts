import { expect, it } from 'vitest'
import { UPS_FACTS } from '../../../probes/power/hid-ups.ts'
import { power } from '../../../probes/power/probe.ts'
import { loadProfiles } from '../../../probes/profiles.ts'
import { ROOT } from '../play.ts'
import { page } from '../protocol-page.ts'
import { SECTIONS } from './protocol-rows.ts'

const rows = SECTIONS.flatMap((section) => section.rows)

it('docs/protocols/power.md is what the code does', async () => {
  await expect(page({ zh: '供电协议', en: 'Power protocols' }, 'npx vitest run test/probes/power/protocol.test.ts -u', SECTIONS)).toMatchFileSnapshot(`${ROOT}docs/protocols/power.md`)
})

it('names every observation of the probe, and none that it does not make', () => {
  const named = new Set(rows.flatMap(({ observation }) => observation ?? []))
  expect([...named].filter((name) => !(name in power.observes))).toEqual([])
  // How the UPS is reached and called is no bit of a protocol.
  expect(Object.keys(power.observes).filter((name) => !named.has(name) && !['power.tool', 'power.product'].includes(name))).toEqual([])
})

it('knows every fact that a profile of a UPS states', async () => {
  const facts = (await loadProfiles(ROOT)).filter(({ kind }) => kind === 'power').flatMap((profile) => Object.keys(profile.facts))
  expect(facts.filter((fact) => !(fact in UPS_FACTS))).toEqual([])
  expect(facts.length).toBeGreaterThan(0)
})

it('gives a reason for everything that is left out', () => {
  expect(rows.filter(({ observation, passed, reason }) => !observation && !passed && !reason)).toEqual([])
})
