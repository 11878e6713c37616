import type { Bench } from '../../src/model/bench.ts'
import { looked, type Missed, missed, type Sight, saw } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { type DefaultRoute, defaultRoutes4, defaultRoutes6, wirelessLevel } from './tables.ts'

/** ARPHRD_ETHER of linux/if_arp.h: Ethernet and Wi-Fi, where neighbours answer ARP. */
const ETHER = '1'
const LOOPBACK = '772'

type Addresses = Awaited<ReturnType<Bench['net']['addresses']>>

/** Rungs 1 to 4 as far as the later rungs need them. */
export interface Link {
  sights: Sight[]
  /** Undefined if there is no interface at all. */
  name: string | undefined
  /** wired, wifi or cellular; of an interface that is gone only its name tells. */
  medium: string | undefined
  /** False if the medium is known to be down. */
  up: boolean
  /** Its addresses. */
  own: Addresses
  /** True if it has an address that reaches beyond the own wire. */
  addressed: boolean
  /** Neighbours answer ARP on it. */
  arp: boolean
  route: DefaultRoute | undefined
  /** Why the routing table could not be read, if it could not. */
  routeUnseen: Missed | undefined
}

const NET = '/sys/class/net'

const fact = async (bench: Bench, name: string, file: string): Promise<string | Missed> => {
  const text = await looked(bench.files.read(`${NET}/${name}/${file}`))
  return 'value' in text ? text.value.trim() : text
}

const CELLULAR = /^(wwan|ppp)/

/** A kernel file that every Linux has: where it is not, this host does not let us look, and the network is not to blame. */
const unseen = (what: string, { detail }: Missed): Missed => ({ absent: 'blocked', detail: `this host does not show ${what}: ${detail}` })

const words = (from: string | Missed): string => (typeof from === 'string' ? from : '')

/** The default routes of both families, IPv4 first; an absence if neither table can be read. */
const routes = async (bench: Bench): Promise<DefaultRoute[] | Missed> => {
  const [four, six] = await Promise.all([looked(bench.files.read('/proc/net/route')), looked(bench.files.read('/proc/net/ipv6_route'))])
  if ('absent' in four && 'absent' in six) return unseen('the routing table', four)
  return [...('value' in four ? defaultRoutes4(four.value) : []), ...('value' in six ? defaultRoutes6(six.value) : [])]
}

/** Interfaces that software made and that lead to no wire of their own. */
const INNER = /^(docker|br-|virbr|veth|tun|tap|dummy|ifb)/

const rank = async (bench: Bench, name: string, addresses: Addresses): Promise<{ name: string; rank: number }> => {
  const [hardware, carrier, type] = await Promise.all([looked(bench.files.link(`${NET}/${name}/device`)), fact(bench, name, 'carrier'), fact(bench, name, 'type')])
  if (type === LOOPBACK || INNER.test(name)) return { name, rank: 0 }
  // In a container the wire is a virtual one: there an address is what tells it.
  const base = 'value' in hardware || CELLULAR.test(name) ? 3 : addresses.some((a) => a.interface === name) ? 1 : 0
  return { name, rank: base > 0 && carrier === '1' ? base + 1 : base }
}

/** The interface to look at: the declared one, the one of the default route, or else the first one with hardware behind it, a plugged one first. */
const choose = async (bench: Bench, declared: string | undefined, route: DefaultRoute | undefined, addresses: Addresses): Promise<string | Missed> => {
  const list = await looked(bench.files.list(NET))
  if ('absent' in list) return unseen('the list of network interfaces', list)
  const wanted = declared ?? route?.interface
  if (wanted !== undefined) return list.value.includes(wanted) ? wanted : { absent: 'missing', detail: `there is no interface ${wanted}; there are: ${list.value.join(', ')}` }
  const ranked = await Promise.all(list.value.map((name) => rank(bench, name, addresses)))
  const best = ranked.filter((r) => r.rank > 0).sort((a, b) => b.rank - a.rank)[0]
  return best?.name ?? { absent: 'missing', detail: `no interface leads out of this host; there are: ${list.value.join(', ') || 'none'}` }
}

const mediumOf = (name: string, type: string, wireless: boolean): string =>
  wireless ? 'wifi' : CELLULAR.test(name) || type === '512' ? 'cellular' : 'wired'

const numeric = (name: string, from: string | Missed, holds: (n: number) => boolean): Sight => {
  if (typeof from !== 'string') return missed(name, from, 'passive')
  const value = Number(from)
  return from !== '' && Number.isFinite(value) && holds(value) ? saw(name, value, 'passive') : missed(name, { absent: 'missing', detail: `the driver says "${from.slice(0, 40)}"` }, 'passive')
}

const HOUR_S = 3600

/** Changes of the carrier per hour since the last look if one is known, else since boot; coming up itself makes two. */
const flapping = (device: Device, now: number, changes: string | Missed, uptime: string | Missed): Sight[] => {
  const count = Number(words(changes) || Number.NaN)
  const { carrierChangesBefore: before, carrierChangesBeforeAt: at } = device.settings
  if (Number.isFinite(count) && typeof before === 'number' && typeof at === 'number' && count >= before && now > at) {
    return [saw('network.carrier-changes-per-hour', (count - before) / Math.max((now - at) / 1000 / HOUR_S, 1), 'passive')]
  }
  const seconds = Number.parseFloat(words(uptime))
  if (!Number.isFinite(count) || !Number.isFinite(seconds)) return []
  return [saw('network.carrier-changes-per-hour', Math.max(0, count - 2) / Math.max(seconds / HOUR_S, 1), 'passive')]
}

const selfAssigned = (address: string): boolean => /^169\.254\./.test(address) || /^fe[89ab]/i.test(address)

const addressSights = (name: string, all: Addresses): { sights: Sight[]; routable: boolean } => {
  const own = all.filter((a) => a.interface === name)
  const routable = own.find((a) => !selfAssigned(a.address))
  const apipa = own.find((a) => a.family === 4)
  if (routable) return { sights: [saw('network.address', routable.address, 'passive'), saw('network.address-kind', 'routable', 'passive')], routable: true }
  if (apipa) return { sights: [saw('network.address', apipa.address, 'passive'), saw('network.address-kind', 'self-assigned', 'passive')], routable: false }
  return { sights: [missed('network.address', { absent: 'missing', detail: `${name} has no address that leads beyond its own wire` }, 'passive'), saw('network.address-kind', 'none', 'passive')], routable: false }
}

const wifiLevel = async (bench: Bench, name: string): Promise<Sight> => {
  const table = await looked(bench.files.read('/proc/net/wireless'))
  if ('absent' in table) return missed('network.wifi-dbm', table, 'passive')
  const level = wirelessLevel(table.value, name)
  return level === undefined ? missed('network.wifi-dbm', { absent: 'missing', detail: `/proc/net/wireless has no level for ${name}` }, 'passive') : saw('network.wifi-dbm', level, 'passive')
}

const carrierSight = (carrier: string | Missed): Sight =>
  typeof carrier === 'string'
    ? saw('network.carrier', carrier === '1', 'passive')
    : missed('network.carrier', { ...carrier, detail: `the driver gives none, as when the interface is switched off: ${carrier.detail}` }, 'passive')

const duplexSight = (duplex: string | Missed): Sight =>
  duplex === 'full' || duplex === 'half'
    ? saw('network.duplex', duplex, 'passive')
    : missed('network.duplex', typeof duplex === 'string' ? { absent: 'missing', detail: `the driver says "${duplex.slice(0, 40)}"` } : duplex, 'passive')

const isUp = (carrier: string | Missed, operstate: string | Missed): boolean =>
  typeof carrier === 'string' ? carrier === '1' : !['down', 'lowerlayerdown', 'notpresent'].includes(words(operstate))

/** Looks at the interface, its medium, its carrier and its addresses. Files only: nothing is sent. */
export const lookAtLink = async (device: Device, bench: Bench): Promise<Link> => {
  const declared = typeof device.settings.interface === 'string' ? device.settings.interface : undefined
  const [table, addresses] = await Promise.all([routes(bench), looked(bench.net.addresses())])
  const known = Array.isArray(table) ? table : []
  const routeUnseen = Array.isArray(table) ? undefined : table
  const name = await choose(bench, declared, known[0], 'value' in addresses ? addresses.value : [])
  if (typeof name !== 'string') {
    return { sights: [missed('network.interface', name, 'passive')], name: undefined, medium: declared !== undefined && CELLULAR.test(declared) ? 'cellular' : undefined, up: false, own: [], addressed: false, arp: false, route: known[0], routeUnseen }
  }
  const [carrier, operstate, speed, duplex, changes, crc, type, uptime, wireless, phy] = await Promise.all([
    fact(bench, name, 'carrier'),
    fact(bench, name, 'operstate'),
    fact(bench, name, 'speed'),
    fact(bench, name, 'duplex'),
    fact(bench, name, 'carrier_changes'),
    fact(bench, name, 'statistics/rx_crc_errors'),
    fact(bench, name, 'type'),
    looked(bench.files.read('/proc/uptime')),
    looked(bench.files.list(`${NET}/${name}/wireless`)),
    looked(bench.files.link(`${NET}/${name}/phy80211`)),
  ])
  const medium = mediumOf(name, words(type), 'value' in wireless || 'value' in phy)
  const level = medium === 'wifi' ? [await wifiLevel(bench, name)] : []
  const address = 'value' in addresses ? addressSights(name, addresses.value) : { sights: [missed('network.address-kind', addresses, 'passive')], routable: true }
  return {
    sights: [
      saw('network.interface', name, 'passive'),
      saw('network.medium', medium, 'passive'),
      carrierSight(carrier),
      typeof operstate === 'string' ? saw('network.operstate', operstate, 'passive') : missed('network.operstate', operstate, 'passive'),
      ...(medium === 'wired' ? [numeric('network.speed-mbit', speed, (n) => n > 0), duplexSight(duplex)] : []),
      numeric('network.carrier-changes', changes, (n) => n >= 0),
      ...flapping(device, bench.clock.now(), changes, 'value' in uptime ? uptime.value : uptime),
      numeric('network.crc-errors', crc, (n) => n >= 0),
      ...level,
      ...address.sights,
    ],
    name,
    medium,
    up: isUp(carrier, operstate),
    own: 'value' in addresses ? addresses.value.filter((a) => a.interface === name) : [],
    addressed: address.routable,
    arp: type === ETHER,
    route: known.find((r) => r.interface === name) ?? known[0],
    routeUnseen,
  }
}
