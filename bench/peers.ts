import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { StandIns } from './standins.ts'

const http = process.getBuiltinModule('node:http')

const ROOT = join(import.meta.dirname, '..')
const START_MS = 10_000
const ASK_MS = 10_000

/** Path of a program; undefined if this host does not have it. */
export const programAt = (name: string): string | undefined =>
  (process.env.PATH ?? '').split(delimiter).concat('/usr/sbin', '/usr/bin').map((folder) => join(folder, name)).find((path) => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  })

/** Path of a program of a Debian package, installed first if we may; undefined if it cannot be had. */
const debianProgram = (name: string, packageName = name): string | undefined => {
  if (programAt(name) === undefined && process.getuid?.() === 0 && programAt('apt-get') !== undefined) {
    console.error(`installing ${packageName} to measure against it`)
    const apt = (...args: string[]) => execFileSync('apt-get', ['-qq', ...args], { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
    try {
      apt('update')
      apt('install', '-y', '--no-install-recommends', packageName)
    } catch (error) {
      console.error(`${packageName} cannot be installed: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return programAt(name)
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

const ask = (url: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const request = http.get(url, { timeout: ASK_MS }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => { text += chunk }).on('end', () => resolve(text))
    })
    request.on('timeout', () => request.destroy(new Error(`${url} does not answer`)))
    request.on('error', reject)
  })

const up = async (url: string): Promise<void> => {
  for (const until = performance.now() + START_MS; ;) {
    try {
      await ask(url)
      return
    } catch (error) {
      if (performance.now() > until) throw error
      await pause(100)
    }
  }
}

/** blackbox_exporter's modules for the same targets: the name, the port, the TLS server and its page. */
const modules = (ca: string): string => JSON.stringify({
  modules: {
    icmp: { prober: 'icmp', timeout: '5s', icmp: { preferred_ip_protocol: 'ip4' } },
    tcp: { prober: 'tcp', timeout: '5s' },
    http: { prober: 'http', timeout: '5s', http: { valid_status_codes: [204], tls_config: { ca_file: ca, server_name: 'acquirer.test' } } },
    dns: { prober: 'dns', timeout: '5s', dns: { query_name: 'acquirer.test', query_type: 'A', transport_protocol: 'udp', preferred_ip_protocol: 'ip4' } },
  },
})

/** node_exporter and blackbox_exporter, running. */
export interface Peers {
  pids: number[]
  /** One scrape of both; resolves with the names of the probes that failed. */
  scrape(): Promise<string[]>
  stop(): Promise<void>
}

/** Starts Debian's node_exporter and blackbox_exporter for the targets of the stand-ins; undefined if they cannot be had. */
export const startPeers = async ({ ports }: StandIns, folder: string): Promise<Peers | undefined> => {
  const nodeExporter = debianProgram('prometheus-node-exporter')
  const blackbox = debianProgram('prometheus-blackbox-exporter')
  if (nodeExporter === undefined || blackbox === undefined) return undefined
  const config = join(folder, 'blackbox.yml')
  writeFileSync(config, modules(join(ROOT, 'fixtures/tls/ca.pem')))
  const [nodePort, blackboxPort] = [await freePort(), await freePort()]
  const start = (path: string, args: string[]): ChildProcess => spawn(path, args, { stdio: 'ignore' })
  const children = [
    start(nodeExporter, [`--web.listen-address=127.0.0.1:${nodePort}`]),
    start(blackbox, [`--config.file=${config}`, `--web.listen-address=127.0.0.1:${blackboxPort}`]),
  ]
  const stop = async (): Promise<void> => {
    await Promise.all(children.map(async (child) => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      await exit
    }))
  }
  const probe = async (module: string, target: string): Promise<string[]> => {
    const answer = await ask(`http://127.0.0.1:${blackboxPort}/probe?module=${module}&target=${encodeURIComponent(target)}`)
    return /^probe_success 1$/m.test(answer) ? [] : [module]
  }
  try {
    await Promise.all([up(`http://127.0.0.1:${nodePort}/`), up(`http://127.0.0.1:${blackboxPort}/`)])
  } catch (error) {
    await stop()
    throw error
  }
  return {
    pids: children.flatMap((child) => child.pid ?? []),
    scrape: async () => {
      const [, ...failed] = await Promise.all([
        ask(`http://127.0.0.1:${nodePort}/metrics`).then(() => []),
        probe('icmp', '127.0.0.1'),
        probe('tcp', `127.0.0.1:${ports.nut}`),
        probe('http', `https://127.0.0.1:${ports.acquirer}/`),
        probe('dns', `127.0.0.1:${ports.names}`),
      ])
      return failed.flat()
    },
    stop,
  }
}
