import { type Bench, BenchError } from '../../src/model/bench.ts'
import type { Probe } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { findBy, presence, presenceObserves } from '../presence.ts'
import { ifSeen, ifThere, sight } from '../sight.ts'
import { symptoms } from './symptoms.ts'

const folder = '/sys/class/drm'

/** True if a connector says `connected`, false if all say `disconnected`. Rejects missing if there is no such connector, blocked if they cannot tell. */
const connected = async (device: Device, bench: Bench): Promise<boolean> => {
  const names = await ifThere(bench.files.list(folder))
  if (names === undefined) throw new BenchError('blocked', `this host shows no display connectors (${folder} is not there), so nobody can tell`)
  const wanted = device.settings.connector
  // `card0-HDMI-A-1` is a connector; a write-back connector is memory, not a screen.
  const connectors = names.filter((name) => /^card\d+-/.test(name) && !name.includes('Writeback') && (typeof wanted !== 'string' || name.replace(/^card\d+-/, '') === wanted))
  if (connectors.length === 0) throw new BenchError('blocked', typeof wanted === 'string' ? `no display connector of this host is called ${wanted}`.slice(0, 300) : 'this host has no display connector')
  const states = await Promise.all(connectors.map(async (name) => (await ifSeen(bench.files.read(`${folder}/${name}/status`)))?.trim() ?? 'unknown'))
  if (states.includes('connected')) return true
  if (states.every((state) => state === 'disconnected')) return false
  throw new BenchError('blocked', 'the display connectors of this host cannot tell whether a screen is plugged in')
}

const find = findBy(async (device, bench) => {
  if (await connected(device, bench)) return {}
  throw new BenchError('missing', 'no screen is plugged into the display connector')
})

/**
 * A screen or customer display: whether the host sees it. Settings, with transport host: `connector`, as `HDMI-A-1`; without it
 * any connector will do.
 */
export const display: Probe = {
  kind: 'display',
  touch: 'listens',
  isolate: false,
  deadlineMs: 2000,
  observes: {
    ...presenceObserves('display'),
    'display.connected': 'true if a screen is plugged into its connector',
    'display.lit': 'true if it shows something, as a person said',
  },
  limits: {},
  symptoms,
  async *observe(device, bench) {
    yield* await presence('display', find, device, bench)
    if (device.transport.type === 'host') yield await sight('display.connected', () => connected(device, bench), 'passive')
  },
}
