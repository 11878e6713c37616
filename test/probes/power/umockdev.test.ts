import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasValue, type Observation } from '../../../src/model/observation.ts'
import { ROOT } from '../play.ts'

/** The program of Debian's umockdev that puts recorded devices under a process. */
const UMOCKDEV = '/usr/bin/umockdev-run'
const cannot = existsSync(UMOCKDEV) || process.env.CI === 'true' ? undefined : 'umockdev (Debian) is not installed'

/** A recording of a CyberPower CST135UC2: its place in sysfs, its descriptor and two feature reports. Its input reports are written here. */
const RECORDING = join(ROOT, 'fixtures/umockdev')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posdiag-umockdev-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Bytes as umockdev's scripts write them: control characters as ^A, a caret as ^`. */
const scripted = (bytes: readonly number[]): string => bytes.map((byte) => (byte < 0x20 ? `^${String.fromCharCode(byte + 0x40)}` : byte === 0x5e ? '^`' : String.fromCharCode(byte))).join('')

/** What the probe, node-hid and the bench make of the recorded UPS when it sends these input reports. */
const look = async (reports: readonly (readonly number[])[], device: object = {}) => {
  const script = join(folder, 'script')
  // The recording runs from the start of the process and waits for nobody, so the UPS says the same over and over, as real ones do.
  const said = Array.from({ length: reports.length === 0 ? 0 : 60 }, (_, i) => reports[i % reports.length] ?? [])
  await writeFile(script, `d 0 /dev/hidraw0\n${said.map((bytes) => `r 120 ${scripted(bytes)}\n`).join('')}`)
  const { stdout } = await promisify(execFile)(UMOCKDEV, [
    '--device', join(RECORDING, 'ups.umockdev'), '--ioctl', `/dev/hidraw0=${join(RECORDING, 'ups.ioctl')}`, '--script', `/dev/hidraw0=${script}`,
    '--', process.execPath, join(import.meta.dirname, 'umockdev-child.ts'), JSON.stringify(device),
  ], { timeout: 30_000 })
  const { run, observations }: { run: { outcome: string }; observations: Observation[] } = JSON.parse(stdout)
  expect(run.outcome).toBe('done')
  return Object.fromEntries(observations.map((o) => [o.name, hasValue(o) ? o.value : `!${o.absent}`]))
}

const STATUS = 0x0b
const [CHARGE, MAINS, CHARGING, DISCHARGING, LOW] = [0x08, 1, 2, 4, 8] as const
const capacity = (percent: number, seconds: number): number[] => [CHARGE, percent, seconds & 0xff, seconds >> 8, 0x2c, 0x01]

const recorded = cannot === undefined ? describe : describe.skip

recorded(cannot === undefined ? 'a recorded UPS under the unmodified node-hid' : `a recorded UPS under the unmodified node-hid: ${cannot}`, () => {
  it('on line', async () => {
    expect(await look([[STATUS, MAINS], capacity(100, 600)])).toMatchObject({
      'power.tool': true, 'power.ups-model': 'CPS CST135UC2', 'power.serial': 'TESTSERIAL01', 'power.ups-contact': true, 'power.ups-status': 'OL', 'power.on-battery': false,
      'power.battery-percent': 100, 'power.runtime-s': 600, 'power.load-percent': 17, 'power.plausible': true,
    })
  })

  it.each([
    ['an outage', DISCHARGING, 78, { 'power.on-battery': true, 'power.battery-percent': 78, 'power.ups-low-battery': false }],
    ['a low battery', DISCHARGING | LOW, 9, { 'power.on-battery': true, 'power.battery-percent': 9, 'power.ups-low-battery': true }],
    ['the mains again', MAINS | CHARGING, 12, { 'power.on-battery': false, 'power.battery-percent': 12, 'power.battery-charging': true }],
  ])('%s', async (_, status, percent, expected) => {
    expect(await look([[STATUS, status], capacity(percent, 60)])).toMatchObject(expected)
  })

  it('one that says nothing of its state in time tells nothing of the mains', async () => {
    const seen = await look([])
    expect(seen['power.ups-contact']).toBe(true)
    expect(seen['power.on-battery']).toBe('!garbled')
  })

  it('another serial number is another UPS', async () => {
    const seen = await look([[STATUS, MAINS]], { transport: { type: 'hid', vendorId: '0764', productId: '0601', serial: 'OTHER' } })
    expect(seen['power.ups-contact']).not.toBe(true)
  })
})
