import { readdirSync, readFileSync } from 'node:fs'
import { createClassifier } from '../probes/host/log/classify.ts'
import type { Figure } from './figures.ts'

const PIECE = 256 * 1024

const ordinary = (): string => {
  const folder = new URL('../fixtures/logs/ordinary/', import.meta.url)
  return readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8')).join('\n')
}

/** A log in which every line tells the same trouble. */
const flood = (): string => Array.from({ length: 10_000 }, (_, i) => `Nov 22 10:45:40 till kernel: [${(100 + i / 4).toFixed(6)}] usb 1-1-port2: over-current change #${i}\n`).join('')

/** MB of a log classified in a second of processor time, and by how many MB the process grew. */
const rate = (log: string, megabytes: number): { rate: number; grown: number } => {
  const bytes = Buffer.from(log)
  const block = Buffer.concat(Array.from({ length: Math.max(1, Math.ceil(PIECE / bytes.length)) }, () => bytes))
  const before = process.memoryUsage().rss
  const cpu = process.cpuUsage()
  const classifier = createClassifier(Date.now())
  let done = 0
  for (; done < megabytes * 1e6; done += block.length) classifier.push(block)
  classifier.end()
  const { user, system } = process.cpuUsage(cpu)
  return { rate: done / (user + system), grown: (process.memoryUsage().rss - before) / 1e6 }
}

/** How fast `posdiag logs` reads, by processor time. */
export const measureLogs = async ({ quick }: { quick: boolean }): Promise<Figure[]> => {
  const megabytes = quick ? 64 : 1000
  rate(ordinary(), 8)
  const sound = rate(ordinary(), megabytes)
  const all = rate(flood(), megabytes / 8)
  return [
    { what: 'log of a sound machine', got: `${sound.rate.toFixed(0)} MB/s` },
    { what: 'log in which every line is trouble', got: `${all.rate.toFixed(0)} MB/s` },
    { what: `memory grown over ${megabytes} MB`, got: `${Math.max(sound.grown, all.grown).toFixed(0)} MB`, aim: '≤ 64 MB', reached: Math.max(sound.grown, all.grown) <= 64 },
  ]
}
