import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'

const [DAEMON, SEND, MANAGER] = ['/usr/bin/dbus-daemon', '/usr/bin/dbus-send', '/usr/sbin/ModemManager'] as const

/** True where the peer test cannot run and may be skipped: without dbus-daemon, dbus-send or ModemManager, and not in CI. */
export const noModemManager = process.env.CI !== 'true' && ![DAEMON, SEND, MANAGER].every((path) => existsSync(path))

const run = promisify(execFile)

const CONFIG = (path: string): string => `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=${path}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/></policy>
</busconfig>
`

/** A bus of its own, at `unix:path=…`. */
export interface OwnBus {
  address: string
  stop(): Promise<void>
}

/** Starts dbus-daemon. Rejects if it does not listen within five seconds. */
export const ownBus = async (): Promise<OwnBus> => {
  const folder = await mkdtemp(join(tmpdir(), 'posdiag-bus-'))
  const path = join(folder, 'bus')
  await writeFile(join(folder, 'bus.conf'), CONFIG(path))
  const daemon = spawn(DAEMON, ['--nofork', `--config-file=${join(folder, 'bus.conf')}`], { stdio: 'ignore' })
  const ended = once(daemon, 'exit')
  for (let tries = 0; tries < 100 && !existsSync(path); tries++) await wait(50)
  if (!existsSync(path)) throw new Error('dbus-daemon does not start')
  return {
    address: `unix:path=${path}`,
    stop: async () => {
      daemon.kill()
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** What a modem says to each command; to any other it says ERROR. A text that begins with `+CME` is an error itself. */
export type AtAnswers = Readonly<Record<string, string>>

/** A modem that is well, after 3GPP 27.007; the IMEI and IMSI are the test numbers of 3GPP 23.003 and 00101. */
export const HEALTHY: AtAnswers = {
  ...Object.fromEntries(['AT', 'ATE0', 'ATV1', 'AT+CMEE=1', 'ATX4', 'AT&C1', 'AT+CSCS="UCS2"', 'AT+COPS=3,0', 'AT+COPS=3,2', ...['CREG', 'CGREG', 'CEREG'].flatMap((name) => [`AT+${name}=2`, `AT+${name}=0`])].map((command) => [command, ''])),
  'AT+GCAP': '+GCAP: +CGSM',
  'AT+WS46=?': '+WS46: (12,22,28)',
  'AT+CGMI': 'Stand-in',
  'AT+CGMM': 'M1',
  'AT+CGSN': '490154203237518',
  'AT+CIMI': '001010123456789',
  'AT+CSCS=?': '+CSCS: ("IRA","UCS2")',
  'AT+CSCS?': '+CSCS: "UCS2"',
  'AT+CFUN?': '+CFUN: 1',
  'AT+CPIN?': '+CPIN: READY',
  'AT+CREG?': '+CREG: 2,1,"1234","001122BB"',
  'AT+CGREG?': '+CGREG: 2,1,"31C5","0083F7CD"',
  'AT+CEREG?': '+CEREG: 2,1,"31C5","0083F7CD",7',
  'AT+COPS?': `+COPS: 0,0,"${Buffer.from('Shop Mobile', 'utf16le').swap16().toString('hex').toUpperCase()}",7`,
  'AT+CSQ': '+CSQ: 17,99',
}

const answerTo = (answers: AtAnswers, command: string): string => {
  const said = answers[command]
  if (said === undefined) return '\r\nERROR\r\n'
  if (said.startsWith('+CME')) return `\r\n${said}\r\n`
  return `${said === '' ? '' : `\r\n${said}\r\n`}\r\nOK\r\n`
}

/** ModemManager of Debian on a bus of its own, with modems of which only the bytes on their port for commands are made up. */
export interface RealModemManager {
  bus: OwnBus
  /** Plugs a modem in; gives the name of its port. */
  plug(name: string, answers: AtAnswers): Promise<string>
  /** Switches a modem on as NetworkManager does before it connects. */
  enable(object: string): Promise<void>
  /** Paths of the modems, in the order of their numbers. */
  modems(): Promise<string[]>
  stop(): Promise<void>
}

const SERVICE = 'org.freedesktop.ModemManager1'
const ROOT = '/org/freedesktop/ModemManager1'
const OPTIONS = ['--test-session', '--test-enable', '--test-no-udev', '--test-no-qrtr', '--test-no-suspend-resume', '--no-auto-scan']

/** Starts it in the mode that its makers test it in, in which modems may be sockets. Rejects if it is not on the bus within ten seconds. */
export const realModemManager = async (): Promise<RealModemManager> => {
  const bus = await ownBus()
  const env = { ...process.env, DBUS_SESSION_BUS_ADDRESS: bus.address, DBUS_SYSTEM_BUS_ADDRESS: bus.address }
  const manager = spawn(MANAGER, OPTIONS, { stdio: 'ignore', env })
  const ended = once(manager, 'exit')
  const servers: Server[] = []
  const sockets = new Set<Socket>()
  const call = async (object: string, method: string, ...args: string[]): Promise<string> =>
    (await run(SEND, ['--session', '--print-reply', '--reply-timeout=20000', `--dest=${SERVICE}`, object, method, ...args], { env })).stdout

  const objects = (): Promise<string> => call(ROOT, 'org.freedesktop.DBus.ObjectManager.GetManagedObjects')
  for (let tries = 0; tries < 100; tries++) {
    const there = await objects().then(() => true, () => false)
    if (there) break
    if (tries === 99) throw new Error('ModemManager does not come to the bus')
    await wait(100)
  }

  return {
    bus,
    plug: async (name, answers) => {
      // ModemManager connects to the abstract socket of that very name, prefix and all.
      const port = `abstract:posdiag-${process.pid}-${name}`
      const server = createServer((socket) => {
        sockets.add(socket)
        let held = ''
        socket.on('error', () => undefined)
        socket.on('data', (chunk) => {
          const lines = `${held}${chunk.toString('latin1')}`.split(/[\r\n]+/)
          held = lines.pop() ?? ''
          for (const line of lines.filter((one) => one !== '')) socket.write(answerTo(answers, line))
        })
      })
      servers.push(server)
      server.listen(`\0${port}`)
      await once(server, 'listening')
      await call(ROOT, `${SERVICE}.Test.SetProfile`, `string:${name}`, 'string:generic', `array:string:${port}`)
      return port
    },
    enable: async (object) => { await call(object, `${SERVICE}.Modem.Enable`, 'boolean:true') },
    modems: async () => [...new Set((await objects()).match(/\/org\/freedesktop\/ModemManager1\/Modem\/\d+/g))].sort(),
    stop: async () => {
      manager.kill()
      await ended
      for (const socket of sockets) socket.destroy()
      for (const server of servers) server.close()
      await bus.stop()
    },
  }
}
