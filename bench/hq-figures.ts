import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Figure } from './figures.ts'

const LIMIT_MS = 180_000
/** Reports per second, durable before the answer. */
const AIMS: readonly { of: string; aim: number }[] = [{ of: 'one per request', aim: 8_000 }, { of: 'batches of 50', aim: 15_000 }]

interface Row { name: string; 'reports/s': number; 'fsync/s': number; 'p50 ms': number; 'CPU us/report': number }

const isRows = (value: unknown): value is { rows: Row[] } =>
  typeof value === 'object' && value !== null && 'rows' in value && Array.isArray(value.rows)
  && value.rows.every((row: unknown) => typeof row === 'object' && row !== null && 'name' in row && typeof row.name === 'string' && 'reports/s' in row && typeof row['reports/s'] === 'number')

/** What bench/hq.ts prints last: one line of JSON. */
const rowsOf = (out: string): Row[] => {
  const last = out.trim().split('\n').at(-1) ?? ''
  const parsed: unknown = last.startsWith('{') ? JSON.parse(last) : undefined
  if (!isRows(parsed)) throw new Error(`bench/hq.ts ended without figures: ${out.slice(-500)}`)
  return parsed.rows
}

/** HQ's intake on SQLite, measured by bench/hq.ts in a process of its own, against its aims. */
export const measureHq = async ({ quick }: { quick: boolean }): Promise<Figure[]> => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'hq.ts'), quick ? '4000' : '20000', 'sqlite'], { stdio: ['ignore', 'pipe', 'inherit'], timeout: LIMIT_MS })
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => { out += chunk })
  await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
  const rows = rowsOf(out)
  return rows.map((row): Figure => {
    const goal = AIMS.find(({ of }) => row.name.startsWith(of))
    return {
      what: row.name,
      got: `${row['reports/s']} reports/s; answer after ${row['p50 ms']} ms (p50), ${row['CPU us/report']} µs of processor a report, disk ${row['fsync/s']} fsync/s`,
      ...(goal ? { aim: `≥ ${goal.aim}`, reached: row['reports/s'] >= goal.aim } : {}),
    }
  })
}
