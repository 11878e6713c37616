import { spawn } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { isIPv6 } from 'node:net'
import { delimiter, join } from 'node:path'
import { BenchError, type Net } from '../model/bench.ts'
import type { Absence } from '../model/observation.ts'
import { messageOf } from './causes.ts'

/** Most output that is kept of the program. */
const BOUND = 65536

/** IPv4 and ICMP headers of an echo request. */
const HEADERS = 28

const TOO_LARGE = /frag needed|message too long/i

/** What ping programs (iputils, busybox, inetutils) print instead of a count. */
const FAILURES: readonly [RegExp, Absence][] = [
  [/temporary failure in name resolution|try again/i, 'silent'],
  [/name or service not known|unknown host|bad address|no address associated|nodename nor servname/i, 'refused'],
  [/not permitted|permission denied|lacking privilege|are you root/i, 'blocked'],
  [/network is unreachable|no route to host|cannot assign requested/i, 'missing'],
]

const program = async (names: readonly string[]): Promise<string> => {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of names) {
      const path = join(folder, name)
      if (folder !== '' && await access(path, constants.X_OK).then(() => true, () => false)) return path
    }
  }
  throw new BenchError('missing', 'no ping program: install iputils-ping')
}

/** A host that starts with a hyphen would be an option to the program. */
const HOST = /^[\p{L}\p{N}:][\p{L}\p{N}._:%-]*$/u

const run = (path: string, args: readonly string[], ms: number, signal: AbortSignal): Promise<string> =>
  new Promise((resolve, reject) => {
    // LC_ALL wins over the host's own language: the output is read below.
    const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LC_ALL: 'C', LANG: 'C' } })
    let output = ''
    const keep = (chunk: Buffer): void => {
      if (output.length < BOUND) output += chunk.toString('latin1')
    }
    // SIGINT makes ping print what it counted so far; one that does not listen is ended.
    const interrupt = (): void => {
      child.kill('SIGINT')
      killer = setTimeout(() => child.kill('SIGKILL'), 200)
    }
    let killer: NodeJS.Timeout | undefined
    const timer = setTimeout(interrupt, ms)
    const stop = (): void => {
      child.kill('SIGKILL')
    }
    signal.addEventListener('abort', stop, { once: true })
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', (error) => reject(new BenchError('blocked', `${path} cannot be started: ${messageOf(error)}`)))
    child.once('close', () => {
      clearTimeout(timer)
      clearTimeout(killer)
      signal.removeEventListener('abort', stop)
      resolve(output)
    })
  })

/** Round trip times that the output shows, as far as the parser copes with it. */
const timesIn = (output: string, parser: { eat(line: string): unknown; getResult(): { times: number[] } }): number[] => {
  for (const line of output.split('\n')) {
    try {
      parser.eat(line)
    } catch (error) {
      throw new BenchError('garbled', `ping prints what cannot be read: ${line.slice(0, 80)} (${messageOf(error)})`)
    }
  }
  return parser.getResult().times.filter((ms) => typeof ms === 'number')
}

/**
 * Echo requests by the system's ping. Arguments and output are those of the npm package `ping`; the program is started here,
 * because the package can neither end it at a deadline nor survive output that it does not expect.
 */
export const hostPing = (signal: AbortSignal): Net['ping'] => async (host, { count, ms, bytes }) => {
  if (!HOST.test(host)) throw new BenchError('broke', `not a host: ${host.slice(0, 80)}`)
  const path = await program(isIPv6(host) ? ['ping6', 'ping'] : ['ping'])
  const [{ default: builders }, { default: parsers }] = await Promise.all([import('ping/lib/builder/factory.js'), import('ping/lib/parser/factory.js')])
  const seconds = Math.max(1, Math.ceil(ms / 1000))
  const config = { numeric: true, timeout: seconds, deadline: seconds, min_reply: count, v6: false, extra: [...(count > 1 ? ['-i', '0.2'] : []), ...(bytes === undefined ? [] : ['-M', 'do', '-s', String(bytes - HEADERS)])] }
  const output = await run(path, builders.createBuilder(process.platform).getCommandArguments(host, config), ms, signal)
  // A way that says so is no black hole, whatever was counted.
  if (bytes !== undefined && TOO_LARGE.test(output)) throw new BenchError('refused', `a packet of ${bytes} bytes is too large for the way to ${host}`)
  const totals = /(\d+) packets transmitted, (\d+) (?:packets )?received/.exec(output)
  if (!totals) {
    const [, absence] = FAILURES.find(([words]) => words.test(output)) ?? [undefined, 'garbled' as const]
    throw new BenchError(absence, `ping ${host}: ${output.trim().split('\n')[0]?.slice(0, 200) || 'no output'}`)
  }
  return { sent: Number(totals[1]), received: Number(totals[2]), rttMs: timesIn(output, parsers.createParser(host, process.platform, config)) }
}
