import pg from 'pg'
import { LiveEvent } from '../../model/wire.ts'
import { hint } from '../hint.ts'
import { texts } from './arrays.ts'
import { type Address, configOf, type Run } from './open.ts'

/** The channel on which processes tell each other what changed. */
const CHANNEL = 'posdiag_hq'

/** PostgreSQL takes payloads below 8000 bytes. */
const MOST_BYTES = 7900

/** How long a lost connection is left alone (a random part of it, doubled up to the cap), how often a live one is tried, and how soon it must answer; ms. */
const AGAIN = { firstMs: 500, mostMs: 10_000, tryMs: 30_000, answerMs: 10_000 } as const

const payloadOf = (from: string, event: LiveEvent): string => {
  const whole = JSON.stringify({ from, event })
  if (Buffer.byteLength(whole) <= MOST_BYTES) return whole
  return JSON.stringify({ from, event: event.type === 'command' ? hint('terminals', [event.command.terminalId]) : { ...event, terminals: [], more: true } })
}

/** Tells other processes; they hear it once the transaction of `run` has ended well. `from` names this process. */
export const notify = async (run: Run, from: string, events: readonly LiveEvent[]): Promise<void> => {
  if (events.length === 0) return
  await run({ name: 'notify', text: `select pg_notify('${CHANNEL}', payload) from unnest($1::text[]) as payload` }, [texts(events.map((e) => payloadOf(from, e)))])
}

const eventIn = (payload: string | undefined, self: string): LiveEvent | undefined => {
  const said = JSON.parse(payload ?? 'null') as { from?: string; event?: unknown } | null
  if (said === null || said.from === self) return undefined
  return LiveEvent.safeParse(said.event).data
}

/** Listens to the other processes. */
export interface Notices { stop(): Promise<void> }

/**
 * Hears what other processes tell, on a connection of its own that is made anew whenever it is lost; what was told meanwhile nobody
 * knows, so `heard` is then given hints to ask again about everything. `trouble` is told of losses.
 */
export const listen = (address: Address, self: string, heard: (event: LiveEvent) => void, trouble: (error: unknown) => void): Notices => {
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let failures = 0

  const lose = (from: pg.Client, error: unknown): void => {
    if (client !== from) return
    client = undefined
    clearTimeout(timer)
    from.end().catch(trouble)
    if (stopped) return
    trouble(error)
    const ms = Math.min(AGAIN.firstMs * 2 ** failures++, AGAIN.mostMs) * Math.random()
    timer = setTimeout(begin, ms)
    timer.unref()
  }
  const keepTrying = (of: pg.Client): void => {
    timer = setTimeout(() => of.query('select 1').then(() => { if (client === of) keepTrying(of) }, (error: unknown) => lose(of, error)), AGAIN.tryMs)
    timer.unref()
  }
  const begin = (): void => {
    const made = new pg.Client({ ...configOf(address), query_timeout: AGAIN.answerMs })
    client = made
    made.on('error', (error) => lose(made, error))
    made.on('end', () => lose(made, new Error('the connection was closed')))
    made.on('notification', ({ payload }) => {
      const event = eventIn(payload, self)
      if (event !== undefined) heard(event)
    })
    made
      .connect()
      .then(() => made.query(`listen ${CHANNEL}`))
      .then(() => {
        if (failures > 0) for (const type of ['terminals', 'reports', 'incidents'] as const) heard({ type, terminals: [], more: true })
        failures = 0
        keepTrying(made)
      })
      .catch((error: unknown) => lose(made, error))
  }
  begin()
  return {
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      const last = client
      client = undefined
      await last?.end()
    },
  }
}
