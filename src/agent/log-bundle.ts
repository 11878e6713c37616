import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { mask } from '../guard/card-data.ts'
import { LOGS_SCHEMA, type LogBundle } from '../model/configuration.ts'
import type { Log } from './log.ts'
import type { Store } from './store.ts'

const LINES = 300
const LINE_CHARACTERS = 500
const PART_CHARACTERS = 150_000
const REPORTS = 200

/** A log that goes on as before and remembers its last lines, for those who run without a log file. */
export const remembering = (log: Log): { log: Log; lines: () => string } => {
  const kept: string[] = []
  const at = (level: 'info' | 'warn' | 'error') => (message: string, fields: Parameters<Log['info']>[1] = {}): void => {
    kept.push(`${new Date().toISOString()} ${level} ${message} ${JSON.stringify(fields)}`.slice(0, LINE_CHARACTERS))
    if (kept.length > LINES) kept.shift()
    log[level](message, fields)
  }
  return { log: { ...log, info: at('info'), warn: at('warn'), error: at('error') }, lines: () => kept.join('\n') }
}

const tailOf = (path: string): string | undefined => {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    // Under systemd the agent writes no file of its own; what it remembers stands for it.
    return undefined
  }
  try {
    const { size } = fstatSync(file)
    const bytes = Buffer.alloc(Math.min(size, 2 * PART_CHARACTERS))
    const length = readSync(file, bytes, 0, bytes.length, size - bytes.length)
    return bytes.subarray(0, length).toString('utf8')
  } finally {
    closeSync(file)
  }
}

const part = (name: string, text: string): LogBundle['parts'][number] => ({ name, text: mask(text.slice(-PART_CHARACTERS)).text, cut: text.length > PART_CHARACTERS })

/** The agent's logs and what its store says of reports, incidents and commands; every part passes the card-data filter. Throws StoreError. */
export const logBundle = (facts: { stateDir: string; lines: string; status: unknown; store: Store; now: number }): LogBundle => {
  const { store } = facts
  const rows = (sql: string): string => JSON.stringify(store.db.all(sql), null, 1)
  return {
    schema: LOGS_SCHEMA,
    at: facts.now,
    parts: [
      part('agent.log', tailOf(join(facts.stateDir, 'agent.log')) ?? facts.lines),
      part('status.json', JSON.stringify(facts.status, null, 1)),
      part('reports.json', JSON.stringify(store.reports(REPORTS), null, 1)),
      part('incidents.json', rows('SELECT id, closed_at, body FROM incidents ORDER BY id DESC LIMIT 200')),
      part('commands.json', rows('SELECT id, received_at, state, report FROM commands ORDER BY id DESC LIMIT 200')),
    ],
  }
}
