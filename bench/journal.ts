import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../src/agent/clock.ts'
import { followJournals } from '../src/agent/follow.ts'
import { createJournal } from '../src/agent/journal.ts'
import { createKeeper } from '../src/agent/keeper.ts'
import { SILENT_LOG } from '../src/agent/log.ts'
import { mask } from '../src/guard/card-data.ts'
import { JournalSource } from '../src/model/journal.ts'
import { TerminalFile } from '../src/model/terminal.ts'
import { cpuSeconds, type Figure, memory } from './figures.ts'
import { bundled } from './process.ts'

const LINES = 1_000_000
const AIM_S = 60
const AIM_MB = 200
const FOLLOW_AIM = 2_000
const FILTER_AIM = 150

/** Journal lines of a shop: request, answer, slip; one in two hundred without an answer, some declined. */
function* trade(lines: number): Generator<string> {
  const begun = Date.UTC(2026, 0, 1)
  for (let i = 0, written = 0; written < lines; i++) {
    const at = begun + i * 2500
    const [transaction, batch, stan] = [`t${i}`, String(Math.floor(i / 500) % 1_000_000).padStart(6, '0'), String((i % 999_999) + 1).padStart(6, '0')]
    yield `${JSON.stringify({ transaction, step: 'request', ts: at, type: 'sale', tender: 'chip', amt: 100 + (i % 90_000), cur: '156', tid: '10000001', batch, stan, pan: `622200******${String(i % 10_000).padStart(4, '0')}` })}\n`
    written += 1
    if (i % 200 === 0) continue
    const code = i % 16 === 0 ? '51' : '00'
    yield `${JSON.stringify({ transaction, step: 'response', ts: at + 1800, rc: code, rrn: String(600_000_000_000 + i) })}\n`
    written += 1
    if (code !== '00') continue
    yield `${JSON.stringify({ transaction, step: 'print', ts: at + 4000 })}\n`
    written += 1
  }
}

const write = async (path: string, lines: number): Promise<void> => {
  const file = createWriteStream(path)
  for (const line of trade(lines)) if (!file.write(line)) await new Promise<void>((resolve) => file.once('drain', () => resolve()))
  await new Promise<void>((resolve) => file.end(resolve))
}

/** Runs the program to its end: wall and CPU seconds and the largest memory seen, in MB, looked at twenty times a second. */
const ran = (args: readonly string[]): Promise<{ wall: number; cpu: number; mb: number }> =>
  new Promise((resolve, reject) => {
    const begun = performance.now()
    const child = spawn(process.execPath, [bundled(), ...args], { stdio: 'ignore' })
    let [mb, cpu] = [0, 0]
    const look = setInterval(() => {
      try {
        mb = Math.max(mb, memory(child.pid ?? 0).rss)
        cpu = cpuSeconds(child.pid ?? 0)
      } catch (error) {
        // It may end between two looks; anything else would make the figure worthless.
        if (!(error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))) reject(error)
      }
    }, 50)
    child.on('error', reject)
    child.on('exit', (code) => {
      clearInterval(look)
      if (code === 0 || code === 1) resolve({ wall: (performance.now() - begun) / 1000, cpu, mb })
      else reject(new Error(`${args.join(' ')} ended with ${code}`))
    })
  })

/** Lines a second that the agent's follower takes in, with its waits between polls and the state of the money that it tells on the way. */
const followed = async (path: string, lines: number, stateDir: string): Promise<number> => {
  const parts = { clock: systemClock, log: SILENT_LOG, stateDir, terminal: TerminalFile.parse({ terminal: { id: 'bench' } }) }
  const keeper = createKeeper(stateDir, parts)
  const journal = createJournal({ ...parts, keeper })
  const { promise: all, resolve } = Promise.withResolvers<void>()
  let heard = 0
  const begun = performance.now()
  const followers = followJournals({
    ...parts, keeper, sources: [JournalSource.parse({ name: 'bench', format: 'jsonl', path })],
    hear: (steps, also) => {
      journal.add(steps, also)
      heard += steps.length
      if (heard >= lines) resolve()
    },
  })
  await all
  const rate = heard / ((performance.now() - begun) / 1000)
  await followers.stop()
  journal.stop()
  keeper.close()
  return rate
}

const WORDS = ['connected to host', 'print job done', 'retry in 5 s', 'queue empty', 'version 3.2.1', 'receipt printed 42 lines', 'keepalive ok rtt=18ms', 'sale completed', 'gateway 192.168.1.1 answers in 2 ms', 'opened /dev/ttyUSB0 at 115200', 'order 202501310000012345 total 128.00', '处理完成 用时 35 毫秒', 'barcode 6901234567892 qty 2 price 3.50', 'trace 004567 batch 000123 rrn 503114567890']

/** Megabytes of log text a second of one core, the best of a few rounds: what others do to the machine is no property of the filter. */
const filtered = (): number => {
  let text = ''
  for (let n = 0; text.length < 4_000_000; n++) {
    const at = Date.UTC(2025, 0, 1) + n * 137
    text += `${new Date(at).toISOString().replace('T', ' ').slice(0, 23)} [INFO ] pos.core [worker-${n % 8}] ${WORDS[n % WORDS.length]} id=${n} at=${at}\n`
  }
  const blocks = Array.from({ length: Math.ceil(text.length / 65_536) }, (_, i) => text.slice(i * 65_536, (i + 1) * 65_536))
  const bytes = Buffer.byteLength(text)
  let best = 0
  for (let round = 0; round < 8; round++) {
    const before = process.cpuUsage()
    for (const block of blocks) mask(block)
    best = Math.max(best, bytes / process.cpuUsage(before).user)
  }
  return best
}

/** Import and reconciliation of a large journal, how fast a follower reads, and how fast the card-data filter is. */
export const measureJournal = async ({ quick }: { quick: boolean }): Promise<Figure[]> => {
  const lines = quick ? LINES / 10 : LINES
  const folder = await mkdtemp(join(tmpdir(), 'posdiag-bench-'))
  try {
    const path = join(folder, 'journal.jsonl')
    await write(path, lines)
    const state = ['--state', join(folder, 'state')]
    const imported = await ran(['journal', 'import', path, ...state])
    const reconciled = await ran(['journal', 'reconcile', ...state])
    const wall = imported.wall + reconciled.wall
    const mb = Math.max(imported.mb, reconciled.mb)
    const rate = await followed(path, lines, join(folder, 'followed'))
    const filter = filtered()
    return [
      { what: `${lines} lines imported and reconciled`, got: `${wall.toFixed(1)} s (${(imported.cpu + reconciled.cpu).toFixed(1)} s of processor)`, aim: `${AIM_S} s`, reached: wall <= AIM_S },
      { what: 'largest memory of the two', got: `${mb.toFixed(0)} MB`, aim: `${AIM_MB} MB`, reached: mb <= AIM_MB },
      { what: `the agent's follower, behind by ${lines} lines`, got: `${rate.toFixed(0)} lines/s`, aim: `${FOLLOW_AIM} lines/s`, reached: rate >= FOLLOW_AIM },
      { what: 'card-data filter on digit-heavy log text, one core', got: `${filter.toFixed(0)} MB/s`, aim: `${FILTER_AIM} MB/s`, reached: filter >= FILTER_AIM },
    ]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
