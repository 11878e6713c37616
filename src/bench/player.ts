import { type DialogueLine, hex } from '../model/dialogue.ts'
import type { Absence } from '../model/observation.ts'

/** Something that a played device does, that many milliseconds after it was asked to. refusal: the bytes could not even be sent. */
export type Arrival =
  | { type: 'bytes'; after: number; bytes: Uint8Array }
  | { type: 'unplug'; after: number }
  | { type: 'refusal'; after: number; absence: Absence; detail: string }

/** How a question is answered, after that many milliseconds. */
type Answer = { ms: number } & ({ value: unknown } | { absence: Absence; detail: string })

/** A dialogue as the other side would play it. It keeps count of what was used; times are milliseconds of the scenario. */
export interface Player {
  /** The port is opened (at an address, or at any if that is undefined): what comes unasked, now and later, or why it does not open. Undefined: the dialogue knows no such port. */
  opened(address: unknown, nowMs: number): { arrivals: Arrival[]; ms: number } | { absence: Absence; detail: string; ms: number } | undefined
  /** Bytes were sent to it: what comes back. Bytes may come in pieces or several lines at once, as on a socket. */
  sent(bytes: Uint8Array, nowMs: number): Arrival[]
  /** A question was put; undefined if the dialogue has no answer. */
  ask(call: string, args: readonly unknown[], nowMs: number): Answer | undefined
}

/** What holds from one time of the scenario on. */
interface Phase {
  fromMs: number
  /** There is a port, and something is said about it. */
  speaks: boolean
  /** The device answers nothing that earlier phases knew. */
  mute: boolean
  unasked: Arrival[]
  /** Bytes sent, in hex -> what each sending of them brings. */
  blocks: Map<string, Arrival[][]>
  /** Question -> its answers, those of `open` with what arrives after it. */
  answers: Map<string, { answer: Answer; arrivals: Arrival[] }[]>
}

const phaseFrom = (fromMs: number): Phase => ({ fromMs, speaks: false, mute: false, unasked: [], blocks: new Map(), answers: new Map() })

const append = <V>(map: Map<string, V[]>, key: string, value: V): void => {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

/** JSON with the names of fields in order, so that equal questions are equal texts. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const fields = Object.entries(value).filter(([, inner]) => inner !== undefined).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join()}}`
}

const questionKey = (call: string, args: readonly unknown[]): string => `${call} ${canonical(args)}`

const hexKey = (bytes: Uint8Array): string => hex(bytes).replaceAll(' ', '')

/** The same garbage every time (xorshift32). */
const garbage = (count: number, seed: number): Uint8Array => {
  let state = (seed * 2654435761 + 1) >>> 0 || 1
  return Uint8Array.from({ length: count }, () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state & 0xff
  })
}

type AnswerLine = Extract<DialogueLine, { type: 'answer' | 'absent' | 'silence' | 'unplug' }>

const isAnswer = (line: DialogueLine): line is AnswerLine => ['answer', 'absent', 'silence', 'unplug'].includes(line.type)

const answerIn = (line: AnswerLine): Answer => {
  switch (line.type) {
    case 'answer': return { value: line.value, ms: line.ms }
    case 'absent': return { absence: line.absence, detail: line.detail, ms: line.ms }
    case 'silence': return { absence: 'silent', detail: 'no answer', ms: 0 }
    case 'unplug': return { absence: 'missing', detail: 'unplugged', ms: line.ms ?? 0 }
  }
}

const phasesOf = (lines: readonly DialogueLine[]): Phase[] => {
  let phase = phaseFrom(0)
  const phases = [phase]
  /** What the port does after the last thing that happened to it, and how long after. */
  let arrivals = phase.unasked
  let after = 0
  let asked: { call: string; args: unknown[] } | undefined

  const answer = (question: { call: string; args: unknown[] }, said: Answer): void => {
    const entry = { answer: said, arrivals: [] as Arrival[] }
    append(phase.answers, questionKey(question.call, question.args), entry)
    if (question.call !== 'open') return
    arrivals = entry.arrivals
    after = 0
  }
  const happens = (line: DialogueLine, index: number): void => {
    if (line.type !== 'after' && line.type !== 'answer') phase.speaks = true
    switch (line.type) {
      case 'after':
        phase = phaseFrom(line.seconds * 1000)
        phases.push(phase)
        arrivals = phase.unasked
        after = 0
        break
      case 'sent':
        arrivals = []
        after = 0
        append(phase.blocks, hexKey(line.bytes), arrivals)
        break
      case 'got':
        after += line.ms
        arrivals.push({ type: 'bytes', after, bytes: line.bytes })
        break
      case 'garbage':
        arrivals.push({ type: 'bytes', after, bytes: garbage(line.bytes, index + 1) })
        break
      case 'unplug':
        after += line.ms ?? 0
        arrivals.push({ type: 'unplug', after })
        break
      case 'absent':
        arrivals.push({ type: 'refusal', after: after + line.ms, absence: line.absence, detail: line.detail })
        break
      case 'silence':
        if (arrivals === phase.unasked) phase.mute = true
        break
    }
  }

  for (const [index, line] of lines.entries()) {
    if (line.type === 'remark') continue
    if (line.type === 'question') {
      asked = { call: line.call, args: line.args }
    } else if (asked && isAnswer(line)) {
      answer(asked, answerIn(line))
      asked = undefined
    } else {
      asked = undefined
      happens(line, index)
    }
  }
  return phases.sort((a, b) => a.fromMs - b.fromMs)
}

/**
 * Plays a dialogue. Sent bytes are matched with the next `>` line that has the same bytes, and after the last of them with that one
 * again; questions likewise, a question without arguments standing for all arguments. After `! after Ns` new lines go before old
 * ones; `! silence` directly after it makes the device deaf to the old ones, `! unplug` there takes it away until a later time or an
 * answered `? open`.
 */
export const player = (lines: readonly DialogueLine[]): Player => {
  const phases = phasesOf(lines)
  const used = new Map<unknown, number>()
  let unpluggedAt: number | undefined
  let pending = ''

  /** The phases that hold, latest first. */
  const holding = (nowMs: number): Phase[] => phases.filter(({ fromMs }) => fromMs <= nowMs).reverse()

  const next = <V>(list: V[]): V | undefined => {
    const index = used.get(list) ?? 0
    used.set(list, index + 1)
    return list[Math.min(index, list.length - 1)]
  }

  const isUnplugged = (nowMs: number): boolean => {
    const phase = holding(nowMs)[0]
    if (!phase) return false
    const byItself = phase.unasked.some(({ type, after }) => type === 'unplug' && phase.fromMs + after <= nowMs)
    return byItself || (unpluggedAt !== undefined && unpluggedAt >= phase.fromMs && unpluggedAt <= nowMs)
  }

  /** Sent bytes that are known now -> what they bring. */
  const known = (nowMs: number): Map<string, Arrival[][]> => {
    const all = new Map<string, Arrival[][]>()
    for (const phase of holding(nowMs)) {
      for (const [key, list] of phase.blocks) if (!all.has(key)) all.set(key, list)
      if (phase.mute) break
    }
    return all
  }

  const play = (list: Arrival[][], nowMs: number): Arrival[] => {
    const arrivals = next(list) ?? []
    if (isUnplugged(nowMs)) return arrivals[0]?.type === 'refusal' ? arrivals : [{ type: 'unplug', after: 0 }]
    const unplug = arrivals.find(({ type }) => type === 'unplug')
    if (unplug) unpluggedAt = nowMs + unplug.after
    return arrivals
  }

  /** The answer to an opening, whatever the address, for devices that are not told by which name they are opened. */
  const anyOpening = (nowMs: number) => {
    for (const { answers } of holding(nowMs)) {
      const [, list] = [...answers].find(([key]) => key.startsWith('open ')) ?? []
      if (list) return next(list)
    }
    return undefined
  }

  const entryFor = (call: string, args: readonly unknown[], nowMs: number) => {
    for (const { answers } of holding(nowMs)) {
      const list = answers.get(questionKey(call, args)) ?? answers.get(questionKey(call, []))
      if (list) return next(list)
    }
    return undefined
  }

  /** Bytes greet whoever opens the port; the device goes when the scenario says so, however often it is opened. */
  const greetingOf = (phase: Phase | undefined, nowMs: number): Arrival[] =>
    (phase?.unasked ?? [])
      .map((arrival) => (arrival.type === 'unplug' ? { ...arrival, after: (phase?.fromMs ?? 0) + arrival.after - nowMs } : arrival))
      .filter(({ after }) => after >= 0)

  /** What comes by itself at times that are still to come. */
  const later = (nowMs: number): Arrival[] =>
    phases.filter(({ fromMs }) => fromMs > nowMs).flatMap(({ fromMs, unasked }) => unasked.map((arrival) => ({ ...arrival, after: arrival.after + fromMs - nowMs })))

  return {
    opened: (address, nowMs) => {
      pending = ''
      const entry = address === undefined ? anyOpening(nowMs) : entryFor('open', [address], nowMs)
      if (entry) {
        const { answer, arrivals } = entry
        if ('absence' in answer) return answer
        unpluggedAt = undefined
        const unplug = arrivals.find(({ type }) => type === 'unplug')
        if (unplug) unpluggedAt = nowMs + answer.ms + unplug.after
        return { arrivals: [...arrivals, ...later(nowMs)], ms: answer.ms }
      }
      const active = holding(nowMs)
      if (phases.some(({ answers }) => [...answers.keys()].some((key) => key.startsWith('open ')))) return undefined
      if (!phases.some(({ speaks }) => speaks)) return undefined
      if (isUnplugged(nowMs)) return { absence: 'missing', detail: 'unplugged', ms: 0 }
      const greeting = active.find(({ unasked, mute }) => mute || unasked.length > 0)
      return { arrivals: [...greetingOf(greeting, nowMs), ...later(nowMs)], ms: 0 }
    },
    sent: (bytes, nowMs) => {
      const all = known(nowMs)
      const exact = all.get(hexKey(bytes))
      if (exact) {
        pending = ''
        return play(exact, nowMs)
      }
      if (isUnplugged(nowMs)) return [{ type: 'unplug', after: 0 }]
      const arrivals: Arrival[] = []
      const keys = [...all.keys()].sort((a, b) => b.length - a.length)
      pending += hexKey(bytes)
      while (pending !== '') {
        const key = keys.find((candidate) => pending.startsWith(candidate))
        const list = key === undefined ? undefined : all.get(key)
        if (key !== undefined && list) {
          arrivals.push(...play(list, nowMs))
          pending = pending.slice(key.length)
        } else if (keys.some((candidate) => candidate.startsWith(pending))) break
        else pending = pending.slice(2)
      }
      return arrivals
    },
    ask: (call, args, nowMs) => entryFor(call, args, nowMs)?.answer,
  }
}
