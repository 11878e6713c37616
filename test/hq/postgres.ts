import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'

const ROOT = '/usr/lib/postgresql'
const VERSIONS = existsSync(ROOT) ? readdirSync(ROOT).filter((v) => Number(v) >= 15 && existsSync(join(ROOT, v, 'bin/initdb'))) : []

/** Folder of the server's programs, of the oldest version there is. */
export const BIN = join(ROOT, VERSIONS.toSorted((a, b) => Number(a) - Number(b))[0] ?? '15', 'bin')

/** True where a test by hand has no PostgreSQL to run on; under CI it must be there. */
export const noPostgres = VERSIONS.length === 0 && process.env.CI !== 'true'

/** The server refuses to run as root: then as the user that Debian's package made. */
const user = (): { uid: number; gid: number } | undefined => {
  if (process.getuid?.() !== 0) return undefined
  const line = readFileSync('/etc/passwd', 'utf8').split('\n').find((l) => l.startsWith('postgres:')) ?? 'nobody:x:65534:65534'
  const [, , uid, gid] = line.split(':')
  return { uid: Number(uid), gid: Number(gid) }
}

/** A PostgreSQL server of one's own, in a temporary folder, reached by a socket file in it. */
export interface Cluster {
  folder: string
  /** Makes an empty database and answers its address. */
  database(): Promise<string>
  /** The address of a database by its name. */
  address(name: string): string
  start(): Promise<void>
  /** immediate: as if the power was cut. fast: in order, whoever is connected. */
  stop(how: 'immediate' | 'fast'): Promise<void>
  /** Runs one of the server's programs as its user; throws with what it said if it fails. */
  program(name: string, ...args: string[]): string
  /** Stops it and removes the folder. */
  end(): Promise<void>
}

/** Makes and starts one. `settings` are further lines of its configuration, as name=value. */
export const startCluster = async (...settings: string[]): Promise<Cluster> => {
  const folder = mkdtempSync(join(tmpdir(), 'posdiag-pg-'))
  const as = user()
  if (as !== undefined) chownSync(folder, as.uid, as.gid)
  chmodSync(folder, 0o700)
  const data = join(folder, 'data')
  const program: Cluster['program'] = (name, ...args) => {
    const done = spawnSync(join(BIN, name), args, { ...as, cwd: folder, encoding: 'utf8', timeout: 120_000, maxBuffer: 64 << 20, env: { ...process.env, PGHOST: folder, PGUSER: 'posdiag' } })
    if (done.status !== 0) throw new Error(`${name} failed: ${done.error?.message ?? ''}${done.stderr}`)
    return done.stdout
  }
  program('initdb', '-D', data, '-U', 'posdiag', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync')

  let server: ChildProcess | undefined
  const start = async (): Promise<void> => {
    const options = ['listen_addresses=', `unix_socket_directories=${folder}`, 'log_min_messages=log', ...settings].flatMap((s) => ['-c', s])
    const started = spawn(join(BIN, 'postgres'), ['-D', data, ...options], { ...as, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
    server = started
    let said = ''
    await new Promise<void>((resolve, reject) => {
      createInterface({ input: started.stderr }).on('line', (line) => {
        said = `${said}${line}\n`.slice(-4000)
        if (line.includes('ready to accept connections')) resolve()
      })
      started.once('exit', () => reject(new Error(`PostgreSQL did not come up: ${said}`)))
    })
  }
  const stop: Cluster['stop'] = async (how) => {
    const running = server
    server = undefined
    if (running === undefined || running.exitCode !== null) return
    const ended = once(running, 'exit')
    running.kill(how === 'immediate' ? 'SIGQUIT' : 'SIGINT')
    await ended
  }
  const address = (name: string): string => `postgres://posdiag@/${name}?host=${encodeURIComponent(folder)}`
  let made = 0
  await start()
  return {
    folder,
    address,
    database: async () => {
      const name = `hq${++made}`
      const client = new pg.Client(address('postgres'))
      await client.connect()
      await client.query(`create database ${name}`)
      await client.end()
      return address(name)
    },
    start,
    stop,
    program,
    end: async () => {
      await stop('immediate')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
