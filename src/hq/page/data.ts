import { signal } from '@preact/signals'
import { useEffect, useState } from 'preact/hooks'
import type { CommandRow, LiveEvent, Problem } from '../../model/wire.ts'

/** Whether live updates arrive. */
export const live = signal<'connecting' | 'live' | 'cut'>('connecting')

/** The last state of every command heard of, by its id. */
export const commands = signal<ReadonlyMap<string, CommandRow>>(new Map())

type Topic = 'terminals' | 'reports' | 'incidents'
const listeners = new Set<(topic: Topic) => void>()

const take = (event: MessageEvent<string>): void => {
  const said = JSON.parse(event.data) as LiveEvent
  if (said.type === 'command') commands.value = new Map(commands.value).set(said.command.id, said.command)
  else for (const listener of listeners) listener(said.type)
}

/** Opens the stream of live updates; the browser opens it again by itself when it is cut. */
export const listen = (): (() => void) => {
  const stream = new EventSource('/api/events')
  stream.onopen = () => {
    live.value = 'live'
  }
  stream.onerror = () => {
    live.value = 'cut'
  }
  for (const type of ['command', 'terminals', 'reports', 'incidents']) stream.addEventListener(type, take)
  return () => stream.close()
}

/** What is known of something asked from HQ. `stale`: shown, but the last attempt to renew it failed. */
export type Asked<T> = { state: 'loading' } | { state: 'failed'; status: number; detail: string } | { state: 'here'; value: T; stale: boolean }

const ask = async <T>(path: string, signal: AbortSignal): Promise<Asked<T>> => {
  try {
    const response = await fetch(path, { headers: { accept: 'application/json' }, signal })
    if (response.ok) return { state: 'here', value: (await response.json()) as T, stale: false }
    const problem = (await response.json().catch(() => undefined)) as Problem | undefined
    return { state: 'failed', status: response.status, detail: problem?.detail ?? problem?.title ?? response.statusText }
  } catch (error) {
    return { state: 'failed', status: 0, detail: error instanceof Error ? error.message : String(error) }
  }
}

const RENEW_MS = 30_000
const GATHER_MS = 300

/** Asks HQ for a path now, again when one of the topics is heard of or `round` changes, and every half minute. */
export const useAsked = <T>(path: string, topics: readonly Topic[], round = 0): Asked<T> => {
  const [asked, setAsked] = useState<Asked<T>>({ state: 'loading' })
  useEffect(() => {
    const gone = new AbortController()
    let due: number | undefined
    const renew = async (): Promise<void> => {
      const answer = await ask<T>(path, gone.signal)
      if (gone.signal.aborted) return
      setAsked((before) => (answer.state === 'failed' && answer.status === 0 && before.state === 'here' ? { ...before, stale: true } : answer))
    }
    const soon = (): void => {
      clearTimeout(due)
      due = setTimeout(renew, GATHER_MS)
    }
    const hear = (topic: Topic): void => {
      if (topics.includes(topic)) soon()
    }
    setAsked({ state: 'loading' })
    void renew()
    listeners.add(hear)
    const timer = setInterval(renew, RENEW_MS)
    return () => {
      gone.abort()
      listeners.delete(hear)
      clearTimeout(due)
      clearInterval(timer)
    }
  }, [path, topics.join(), round])
  return asked
}

/** Sends something to HQ; resolves with its answer or with what went wrong. */
export const send = async <T>(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<Asked<T>> => {
  try {
    const response = await fetch(path, { method, headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
    if (response.ok) return { state: 'here', value: (response.status === 204 ? undefined : await response.json()) as T, stale: false }
    const problem = (await response.json().catch(() => undefined)) as Problem | undefined
    return { state: 'failed', status: response.status, detail: problem?.detail ?? problem?.title ?? response.statusText }
  } catch (error) {
    return { state: 'failed', status: 0, detail: error instanceof Error ? error.message : String(error) }
  }
}
