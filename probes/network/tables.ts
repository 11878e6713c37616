/** One line of /proc/net/route or /proc/net/ipv6_route that leads everywhere. */
export interface DefaultRoute {
  interface: string
  /** Undefined on a point-to-point link, which needs none. */
  gateway: string | undefined
  metric: number
}

const RTF_UP = 0x1
const RTF_GATEWAY = 0x2
const RTF_REJECT = 0x200

/** Address of eight hex digits as the kernel prints it on a little-endian machine (all that run this agent): `010200C0` is 192.0.2.1. */
export const littleEndianAddress = (hex: string): string | undefined =>
  /^[0-9a-fA-F]{8}$/.test(hex) ? [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join('.') : undefined

const fields = (text: string): string[][] => text.split('\n').map((line) => line.trim().split(/\s+/)).filter((line) => line[0] !== '')

/**
 * Default routes of /proc/net/route, lowest metric first. Columns: interface, destination, gateway, flags, references, use, metric
 * (decimal), mask. Lines that do not fit are left out.
 */
export const defaultRoutes4 = (table: string): DefaultRoute[] =>
  fields(table).flatMap(([name, destination, gateway = '', flags = '', , , metric = '', mask]) => {
    const bits = Number.parseInt(flags, 16)
    const leadsEverywhere = destination === '00000000' && mask === '00000000' && (bits & RTF_UP) !== 0 && (bits & RTF_REJECT) === 0
    if (!leadsEverywhere || name === undefined) return []
    return [{ interface: name, gateway: (bits & RTF_GATEWAY) === 0 ? undefined : littleEndianAddress(gateway), metric: Number(metric) }]
  }).sort((a, b) => a.metric - b.metric)

const address6 = (hex: string): string => (hex.match(/.{4}/g) ?? []).map((group) => group.replace(/^0{1,3}/, '')).join(':')

/**
 * Default routes of /proc/net/ipv6_route, lowest metric first. Columns: destination, its prefix length, source, its prefix length,
 * next hop, metric, references, use, flags, interface; all numbers hex.
 */
export const defaultRoutes6 = (table: string): DefaultRoute[] =>
  fields(table).flatMap(([destination = '', prefix, , , hop = '', metric = '', , , flags = '', name]) => {
    const bits = Number.parseInt(flags, 16)
    const leadsEverywhere = /^0{32}$/.test(destination) && prefix === '00' && (bits & RTF_UP) !== 0 && (bits & RTF_REJECT) === 0
    if (!leadsEverywhere || name === undefined) return []
    return [{ interface: name, gateway: (bits & RTF_GATEWAY) === 0 ? undefined : address6(hop), metric: Number.parseInt(metric, 16) }]
  }).sort((a, b) => a.metric - b.metric)

const ATF_COMPLETE = 0x2

/**
 * What /proc/net/arp says of a neighbour: complete (it answered, recently or not), incomplete (asked, no answer) or unknown (not in
 * the table). Columns: address, hardware type, flags, hardware address, mask, interface.
 */
export const neighbour = (table: string, address: string): 'complete' | 'incomplete' | 'unknown' => {
  const lines = fields(table).filter(([ip]) => ip === address)
  if (lines.length === 0) return 'unknown'
  return lines.some(([, , flags = '']) => (Number.parseInt(flags, 16) & ATF_COMPLETE) !== 0) ? 'complete' : 'incomplete'
}

/** Received level of an interface in /proc/net/wireless, in dBm; undefined if it is not in the table or counts in no dBm. Old drivers give the level as an unsigned byte, 200 for -56 dBm. */
export const wirelessLevel = (table: string, name: string): number | undefined => {
  const line = fields(table).find(([first]) => first === `${name}:`)
  const level = Number.parseFloat(line?.[3] ?? '')
  const dbm = level > 63 ? level - 256 : level
  return Number.isFinite(dbm) && dbm < 0 && dbm >= -192 ? dbm : undefined
}

/** Name servers of a resolv.conf, in its order. */
export const nameServers = (conf: string): string[] =>
  conf.split('\n').flatMap((line) => /^\s*nameserver\s+([0-9a-fA-F:.]+(?:%\S+)?)/.exec(line)?.[1] ?? [])

const number4 = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)

/** True if an IPv4 address lies in the network of another one with this prefix length. */
export const inNetwork = (address: string, own: string, prefix: number): boolean => {
  const size = 2 ** (32 - prefix)
  return Math.floor(number4(address) / size) === Math.floor(number4(own) / size)
}

/** IFA_F_DADFAILED of linux/if_addr.h: somebody else has this address already. */
const DUPLICATE = 0x08

/** True if the kernel found an address of this interface taken, in /proc/net/if_inet6. Columns: address, index, prefix, scope, flags (hex), interface. */
export const duplicate6 = (table: string, name: string): boolean => fields(table).some(([, , , , flags = '', of]) => of === name && (Number.parseInt(flags, 16) & DUPLICATE) !== 0)

/** Where an address leads: nowhere (0.0.0.0, ::), to this host, into a private network (RFC 1918, 6598, 4193, link-local) or out. */
export const reachOf = (address: string): 'nowhere' | 'own' | 'private' | 'public' => {
  if (address === '0.0.0.0' || address === '::') return 'nowhere'
  if (/^127\.|^::1$/.test(address)) return 'own'
  return /^10\.|^192\.168\.|^172\.(?:1[6-9]|2\d|3[01])\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|^169\.254\.|^f[cd]|^fe[89ab]/i.test(address) ? 'private' : 'public'
}
