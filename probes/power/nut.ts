import type { Bench, Port } from '../../src/model/bench.ts'
import { looked, type Missed } from '../../src/model/probe.ts'

const ANSWER_MS = 2000
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** An answer that is an error: the word after ERR, as DATA-STALE. */
type NutError = { error: string }

/** Values of a UPS by NUT name, as `ups.status`. */
export type Variables = ReadonlyMap<string, string>

/**
 * Splits a line of the NUT protocol into words. A word in quotes may hold blanks; inside quotes a backslash takes the next
 * character as it is (NUT network protocol, RFC 9271 section 4). Undefined if a quote is not closed.
 */
export const nutWords = (line: string): string[] | undefined => {
  const words: string[] = []
  let word: string | undefined
  let quoted = false
  for (let i = 0; i < line.length; i += 1) {
    const c = line[i] ?? ''
    if (c === '\\' && i + 1 < line.length) {
      i += 1
      word = (word ?? '') + (line[i] ?? '')
    } else if (c === '"') {
      quoted = !quoted
      word ??= ''
    } else if (!quoted && (c === ' ' || c === '\t' || c === '\r')) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else {
      word = (word ?? '') + c
    }
  }
  if (word !== undefined) words.push(word)
  return quoted ? undefined : words
}

/** The answer to a LIST is complete when its END line or an error has come. */
const listComplete = (text: string): boolean => text.endsWith('\n') && (/^ERR /.test(text) || /(^|\n)END LIST [^\n]*\n$/.test(text))

/**
 * Reads the answer to LIST VAR: `VAR <ups> <name> "<value>"` lines between BEGIN and END. Undefined if it is no such answer, is not
 * complete, or is about another UPS.
 */
export const readVariables = (text: string, ups: string): Variables | NutError | undefined => {
  const error = /^ERR ([A-Z-]+)/.exec(text)?.[1]
  if (error !== undefined) return { error }
  if (!text.startsWith(`BEGIN LIST VAR ${ups}\n`) || !listComplete(text)) return undefined
  const variables = new Map<string, string>()
  for (const line of text.split('\n')) {
    if (!line.startsWith('VAR ')) continue
    const [, about, name, value] = nutWords(line) ?? []
    if (about !== ups || name === undefined || value === undefined) return undefined
    variables.set(name, value)
  }
  return variables
}

/** What the server's errors mean for a look at the UPS. */
export const NUT_ERRORS: Readonly<Record<string, Missed>> = {
  'DATA-STALE': { absent: 'silent', detail: 'DATA-STALE: the NUT driver runs, but the UPS no longer answers it' },
  'DRIVER-NOT-CONNECTED': { absent: 'missing', detail: 'DRIVER-NOT-CONNECTED: the NUT driver of this UPS is not running' },
  'UNKNOWN-UPS': { absent: 'refused', detail: 'UNKNOWN-UPS: the NUT server has no UPS of this name' },
  'ACCESS-DENIED': { absent: 'blocked', detail: 'ACCESS-DENIED: the NUT server does not let this host look' },
}

/** Why there are no variables, in the words of an observation. */
const whyNot = (error: string): Missed => NUT_ERRORS[error] ?? { absent: 'refused', detail: `the NUT server answers ERR ${error}` }

const ask = async (port: Port, line: string, complete: (text: string) => boolean): Promise<string> => {
  await port.write(encoder.encode(`${line}\n`))
  return decoder.decode(await port.read(ANSWER_MS, (got) => complete(decoder.decode(got))))
}

const oneLine = (text: string): boolean => text.endsWith('\n')

const names = (text: string): string[] => text.split('\n').flatMap((line) => (line.startsWith('UPS ') ? (nutWords(line)?.[1] ?? []) : []))

/** What a NUT server told of one UPS, or why not; `stale` is true where the server itself answers but has no fresh data. */
export type Told = { server: string; variables: Variables } | (Missed & { server?: string; stale: boolean })

const talk = async (port: Port, ups: string): Promise<Told> => {
  const version = await ask(port, 'VER', oneLine)
  if (version === '') return { absent: 'silent', detail: 'the NUT server takes the connection but does not answer', stale: false }
  const server = version.trim().slice(0, 200)
  const text = await ask(port, `LIST VAR ${ups}`, listComplete)
  if (text === '') return { absent: 'silent', detail: 'the NUT server stopped answering', stale: false, server }
  const answer = readVariables(text, ups)
  if (answer === undefined) return { absent: 'garbled', detail: `what answers is no NUT server or was cut off: ${text.slice(0, 60).trim()}`, stale: false, server }
  if (!('error' in answer)) {
    const lostByDriver = /^reconnect/.test(answer.get('driver.state') ?? '')
    return lostByDriver ? { absent: 'silent', detail: 'the NUT driver has lost the UPS and tries to find it again', stale: true, server } : { server, variables: answer }
  }
  const why = whyNot(answer.error)
  const known = answer.error === 'UNKNOWN-UPS' ? names(await ask(port, 'LIST UPS', listComplete)) : []
  return { ...why, ...(known.length > 0 ? { detail: `${why.detail}; it has ${known.join(', ')}` } : {}), stale: answer.error === 'DATA-STALE', server }
}

const leave = async (port: Port): Promise<void> => {
  await looked(port.write(encoder.encode('LOGOUT\n')))
  await looked(port.close())
}

/** The name goes into a line of the protocol, so it must not end it. NUT's own names are letters, digits, dot, underscore and hyphen. */
const NAME = /^[A-Za-z0-9._-]{1,64}$/

/** Asks a NUT server (upsd) for everything it knows of one UPS. Never rejects for what server or UPS do. */
export const askNut = async (bench: Bench, { host, port: number, ups }: { host: string; port: number; ups: string }): Promise<Told> => {
  if (!NAME.test(ups)) return { absent: 'blocked', detail: `the terminal file names the UPS "${ups.slice(0, 40)}"; NUT's names have letters, digits, dot, underscore and hyphen only`, stale: false }
  const opened = await looked(bench.open({ type: 'tcp', host, port: number, dialect: 'nut' }))
  if ('absent' in opened) {
    const nobody = opened.absent === 'refused' ? { absent: 'missing' as const, detail: `no NUT server listens at ${host}:${number}: ${opened.detail}` } : opened
    return { ...nobody, stale: false }
  }
  const told = await looked(talk(opened.value, ups))
  await leave(opened.value)
  return 'value' in told ? told.value : { ...told, stale: false }
}

/** A number that NUT gives as text; undefined if it is none. */
export const nutNumber = (variables: Variables, name: string): number | undefined => {
  const text = variables.get(name)?.trim()
  const value = text === undefined || text === '' ? Number.NaN : Number(text)
  return Number.isFinite(value) ? value : undefined
}

