import { spawn } from 'node:child_process'
import { chmod, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { realBench } from '../../../src/bench/real.ts'

/** Programs of Debian's nut-server; the upsd on the path is a wrapper that looks at the system's own settings. */
export const UPSD = '/lib/nut/upsd'
/** Driver of the same package that plays UPSs from files. */
export const DUMMY = '/lib/nut/dummy-ups'

/** NUT's own server with its dummy driver, one process per UPS. */
export interface Upsd {
  port: number
  /** Rewrites what a UPS says; its driver notices within a second. */
  say(ups: string, variables: Readonly<Record<string, string>>): Promise<void>
  /** Sends a signal to the driver of a UPS. */
  driver(ups: string, signal: NodeJS.Signals): void
  stop(): Promise<void>
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

const fileOf = (variables: Readonly<Record<string, string>>): string => Object.entries(variables).map(([name, value]) => `${name}: ${value}\n`).join('')

const NUT_MS = 20_000
/** By these it is seen that a driver has read its file; names that NUT does not know it leaves out. */
const LAST = ['battery.charge', 'input.voltage', 'output.voltage', 'ups.load']

/** Starts upsd and a driver for each UPS (its name -> its variables), and waits until every one of them is read. */
export const startUpsd = async (all: Readonly<Record<string, Readonly<Record<string, string>>>>, maxAgeS = 15): Promise<Upsd> => {
  const folder = await mkdtemp(join(tmpdir(), 'posdiag-nut-'))
  const port = await freePort()
  const names = Object.keys(all)
  let said = 0
  /** A driver reads its file again only if its time is another, in whole seconds. */
  const say = async (ups: string, variables: Readonly<Record<string, string>>): Promise<void> => {
    said += 1
    const file = join(folder, `${ups}.dev`)
    await writeFile(file, fileOf(variables))
    await utimes(file, said, said)
  }
  await writeFile(join(folder, 'nut.conf'), 'MODE=standalone\n')
  await writeFile(join(folder, 'ups.conf'), names.map((name) => `[${name}]\n driver = dummy-ups\n port = ${name}.dev\n mode = dummy-once\n pollinterval = 1\n`).join(''))
  await writeFile(join(folder, 'upsd.conf'), `LISTEN 127.0.0.1 ${port}\nMAXAGE ${maxAgeS}\n`)
  await writeFile(join(folder, 'upsd.users'), '')
  for (const [name, variables] of Object.entries(all)) await say(name, variables)
  await chmod(folder, 0o700)
  const env = { ...process.env, NUT_CONFPATH: folder, NUT_STATEPATH: folder, NUT_ALTPIDPATH: folder }
  const user = userInfo().username
  const start = (program: string, args: readonly string[]) => spawn(program, args, { env, stdio: 'ignore' })
  const drivers = new Map(names.map((name) => [name, start(DUMMY, ['-a', name, '-u', user, '-F'])]))
  const server = start(UPSD, ['-F', '-u', user])
  const stop = async (): Promise<void> => {
    await Promise.all([server, ...drivers.values()].map((child) => new Promise<void>((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) return resolve()
      child.once('exit', () => resolve())
      child.kill('SIGCONT')
      child.kill('SIGKILL')
    })))
    await rm(folder, { recursive: true, force: true })
  }
  const { bench, release } = ((lease) => lease)(realBench({ paths: { proc: '/proc', sys: '/sys' } })({ id: 'peer', kind: 'power' }, AbortSignal.timeout(NUT_MS)))
  const answer = async (name: string): Promise<string> => {
    const socket = await bench.open({ type: 'tcp', host: '127.0.0.1', port, dialect: 'nut' }).catch(() => undefined)
    if (socket === undefined) return ''
    await socket.write(new TextEncoder().encode(`LIST VAR ${name}\n`))
    const text = new TextDecoder().decode(await socket.read(1000, (got) => /END LIST VAR .*\n$|^ERR .*\n$/.test(new TextDecoder().decode(got))))
    await socket.close()
    return text
  }
  const until = performance.now() + NUT_MS
  const awaited = async (name: string, isThere: (text: string) => boolean): Promise<void> => {
    while (!isThere(await answer(name))) {
      if (performance.now() > until) {
        await stop()
        throw new Error(`upsd does not read ${name} within ${NUT_MS} ms`)
      }
      await sleep(50)
    }
  }
  for (const name of names) await awaited(name, (text) => text.startsWith('BEGIN LIST VAR'))
  // What stood in the file when its driver started is only looked through: the driver goes on to say WAIT.
  for (const [name, variables] of Object.entries(all)) await say(name, variables)
  for (const [name, variables] of Object.entries(all)) {
    await awaited(name, (text) => LAST.every((variable) => !variables[variable] || text.includes(` ${variable} "${variables[variable]}"`)) && (!variables['ups.status'] || !text.includes(' ups.status "WAIT"')))
  }
  await release()
  return { port, say, driver: (ups, signal) => void drivers.get(ups)?.kill(signal), stop }
}
