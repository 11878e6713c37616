import { type Bench, BenchError } from '../../src/model/bench.ts'
import { type Probe, saw } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { parseInputDevices } from '../input-devices.ts'
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

const BACKLIGHT = '/sys/class/backlight'

const number = async (bench: Bench, path: string): Promise<number | undefined> => {
  const text = (await ifSeen(bench.files.read(path)))?.trim()
  return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text)
}

/** Brightness of the brightest built-in screen in percent. One that is asleep (bl_power, Linux Documentation/ABI/stable/sysfs-class-backlight) is not dark for want of light. */
const backlight = async (bench: Bench): Promise<number | undefined> => {
  const lights = (await ifThere(bench.files.list(BACKLIGHT))) ?? []
  const levels = await Promise.all(lights.map(async (name): Promise<number[]> => {
    const [power, now, most] = await Promise.all(['bl_power', 'actual_brightness', 'max_brightness'].map((file) => number(bench, `${BACKLIGHT}/${name}/${file}`)))
    return now === undefined || most === undefined || most === 0 || (power !== undefined && power !== 0) ? [] : [(100 * now) / most]
  }))
  const all = levels.flat()
  return all.length === 0 ? undefined : Math.round(Math.max(...all))
}

/** Whether the kernel has the touch panel: one called as the setting `touch` says, or any. */
const touchPanel = async (wanted: string | true, bench: Bench): Promise<boolean> => {
  const text = await ifThere(bench.files.read('/proc/bus/input/devices'))
  if (text === undefined) throw new BenchError('blocked', 'this host does not list its input devices (/proc/bus/input/devices)')
  const devices = parseInputDevices(text)
  return devices.some(({ name, touches }) => (wanted === true ? touches : name.toLowerCase().includes(wanted.toLowerCase())))
}

const find = findBy(async (device, bench) => {
  if (await connected(device, bench)) return {}
  throw new BenchError('missing', 'no screen is plugged into the display connector')
})

/**
 * A screen or customer display: whether the host sees it, whether a built-in one is lit, and whether its touch panel is there.
 * Nothing is shown on it. Settings: `touch`, true or part of the name of its touch panel, where it has one; with transport host
 * `connector`, as `HDMI-A-1`; without it any connector will do.
 */
export const display: Probe = {
  kind: 'display',
  touch: 'listens',
  isolate: false,
  deadlineMs: 2000,
  observes: {
    ...presenceObserves('display'),
    'display.connected': 'true if a screen is plugged into its connector',
    'display.backlight-percent': 'brightness of a built-in screen that is awake, percent of the most',
    'display.touch-present': 'true if the kernel has its touch panel',
    'display.touch-works': 'true if a touch lands where the finger is, as a person said',
    'display.lit': 'true if it shows something, as a person said',
  },
  limits: {},
  symptoms,
  async *observe(device, bench) {
    yield* await presence('display', find, device, bench)
    const { touch } = device.settings
    if (touch === true || typeof touch === 'string') yield await sight('display.touch-present', () => touchPanel(touch, bench), 'passive')
    if (device.transport.type !== 'host') return
    yield await sight('display.connected', () => connected(device, bench), 'passive')
    const level = await backlight(bench)
    if (level !== undefined) yield saw('display.backlight-percent', level, 'passive')
  },
}
