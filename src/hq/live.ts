import type { FastifyReply } from 'fastify'
import type { Scope } from '../model/access.ts'
import type { LiveEvent } from '../model/wire.ts'

/** Bounds of live updates: listeners, and bytes that may wait for one of them before it is let go (its browser connects again by itself). */
export const LIVE = { listeners: 100, waitingBytes: 256 * 1024, beatMs: 20_000, gatherMs: 250, terminals: 100 } as const

type Hint = Exclude<LiveEvent, { type: 'command' }>

/** Who listens: what they may see, and whether they still may at all. */
export interface Listener { scope?: Scope | undefined; still: () => Promise<boolean> }

/** Sends what happens to every open page, as server-sent events. */
export interface Live {
  /** Takes over the connection of this reply; false if there are too many already. */
  add(reply: FastifyReply, listener: Listener): boolean
  /** Commands go out at once; hints are gathered for a quarter of a second. */
  send(event: LiveEvent): void
  /** Lets those go who may no longer listen. */
  review(): Promise<void>
  count(): number
  close(): void
}

type Connection = FastifyReply['raw']

const frame = (event: LiveEvent): string => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`

/** Live updates with no listeners yet. `within` says which of some terminals lie within a scope; `trouble` is told when it cannot. */
export const live = (within: (scope: Scope, terminals: readonly string[]) => Promise<string[]>, trouble: (error: unknown) => void): Live => {
  const listeners = new Map<Connection, Listener>()
  const gathered = new Map<Hint['type'], { terminals: Set<string>; more: boolean }>()
  let flush: NodeJS.Timeout | undefined
  /** What is sent to people with a scope waits for the store; each waits for the one before, so that they stay in order. */
  let line: Promise<void> = Promise.resolve()

  const write = (to: Connection, text: string): void => {
    if (to.writableLength > LIVE.waitingBytes) to.destroy()
    else to.write(text)
  }
  const scopes = (): Map<string, [Scope, Connection[]]> => {
    const found = new Map<string, [Scope, Connection[]]>()
    for (const [to, { scope }] of listeners) {
      if (scope === undefined) continue
      const key = JSON.stringify(scope)
      const known = found.get(key)
      if (known === undefined) found.set(key, [scope, [to]])
      else known[1].push(to)
    }
    return found
  }
  /** Sends an event about terminals to everybody, cut down to what each may see; `cut` answers undefined where nothing is left. */
  const tell = (event: LiveEvent, terminals: readonly string[], cut: (seen: string[]) => LiveEvent | undefined): void => {
    const text = frame(event)
    for (const [to, { scope }] of listeners) if (scope === undefined) write(to, text)
    const scoped = scopes()
    if (scoped.size === 0) return
    line = line.then(async () => {
      for (const [scope, connections] of scoped.values()) {
        const left = cut(await within(scope, terminals))
        if (left !== undefined) for (const to of connections) write(to, frame(left))
      }
    }).catch(trouble)
  }
  const sendGathered = (): void => {
    flush = undefined
    for (const [type, { terminals, more }] of gathered) {
      const ids = [...terminals].slice(0, LIVE.terminals)
      const all = { type, terminals: ids, more: more || terminals.size > LIVE.terminals }
      // Where there were others, theirs may have been among them.
      tell(all, ids, (seen) => (seen.length > 0 || all.more ? { ...all, terminals: seen } : undefined))
    }
    gathered.clear()
  }
  const review = async (): Promise<void> => {
    await Promise.all([...listeners].map(async ([to, { still }]) => {
      if (!(await still())) to.end()
    }))
  }
  const beat = setInterval(() => {
    for (const to of listeners.keys()) write(to, ': here\n\n')
    review().catch(trouble)
  }, LIVE.beatMs)
  beat.unref()

  return {
    add: (reply, listener) => {
      if (listeners.size >= LIVE.listeners) return false
      reply.hijack()
      const { raw } = reply
      raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no', 'x-content-type-options': 'nosniff' })
      raw.write('retry: 2000\n\n')
      listeners.set(raw, listener)
      raw.on('close', () => listeners.delete(raw))
      raw.on('error', () => listeners.delete(raw))
      return true
    },
    send: (event) => {
      if (listeners.size === 0) return
      if (event.type === 'command') {
        tell(event, [event.command.terminalId], (seen) => (seen.length > 0 ? event : undefined))
        return
      }
      const hint = gathered.get(event.type) ?? { terminals: new Set<string>(), more: false }
      for (const id of event.terminals) {
        if (hint.terminals.size <= LIVE.terminals) hint.terminals.add(id)
      }
      hint.more ||= event.more
      gathered.set(event.type, hint)
      flush ??= setTimeout(sendGathered, LIVE.gatherMs)
    },
    review,
    count: () => listeners.size,
    close: () => {
      clearInterval(beat)
      clearTimeout(flush)
      for (const to of listeners.keys()) to.end()
    },
  }
}
