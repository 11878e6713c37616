import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** Middle value of a non-empty list. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const mid = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[mid] ?? Number.NaN) : ((sorted[mid - 1] ?? Number.NaN) + (sorted[mid] ?? Number.NaN)) / 2
}

/** `smallest/median/largest` of a list. */
export const spread = (values: readonly number[], digits = 1): string =>
  [Math.min(...values), median(values), Math.max(...values)].map((v) => v.toFixed(digits)).join('/')

/** One figure: what was measured, what it came to, what is aimed at, and whether it is reached (undefined where there is no aim). */
export interface Figure {
  what: string
  got: string
  aim?: string
  reached?: boolean
}

/** CPU seconds of the threads of a process by the scheduler's nanoseconds; undefined if this kernel does not count them. */
const threadSeconds = (pid: number): number | undefined => {
  const files = readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}/schedstat`)
  return files.every((file) => existsSync(file)) ? files.reduce((sum, file) => sum + Number(readFileSync(file, 'latin1').split(' ')[0]), 0) / 1e9 : undefined
}

/** CPU seconds (user and system) that a process has used, and its ended children; to a hundredth where the kernel does not count finer. */
export const cpuSeconds = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  // proc_pid_stat(5), counted from the state, which follows the name: utime, stime, cutime, cstime.
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = stat.slice(stat.lastIndexOf(')') + 2).split(' ').slice(11, 15).map((ticks) => Number(ticks) / 100)
  return (threadSeconds(pid) ?? user + system) + childUser + childSystem
}

/** CPU seconds of a process and of all that it has started, ended or not. */
export const treeSeconds = (pid: number): number => {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').split(' ').filter(Boolean).map(Number))
  return cpuSeconds(pid) + children.reduce((sum, child) => sum + (existsSync(`/proc/${child}`) ? treeSeconds(child) : 0), 0)
}

/** Proportional and private dirty memory of a process in MB. */
export const memory = (pid: number): { pss: number; dirty: number; rss: number } => {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1')
  const kb = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN)
  return { pss: kb('Pss') / 1024, dirty: kb('Private_Dirty') / 1024, rss: kb('Rss') / 1024 }
}

/** Prints figures as a table. */
export const print = (title: string, figures: readonly Figure[]): void => {
  console.log(`\n${title}`)
  const width = Math.max(...figures.map((f) => f.what.length))
  for (const f of figures) {
    const mark = f.reached === undefined ? ' ' : f.reached ? '✓' : '✗'
    console.log(`  ${mark} ${f.what.padEnd(width)}  ${f.got}${f.aim ? `   aim ${f.aim}` : ''}`)
  }
}
