import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { configuration } from '../../../probes/configuration/probe.ts'
import { sameZone } from '../../../probes/configuration/time-zone.ts'
import { compareVersions, versionIn } from '../../../probes/configuration/version.ts'
import type { Device } from '../../../src/model/terminal.ts'
import { device, lookAtDialogue } from '../looking.ts'

const hash = createHash('sha256').update('currency=CNY\n').digest('hex')
const SETTINGS: Device['settings'] = { versionFile: '/opt/pos/VERSION', minimumVersion: '4.10', timeZone: 'Asia/Shanghai', parameterFiles: [`/opt/pos/pos.conf=${hash}`] }

const look = (dialogue: string, settings: Device['settings'] = SETTINGS) => lookAtDialogue(`configuration/${dialogue}`, configuration, device('configuration', { type: 'host' }, settings))

describe('the configuration', () => {
  it('is as it should be', async () => {
    const { seen, present } = await look('as-it-should-be')
    expect(present).toEqual([])
    expect(seen).toEqual({
      'configuration.pos-version': '4.10.0',
      'configuration.version-current': true,
      'configuration.time-zone-right': true,
      'configuration.parameters-unchanged': true,
      'configuration.changed-hours-ago': '!missing',
    })
  })

  it('is outdated and in the wrong time zone', async () => {
    expect((await look('outdated')).present).toEqual(['configuration.version-old', 'configuration.time-zone-wrong'])
  })

  it('takes a parameter file that is gone for a changed one', async () => {
    const { seen, present } = await look('parameter-file-gone')
    expect(present).toEqual(['configuration.parameter-drift'])
    expect(seen['configuration.time-zone-right']).toBe(true)
  })

  it('sees changed contents', async () => {
    const { present } = await look('as-it-should-be', { ...SETTINGS, parameterFiles: [`/opt/pos/pos.conf=${hash.replace(/^./, 'x')}`] })
    expect(present).toEqual(['configuration.parameter-drift'])
  })

  it('expects nothing that the terminal file does not say', async () => {
    const { seen, present } = await look('outdated', {})
    expect(present).toEqual([])
    expect(Object.values(seen)).toEqual(['!not-fitted', '!not-fitted', '!not-fitted', '!not-fitted', '!missing'])
  })

  it('compares a declared version with the least one', async () => {
    expect((await look('outdated', { version: '3.2', minimumVersion: '3.10' })).present).toEqual(['configuration.version-old'])
  })

  it('says that something was changed a short while ago', async () => {
    expect((await look('as-it-should-be', { changedHoursAgo: 3 })).present).toEqual(['configuration.changed-recently'])
    expect((await look('as-it-should-be', { changedHoursAgo: 25 })).present).toEqual([])
  })

  it('cannot tell without the version file, and says why', async () => {
    const { seen, present } = await look('as-it-should-be', { ...SETTINGS, versionFile: '/no/such/file' })
    expect(seen).toMatchObject({ 'configuration.pos-version': '!missing', 'configuration.version-current': '!missing' })
    expect(present).toEqual([])
  })
})

describe('versions', () => {
  it.each([
    ['4.9', '4.10', -1],
    ['4.10', '4.10.0', 0],
    ['4.10.0-rc1', '4.10.0', -1],
    ['4.10.0-rc2', '4.10.0-rc10', -1],
    ['10', '9.9.9', 1],
  ])('%s and %s', (a, b, order) => {
    expect(Math.sign(compareVersions(a, b))).toBe(order)
    expect(Math.sign(compareVersions(b, a))).toBe(0 - order)
  })

  it('finds the number in a line', () => {
    expect(versionIn('POS v4.2.1-rc1 (build 77)')).toBe('4.2.1-rc1')
    expect(versionIn('build 77')).toBe('77')
    expect(versionIn('unknown')).toBeUndefined()
  })

  it('orders every three versions consistently', () => {
    const version = fc.tuple(fc.array(fc.nat(20), { minLength: 1, maxLength: 4 }), fc.constantFrom('', '-rc1', '-rc2', '-beta')).map(([numbers, early]) => numbers.join('.') + early)
    fc.assert(fc.property(version, version, version, (a, b, c) => {
      expect(Math.sign(compareVersions(a, b))).toBe(0 - Math.sign(compareVersions(b, a)))
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) expect(compareVersions(a, c)).toBeLessThanOrEqual(0)
    }))
  })
})

it('knows a time zone by its older names', () => {
  expect(sameZone('PRC', 'Asia/Shanghai')).toBe(true)
  expect(sameZone('Etc/UTC', 'UTC')).toBe(true)
  expect(sameZone('Asia/Tokyo', 'Asia/Shanghai')).toBe(false)
  expect(sameZone('No/Where', 'No/Where')).toBe(true)
})
