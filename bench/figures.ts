import { readdirSync, readFileSync } from 'node:fs'

/** Middle value of a non-empty list. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const mid = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[mid] ?? Number.NaN) : ((sorted[mid - 1] ?? Number.NaN) + (sorted[mid] ?? Number.NaN)) / 2
}

/** Value below which that share of a non-empty list lies. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
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

/** CPU seconds that all threads of a process have used, from the scheduler's nanoseconds; those of its ended children come in hundredths. */
export const cpuSeconds = (pid: number): number => {
  const own = readdirSync(`/proc/${pid}/task`).map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]))
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return own.reduce((sum, ns) => sum + ns, 0) / 1e9 + (Number(fields[13]) + Number(fields[14])) / 100
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
