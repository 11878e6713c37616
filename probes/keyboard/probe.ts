import { type Bench, BenchError } from '../../src/model/bench.ts'
import type { Probe, Sight } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { type InputDevice, parseInputDevices } from '../input-devices.ts'
import { type Found, findBy, presence, presenceObserves } from '../presence.ts'
import { ifThere, sight } from '../sight.ts'
import { limits, symptoms } from './symptoms.ts'

/** How long a keyboard is watched for a key that repeats. A person who holds a key as long as this while a check runs is rare; a stuck key does nothing else. */
const WATCH_MS = 2000

const inputDevices = async (bench: Bench): Promise<InputDevice[]> => {
  const text = await ifThere(bench.files.read('/proc/bus/input/devices'))
  if (text === undefined) throw new BenchError('blocked', 'this host does not list its input devices (/proc/bus/input/devices)')
  return parseInputDevices(text)
}

const isWanted = ({ transport, settings }: Device): ((device: InputDevice) => boolean) => {
  const { name } = settings
  if (typeof name === 'string') return (device) => device.name.toLowerCase().includes(name.toLowerCase())
  if (transport.type === 'hid' || transport.type === 'usb') return (device) => device.types && device.vendorId === transport.vendorId && (transport.productId === undefined || device.productId === transport.productId)
  return (device) => device.types
}

const ownKeyboard = async (device: Device, bench: Bench): Promise<Found> => {
  const seen = (await inputDevices(bench)).find(isWanted(device))
  const { name } = device.settings
  if (!seen) throw new BenchError('missing', typeof name === 'string' ? `no input device is called "${name}"`.slice(0, 300) : 'no input device of this host types')
  return { product: seen.name, ...(seen.serial === '' ? {} : { serial: seen.serial }) }
}

const find = findBy(ownKeyboard)

/** How long one of its keys has been repeating, in seconds; a keyboard may be several input devices. */
const held = async (device: Device, bench: Bench): Promise<number> => {
  const events = (await inputDevices(bench)).filter(isWanted(device)).flatMap(({ event }) => event ?? [])
  if (events.length === 0) throw new BenchError('blocked', 'the kernel gives this keyboard no input device, so nobody can tell whether a key repeats')
  const holds = await Promise.all(events.map((event) => bench.host.heldKey(event, WATCH_MS)))
  return Math.round(Math.max(...holds) / 100) / 10
}

/**
 * A keyboard or key pad: whether the host sees it and, in a whole check, whether a key of it repeats all the time. Settings: `name`,
 * part of the name under which the kernel lists it; without it, with transport host, any keyboard will do. `light` leaves the watching out.
 */
export const keyboard: Probe = {
  kind: 'keyboard',
  touch: 'listens',
  isolate: false,
  deadlineMs: 4000,
  observes: {
    ...presenceObserves('keyboard'),
    'keyboard.held-s': 'how long one key had been repeating without a break, at most the two seconds that were watched, s',
    'keyboard.stuck-key': 'true if a key repeats without being pressed, as a person said',
    'keyboard.works': 'true if the keys do what they should, as a person said',
  },
  limits,
  symptoms,
  async *observe(device, bench) {
    const seen: Sight[] = await presence('keyboard', find, device, bench)
    yield* seen
    if (device.settings.light !== true && seen.some((one) => 'value' in one)) yield await sight('keyboard.held-s', () => held(device, bench), 'passive')
  },
}
