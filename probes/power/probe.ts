import { type Bench, BenchError } from '../../src/model/bench.ts'
import { missed, type Probe, type Sight, saw } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { asTheyCome } from '../sight.ts'
import { lookAtBoots } from './boots.ts'
import { lookAtHidUps } from './hid-ups.ts'
import { askNut } from './nut.ts'
import { lookAtSupplies } from './supplies.ts'
import { limits, symptoms } from './symptoms.ts'
import { lookAtThrottling, THROTTLE_BITS } from './throttle.ts'
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
  yield* upsSights(told.variables, bench.clock.now())
}

/** How often the agent saw the power change over to the battery. */
const transfers = ({ settings }: Device): Sight[] => (typeof settings.transfers24h === 'number' ? [saw('power.transfers-24h', settings.transfers24h, 'passive')] : [])

async function* observe(device: Device, bench: Bench): AsyncGenerator<Sight> {
  const { transport } = device
  yield* transfers(device)
  if (transport.type === 'nut') return yield* overNut(bench, transport)
  if (transport.type === 'hid') return yield* lookAtHidUps(device, transport, bench)
  if (transport.type !== 'host') throw new BenchError('blocked', `a UPS is read over NUT or as a HID device: give ${device.id} a transport of type nut or hid`)
  yield* asTheyCome([lookAtSupplies(bench), lookAtBoots(device, bench), lookAtThrottling(bench)])
}

/**
 * Where the power comes from. Transport `host`: the host's own adapters and batteries (device `mains`). Transport `nut`: a UPS
 * behind a NUT server. Transport `hid`: a UPS on this host's USB. Settings: `uncleanShutdown` (true if the boot before this one
 * ended without an orderly stop), `reboots24h` and `transfers24h`, all from the agent's store; of a HID UPS the facts of its
 * profile: `battery-voltage-times`, `charge-most`, `discharging-is-outage`, `dates-in-digits`, `interrupts`,
 * `settle-ms`.
 */
export const power: Probe = {
  kind: 'power',
  touch: 'asks',
  isolate: ['hid'],
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
    ...Object.fromEntries(THROTTLE_BITS.map(({ name, what }) => [name, `Raspberry Pi: ${what}`])),
    'power.tool': 'true if HID devices can be listed on this host',
    'power.product': 'what the UPS calls itself on USB',
    'power.serial': 'serial number of the UPS',
    'power.firmware': 'firmware of the UPS',
    'power.ups-bypass': 'true if the load is fed past the UPS, without protection (BYPASS)',
    'power.output-off': 'true if the output of the UPS is switched off (OFF)',
    'power.ups-shutting-down': 'true if the UPS will switch off soon (FSD)',
    'power.ups-hot': 'true if the UPS says that it is too hot',
    'power.ups-fault': 'true if the UPS says that a part of it has failed, or that it has no battery',
    'power.input-frequency-hz': 'frequency of the mains, Hz',
    'power.input-voltage-least-v': 'least input voltage since the UPS counts, V',
    'power.input-voltage-most-v': 'greatest input voltage since the UPS counts, V',
    'power.battery-voltage-v': 'voltage of the battery of the UPS, V',
    'power.transfer-reason': 'why the UPS last changed over to its battery, in its own words',
    'power.self-test-age-days': 'time since the last self-test of the UPS, days',
    'power.battery-age-days': 'time since the battery of the UPS was made or replaced, days',
    'power.transfers-24h': 'changes from mains to battery within 24 hours, as the agent counted them',
  },
  limits,
  symptoms,
  observe,
}
