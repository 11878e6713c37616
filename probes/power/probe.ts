import { type Bench, BenchError } from '../../src/model/bench.ts'
import { missed, type Probe, type Sight, saw } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { lookAtBoots } from './boots.ts'
import { askNut } from './nut.ts'
import { lookAtSupplies } from './supplies.ts'
import { limits, symptoms } from './symptoms.ts'
import { upsSights } from './ups.ts'

async function* overNut(bench: Bench, at: { host: string; port: number; ups: string }): AsyncGenerator<Sight> {
  const told = await askNut(bench, at)
  if (told.server !== undefined) yield saw('power.ups-server', told.server)
  if ('absent' in told) {
    yield missed('power.ups-contact', told)
    yield saw('power.ups-stale', told.stale)
    return
  }
  yield saw('power.ups-contact', true)
  yield saw('power.ups-stale', false)
  yield* upsSights(told.variables)
}

async function* observe(device: Device, bench: Bench): AsyncGenerator<Sight> {
  const { transport } = device
  if (transport.type === 'nut') return yield* overNut(bench, transport)
  if (transport.type !== 'host') throw new BenchError('blocked', `a UPS is read over NUT: give ${device.id} a transport of type nut`)
  const [supplies, boots] = await Promise.all([lookAtSupplies(bench), lookAtBoots(device, bench)])
  yield* supplies
  yield* boots
}

/**
 * Where the power comes from. Transport `host`: the host's own adapters and batteries (device `mains`). Transport `nut`: a UPS
 * behind a NUT server. Settings: `uncleanShutdown` (true if the boot before this one ended without an orderly stop) and
 * `reboots24h`, both from the agent's store.
 */
export const power: Probe = {
  kind: 'power',
  touch: 'asks',
  isolate: false,
  deadlineMs: 9000,
  observes: {
    'power.mains-online': 'true if power comes from outside',
    'power.on-battery': 'true if the host, or the UPS, lives on its battery',
    'power.battery-percent': 'charge of the battery, percent; the mean of several',
    'power.battery-charging': 'true if the battery charges or is full',
    'power.battery-health': 'health in the words of the driver, the worst of several; of a UPS the result of its last self-test',
    'power.battery-temperature-c': 'temperature of the battery, degrees Celsius; the hottest of several',
    'power.battery-wear-percent': 'full charge in percent of the design capacity; the worst of several',
    'power.runtime-s': 'time that the UPS can still feed its load, s',
    'power.ups-contact': 'true if the NUT server knows the UPS; silent: stale data or a silent server, missing: no server or no driver, refused: no such UPS',
    'power.ups-server': 'what the NUT server says of itself',
    'power.ups-stale': 'true if the server answers but has lost the UPS (DATA-STALE)',
    'power.ups-model': 'maker and model of the UPS',
    'power.ups-status': 'status words of the UPS',
    'power.ups-alarm': 'alarm text of the UPS',
    'power.ups-low-battery': 'true if the UPS says that its battery is low (LB)',
    'power.ups-overload': 'true if the UPS says that it is overloaded (OVER)',
    'power.ups-replace-battery': 'true if the UPS asks for a new battery (RB)',
    'power.ups-regulating': 'true if the UPS raises or lowers the mains voltage (BOOST, TRIM)',
    'power.load-percent': 'load of the UPS in percent of what it can feed',
    'power.input-voltage-v': 'voltage at the input of the UPS, V',
    'power.input-voltage-nominal-v': 'what that voltage should be, V',
    'power.plausible': 'false if status words contradict each other or a value cannot be',
    'power.unclean-shutdown': 'true if the boot before this one ended without an orderly stop',
    'power.reboots-24h': 'boots within 24 hours',
    'power.crash-record': 'true if the kernel kept a record of its own crash (pstore)',
    'power.undervoltage': 'true if the host\'s supply sags (Raspberry Pi)',
  },
  limits,
  symptoms,
  observe,
}
