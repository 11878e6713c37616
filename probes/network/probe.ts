import type { Bench } from '../../src/model/bench.ts'
import { missed, type Probe, type Sight, saw } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { asTheyCome } from '../sight.ts'
import { lookAtGateway } from './gateway.ts'
import { type Link, lookAtLink } from './link.ts'
import { lookAtNames, lookForPortal } from './names.ts'
import { limits, symptoms } from './symptoms.ts'
import { lookClosely } from './whole.ts'

const routeSights = (link: Link, declared: string | undefined): Sight[] => {
  const gateway = declared ?? link.route?.gateway
  const way = link.routeUnseen !== undefined
    ? missed('network.default-route', link.routeUnseen, 'passive')
    : declared !== undefined && link.route === undefined
      ? missed('network.default-route', { absent: 'not-fitted', detail: `the terminal file names ${declared} as the gateway; the routing table has no default route` }, 'passive')
      : saw('network.default-route', link.route !== undefined, 'passive')
  if (gateway !== undefined) return [way, saw('network.gateway', gateway, 'passive')]
  if (link.routeUnseen !== undefined) return [way, missed('network.gateway', link.routeUnseen, 'passive')]
  return [way, missed('network.gateway', { absent: 'missing', detail: link.route ? `${link.route.interface} is a point-to-point link, which has no gateway` : 'there is no default route' }, 'passive')]
}

async function* observe(device: Device, bench: Bench): AsyncGenerator<Sight> {
  const link = await lookAtLink(device, bench)
  yield* link.sights
  const declared = typeof device.settings.gateway === 'string' ? device.settings.gateway : undefined
  const gateway = declared ?? link.route?.gateway
  const dead = link.name !== undefined && !link.up && link.route?.interface === link.name
  if (link.name !== undefined && link.up) yield* routeSights(link, declared)
  // A host whose only way out is unplugged would wait for every name server in turn, and learn nothing by it.
  yield* asTheyCome([
    ...(link.up && link.addressed && gateway !== undefined ? [lookAtGateway(bench, gateway, { arp: link.arp && !gateway.includes(':'), light: device.settings.light === true })] : []),
    ...(dead ? [] : [lookAtNames(device, bench), lookForPortal(device, bench)]),
    ...(device.settings.light === true ? [] : lookClosely(device, bench, link, gateway)),
  ])
}

/**
 * The link that carries payments: interface, medium, carrier, address, route, gateway, name resolution. Settings: `interface`,
 * `gateway`, `resolvers`, `knownName`, `names` and `pages` (see fitted.ts), `timeServer`, `light` (a steady round: no ping, which starts a program, and nothing of whole.ts),
 * `carrierChangesBefore` and `carrierChangesBeforeAt` (what an earlier check counted, and when in milliseconds since 1970).
 * Its transport is `host`, or the serial port for commands of a cellular modem; one that ModemManager drives needs no port.
 */
export const network: Probe = {
  kind: 'network',
  touch: 'asks',
  isolate: false,
  deadlineMs: 9000,
  observes: {
    'network.interface': 'name of the interface looked at',
    'network.medium': 'wired, wifi or cellular',
    'network.carrier': 'true if the medium is connected (cable plugged, access point joined)',
    'network.operstate': 'state of the interface in the kernel\'s words (RFC 2863)',
    'network.speed-mbit': 'negotiated speed, Mbit/s',
    'network.duplex': 'negotiated duplex: full or half',
    'network.carrier-changes': 'times the carrier came or went since boot',
    'network.carrier-changes-per-hour': 'the same per hour, since the last look or since boot',
    'network.crc-errors': 'frames received with a wrong checksum since boot',
    'network.address': 'address of the interface, an assigned one if there is one',
    'network.address-kind': 'routable, self-assigned (169.254/16) or none',
    'network.default-route': 'true if the routing table leads everywhere',
    'network.gateway': 'address of the gateway',
    'network.gateway-seen': 'true if the gateway answers ARP; silent if it does not',
    'network.gateway-answers': 'true if the gateway answers an echo request (or refuses a datagram); a gateway may decline to',
    'network.loss-percent': 'echo requests to the gateway that were lost, percent',
    'network.rtt-ms': 'mean round trip to the gateway, ms',
    'network.jitter-ms': 'mean difference between neighbouring round trips, ms',
    'network.wifi-dbm': 'received Wi-Fi level, dBm',
    'network.dns-system': 'true if a known name is resolved the way this terminal does it: by the declared name servers, else by the system\'s resolver',
    'network.dns-direct': 'true if a name server, asked itself, resolves a known name; refused if it answers that there is no such name',
    'network.dns-ms': 'time the system\'s resolver took, ms',
    'network.internet': 'true if a neutral server answered as it should',
    'network.captive-portal': 'true if another server answers in place of a neutral one',
    'network.mtu': 'largest packet that the interface sends, bytes',
    'network.frame-errors-permille': 'damaged frames among those received since boot, per thousand',
    'network.collisions': 'collisions since boot, which a full-duplex link cannot have',
    'network.late-collisions': 'collisions since boot that came too late, as on the half-duplex side of a mismatch',
    'network.address-duplicate': 'true if the kernel found an IPv6 address of the interface taken by somebody else',
    'network.gateway-on-link': 'true if the gateway lies in a network of the interface',
    'network.dns-invents': 'true if an address is given for a name that nobody may have',
    'network.dns-contradicts': 'true if a name leads nowhere, or into a private network one way and out the other',
    'network.time-offset-s': 'declared time server\'s clock minus this host\'s, seconds',
    'network.proxy': 'host and port of the proxy that programs of this host are told to use',
    'network.proxy-connects': 'true if that proxy takes connections',
    'network.modem-answers': 'true if the modem answers: AT on its port for commands, or ModemManager, which drives it',
    'network.modem-dbm': 'received cellular level (CSQ, or the percentage of ModemManager), dBm',
    'network.modem-attached': 'true if the packet service is attached (CGATT, or ModemManager)',
    'network.modem-operator': 'operator of the cellular network (COPS, or ModemManager)',
    'network.modem-technology': 'access technology of the cellular network (COPS, or ModemManager)',
    'network.modem-registered': 'true if the cellular modem is registered in a network',
    'network.sim-ready': 'true if the SIM card is ready',
  },
  limits,
  symptoms,
  observe,
}
