import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest'
import type { DeviceKind } from '../../src/model/device.ts'
import type { Report } from '../../src/model/report.ts'
import { bundlePrograms } from './bundle.ts'
import { dialogue, type Floor, openFloor } from './floor.ts'

const KINDS: readonly DeviceKind[] = ['reader', 'power', 'pinpad', 'printer', 'keyboard', 'network']
const MOST_LOOKS = 5

let floor: Floor
const times: { what: string; ms: number }[] = []
/** What made the agent look where nobody asked it to. */
const noticedBy = new Set<string>()
/** What each device was known by when all was well. */
const units = new Map<string, string>()

beforeAll(async () => {
  await bundlePrograms({ shop: 'devices/shop.ts' })
  floor = await openFloor()
})
afterAll(async () => {
  for (const { what, ms } of times) console.log(`${String(ms).padStart(6)} ms  ${what}`)
  await floor?.close()
})

/** All that is found, anywhere: what one scene sets wrong, every other shows not to be found. */
const found = (report: Report): string[] => report.check.diagnosis.verdicts.filter((v) => v.verdict === 'found').map((v) => `${v.fault} ${v.device}`).toSorted()
const seen = (report: Report, device: string, name: string): unknown => {
  const one = report.check.observations.find((o) => o.device === device && o.name.endsWith(`.${name}`))
  return one && ('absent' in one ? one.absent : one.value)
}
const unitOf = (report: Report, device: string): string => ['serial', 'serial-number', 'usb-id', 'usb-path', 'product'].map((name) => String(seen(report, device, name))).join(' ')

interface Scene {
  /** Kinds that are asked for; without them the agent has to notice by itself. */
  ask?: readonly DeviceKind[]
  moves: () => Promise<unknown>
  /** Number of the report after which the agent notices; the newest of when the scene begins, unless told. */
  after?: number
  gone?: readonly string[]
  back?: readonly string[]
}

/** The observation that says whether it is there. */
const port = (device: string): string => ({ ups: 'ups-contact', keyboard: 'present' })[device.split('-')[0] ?? ''] ?? 'port'

/** Sets a scene and brings the report that the agent makes of it, timed from the first move. An emulated processor may be too slow for a probe's deadline: a look that ended late says so, and is taken again. */
const play = async (what: string, { ask, moves, gone = [], back = [], after }: Scene): Promise<Report> => {
  const { till } = floor
  const before = after ?? await till.newest()
  const since = performance.now()
  await moves()
  const noticed = (report: Report): boolean => gone.every((device) => seen(report, device, port(device)) !== true) && back.every((device) => seen(report, device, port(device)) === true)
  let report = ask ? await till.check(...ask) : await till.noticed(before, noticed)
  if (!ask) noticedBy.add(report.check.trigger.by)
  for (let count = 1; ; count++) {
    const late = report.check.runs.filter((run) => KINDS.includes(run.kind) && run.outcome !== 'done')
    if (late.length === 0) break
    if (count === MOST_LOOKS) throw new Error(`no look ended in time: ${JSON.stringify(late)}`)
    report = await till.check(...(ask ?? new Set(late.map(({ kind }) => kind))))
  }
  onTestFailed(() => console.log(JSON.stringify({ what, trigger: report.check.trigger, runs: report.check.runs, verdicts: report.check.diagnosis.verdicts.filter((v) => v.verdict !== 'ruled-out'), observations: report.check.observations.filter((o) => o.device !== 'journal') })))
  times.push({ what, ms: Math.round(performance.now() - since) })
  // Told as what is not there, which is neither silence nor a device that is switched off. A UPS behind NUT is NUT's to tell: its data are stale.
  expect(gone.map((device) => seen(report, device, port(device)))).toEqual(gone.map((device) => (device === 'ups-2' ? 'silent' : 'missing')))
  expect(back.map((device) => unitOf(report, device))).toEqual(back.map((device) => units.get(device)))
  return report
}

const both = (...moves: (() => unknown)[]) => async (): Promise<void> => void (await Promise.all(moves.map((move) => move())))

/** Losses by chance would spare all of a few echo requests, or none, once in four times; whatever else is sent takes no part in the turns. */
const EVERY_SECOND_ECHO_LOST = `tc qdisc add dev eth0 root handle 1: prio bands 3 priomap ${Array(16).fill(0).join(' ')} &&
  tc qdisc add dev eth0 parent 1:3 netem loss gemodel 100% 100% &&
  tc filter add dev eth0 parent 1: protocol ip u32 match ip protocol 1 0xff flowid 1:3`

describe('a till of real kernel devices', () => {
  it('is well: every device is read, and nothing is found', async () => {
    const report = await play('all is well, at the start', { after: 0, moves: async () => undefined })
    expect(found(report)).toEqual([])
    expect(seen(report, 'printer-1', 'serial')).toBe('X3BK000123')
    expect(seen(report, 'printer-2', 'dsr')).toBe(true)
    expect(seen(report, 'swipe-1', 'serial')).toBe('B123456')
    expect(seen(report, 'reader-1', 'slot')).toBe('none')
    expect(seen(report, 'pinpad-1', 'answers')).toBe(true)
    expect(seen(report, 'ups-1', 'battery-percent')).toBe(97)
    expect(seen(report, 'ups-2', 'battery-percent')).toBe(97)
    for (const device of ['reader-1', 'swipe-1', 'ups-1', 'ups-2', 'pinpad-1', 'printer-1', 'printer-2', 'keyboard-1']) units.set(device, unitOf(report, device))
  })

  it('a magnetic reader is unplugged; a printer is out of paper, and a card lies in the chip reader', async () => {
    const report = await play('magnetic reader unplugged, paper out, card in', {
      gone: ['swipe-1'],
      moves: both(
        () => floor.shop({ do: 'play', device: 'printer', dialogue: dialogue('printer/paper-out') }),
        () => floor.card.insert(),
        () => floor.shop({ do: 'unplug-hid', device: 'swipe' }),
      ),
    })
    expect(found(report)).toEqual(['CRD-READER-OFFLINE swipe-1', 'PRN-PAPER-OUT printer-1'])
    expect(seen(report, 'reader-1', 'slot')).toBe('present')
  })

  it('it is plugged in again and known; the chip reader is unplugged; the PIN pad falls silent, and the printer has paper', async () => {
    floor.pad.play(dialogue('pinpad/silent'))
    const report = await play('chip reader unplugged, PIN pad mute', {
      back: ['swipe-1'], gone: ['reader-1'],
      moves: both(
        () => floor.unplug('reader'),
        () => floor.shop({ do: 'play', device: 'printer', dialogue: dialogue('printer/healthy-tm-t88vi') }),
        () => floor.shop({ do: 'plug-hid', device: 'swipe', bus: 'usb', serial: 'B123456' }),
      ),
    })
    expect(found(report)).toEqual(['CRD-READER-OFFLINE reader-1', 'PED-OFFLINE pinpad-1'])
    expect(seen(report, 'pinpad-1', 'answers')).toBe('silent')
  })

  it('the chip reader is back; a printer is unplugged; the other is switched off, and packets are lost', async () => {
    floor.pad.play(dialogue('pinpad/ready'))
    await floor.machine.run(EVERY_SECOND_ECHO_LOST)
    // Without this the test would pass on a link that loses nothing.
    expect((await floor.machine.run('tc qdisc show dev eth0')).output).toContain('loss gemodel')
    const report = await play('printer unplugged, another switched off, packets lost', {
      back: ['reader-1'], gone: ['printer-1'],
      moves: both(
        () => floor.plug('reader'),
        () => floor.shop({ do: 'unplug-gadget', device: 'printer' }),
        () => floor.shop({ do: 'switch-off', device: 'kitchen' }),
      ),
    })
    expect(found(report)).toEqual(['NET-UNSTABLE link-1', 'PRN-OFFLINE printer-1', 'PRN-OFFLINE printer-2'])
    expect(seen(report, 'printer-2', 'port')).toBe(true)
    expect(seen(report, 'printer-2', 'dsr')).toBe(false)
  })

  it('both printers are back and no packet is lost; the PIN pad is unplugged', async () => {
    await floor.machine.run('tc qdisc del dev eth0 root')
    const report = await play('PIN pad unplugged', {
      back: ['printer-1'], gone: ['pinpad-1'],
      moves: both(
        () => floor.unplug('pinpad'),
        () => floor.shop({ do: 'switch-on', device: 'kitchen', dialogue: dialogue('printer/healthy-tm-t88vi') }),
        () => floor.shop({ do: 'plug-gadget', device: 'printer', dialogue: dialogue('printer/healthy-tm-t88vi') }),
      ),
    })
    expect(found(report)).toEqual(['PED-OFFLINE pinpad-1'])
    expect(seen(report, 'printer-2', 'dsr')).toBe(true)
  })

  it('the PIN pad is back; the other printer and a UPS are unplugged, which is no power cut, and a key of the keyboard sticks', async () => {
    await floor.key(true)
    const report = await play('serial printer and UPS unplugged, key stuck', {
      back: ['pinpad-1'], gone: ['printer-2', 'ups-1'],
      moves: both(
        () => floor.shop({ do: 'unplug-hid', device: 'ups' }),
        () => floor.shop({ do: 'unplug-gadget', device: 'kitchen' }),
        () => floor.plug('pinpad'),
      ),
    })
    expect(found(report)).toEqual(['PER-KEYBOARD-FAULT keyboard-1', 'PRN-OFFLINE printer-2', 'PWR-UPS-CONTACT-LOST ups-1'])
    expect(seen(report, 'keyboard-1', 'held-s')).toBeGreaterThan(1)
  })

  it('both are back; the keyboard is unplugged, and the network cable is pulled', async () => {
    await floor.key(false)
    const report = await play('keyboard unplugged, cable pulled', {
      back: ['printer-2', 'ups-1'], gone: ['keyboard-1'],
      moves: both(
        () => floor.machine.qmp('set_link', { name: 'nic', up: false }),
        () => floor.unplug('keyboard'),
        () => floor.shop({ do: 'plug-hid', device: 'ups', bus: 'uhid', serial: 'LABUPS0001' }),
        () => floor.shop({ do: 'plug-gadget', device: 'kitchen', dialogue: dialogue('printer/healthy-tm-t88vi') }),
      ),
    })
    expect(found(report)).toEqual(['NET-LINK-DOWN link-1', 'PER-KEYBOARD-FAULT keyboard-1'])
  })

  // By itself: two that go from USB at once are one hub to the agent, and rightly.
  it('keyboard and cable are back; the UPS that NUT drives is unplugged', async () => {
    const report = await play('UPS of NUT unplugged', {
      back: ['keyboard-1'], gone: ['ups-2'],
      moves: both(
        () => floor.machine.qmp('set_link', { name: 'nic', up: true }),
        () => floor.plug('keyboard'),
        () => floor.shop({ do: 'unplug-hid', device: 'nut-ups' }),
      ),
    })
    expect(found(report)).toEqual(['PWR-UPS-CONTACT-LOST ups-2'])
  })
})

describe('the power of that till', () => {
  const POWER = ['mains', 'ups-1', 'ups-2'] as const
  /** An outage is the same for all that hang on the mains: both UPSs and the host's own battery. */
  const outage = (mains: boolean, percent: number) => both(
    () => floor.battery({ mains, percent }),
    async () => {
      for (const device of ['ups', 'nut-ups'] as const) await floor.shop({ do: 'ups', device, state: { mains, chargePercent: percent, secondsLeft: percent * 20 } })
    },
  )
  /** NUT asks its UPS every second, and ACPI keeps what it read for one. */
  const SETTLE = 'sleep 3'

  it('that UPS is back, and the mains fail: one outage, as each of three tells', async () => {
    await outage(false, 43)()
    const report = await play('mains lost', {
      back: ['ups-2'],
      moves: async () => {
        await floor.shop({ do: 'plug-hid', device: 'nut-ups', bus: 'usb', serial: 'LABUPS0002' })
        await floor.machine.run('for i in $(seq 100); do upsc lab@127.0.0.1 ups.status && exit 0; sleep 0.2; done; exit 1')
      },
    })
    expect(found(report)).toEqual([expect.stringMatching(/^PWR-AC-LOST /)])
    expect(POWER.map((device) => [seen(report, device, 'on-battery'), seen(report, device, 'battery-percent')])).toEqual(POWER.map(() => [true, 43]))
  })
  it('all three batteries are nearly empty', async () => {
    await outage(false, 4)()
    const report = await play('batteries nearly empty', { ask: ['power'], moves: () => floor.machine.run(SETTLE) })
    expect(found(report)).toEqual([expect.stringMatching(/^PWR-AC-LOST /), ...POWER.map((device) => `PWR-BATTERY-LOW ${device}`)])
  })
  it('it was the agent itself that noticed what came and went', () => {
    expect(noticedBy).toContain('device')
  })
  it('the mains are back, and all is well again', async () => {
    await outage(true, 97)()
    const report = await play('all is well again', { ask: ['power'], moves: () => floor.machine.run(SETTLE) })
    expect(found(report)).toEqual([])
    expect(POWER.map((device) => seen(report, device, 'on-battery'))).toEqual(POWER.map(() => false))
  })
})
