import { expect, it } from 'vitest'
import { configuration } from '../../../probes/configuration/probe.ts'
import { display } from '../../../probes/display/probe.ts'
import { drawer } from '../../../probes/drawer/probe.ts'
import { environment } from '../../../probes/environment/probe.ts'
import { keyboard } from '../../../probes/keyboard/probe.ts'
import { scale } from '../../../probes/scale/probe.ts'
import { scanner } from '../../../probes/scanner/probe.ts'
import { ROOT } from '../play.ts'
import { page } from '../protocol-page.ts'
import { SECTIONS } from './protocol-rows.ts'

const rows = SECTIONS.flatMap((section) => section.rows)

it('docs/protocols/peripherals.md is what the code does', async () => {
  await expect(page({ zh: '外设协议', en: 'Protocols of peripherals' }, 'npx vitest run test/probes/peripherals/protocol.test.ts -u', SECTIONS)).toMatchFileSnapshot(`${ROOT}docs/protocols/peripherals.md`)
})

it('names every observation of the probes but presence, and none that they do not make', () => {
  const named = new Set(rows.flatMap(({ observation }) => observation ?? []))
  const made = [scanner, scale, keyboard, display, drawer, environment].flatMap((probe) => Object.keys(probe.observes))
  expect([...named].filter((name) => !made.includes(name) && !(name in configuration.observes))).toEqual([])
  expect(made.filter((name) => !named.has(name) && !/\.(present|product|serial)$/.test(name))).toEqual([])
})

it('gives a reason for everything that is left out', () => {
  expect(rows.filter(({ observation, passed, reason }) => !observation && !passed && !reason)).toEqual([])
})
