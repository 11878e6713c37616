import type { Command, CommandProgress, CommandRow } from '../../model/wire.ts'
import { commandOf, commandRow, SILENT } from '../queries/rows.ts'
import type { Tables } from '../queries/tables.ts'
import type { Database } from './open.ts'

type Record = Tables['command']

const find = (db: Database, id: string): Record | undefined => db.statement('select * from command where id = ?').get(id) as Record | undefined

const change = (db: Database, row: Record, state: CommandRow['state'], progress: CommandProgress | undefined, now: number): CommandRow => {
  const json = progress === undefined ? row.progress : JSON.stringify(progress)
  db.statement('update command set state = ?, progress = ?, changed_at = ? where id = ?').run(state, json, now, row.id)
  return commandRow({ ...row, state, progress: json })
}

/** Adds a command that waits for the terminal. */
export const addCommand = (db: Database, command: Command, terminalId: string): CommandRow =>
  db.transaction(() => {
    const devices = command.only === undefined ? null : JSON.stringify(command.only)
    db.statement("insert into command (id, terminal_id, type, devices, content, created_at, expires_at, state, changed_at) values (?, ?, ?, ?, ?, ?, ?, 'waiting', ?)").run(
      command.id, terminalId, command.type, devices, command.configuration === undefined ? null : JSON.stringify(command.configuration), command.createdAt, command.expiresAt, command.createdAt,
    )
    return { ...command, terminalId, state: 'waiting' }
  })

/** Commands that the terminal has not begun. One whose answer was lost on the way is given again: the agent knows it by its id. */
export const takeCommands = (db: Database, terminalId: string, now: number): { commands: Command[]; watchedUntil: number; sent: CommandRow[] } => {
  const watched = db.statement('select watched_until from terminal where id = ?').get(terminalId) as { watched_until: number } | undefined
  const rows = db
    .statement("select * from command where terminal_id = ? and state in ('waiting', 'sent') and expires_at > ? order by created_at limit 20")
    .all(terminalId, now) as unknown as Record[]
  const fresh = rows.filter((r) => r.state === 'waiting')
  const sent = fresh.length === 0 ? [] : db.transaction(() => fresh.map((r) => change(db, r, 'sent', undefined, now)))
  return { commands: rows.map((r) => commandOf(commandRow(r))), watchedUntil: watched?.watched_until ?? 0, sent }
}

/** Notes how far a command has come. */
export const progress = (db: Database, terminalId: string, commandId: string, said: CommandProgress, now: number): CommandRow | 'unknown' | 'finished' =>
  db.transaction(() => {
    const row = find(db, commandId)
    if (row === undefined || row.terminal_id !== terminalId) return 'unknown'
    if (row.state === 'done' || row.state === 'refused' || row.state === 'failed') return 'finished'
    // An expired command that the terminal had begun in time may still end well.
    return change(db, row, said.state, said, now)
  })

/** Ends commands whose time is over, and those running of which nothing was heard for `silentMs`. */
export const expireCommands = (db: Database, now: number, silentMs: number): CommandRow[] => {
  const overdue = db
    .statement("select * from command where state in ('waiting', 'sent', 'running') and ((state <> 'running' and expires_at <= ?) or (state = 'running' and changed_at <= ?)) limit 500")
    .all(now, now - silentMs) as unknown as Record[]
  if (overdue.length === 0) return []
  return db.transaction(() =>
    overdue.map((row) => {
      if (row.state !== 'running') return change(db, row, 'expired', undefined, now)
      const last = commandRow(row).progress
      return change(db, row, 'failed', { looked: last?.looked ?? 0, total: last?.total ?? 0, ...SILENT }, now)
    }),
  )
}
