import type { FastifyReply } from 'fastify'
import type { LiveEvent } from '../model/wire.ts'

/** Bounds of live updates: listeners, and bytes that may wait for one of them before it is let go (its browser connects again by itself). */
export const LIVE = { listeners: 100, waitingBytes: 256 * 1024, beatMs: 20_000, gatherMs: 250, terminals: 100 } as const

type Hint = Exclude<LiveEvent, { type: 'command' }>

/** Sends what happens to every open page, as server-sent events. */
export interface Live {
  /** Takes over the connection of this reply; false if there are too many already. */
  add(reply: FastifyReply): boolean
  /** Commands go out at once; hints are gathered for a quarter of a second. */
  send(event: LiveEvent): void
  count(): number
  close(): void
}

const frame = (event: LiveEvent): string => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`

/** Live updates with no listeners yet. */
export const live = (): Live => {
  const listeners = new Set<FastifyReply['raw']>()
  const gathered = new Map<Hint['type'], { terminals: Set<string>; more: boolean }>()
  let flush: NodeJS.Timeout | undefined

  const write = (text: string): void => {
    for (const to of listeners) {
      if (to.writableLength > LIVE.waitingBytes) to.destroy()
      else to.write(text)
    }
  }
  const sendGathered = (): void => {
    flush = undefined
    for (const [type, { terminals, more }] of gathered) {
      write(frame({ type, terminals: [...terminals].slice(0, LIVE.terminals), more: more || terminals.size > LIVE.terminals }))
    }
    gathered.clear()
  }
  const beat = setInterval(() => write(': here\n\n'), LIVE.beatMs)
  beat.unref()

  return {
    add: (reply) => {
      if (listeners.size >= LIVE.listeners) return false
      reply.hijack()
      const { raw } = reply
      raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no', 'x-content-type-options': 'nosniff' })
      raw.write('retry: 2000\n\n')
      listeners.add(raw)
      raw.on('close', () => listeners.delete(raw))
      raw.on('error', () => listeners.delete(raw))
      return true
    },
    send: (event) => {
      if (listeners.size === 0) return
      if (event.type === 'command') {
        write(frame(event))
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
    count: () => listeners.size,
    close: () => {
      clearInterval(beat)
      clearTimeout(flush)
      for (const to of listeners) to.end()
    },
  }
}
