import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { spread } from '../../src/agent/clock.ts'
import { SILENT_LOG } from '../../src/agent/log.ts'
import type { CheckOrder } from '../../src/agent/queue.ts'
import { startTriggers, type Triggers } from '../../src/agent/triggers.ts'
import { type UsbUnit, unitChanges, usbFolder } from '../../src/agent/usb-units.ts'
import { type AttachmentChange, compareAttached, listAttached, placesOf, watchDevices } from '../../src/agent/watch.ts'
import { TerminalFile } from '../../src/model/terminal.ts'
import { type ManualClock, manualClock } from './manual-clock.ts'
import { scratch, shop } from './sample-check.ts'

let clock: ManualClock
let asked: { at: number; order: CheckOrder }[]
let triggers: Triggers | undefined
const start = (): Triggers => {
  triggers = startTriggers({ schedule: { roundMs: 15_000, fullMs: 3_600_000 }, terminal: shop, ask: (order) => void asked.push({ at: clock.mono(), order }), devices: false }, { clock, log: SILENT_LOG })
  return triggers
}
beforeEach(() => {
  clock = manualClock()
  asked = []
})
afterEach(() => triggers?.stop())
const count = (by: string, depth: string) => asked.filter(({ order }) => order.trigger.by === by && order.depth === depth).length

describe('the schedule', () => {
  it('asks for rounds and for full checks', async () => {
    start()
    await clock.pass(3_600_000)
    expect([count('schedule', 'round'), count('schedule', 'full')]).toEqual([240, 1])
  })
  it('spreads a tenth to both sides', () => {
    expect([0, 0.5, 1].map((chance) => spread(1_000, 0.1, () => chance))).toEqual([900, 1_000, 1_100])
  })
  it('ends', async () => {
    start().stop()
    await clock.pass(3_600_000)
    expect(asked).toEqual([])
    expect(clock.pending()).toBe(0)
  })
})

it('makes one check a minute of failed payments, the last one not forgotten', async () => {
  const { transactionFailed } = start()
  for (let i = 0; i < 50; i += 1) {
    transactionFailed(`failed t${i}`)
    await clock.pass(1_000)
  }
  await clock.pass(60_000)
  expect(asked.filter(({ order }) => order.trigger.by === 'transaction').map(({ order }) => order.trigger.detail)).toEqual(['failed t0', 'failed t49'])
})

it('re-tests once, soon', async () => {
  const { retestSoon } = start()
  retestSoon(() => true)
  retestSoon(() => true)
  await clock.pass(30_000)
  expect(count('retest', 'full')).toBe(1)
  retestSoon(() => false)
  await clock.pass(30_000)
  expect(count('retest', 'full')).toBe(1)
})

const usb = (port: string, serial: string): UsbUnit => ({ port, id: '0801:0011', serial, product: 'Reader' })

describe('devices', () => {
  let dir: string
  let remove: () => void
  let changes: AttachmentChange[]
  let stop = (): void => undefined
  beforeEach(() => {
    ({ dir, remove } = scratch())
    changes = []
  })
  afterEach(() => {
    stop()
    remove()
  })
  const path = () => join(dir, 'ports', 'printer')
  const terminal = () => TerminalFile.parse({ terminal: { id: 'T-1' }, devices: [{ id: 'printer-1', kind: 'printer', transport: { type: 'serial', path: path() } }] })
  const watch = (): void => {
    mkdirSync(join(dir, 'ports'))
    stop = watchDevices(terminal(), (change) => changes.push(change), { clock, log: SILENT_LOG })
  }
  /** inotify tells in its own time; real time passes only here, and at most two seconds of it. */
  const told = async (wanted: () => boolean, ms = 2_000): Promise<boolean> => {
    const until = performance.now() + ms
    while (!wanted() && performance.now() < until) await new Promise((resolve) => setImmediate(resolve))
    return wanted()
  }
  it('that appear are told a second after things are quiet', async () => {
    watch()
    symlinkSync('/dev/pts/1', path())
    expect(await told(() => clock.pending() > 0)).toBe(true)
    await clock.pass(999)
    expect(changes).toEqual([])
    await clock.pass(1)
    expect(changes).toEqual([{ appeared: [path()], vanished: [], units: [] }])
  })
  it('that vanish are told', async () => {
    mkdirSync(join(dir, 'ports'))
    symlinkSync('/dev/pts/1', path())
    stop = watchDevices(terminal(), (change) => changes.push(change), { clock, log: SILENT_LOG })
    rmSync(path())
    expect(await told(() => clock.pending() > 0)).toBe(true)
    await clock.pass(1_000)
    expect(changes).toEqual([{ appeared: [], vanished: [path()], units: [] }])
  })
  it('that go and come back as they were within the second are noise', async () => {
    mkdirSync(join(dir, 'ports'))
    symlinkSync('/dev/pts/1', path())
    stop = watchDevices(terminal(), (change) => changes.push(change), { clock, log: SILENT_LOG })
    rmSync(path())
    symlinkSync('/dev/pts/1', path())
    expect(await told(() => clock.pending() > 0)).toBe(true)
    await clock.pass(1_000)
    expect(changes).toEqual([])
  })
  it('that are only written to, and files that are none of ours, are noise', async () => {
    mkdirSync(join(dir, 'ports'))
    writeFileSync(path(), '')
    stop = watchDevices(terminal(), (change) => changes.push(change), { clock, log: SILENT_LOG })
    writeFileSync(path(), 'x')
    utimesSync(path(), 1, 1)
    writeFileSync(join(dir, 'ports', 'other'), '')
    expect(await told(() => clock.pending() > 0)).toBe(true)
    await clock.pass(1_000)
    expect(changes).toEqual([])
  })
  it('are still seen after their folder went and came back', async () => {
    watch()
    rmSync(join(dir, 'ports'), { recursive: true })
    mkdirSync(join(dir, 'ports'))
    expect(await told(() => clock.pending() > 0)).toBe(true)
    await clock.pass(1_000)
    symlinkSync('/dev/pts/1', path())
    expect(await told(() => clock.pending() > 0)).toBe(true)
    await clock.pass(1_000)
    expect(changes.at(-1)).toEqual({ appeared: [path()], vanished: [], units: [] })
  })
  it('that come and go without end are told after a second and a half', async () => {
    watch()
    for (let i = 0; i < 4; i += 1) {
      symlinkSync(`/dev/pts/${i}`, path())
      expect(await told(() => clock.pending() > 0)).toBe(true)
      await clock.pass(400)
      if (i < 3) rmSync(path())
      await told(() => false, 20)
    }
    expect(changes.length).toBeGreaterThan(0)
  })
  it('on USB are known by their serial numbers, on a host without device files too', async () => {
    const sys = join(dir, 'sys')
    const plug = (port: string, serial: string): void => {
      mkdirSync(join(usbFolder(sys), port), { recursive: true })
      for (const [file, text] of Object.entries({ idVendor: '0801', idProduct: '0011', product: 'Reader', serial })) writeFileSync(join(usbFolder(sys), port, file), `${text}\n`)
    }
    const unplug = (port: string): void => rmSync(join(usbFolder(sys), port), { recursive: true })
    plug('1-1.2', 'A')
    const file = TerminalFile.parse({ terminal: { id: 'T-1' }, paths: { sys } })
    stop = watchDevices(file, (change) => changes.push(change), { clock, log: SILENT_LOG })
    unplug('1-1.2')
    plug('1-3', 'A')
    await clock.pass(2_000)
    plug('1-4', 'B')
    await clock.pass(2_000)
    unplug('1-3')
    await clock.pass(2_000)
    const kinds = changes.flatMap(({ units }) => units.map(({ what, unit }) => `${what} ${unit.serial} ${unit.port}`))
    // Where /dev/bus/usb is there, the kernel tells, and nobody lists.
    expect(kinds).toEqual(existsSync('/dev/bus/usb') && readdirSync('/dev/bus/usb').length > 0 ? [] : ['moved A 1-3', 'appeared B 1-4', 'vanished A 1-3'])
    expect(clock.pending()).toBeLessThanOrEqual(1)
  })
  it.each<[string, UsbUnit[], UsbUnit[], string[]]>([
    ['the same port, another serial number', [usb('1-1', 'A')], [usb('1-1', 'B')], ['replaced B 1-1']],
    ['two that changed places', [usb('1-1', 'A'), usb('1-2', 'B')], [usb('1-1', 'B'), usb('1-2', 'A')], ['moved B 1-1', 'moved A 1-2']],
    ['without serial number: at another port', [usb('1-1', '')], [usb('1-2', '')], ['appeared  1-2', 'vanished  1-1']],
    ['nothing', [usb('1-1', 'A')], [usb('1-1', 'A')], []],
  ])('that are units: %s', (_, before, after, expected) => {
    expect(unitChanges(before, after).map(({ what, unit }) => `${what} ${unit.serial} ${unit.port}`)).toEqual(expected)
  })
  it('are watched where the terminal file says, and not in all of /dev', () => {
    const places = placesOf(terminal())
    expect(places).toContain(join(dir, 'ports'))
    expect(places).not.toContain('/dev')
  })
  it('are compared by name and by where a link points', () => {
    const before = new Map([['/dev/serial/by-id/a', '../../ttyUSB0'], ['/dev/bus/usb/001/004', '']])
    const after = new Map([['/dev/serial/by-id/a', '../../ttyUSB1'], ['/dev/bus/usb/001/005', '']])
    expect(compareAttached(before, after)).toEqual({ appeared: ['/dev/serial/by-id/a', '/dev/bus/usb/001/005'], vanished: ['/dev/serial/by-id/a', '/dev/bus/usb/001/004'] })
    expect(compareAttached(after, after)).toEqual({ appeared: [], vanished: [] })
  })
  it('of a folder of other things count only where declared', () => {
    writeFileSync(join(dir, 'printer'), '')
    writeFileSync(join(dir, 'diary'), '')
    expect([...listAttached([dir], new Set([join(dir, 'printer')])).keys()]).toEqual([join(dir, 'printer')])
  })
})
