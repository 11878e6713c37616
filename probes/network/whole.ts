import type { Bench } from '../../src/model/bench.ts'
import { looked, missed, type Sight, saw } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import type { Link } from './link.ts'
import { lookAtModem } from './modem.ts'
import { lookAtTime } from './sntp.ts'
import { duplicate6, inNetwork } from './tables.ts'
import { lookAtWire } from './wire.ts'

const CONNECT_MS = 1500

/** True if the gateway lies in a network of the interface; nothing where an address stands for itself alone, as with many providers. */
const gatewaySights = ({ own }: Link, gateway: string | undefined): Sight[] => {
  const networks = own.filter(({ family, prefix, address }) => family === 4 && prefix < 32 && !address.startsWith('169.254.'))
  if (gateway === undefined || gateway.includes(':') || networks.length === 0) return []
  return [saw('network.gateway-on-link', networks.some(({ address, prefix }) => inNetwork(gateway, address, prefix)), 'passive')]
}

const duplicateSights = async (bench: Bench, name: string): Promise<Sight[]> => {
  const table = await looked(bench.files.read('/proc/net/if_inet6'))
  return 'value' in table ? [saw('network.address-duplicate', duplicate6(table.value, name), 'passive')] : []
}

// http_proxy=http://user:secret@proxy.example:3128/ with or without export, quotes and account; the account stays out.
const PROXY = /^\s*(?:export\s+)?https?_proxy\s*=\s*["']?(?:https?:\/\/)?(?:[^@\s"'/]*@)?([\w.-]+):(\d{1,5})/im

/** The proxy that this host's programs are told to use, and whether it takes connections. */
const proxySights = async (bench: Bench): Promise<Sight[]> => {
  const text = await looked(bench.files.read('/etc/environment'))
  const [, host, port] = ('value' in text ? PROXY.exec(text.value) : null) ?? []
  if (host === undefined) return []
  const answer = await looked(bench.net.connect(host, Number(port), CONNECT_MS))
  return [saw('network.proxy', `${host}:${port}`, 'passive'), 'value' in answer ? saw('network.proxy-connects', true) : missed('network.proxy-connects', answer)]
}

/** What costs more than a steady round may: frames on the wire, doubled addresses, the gateway's place, the modem, the time server, the proxy. */
export const lookClosely = (device: Device, bench: Bench, link: Link, gateway: string | undefined): Promise<Sight[]>[] => {
  const server = device.settings.timeServer
  return [
    ...(link.name === undefined ? [] : [lookAtWire(bench, link.name), duplicateSights(bench, link.name)]),
    Promise.resolve(gatewaySights(link, gateway)),
    lookAtModem(device, bench, link),
    ...(typeof server === 'string' ? [lookAtTime(bench, server).then((sight) => [sight])] : []),
    proxySights(bench),
  ]
}
