import { createHash } from 'node:crypto'
import { type Bench, BenchError } from '../../src/model/bench.ts'
import type { Probe, Sight } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { asTheyCome, ifThere, sight } from '../sight.ts'
import { limits, symptoms } from './symptoms.ts'
import { hostZone, sameZone } from './time-zone.ts'
import { compareVersions, versionIn } from './version.ts'

const text = (device: Device, name: string): string | undefined => {
  const value = device.settings[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

const noExpectation = (what: string): BenchError => new BenchError('not-fitted', `the terminal file does not say ${what}`)

const version = async (device: Device, bench: Bench): Promise<Sight[]> => {
  const file = text(device, 'versionFile')
  const declared = text(device, 'version')
  const seen = await sight('configuration.pos-version', async () => {
    const found = file === undefined ? declared : versionIn((await bench.files.read(file)).split('\n')[0] ?? '')
    if (found !== undefined) return found.slice(0, 64)
    throw file === undefined ? noExpectation('which version of the POS application runs, nor in which file it stands') : new BenchError('garbled', `the first line of ${file} contains no version number`)
  })
  const current = await sight('configuration.version-current', async () => {
    const wanted = text(device, 'minimumVersion') ?? (file === undefined ? undefined : declared)
    if (wanted === undefined) throw noExpectation('which version of the POS application is expected')
    const least = versionIn(wanted)
    if (least === undefined) throw new BenchError('garbled', `the terminal file expects version "${wanted}", which contains no number`)
    if (!('value' in seen)) throw new BenchError(seen.absent, seen.detail)
    return compareVersions(versionIn(String(seen.value)) ?? '0', least) >= 0
  })
  return [seen, current]
}

const zoneRight = async (device: Device, bench: Bench): Promise<boolean> => {
  const wanted = text(device, 'timeZone')
  if (wanted === undefined) throw noExpectation('which time zone the terminal is in')
  return sameZone(await hostZone(bench), wanted)
}

const unchanged = async (device: Device, bench: Bench): Promise<boolean> => {
  const files = device.settings.parameterFiles
  if (!Array.isArray(files) || files.length === 0) throw noExpectation('which parameter files must not change')
  const same = await Promise.all(files.map(async (entry) => {
    const at = entry.lastIndexOf('=')
    if (at < 1) throw new BenchError('blocked', `the terminal file's parameterFiles has "${entry.slice(0, 100)}"; expected path=SHA-256`)
    const content = await ifThere(bench.files.read(entry.slice(0, at)))
    return content !== undefined && createHash('sha256').update(content, 'utf8').digest('hex') === entry.slice(at + 1).toLowerCase()
  }))
  return !same.includes(false)
}

const changedHoursAgo = async (device: Device): Promise<number> => {
  const hours = device.settings.changedHoursAgo
  if (typeof hours === 'number') return hours
  throw new BenchError('missing', 'nothing tells when software or devices were last changed')
}

/**
 * Whether software and settings are what they should be. Settings: `version`, `minimumVersion` and `versionFile` of the POS
 * application, `timeZone` (all from the terminal file's own fields), `parameterFiles` (`path=SHA-256` of UTF-8 files up to
 * 256 KiB) and `changedHoursAgo`.
 */
export const configuration: Probe = {
  kind: 'configuration',
  touch: 'listens',
  isolate: false,
  unhurried: true,
  deadlineMs: 3000,
  observes: {
    'configuration.pos-version': 'version of the POS application',
    'configuration.version-current': 'true if it is at least the expected one',
    'configuration.time-zone-right': "true if the host's time zone is that of the terminal file",
    'configuration.parameters-unchanged': 'true if every watched parameter file has its expected content',
    'configuration.update-ok': 'false if the last update failed, as its log or a person said',
    'configuration.changed-hours-ago': 'time since software or devices were last changed, h',
    'configuration.inspected-days-ago': 'time since a person inspected the terminal and its devices, days',
    'configuration.payment-units-swapped': 'readers and PIN pads that are other units than at the last inspection; empty if none is',
    'configuration.units-swapped': 'other devices that are other units than at the last inspection; empty if none is',
    'configuration.units-moved': 'devices that hang on another port than at the last inspection, by their serial numbers the same; empty if none does',
    'configuration.units-updated': 'devices whose firmware is another than at the last inspection; empty if none is',
    'configuration.compatible': 'false if software and devices do not fit together, as a person said',
  },
  limits,
  symptoms,
  async *observe(device, bench) {
    const one = (look: Promise<Sight>) => look.then((s) => [s])
    yield* asTheyCome([
      version(device, bench),
      one(sight('configuration.time-zone-right', () => zoneRight(device, bench))),
      one(sight('configuration.parameters-unchanged', () => unchanged(device, bench))),
      one(sight('configuration.changed-hours-ago', () => changedHoursAgo(device))),
    ])
  },
}
