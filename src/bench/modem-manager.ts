import type { CellularModem, Modems } from '../model/bench.ts'
import { askSystemBus } from './dbus.ts'
import { entriesOf, type Wire } from './dbus-wire.ts'

/** Every modem that ModemManager drives, with all that it knows of it (ModemManager 1.0 and later, D-Bus ObjectManager). */
const OBJECTS = { service: 'org.freedesktop.ModemManager1', path: '/org/freedesktop/ModemManager1', interface: 'org.freedesktop.DBus.ObjectManager', name: 'GetManagedObjects' }
const MODEM = 'org.freedesktop.ModemManager1.Modem'

/** A host has one modem, seldom two. */
const MOST_MODEMS = 8
const MOST_PORTS = 16

/** MMModemState, from -1. */
const STATES = ['failed', 'unknown', 'initializing', 'locked', 'disabled', 'disabling', 'enabling', 'enabled', 'searching', 'registered', 'disconnecting', 'connecting', 'connected'] as const

/** MMModemStateFailedReason, MMModemLock, MMModem3gppRegistrationState and MMModem3gppPacketServiceState, from 0. */
const FAILURES = ['none', 'unknown', 'sim-missing', 'sim-error', 'unknown-capabilities', 'esim-without-profiles'] as const
const LOCKS = [
  'unknown', 'none', 'sim-pin', 'sim-pin2', 'sim-puk', 'sim-puk2', 'ph-sp-pin', 'ph-sp-puk', 'ph-net-pin', 'ph-net-puk', 'ph-sim-pin', 'ph-corp-pin', 'ph-corp-puk',
  'ph-fsim-pin', 'ph-fsim-puk', 'ph-netsub-pin', 'ph-netsub-puk',
] as const
const REGISTRATIONS = [
  'idle', 'home', 'searching', 'denied', 'unknown', 'roaming', 'home-sms-only', 'roaming-sms-only', 'emergency-only', 'home-csfb-not-preferred', 'roaming-csfb-not-preferred', 'attached-rlos',
] as const
const PACKET_SERVICE = ['unknown', 'detached', 'attached'] as const

/** Bits of MMModemAccessTechnology, the newest first, in the words of +COPS. */
const TECHNOLOGIES = [[1 << 15, '5G NR'], [1 << 14, 'LTE'], [0x03c0, 'HSPA'], [1 << 5, 'UTRAN'], [1 << 4, 'EDGE'], [0x000e, 'GSM']] as const

const word = (words: readonly string[], value: Wire | undefined, from = 0): string | undefined => (typeof value === 'number' ? words[value - from] : undefined)
const text = (value: Wire | undefined): string | undefined => (typeof value === 'string' && value !== '' ? value.slice(0, 40) : undefined)

/** What is told of a modem. Its serial numbers, its phone numbers and where it is are not even looked at. */
const modemOf = (interfaces: ReadonlyMap<Wire, Wire>): CellularModem | undefined => {
  if (!interfaces.has(MODEM)) return undefined
  const [modem, network] = [entriesOf(interfaces.get(MODEM)), entriesOf(interfaces.get(`${MODEM}.Modem3gpp`))]
  const quality = modem.get('SignalQuality')
  const [percent, recent] = Array.isArray(quality) ? quality : []
  const technologies = modem.get('AccessTechnologies')
  const told = {
    failure: word(FAILURES, modem.get('StateFailedReason')),
    lock: word(LOCKS, modem.get('UnlockRequired')),
    registration: word(REGISTRATIONS, network.get('RegistrationState')),
    packetService: word(PACKET_SERVICE, network.get('PacketServiceState')),
    operator: text(network.get('OperatorName')),
    technology: typeof technologies === 'number' ? TECHNOLOGIES.find(([bits]) => technologies & bits)?.[1] : undefined,
    level: typeof percent === 'number' && percent <= 100 ? { percent, recent: recent === true } : undefined,
  }
  return {
    ports: [...entriesOf(modem.get('Ports')).keys()].flatMap((name) => text(name) ?? []).slice(0, MOST_PORTS),
    state: word(STATES, modem.get('State'), -1) ?? 'unknown',
    ...Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)),
  }
}

/** Modems in the answer of ModemManager, `a{oa{sa{sv}}}`. */
export const modemsIn = (objects: Wire | undefined): CellularModem[] => [...entriesOf(objects).values()].flatMap((one) => modemOf(entriesOf(one)) ?? []).slice(0, MOST_MODEMS)

/** ModemManager over the system bus; it is not started for this. */
export const hostModems = (signal: AbortSignal): Modems => ({
  list: async () => modemsIn((await askSystemBus(OBJECTS, 'a{oa{sa{sv}}}', signal))[0]),
})
