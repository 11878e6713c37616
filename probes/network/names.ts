import { isIP } from 'node:net'
import type { Bench, HttpFacts } from '../../src/model/bench.ts'
import { looked, type Missed, missed, type Sight, saw } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { askServers } from './ask-servers.ts'
import { nameServers, reachOf } from './tables.ts'

const MOST_NAMES = 2
const PAGE_MS = 2500

const texts = (setting: Device['settings'][string] | undefined): string[] => (Array.isArray(setting) ? setting : [])

/** Names to try, the known one first; addresses and the own machine's name prove nothing. */
const trialNames = (device: Device): string[] => {
  const known = typeof device.settings.knownName === 'string' ? [device.settings.knownName] : []
  return [...new Set([...known, ...texts(device.settings.names)])].filter((name) => isIP(name) === 0 && name !== 'localhost').slice(0, MOST_NAMES)
}

const NO_NAME: Missed = { absent: 'not-fitted', detail: 'the terminal file gives no name to resolve: set network.knownName' }

type Answered = { value: { addresses: string[]; ms: number } } | Missed

/** Tries names in turn as long as the answer is that there is no such name. */
const tryNames = async (names: readonly string[], ask: (name: string) => Promise<Answered>): Promise<Answered> => {
  let last: Answered = NO_NAME
  for (const name of names) {
    last = await ask(name)
    if ('value' in last || last.absent !== 'refused') break
  }
  return last
}

const NO_SERVER: Missed = { absent: 'missing', detail: 'no name server is configured in /etc/resolv.conf' }

/** Reserved, so that nobody may have it (RFC 6761 6.4): a server that finds an address for it makes addresses up. */
const NOBODYS_NAME = 'no-such-name.posdiag.invalid'

/** Two answers to one name contradict each other if one leads out into the world and the other does not: that the addresses differ is normal. */
const contradict = (a: Answered, b: Answered): boolean | undefined => {
  if (!('value' in a && 'value' in b) || a.value.addresses.length === 0 || b.value.addresses.length === 0) return undefined
  const leadsOut = ({ value }: { value: { addresses: string[] } }): boolean => value.addresses.some((address) => reachOf(address) === 'public')
  return leadsOut(a) !== leadsOut(b)
}

/** What the answers are worth: whether the way this terminal resolves names makes addresses up, leads nowhere, or contradicts the servers themselves. */
const trust = async (device: Device, bench: Bench, used: Answered, itself: Answered): Promise<Sight[]> => {
  if (!('value' in used)) return []
  const declared = texts(device.settings.resolvers)
  const invented = declared.length === 0 ? await looked(bench.net.lookup(NOBODYS_NAME)) : await askServers(bench, NOBODYS_NAME, declared)
  const nowhere = used.value.addresses.some((address) => reachOf(address) === 'nowhere')
  const differ = contradict(used, itself)
  return [
    ...(invented !== undefined && ('value' in invented || invented.absent === 'refused') ? [saw('network.dns-invents', 'value' in invented && invented.value.addresses.length > 0)] : []),
    ...(nowhere || differ !== undefined ? [saw('network.dns-contradicts', nowhere || differ === true)] : []),
  ]
}

/** As this terminal does it: by the name servers that its file declares, else by the system's resolver. */
const asUsed = async (device: Device, bench: Bench, names: readonly string[]): Promise<Answered> => {
  const declared = texts(device.settings.resolvers)
  return tryNames(names, async (name) => (declared.length === 0 ? looked(bench.net.lookup(name)) : ((await askServers(bench, name, declared)) ?? NO_SERVER)))
}

const servers = async (device: Device, bench: Bench): Promise<string[] | Missed> => {
  const declared = texts(device.settings.resolvers)
  if (declared.length > 0) return declared
  const conf = await looked(bench.files.read('/etc/resolv.conf'))
  return 'value' in conf ? nameServers(conf.value) : conf
}

const direct = async (device: Device, bench: Bench, names: readonly string[]): Promise<Answered> => {
  const known = await servers(device, bench)
  if (!Array.isArray(known)) return known
  if (known.length === 0) return NO_SERVER
  return tryNames(names, async (name) => (await askServers(bench, name, known)) ?? NO_SERVER)
}

/** Rung 7: names as the terminal resolves them, and the name servers themselves, asked at the same time. */
export const lookAtNames = async (device: Device, bench: Bench): Promise<Sight[]> => {
  const names = trialNames(device)
  const [used, itself] = await Promise.all([asUsed(device, bench, names), direct(device, bench, names)])
  return [
    ...('value' in used ? [saw('network.dns-system', true), saw('network.dns-ms', used.value.ms)] : [missed('network.dns-system', used)]),
    'value' in itself ? saw('network.dns-direct', true) : missed('network.dns-direct', itself),
    ...(device.settings.light === true ? [] : await trust(device, bench, used, itself)),
  ]
}

/** What well-known test pages answer where nothing is in between (their makers' documentation). */
const EXPECTED: readonly { path: RegExp; status: number; body: string }[] = [
  { path: /\/generate_204$/, status: 204, body: '' },
  { path: /\/connecttest\.txt$/, status: 200, body: 'Microsoft Connect Test' },
  { path: /\/hotspot-detect\.html$/, status: 200, body: 'Success' },
  { path: /\/success\.txt$/, status: 200, body: 'success' },
]

const elsewhere = (url: string, location: string | undefined): boolean => {
  if (location === undefined) return false
  return !URL.canParse(location, url) || new URL(location, url).host !== new URL(url).host
}

/** True if the answer is not the server's own: a redirect to another host, status 511 (RFC 6585), or another page than a well-known test page gives. */
export const fromPortal = (url: string, answer: Pick<HttpFacts, 'status' | 'location' | 'bodyStart'>): boolean => {
  if (answer.status === 511) return true
  if (answer.status >= 300 && answer.status < 400) return elsewhere(url, answer.location)
  const expected = EXPECTED.find((e) => e.path.test(new URL(url).pathname))
  return expected !== undefined && answer.status < 300 && (answer.status !== expected.status || !answer.bodyStart.includes(expected.body))
}

const fetchPage = async (device: Device, bench: Bench, url: string): Promise<HttpFacts> => {
  const name = new URL(url).hostname
  const [server] = texts(device.settings.resolvers)
  const address = server === undefined || isIP(name) !== 0 ? undefined : (await bench.net.resolve(name, server)).addresses[0]
  return bench.net.http(url, { method: 'GET', ms: PAGE_MS, ...(address === undefined ? {} : { address }) })
}

/** Whether a login page stands between this host and the internet; a second page must agree where there is one. */
export const lookForPortal = async (device: Device, bench: Bench): Promise<Sight[]> => {
  const [first, second] = texts(device.settings.pages).filter((page) => URL.canParse(page))
  if (first === undefined) return []
  const answer = await looked(fetchPage(device, bench, first))
  if ('absent' in answer) return [missed('network.internet', answer), missed('network.captive-portal', answer)]
  if (!fromPortal(first, answer.value)) return [saw('network.internet', answer.value.status < 500), saw('network.captive-portal', false)]
  const again = second === undefined ? undefined : await looked(fetchPage(device, bench, second))
  const contradicted = again !== undefined && second !== undefined && 'value' in again && !fromPortal(second, again.value)
  return [saw('network.internet', contradicted), saw('network.captive-portal', !contradicted)]
}
