import { Absence } from './observation.ts'

/**
 * The text format of transcripts and fixtures, one line each:
 *   # remark                     > 10 04 01   sent        < 12 +8ms   received (delay since the line before)
 *   ? net.lookup ["name"]        a question to the bench, arguments as JSON array
 *   = {"addresses":[]} +3ms      its answer as JSON       ! refused no such name +3ms   or why there is none (an Absence)
 *   ! silence    ! garbage 40    ! unplug +5ms    ! after 300s  (what follows holds only from that time of the scenario on)
 * Two spaces end the bytes of a line; what follows them is a remark.
 */
export type DialogueLine =
  | { type: 'remark'; text: string }
  | { type: 'sent'; bytes: Uint8Array }
  | { type: 'got'; bytes: Uint8Array; ms: number }
  | { type: 'question'; call: string; args: unknown[] }
  | { type: 'answer'; value: unknown; ms: number }
  | { type: 'absent'; absence: Absence; detail: string; ms: number }
  | { type: 'silence' }
  | { type: 'garbage'; bytes: number }
  | { type: 'unplug'; ms?: number }
  | { type: 'after'; seconds: number }

/** What is wrong with a dialogue, and on which line (from 1). */
export class DialogueError extends Error {
  readonly line: number
  constructor(line: number, problem: string) {
    super(`line ${line}: ${problem}`)
    this.name = 'DialogueError'
    this.line = line
  }
}

/** Lower-case hex, a space between bytes. */
export const hex = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join(' ')

/** Bytes of a hex text with or without spaces; undefined if it is not one. */
export const unhex = (text: string): Uint8Array | undefined => {
  const digits = text.replaceAll(' ', '')
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) return undefined
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16))
}

const trailingDelay = (text: string): { rest: string; ms: number } => {
  const match = /^(.*?)\s*\+(\d+(?:\.\d+)?)ms$/s.exec(text)
  return match ? { rest: match[1] ?? '', ms: Number(match[2]) } : { rest: text, ms: 0 }
}

const bytesLine = (body: string, line: number): { bytes: Uint8Array; ms: number } => {
  const match = /^((?:[0-9a-fA-F]{2} ?)*)(?:\s+\+(\d+(?:\.\d+)?)ms)?(?:\s{2,}.*)?$/.exec(body.trimEnd())
  const bytes = match && unhex((match[1] ?? '').trim())
  if (!bytes || bytes.length === 0) throw new DialogueError(line, 'expected bytes in hex, as `> 10 04 01`, then two spaces before any remark')
  return { bytes, ms: Number(match[2] ?? 0) }
}

const json = (text: string, line: number): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new DialogueError(line, 'expected JSON')
  }
}

const interruption = (body: string, line: number): DialogueLine => {
  const [word = '', ...others] = body.split(' ')
  const rest = others.join(' ').trim()
  if (word === 'silence') return { type: 'silence' }
  const delayed = /^\+(\d+(?:\.\d+)?)ms/.exec(rest)
  if (word === 'unplug') return delayed ? { type: 'unplug', ms: Number(delayed[1]) } : { type: 'unplug' }
  if (word === 'garbage' && /^\d+/.test(rest)) return { type: 'garbage', bytes: Number.parseInt(rest, 10) }
  const after = /^(\d+(?:\.\d+)?)s/.exec(rest)
  if (word === 'after' && after) return { type: 'after', seconds: Number(after[1]) }
  const absence = Absence.safeParse(word)
  if (!absence.success) throw new DialogueError(line, `unknown interruption "${word}"`)
  const { rest: detail, ms } = trailingDelay(rest)
  return { type: 'absent', absence: absence.data, detail, ms }
}

const parseLine = (text: string, line: number): DialogueLine => {
  const mark = text[0]
  const body = text.slice(1).trim()
  if (mark === '#') return { type: 'remark', text: body }
  if (mark === '>') return { type: 'sent', bytes: bytesLine(body, line).bytes }
  if (mark === '<') return { type: 'got', ...bytesLine(body, line) }
  if (mark === '!') return interruption(body, line)
  if (mark === '=') {
    const { rest, ms } = trailingDelay(body)
    return { type: 'answer', value: json(rest, line), ms }
  }
  if (mark === '?') {
    const gap = body.indexOf(' ')
    const args = gap < 0 ? [] : json(body.slice(gap + 1), line)
    if (!Array.isArray(args)) throw new DialogueError(line, 'the arguments of a question are a JSON array')
    return { type: 'question', call: gap < 0 ? body : body.slice(0, gap), args }
  }
  throw new DialogueError(line, 'a line starts with one of # > < ? = !')
}

/** Reads a dialogue. Empty lines are left out. Throws DialogueError, which names the line. */
export const parseDialogue = (text: string): DialogueLine[] =>
  text.split('\n').flatMap((raw, i) => (raw.trim() === '' ? [] : [parseLine(raw.trimEnd(), i + 1)]))

const delay = (ms: number): string => ` +${Math.round(ms * 10) / 10}ms`

/** Writes one line; parseDialogue reads it back as the same line (delays are rounded to 0.1 ms). */
export const formatLine = (line: DialogueLine): string => {
  switch (line.type) {
    case 'remark': return `# ${line.text.replaceAll(/\s+/g, ' ')}`
    case 'sent': return `> ${hex(line.bytes)}`
    case 'got': return `< ${hex(line.bytes)}${delay(line.ms)}`
    case 'question': return `? ${line.call} ${JSON.stringify(line.args)}`
    case 'answer': return `= ${JSON.stringify(line.value ?? null)}${delay(line.ms)}`
    case 'absent': return `! ${line.absence} ${line.detail.replaceAll(/\s+/g, ' ')}${delay(line.ms)}`
    case 'silence': return '! silence'
    case 'garbage': return `! garbage ${line.bytes}`
    case 'unplug': return `! unplug${line.ms ? delay(line.ms) : ''}`
    case 'after': return `! after ${line.seconds}s`
  }
}
