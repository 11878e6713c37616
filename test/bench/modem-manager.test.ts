import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Link } from '../../probes/network/link.ts'
import { lookAtModem } from '../../probes/network/modem.ts'
import { modemsIn } from '../../src/bench/modem-manager.ts'
import { realBench } from '../../src/bench/real.ts'
import type { CellularModem } from '../../src/model/bench.ts'
import { Device } from '../../src/model/terminal.ts'
import { failureOf, lent } from './lent.ts'
import { HEALTHY, noModemManager, type RealModemManager, realModemManager } from './real-modem-manager.ts'

const real = realBench({ paths: { proc: '/proc', sys: '/sys' } })

/** The real thing, as ModemManager and dbus-daemon of Debian. Skipped by name without them; fails in CI. */
describe.skipIf(noModemManager)('ModemManager on a system bus', () => {
  let manager: RealModemManager
  beforeAll(async () => {
    manager = await realModemManager()
    process.env.DBUS_SYSTEM_BUS_ADDRESS = manager.bus.address
  }, 20_000)
  afterAll(async () => {
    delete process.env.DBUS_SYSTEM_BUS_ADDRESS
    await manager?.stop()
  })

  const bench = () => lent(real, 'link-1').bench
  const modem = async (port: string): Promise<CellularModem | undefined> => (await bench().modems.list()).find(({ ports }) => ports.includes(port))
  const until = async (port: string, is: (now: CellularModem) => boolean): Promise<CellularModem | undefined> => {
    for (let tries = 0; tries < 150; tries++) {
      const now = await modem(port)
      if (now && is(now)) return now
      await wait(100)
    }
    return modem(port)
  }
  const look = async (port: string): Promise<Record<string, unknown>> => {
    const device = Device.parse({ id: 'link-1', kind: 'network', transport: { type: 'serial', path: `/dev/${port}` } })
    const link: Link = { sights: [], name: undefined, medium: 'cellular', up: false, own: [], addressed: false, arp: false, route: undefined, routeUnseen: undefined }
    return Object.fromEntries((await lookAtModem(device, bench(), link)).map((sight) => [sight.name, 'value' in sight ? sight.value : `${sight.absent}: ${sight.detail}`]))
  }

  it('knows no modem: nothing is told', async () => {
    expect(await bench().modems.list()).toEqual([])
  })

  it('drives a modem that is well: switched off at first, then registered', async () => {
    const port = await manager.plug('well', HEALTHY)
    expect(await until(port, ({ state }) => state === 'disabled')).toMatchObject({ state: 'disabled', failure: 'none', lock: 'none' })
    expect(await look(port)).toEqual({
      'network.modem-answers': true,
      'network.sim-ready': true,
      'network.modem-registered': 'refused: ModemManager keeps the modem switched off: no connection is set up, or somebody switched mobile data off',
    })
    const [object = ''] = await manager.modems()
    await manager.enable(object)
    expect(await until(port, ({ state, operator, level }) => state === 'registered' && operator !== undefined && level?.percent === 54)).toEqual({
      ports: [port], state: 'registered', failure: 'none', lock: 'none', registration: 'home', packetService: 'attached', operator: 'Shop Mobile', technology: 'LTE', level: { percent: 54, recent: true },
    })
    // +CSQ: 17 is -79 dBm.
    expect(await look(port)).toEqual({
      'network.modem-answers': true, 'network.sim-ready': true, 'network.modem-registered': true, 'network.modem-dbm': -79,
      'network.modem-attached': true, 'network.modem-operator': 'Shop Mobile', 'network.modem-technology': 'LTE',
    })
  }, 40_000)

  it.each([
    ['no-sim', { 'AT+CPIN?': '+CME ERROR: 10' }, 'failed', { 'network.modem-answers': true, 'network.sim-ready': 'missing: no SIM card', 'network.modem-registered': 'refused: not registered and not searching' }],
    ['pin', { 'AT+CPIN?': '+CPIN: SIM PIN' }, 'locked', { 'network.modem-answers': true, 'network.sim-ready': 'refused: the SIM card waits for its PIN', 'network.modem-registered': 'refused: not registered and not searching' }],
    ['puk', { 'AT+CPIN?': '+CPIN: SIM PUK' }, 'locked', { 'network.modem-answers': true, 'network.sim-ready': 'refused: the SIM card is locked (PUK)', 'network.modem-registered': 'refused: not registered and not searching' }],
    ['network-lock', { 'AT+CPIN?': '+CPIN: PH-NET PIN' }, 'locked', { 'network.modem-answers': true, 'network.sim-ready': 'refused: the modem is locked to another network or SIM card (ph-net-pin)', 'network.modem-registered': 'refused: not registered and not searching' }],
  ])('tells of a modem with %s', async (name, answers, state, seen) => {
    const port = await manager.plug(name, { ...HEALTHY, ...answers })
    expect((await until(port, (now) => now.state === state && now.lock !== undefined))?.state).toBe(state)
    expect(await look(port)).toEqual(seen)
  }, 40_000)

  it('keeps to itself the numbers of the modem and of its card', async () => {
    const { bench: own, lease } = lent(real, 'link-1')
    await own.modems.list()
    expect(lease.transcript()).toContain('? modems.list []')
    expect(lease.transcript()).not.toMatch(/490154203237518|001010123456789/)
  })

  it('does not drive this port: it is asked itself', async () => {
    expect(await look('ttyUSB-nobody')).toEqual({ 'network.modem-answers': expect.stringMatching(/^missing: /) })
  })
})

describe.skipIf(noModemManager)('a system bus without ModemManager', () => {
  it('says so, and starts nothing', async () => {
    const { ownBus } = await import('./real-modem-manager.ts')
    const bus = await ownBus()
    process.env.DBUS_SYSTEM_BUS_ADDRESS = bus.address
    try {
      expect(await failureOf(lent(real).bench.modems.list())).toEqual({ absence: 'missing', detail: 'org.freedesktop.ModemManager1 does not run on this host' })
    } finally {
      delete process.env.DBUS_SYSTEM_BUS_ADDRESS
      await bus.stop()
    }
  })
})

describe('what ModemManager returns', () => {
  it('that holds no modem, or not what it should, is no modem', () => {
    expect(modemsIn(undefined)).toEqual([])
    expect(modemsIn([['/x', [['org.freedesktop.ModemManager1.Sim', []]]]])).toEqual([])
    expect(modemsIn([['/x', [['org.freedesktop.ModemManager1.Modem', [['State', 'high'], ['Ports', 7], ['SignalQuality', [400, true]], ['AccessTechnologies', 'LTE']]]]]])).toEqual([{ ports: [], state: 'unknown' }])
  })

  it('in words that are newer than this program is unknown', () => {
    expect(modemsIn([['/x', [['org.freedesktop.ModemManager1.Modem', [['State', 12], ['UnlockRequired', 99]]]]]])).toEqual([{ ports: [], state: 'unknown' }])
  })
})
