import { type Bench, BenchError } from '../../src/model/bench.ts'
import type { Sight } from '../../src/model/probe.ts'
import { rounded, sight } from '../sight.ts'

const SAMPLE_MS = 100

const garbled = (path: string): BenchError => new BenchError('garbled', `${path} does not read as this kernel file should`)

/** Processor time spent so far, in clock ticks, and how many processors there are; undefined if the text is no /proc/stat (proc_stat(5)). */
export const parseStat = (text: string): { busy: number; total: number; processors: number } | undefined => {
  const match = /^cpu +(\d+(?: \d+){3,})/m.exec(text)
  if (!match) return undefined
  // user nice system idle iowait irq softirq steal; guest time, which follows, is already in user.
  const ticks = (match[1] ?? '').split(' ').map(Number).slice(0, 8)
  const total = ticks.reduce((sum, t) => sum + t, 0)
  const idle = (ticks[3] ?? 0) + (ticks[4] ?? 0)
  return { busy: total - idle, total, processors: [...text.matchAll(/^cpu\d+ /gm)].length || 1 }
}

const stat = async (bench: Bench) => {
  const parsed = parseStat(await bench.files.read('/proc/stat'))
  if (!parsed) throw garbled('/proc/stat')
  return parsed
}

type Stat = Awaited<ReturnType<typeof stat>>

const cpuPercent = async (bench: Bench, before: Stat): Promise<number> => {
  await bench.clock.sleep(SAMPLE_MS)
  const after = await stat(bench)
  // The kernel counts in hundredths of a second; a sample without a tick says nothing, so the time since boot must do.
  const [busy, total] = after.total > before.total ? [after.busy - before.busy, after.total - before.total] : [after.busy, after.total]
  if (total === 0) throw garbled('/proc/stat')
  return rounded(Math.min(100, Math.max(0, (100 * busy) / total)))
}

const loadPerCore = async (bench: Bench, processors: number): Promise<number> => {
  const [, five] = (await bench.files.read('/proc/loadavg')).split(' ').map(Number)
  if (five === undefined || Number.isNaN(five)) throw garbled('/proc/loadavg')
  return Math.round((five / processors) * 100) / 100
}

/** Share of memory that programs can still get without swapping, in percent; undefined if the text is no /proc/meminfo. */
export const parseMeminfo = (text: string): number | undefined => {
  const kilobytes = (name: string) => Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1])
  const percent = rounded((100 * kilobytes('MemAvailable')) / kilobytes('MemTotal'))
  return Number.isFinite(percent) ? percent : undefined
}

const memoryFree = async (bench: Bench): Promise<number> => {
  const percent = parseMeminfo(await bench.files.read('/proc/meminfo'))
  if (percent === undefined) throw garbled('/proc/meminfo')
  return percent
}

/** How busy the host is: processor, load of the last five minutes, memory. */
export const lookAtLoad = (bench: Bench): Promise<Sight>[] => {
  const first = stat(bench)
  return [
    sight('host.cpu-percent', async () => cpuPercent(bench, await first)),
    sight('host.load-per-core', async () => loadPerCore(bench, (await first).processors)),
    sight('host.memory-free-percent', () => memoryFree(bench)),
  ]
}
