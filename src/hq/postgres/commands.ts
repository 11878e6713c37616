import type { Command, CommandProgress, CommandRow } from '../../model/wire.ts'
import { plain } from '../plain.ts'
import { commandOf, commandRow, SILENT } from '../queries/rows.ts'
import type { Tables } from '../queries/tables.ts'
import { texts } from './arrays.ts'
import type { Connections } from './open.ts'

type Record = Tables['command']

/** Adds a command that waits for the terminal. */
export const addCommand = async (db: Connections, command: Command, terminalId: string): Promise<CommandRow> => {
  await db.run({ name: 'add-command', text: "insert into command (id, terminal_id, type, devices, created_at, expires_at, state, changed_at, content) values ($1, $2, $3, $4, $5, $6, 'waiting', $5, $7)" }, [
    command.id, terminalId, command.type, command.only === undefined ? null : JSON.stringify(command.only), command.createdAt, command.expiresAt, command.configuration === undefined ? null : JSON.stringify(command.configuration),
  ])
  return { ...command, terminalId, state: 'waiting' }
}

/** What a terminal asks with its heartbeat, and when. */
export interface Taking { terminalId: string; now: number }
/** Its answer; `sent` are the commands that went out for the first time. */
export interface Taken { commands: Command[]; watchedUntil: number; sent: CommandRow[] }

const LIVE = { name: 'live-commands', text: "select * from command where terminal_id = any($1::text[]) and state in ('waiting', 'sent') order by created_at" }
const SENT = {
  name: 'commands-sent',
  text: `update command c set state = 'sent', changed_at = $3 from unnest($1::text[], $2::text[]) as k(terminal_id, id)
    where c.terminal_id = k.terminal_id and c.id = k.id and c.state = 'waiting' returning c.*`,
}
const WATCHED = { name: 'watched', text: 'select id, watched_until from terminal where id = any($1::text[]) and watched_until > 0' }

/** Commands that terminals have not begun, of many terminals at once. One whose answer was lost on the way is given again: the agent knows it by its id. */
export const takeCommands = async (db: Connections, taking: readonly Taking[]): Promise<Taken[]> => {
  const ids = texts(taking.map((t) => t.terminalId))
  const rows = Map.groupBy(await db.run<Record>(LIVE, [ids]), (r) => r.terminal_id)
  const watched = new Map((await db.run<{ id: string; watched_until: number }>(WATCHED, [ids])).map((r) => [r.id, r.watched_until]))
  const given = taking.map((t) => (rows.get(t.terminalId) ?? []).filter((r) => r.expires_at > t.now).slice(0, 20))
  const fresh = given.flat().filter((r) => r.state === 'waiting')
  const sent = fresh.length === 0 ? [] : await db.run<Record>(SENT, [texts(fresh.map((r) => r.terminal_id)), texts(fresh.map((r) => r.id)), Math.max(...taking.map((t) => t.now))])
  return taking.map((t, i) => ({
    commands: (given[i] ?? []).map((r) => commandOf(commandRow(r))),
    watchedUntil: watched.get(t.terminalId) ?? 0,
    sent: sent.filter((r) => r.terminal_id === t.terminalId).map(commandRow),
  }))
}

/** Notes how far a command has come. An expired command that the terminal had begun in time may still end well. */
export const progress = async (db: Connections, terminalId: string, commandId: string, said: CommandProgress, now: number): Promise<CommandRow | 'unknown' | 'finished'> => {
  const [row] = await db.run<Record>(
    { name: 'progress', text: "update command set state = $3, progress = $4, changed_at = $5 where terminal_id = $1 and id = $2 and state not in ('done', 'refused', 'failed') returning *" },
    [terminalId, commandId, said.state, plain(JSON.stringify(said)), now],
  )
  if (row !== undefined) return commandRow(row)
  const known = await db.run({ name: 'command-known', text: 'select 1 from command where terminal_id = $1 and id = $2' }, [terminalId, commandId])
  return known.length === 0 ? 'unknown' : 'finished'
}

const EXPIRE = { name: 'expire-commands', text: "update command set state = 'expired', changed_at = $1 where state in ('waiting', 'sent') and expires_at <= $1 returning *" }
const FAIL = {
  name: 'fail-commands',
  text: "update command set state = 'failed', progress = (coalesce(progress::jsonb, '{}') || $3::jsonb)::text, changed_at = $1 where state = 'running' and changed_at <= $2 returning *",
}

/** Ends commands whose time is over, and those running of which nothing was heard for `silentMs`; of several processes one is told of each. */
export const expireCommands = async (db: Connections, now: number, silentMs: number): Promise<CommandRow[]> => [
  ...(await db.run<Record>(EXPIRE, [now])).map(commandRow),
  ...(await db.run<Record>(FAIL, [now, now - silentMs, JSON.stringify(SILENT)])).map(commandRow),
]
