// What a steady round reads and asks, by hand and with nothing around it: no probes, transcripts, symptoms, faults, store or desk.
// Plain JavaScript, so that no types are stripped in the measured process. It makes one round for every message of its parent.
import { Resolver } from 'node:dns/promises'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { readFile, statfs } from 'node:fs/promises'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { connect as connectTls, createSecureContext } from 'node:tls'

const https = process.getBuiltinModule('node:https')

const [ups, names, acquirer, name, ca] = process.argv.slice(2)
const link = `/sys/class/net/${readdirSync('/sys/class/net').find((one) => one !== 'lo') ?? 'lo'}`
const FILES = [
  ...['uptime', 'uptime', 'stat', 'stat', 'meminfo', 'loadavg', 'mounts', 'cmdline', 'net/route', 'net/ipv6_route', 'net/arp'].map((file) => `/proc/${file}`),
  ...['carrier', 'operstate', 'carrier_changes', 'statistics/rx_crc_errors', 'type'].map((file) => `${link}/${file}`),
]
const FOLDERS = ['/sys/class/net', '/sys/class/thermal', '/sys/class/power_supply', '/sys/devices/platform']
const secureContext = createSecureContext({ ca: readFileSync(ca, 'utf8') })
const resolver = new Resolver({ timeout: 2000, tries: 1 })
resolver.setServers([`127.0.0.1:${names}`])

const resolveName = () => Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])

const askUps = async () => {
  const socket = connect(Number(ups), '127.0.0.1')
  socket.setEncoding('utf8').write('LIST VAR ups\n')
  let text = ''
  for await (const part of socket) {
    text += part
    if (text.includes('END LIST')) break
  }
}

const askAcquirer = async () => {
  await resolveName()
  const raw = connect(Number(acquirer), '127.0.0.1')
  await once(raw, 'connect')
  const socket = connectTls({ socket: raw, servername: name, secureContext })
  await once(socket, 'secureConnect')
  socket.getPeerCertificate(true)
  const request = https.request({ host: name, path: '/', createConnection: () => socket, headers: { connection: 'close' } }).end()
  const [answer] = await once(request, 'response')
  await once(answer.resume(), 'end')
  request.destroy()
}

const LONGEST_MS = 10_000

/** Not every kind of interface has these two. */
const readLink = () => Promise.allSettled(['speed', 'duplex'].map((file) => readFile(`${link}/${file}`, 'utf8')))

process.on('message', async () => {
  const late = setTimeout(() => {
    throw new Error(`a round by hand did not end within ${LONGEST_MS} ms`)
  }, LONGEST_MS)
  for (const file of FILES) readFileSync(file, 'utf8')
  for (const folder of FOLDERS) readdirSync(folder)
  networkInterfaces()
  await Promise.all([statfs('/'), statfs('/tmp'), readLink(), resolveName(), askUps(), askAcquirer()])
  clearTimeout(late)
})
