import { signal } from '@preact/signals'
import { useEffect, useState } from 'preact/hooks'
import type { CommandRow, LiveEvent, Problem } from '../../model/wire.ts'

/** Whether live updates arrive. */
export const live = signal<'connecting' | 'live' | 'cut'>('connecting')

/** Whether HQ asks to sign in: nobody has, or no longer counts. */
export const signedOut = signal(false)

/** The last state of every command heard of, by its id. */
export const commands = signal<ReadonlyMap<string, CommandRow>>(new Map())

type Topic = 'terminals' | 'reports' | 'incidents'
const listeners = new Set<(topic: Topic | 'all') => void>()
const tell = (topic: Topic | 'all'): void => {
  for (const listener of listeners) listener(topic)
}

const take = (event: MessageEvent<string>): void => {
  const said = JSON.parse(event.data) as LiveEvent
  if (said.type === 'command') commands.value = new Map(commands.value).set(said.command.id, said.command)
  else tell(said.type)
}

/** A browser connects again by itself unless HQ answered with an error, as it does when nobody is signed in or too many listen. */
const REOPEN_MS = 15_000

/** Opens the stream of live updates and keeps it open; what is shown is asked for anew when it is cut, and when it is back. */
export const listen = (): (() => void) => {
  let stream: EventSource
  let again: number | undefined
  const open = (): void => {
    stream = new EventSource('/api/events')
    stream.onopen = () => {
      if (live.value === 'cut') tell('all')
      live.value = 'live'
    }
    stream.onerror = () => {
      if (live.value !== 'cut') tell('all')
      live.value = 'cut'
      if (stream.readyState !== EventSource.CLOSED) return
      clearTimeout(again)
      if (!signedOut.value) again = setTimeout(open, REOPEN_MS)
    }
    for (const type of ['command', 'terminals', 'reports', 'incidents']) stream.addEventListener(type, take)
  }
  open()
  return () => {
    clearTimeout(again)
    stream.close()
  }
}

/** What went wrong: `status` 0 if HQ gave no answer at all, `kind` the last part of a problem's type. */
export interface Failed {
  state: 'failed'
  status: number
  kind: string
  detail: string
}

/** Something that HQ answered, and when. `stale`: shown, but the last attempt to renew it failed. `renewing`: of an address asked for before the present one. */
export interface Here<T> {
  state: 'here'
  value: T
  at: number
  stale: boolean
  renewing: boolean
}

/** What is known of something asked from HQ. */
export type Asked<T> = { state: 'loading' } | Failed | Here<T>

/** Sends something to HQ; resolves with its answer or with what went wrong. */
export const send = async <T>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, until?: AbortSignal): Promise<Failed | Here<T>> => {
  const json = body === undefined ? {} : { 'content-type': 'application/json' }
  try {
    const response = await fetch(path, { method, headers: { accept: 'application/json', ...json }, body: body === undefined ? null : JSON.stringify(body), signal: until ?? null })
    if (response.status === 401 && path.startsWith('/api/')) signedOut.value = true
    if (response.ok) return { state: 'here', value: (response.status === 204 ? undefined : await response.json()) as T, at: Date.now(), stale: false, renewing: false }
    // Whoever stands between here and HQ need not answer in JSON; then the status has to do.
    const problem = await response.json().then((said) => said as Problem, () => undefined)
    return { state: 'failed', status: response.status, kind: problem?.type.split(':').at(-1) ?? '', detail: problem?.detail ?? problem?.title ?? response.statusText }
  } catch (error) {
    return { state: 'failed', status: 0, kind: 'no-answer', detail: error instanceof Error ? error.message : String(error) }
  }
}

const RENEW_MS = 30_000
const GATHER_MS = 300

/** The last answers, so that going back shows at once what was there. */
const remembered = new Map<string, Here<unknown>>()
const REMEMBERED = 30

const remember = (path: string, answer: Here<unknown>): void => {
  remembered.delete(path)
  remembered.set(path, answer)
  const [oldest] = remembered.keys()
  if (remembered.size > REMEMBERED && oldest !== undefined) remembered.delete(oldest)
}

const listOf = (path: string): string => path.split('?')[0] ?? path

interface Held<T> {
  path: string
  asked: Asked<T>
}

/** What to show of a path before HQ has answered: the last answer, else of a list what it showed with another query. */
const meanwhile = <T>(path: string, before?: Held<T>): Held<T> => {
  if (before?.path === path) return before
  const recalled = remembered.get(path) as Here<T> | undefined
  if (recalled) return { path, asked: recalled }
  const same = before?.asked.state === 'here' && listOf(before.path) === listOf(path)
  return { path, asked: same && before.asked.state === 'here' ? { ...before.asked, renewing: true } : { state: 'loading' } }
}

/** HQ could not be asked, or could not answer: nothing that would make wrong what was answered before. */
const passing = ({ status }: Failed): boolean => status === 0 || status >= 500

const settled = <T>({ path, asked }: Held<T>, answer: Failed | Here<T>): Held<T> =>
  answer.state === 'failed' && passing(answer) && asked.state === 'here' && !asked.renewing ? { path, asked: { ...asked, stale: true } } : { path, asked: answer }

/**
 * Asks HQ for a path now, again when one of the topics is heard of or `round` changes, and every half minute. With `once` it is
 * something that never changes, and an answer is the last one. While the query changes, the former answer stays.
 */
export const useAsked = <T>(path: string, topics: readonly Topic[], { round = 0, once = false }: { round?: number; once?: boolean } = {}): Asked<T> => {
  const [held, setHeld] = useState<Held<T>>(() => meanwhile(path))
  useEffect(() => {
    const gone = new AbortController()
    let due: number | undefined
    let known = once && remembered.has(path)
    setHeld((before) => meanwhile(path, before))
    const renew = async (): Promise<void> => {
      if (known) return
      const answer = await send<T>('GET', path, undefined, gone.signal)
      if (gone.signal.aborted) return
      if (answer.state === 'here') remember(path, answer)
      known = once && answer.state === 'here'
      setHeld((before) => settled(meanwhile(path, before), answer))
    }
    const hear = (topic: Topic | 'all'): void => {
      if (topic !== 'all' && !topics.includes(topic)) return
      clearTimeout(due)
      due = setTimeout(renew, GATHER_MS)
    }
    void renew()
    listeners.add(hear)
    const timer = setInterval(renew, RENEW_MS)
    return () => {
      gone.abort()
      listeners.delete(hear)
      clearTimeout(due)
      clearInterval(timer)
    }
  }, [path, topics.join(), round, once])
  return meanwhile(path, held).asked
}
