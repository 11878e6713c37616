import type { Bench, CellularModem } from '../../src/model/bench.ts'
import { looked, type Missed, missed, type Sight, saw } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { dbmOfSteps } from './at.ts'
import type { Link } from './link.ts'

/** Why a SIM card is of no use, by ModemManager's words for a modem that failed. */
const SIM_FAILURES: Readonly<Record<string, Missed>> = {
  'sim-missing': { absent: 'missing', detail: 'no SIM card' },
  'sim-error': { absent: 'refused', detail: 'the SIM card fails' },
  'esim-without-profiles': { absent: 'refused', detail: 'the eSIM holds no contract' },
}

/** Locks that keep nobody from using the modem: PIN2 and PUK2 guard settings of the card. */
const OPEN: readonly string[] = ['none', 'sim-pin2', 'sim-puk2']

const LOCKED: Readonly<Record<string, string>> = { 'sim-pin': 'the SIM card waits for its PIN', 'sim-puk': 'the SIM card is locked (PUK)' }

const sim = ({ state, failure = '', lock = 'unknown' }: CellularModem): Sight[] => {
  const failed = state === 'failed' ? SIM_FAILURES[failure] : undefined
  if (failed) return [missed('network.sim-ready', failed)]
  if (OPEN.includes(lock)) return [saw('network.sim-ready', true)]
  return lock === 'unknown' ? [] : [missed('network.sim-ready', { absent: 'refused', detail: LOCKED[lock] ?? `the modem is locked to another network or SIM card (${lock})` })]
}

const answers = ({ state, failure = '' }: CellularModem): Sight[] => {
  if (state === 'failed' && SIM_FAILURES[failure] === undefined) return [missed('network.modem-answers', { absent: 'refused', detail: 'ModemManager has given the modem up as unusable' })]
  return state === 'unknown' || state === 'initializing' ? [] : [saw('network.modem-answers', true)]
}

const REGISTERED = /^(?:home|roaming)(?:-csfb-not-preferred)?$/

const IDLE = 'not registered and not searching'

const UNREGISTERED: Readonly<Record<string, string>> = {
  idle: IDLE,
  searching: 'searching for a network',
  denied: 'the network refuses this SIM card',
  'home-sms-only': 'registered for text messages only',
  'roaming-sms-only': 'registered for text messages only',
  'emergency-only': 'registered for emergency calls only',
  'attached-rlos': 'registered for emergency calls only',
}

/** States in which no modem is registered, whether or not it still tells so. */
const OFF: Readonly<Record<string, string>> = {
  failed: IDLE,
  locked: IDLE,
  disabled: 'ModemManager keeps the modem switched off: no connection is set up, or somebody switched mobile data off',
}

/** States on the way to another, in which nothing is settled. */
const PASSING: readonly string[] = ['initializing', 'enabling', 'disabling']

const registered = ({ state, registration = 'unknown' }: CellularModem): Sight => {
  if (REGISTERED.test(registration)) return saw('network.modem-registered', true)
  if (PASSING.includes(state)) return missed('network.modem-registered', { absent: 'busy', detail: `ModemManager is at work on the modem (${state})` })
  const why = OFF[state] ?? UNREGISTERED[registration]
  return missed('network.modem-registered', why === undefined ? { absent: 'garbled', detail: 'the modem does not tell whether it is registered' } : { absent: 'refused', detail: why })
}

/** ModemManager's percentage counts the 31 steps of +CSQ, and levels that a modem tells in dBm by the same scale. */
const stepsOf = (percent: number): number => Math.round((percent * 31) / 100)

const ON_AIR: readonly string[] = ['registered', 'connecting', 'connected', 'disconnecting']

const radio = ({ state, packetService, operator, technology, level }: CellularModem): Sight[] => [
  // Before it is registered the percentage is 0, whatever the reception.
  ...(level && ON_AIR.includes(state) ? [saw('network.modem-dbm', dbmOfSteps(stepsOf(level.percent)), level.recent ? 'live' : 'cached')] : []),
  ...(packetService === 'attached' || packetService === 'detached' ? [saw('network.modem-attached', packetService === 'attached')] : []),
  ...(operator === undefined ? [] : [saw('network.modem-operator', operator)]),
  ...(technology === undefined ? [] : [saw('network.modem-technology', technology)]),
]

const portOf = async ({ transport }: Device, bench: Bench, { name }: Link): Promise<string | undefined> => {
  if (transport.type !== 'serial') return name
  const target = await looked(bench.files.link(transport.path))
  return ('value' in target ? target.value : transport.path).replace(/^.*\//, '')
}

/**
 * What ModemManager says of the modem of this link: the one that has its port or its interface, or the only one where PPP made the
 * interface of a cellular link. Undefined if it does not drive that modem: then the port is free to ask. A port that it may hold is left
 * alone.
 */
export const lookAtManagedModem = async (device: Device, bench: Bench, link: Link): Promise<Sight[] | undefined> => {
  if (device.transport.type !== 'serial' && link.medium !== 'cellular') return undefined
  const modems = await looked(bench.modems.list())
  if ('absent' in modems) {
    if (modems.absent === 'missing' || device.transport.type !== 'serial') return undefined
    return [missed('network.modem-answers', { absent: 'blocked', detail: `not asked, as nobody tells whether ModemManager drives the modem: ${modems.detail}` })]
  }
  const port = await portOf(device, bench, link)
  const [only, ...others] = modems.value
  const modem = modems.value.find(({ ports }) => port !== undefined && ports.includes(port)) ?? (device.transport.type !== 'serial' && others.length === 0 ? only : undefined)
  return modem && [...answers(modem), ...sim(modem), registered(modem), ...radio(modem)]
}
