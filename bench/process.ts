import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { rolldown } from 'rolldown'
import type { DeviceKind } from '../src/model/device.ts'
import { Report } from '../src/model/report.ts'
import { BUNDLED, isBuilt } from './built.ts'
import { ASKED, assertLooked, slowest } from './check.ts'
import { type Figure, median, spread } from './figures.ts'
import { type StandIns, startStandIns } from './standins.ts'

const ROOT = join(import.meta.dirname, '..')
/** Below the package, so that it finds the same node_modules. */
const UNBUNDLED = join(ROOT, '.cache/unbundled')
const ANSWER_MS = 10
const AIM = 0.55
const COLD_AIM = 1.15
const WARM_UP = 2
const RUN_MS = 30_000

/** Path of the bundled program. Throws if it was not built, or before its sources were changed. */
export const bundled = (): string => {
  if (!isBuilt()) throw new Error('dist is missing or older than the sources: run `npm run build` first')
  return BUNDLED
}

/** The same program as plain JavaScript, one file per source file and every package where npm put it, so that nothing differs but the bundling. */
const buildUnbundled = async (): Promise<string> => {
  await rm(UNBUNDLED, { recursive: true, force: true })
  const build = await rolldown({
    input: { posdiag: join(ROOT, 'src/cli/main.ts') },
    platform: 'node',
    treeshake: false,
    external: (id) => !id.startsWith('.') && !isAbsolute(id),
  })
  await build.write({ dir: UNBUNDLED, format: 'esm', preserveModules: true, preserveModulesRoot: ROOT, entryFileNames: '[name].js' })
  await build.close()
  return join(UNBUNDLED, 'posdiag.js')
}

/** One run of a program: wall and CPU seconds of it and its children, and what it printed. */
interface Ran { wall: number; cpu: number; out: string }

/** Runs Node to its end. bash's `time` asks the kernel for what the process used, which Node does not tell of its children. */
const run = (args: readonly string[]): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', 'TIMEFORMAT="%3R %3U %3S"; time "$0" "$@" 2>/dev/null', process.execPath, ...args], { stdio: ['ignore', 'pipe', 'pipe'], timeout: RUN_MS })
    let out = ''
    let times = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => { out += chunk })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => { times += chunk })
    child.on('error', reject)
    child.on('close', () => {
      const [wall, user, system] = times.trim().split(' ').map(Number)
      if (wall === undefined || user === undefined || system === undefined || Number.isNaN(wall + user + system)) reject(new Error(`not measured: ${times}`))
      else resolve({ wall, cpu: user + system, out })
    })
  })

const ratio = (what: string, pairs: readonly { bundled: number; unbundled: number }[], aim?: number): Figure => {
  const ratios = pairs.map((p) => p.bundled / p.unbundled)
  const ms = (values: readonly number[]): string => spread(values.map((v) => v * 1000), 0)
  return {
    what,
    got: `${median(ratios).toFixed(2)} (${spread(ratios, 2)})   ${ms(pairs.map((p) => p.bundled))} ms ÷ ${ms(pairs.map((p) => p.unbundled))} ms`,
    ...(aim === undefined ? {} : { aim: `≤ ${aim.toFixed(2)}`, reached: median(ratios) <= aim }),
  }
}

type Checked = Ran & { report: Report }
interface Pair { bundled: Checked; unbundled: Checked }

/** Whole checks of both programs in turn, so that whatever else the machine does meets both alike. */
const measurePairs = async (programs: Record<keyof Pair, string>, { terminalFile }: StandIns, folder: string, count: number, only: readonly DeviceKind[] | undefined): Promise<Pair[]> => {
  const checkWith = async (which: keyof Pair): Promise<Checked> => {
    const ran = await run([programs[which], 'check', '--json', '--no-input', '--terminal', terminalFile, '--state', join(folder, which), ...(only ? ['--only', only.join(',')] : [])])
    if (ran.out === '') throw new Error(`not measured: the ${which} program printed nothing; run it by hand: node ${programs[which]} check --json`)
    const report = Report.parse(JSON.parse(ran.out))
    assertLooked(report.check, only)
    return { ...ran, report }
  }
  const pairs: Pair[] = []
  for (let i = 0; i < count + WARM_UP; i += 1) {
    const first = i % 2 === 0 ? 'bundled' : 'unbundled'
    const one = await checkWith(first)
    const other = await checkWith(first === 'bundled' ? 'unbundled' : 'bundled')
    if (i >= WARM_UP) pairs.push(first === 'bundled' ? { bundled: one, unbundled: other } : { bundled: other, unbundled: one })
  }
  return pairs
}

const of = (pairs: readonly Pair[], pick: (ran: Checked) => number) => pairs.map((p) => ({ bundled: pick(p.bundled), unbundled: pick(p.unbundled) }))

const outside = (ran: Checked): number => ran.wall - ran.report.check.ms / 1000

/** The whole process, from start to verdict, bundled against unbundled, in turn; and how long a first check takes in a cold process. */
export const measureProcess = async ({ quick }: { quick: boolean }): Promise<Figure[]> => {
  const programs = { bundled: bundled(), unbundled: await buildUnbundled() }
  const standIns = await startStandIns(ANSWER_MS)
  const folder = await mkdtemp(join(tmpdir(), 'posdiag-bench-state-'))
  try {
    const count = quick ? 5 : 15
    const whole = await measurePairs(programs, standIns, folder, count, undefined)
    const asked = await measurePairs(programs, standIns, folder, count, ASKED)
    const bare: Ran[] = []
    for (let i = 0; i < count; i += 1) bare.push(await run(['-e', '0']))
    const cold = whole.map(({ bundled: { report } }) => report.check.ms / slowest(report.check).ms)
    return [
      ratio('start to verdict, wall: bundled ÷ unbundled', of(whole, (r) => r.wall), AIM),
      ratio('start to verdict, CPU', of(whole, (r) => r.cpu)),
      ratio('before and after the check, wall', of(whole, outside)),
      ratio('without host and link: start to verdict, wall', of(asked, (r) => r.wall)),
      { what: 'bare Node, wall; CPU', got: `${spread(bare.map((r) => r.wall * 1000), 0)} ms; ${spread(bare.map((r) => r.cpu * 1000), 0)} ms` },
      { what: 'first check of a cold process ÷ its slowest probe', got: `${median(cold).toFixed(3)} (${spread(cold, 3)})`, aim: `≤ ${COLD_AIM.toFixed(2)}`, reached: median(cold) <= COLD_AIM },
    ]
  } finally {
    await standIns.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
