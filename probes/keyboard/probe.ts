import { type Bench, BenchError } from '../../src/model/bench.ts'
import type { Probe } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { type Found, findBy, presence, presenceObserves } from '../presence.ts'
import { ifThere } from '../sight.ts'
import { parseInputDevices } from './input-devices.ts'
import { symptoms } from './symptoms.ts'

const ownKeyboard = async (device: Device, bench: Bench): Promise<Found> => {
  const text = await ifThere(bench.files.read('/proc/bus/input/devices'))
  if (text === undefined) throw new BenchError('blocked', 'this host does not list its input devices (/proc/bus/input/devices)')
  const name = device.settings.name
  const candidates = parseInputDevices(text)
  const seen = candidates.find((d) => (typeof name === 'string' ? d.name.toLowerCase().includes(name.toLowerCase()) : d.types))
  if (!seen) throw new BenchError('missing', typeof name === 'string' ? `no input device is called "${name}"`.slice(0, 300) : 'no input device of this host types')
  return { product: seen.name, ...(seen.serial === '' ? {} : { serial: seen.serial }) }
}

const find = findBy(ownKeyboard)

/**
 * A keyboard, key pad or touch screen: whether the host sees it. Settings, with transport host: `name`, part of the name under
 * which the kernel lists it; without it any keyboard will do.
 */
export const keyboard: Probe = {
  kind: 'keyboard',
  touch: 'listens',
  isolate: false,
  deadlineMs: 2000,
  observes: {
    ...presenceObserves('keyboard'),
    'keyboard.stuck-key': 'true if a key repeats without being pressed',
    'keyboard.works': 'true if the keys do what they should, as a person said',
  },
  limits: {},
  symptoms,
  async *observe(device, bench) {
    yield* await presence('keyboard', find, device, bench)
  },
}
