/** A line of a log without its heading. */
export interface LogLine {
  text: string
  /** Program that wrote it, `kernel` for the kernel; undefined where the line does not say. */
  by?: string
  /** Wall time, milliseconds since 1970. */
  wall?: number
  /** Seconds since the kernel started. */
  up?: number
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const DAY_MS = 86_400_000

const WEEKDAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)'
const MONTH = `(?:${MONTHS.join('|')})`
const CLOCK = '(\\d\\d):(\\d\\d):(\\d\\d)(?:[.,](\\d{1,9}))?'

/** Day and time without a year, by the local clock: of the years that do not lie in the future the last one. */
const yearless = (month: string, day: string, hour: string, minute: string, second: string, now: number): number => {
  const inYear = (year: number) => new Date(year, MONTHS.indexOf(month), Number(day), Number(hour), Number(minute), Number(second)).getTime()
  const year = new Date(now).getFullYear()
  const thisYear = inYear(year)
  return thisYear > now + DAY_MS ? inYear(year - 1) : thisYear
}

const DIGITS = '0123456789'
const IN_MONTHS = 'JFMASOND'
const IN_FACILITIES = 'kumdalsncf'

interface Part {
  /** Characters that it can begin with. */
  starts: string
  is: RegExp
  /** What the groups tell; NaN times are dropped. */
  tells: (groups: readonly string[], now: number) => Partial<LogLine>
  /** After such a part comes the name of the host, and then that of the program. */
  named?: boolean
}

const isoTime = (stamp: string): number => Date.parse(stamp.replace(',', '.').replace(/(?<=[+-]\d\d)(?=\d\d$)/, ':'))

/** The parts that headings are made of: dmesg (plain, -x, -T, -e, --time-format iso), /dev/kmsg, syslog (RFC 3164, 5424), BusyBox, journalctl's short forms and export. */
const PARTS: readonly Part[] = [
  // <34>1 2003-10-11T22:14:15.003Z host program process id data
  {
    starts: '<',
    is: /^<\d{1,3}>1 (\S+) \S+ (\S+) \S+ \S+ (?:-|(?:\[(?:[^"\]]|"(?:[^"\\]|\\.)*")*\])+) ?(?:\u{feff})?/u,
    tells: ([stamp = '', program = '']) => ({ wall: isoTime(stamp), ...(program === '-' ? {} : { by: program }) }),
  },
  { starts: '<', is: /^<\d{1,3}>/, tells: () => ({}) },
  // 6,339,5140900,-;text
  { starts: DIGITS, is: /^\d{1,3},\d+,(\d+),[^;\s]*;/, tells: ([us = '']) => ({ up: Number(us) / 1e6, by: 'kernel' }) },
  { starts: 'M\u001e', is: /^(?:MESSAGE=|\u001e)/, tells: () => ({}) },
  // kern  :warn  : [    1.234] text
  { starts: IN_FACILITIES, is: /^(?:kern|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|authpriv|ftp|local\d)\s*:\s*(?:emerg|alert|crit|err|warn|notice|info|debug)\s*: /, tells: () => ({}) },
  // user.err kernel: text
  { starts: IN_FACILITIES, is: /^(?:kern|user|daemon|syslog|local\d)\.(?:emerg|alert|crit|err|warn|warning|notice|info|debug) (?=\S+: )/, tells: () => ({}) },
  // [ 1234.567890] text, [ 1234.567890 <    0.1>] text, [ T123] after it
  { starts: '[', is: /^\[ *(\d+\.\d+)(?: <[^>]*>)?\](?:\[ *[TC]\d+\])? ?/, tells: ([s = '']) => ({ up: Number(s) }) },
  // [  +0.000123] text and [Nov22 10:45] text, which tell no moment
  { starts: '[', is: new RegExp(`^\\[(?: *\\+\\d+\\.\\d+|${MONTH}\\d\\d \\d\\d:\\d\\d)\\] ?`), tells: () => ({}) },
  // [Sun Nov 22 10:45:40 2026] text, and the same without brackets
  {
    starts: '[MTWFS',
    is: new RegExp(`^\\[?${WEEKDAY} (${MONTH}) +(\\d{1,2}) ${CLOCK} (\\d{4})\\]? `),
    tells: ([month = '', day, hour, minute, second, , year]) => ({ wall: new Date(Number(year), MONTHS.indexOf(month), Number(day), Number(hour), Number(minute), Number(second)).getTime() }),
  },
  // Sun 2026-11-22 10:45:40 UTC host program[1]: text
  { starts: 'MTWFS', is: new RegExp(`^${WEEKDAY} (\\d{4}-\\d\\d-\\d\\d) (\\S+) (UTC|\\w+) `), tells: ([day = '', time = '', zone]) => ({ wall: Date.parse(`${day}T${time}${zone === 'UTC' ? 'Z' : ''}`) }), named: true },
  // 2026-11-22T10:45:40,123456+00:00 text of dmesg, which names no program
  { starts: DIGITS, is: /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d,\d+\S*) /, tells: ([stamp = '']) => ({ wall: isoTime(stamp) }) },
  { starts: DIGITS, is: /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:?\d\d)? /, tells: ([day = '', time = '', zone = '']) => ({ wall: isoTime(`${day}T${time}${zone}`) }), named: true },
  {
    starts: DIGITS + IN_MONTHS,
    is: new RegExp(`^(?:\\d{4} )?(${MONTH}) +(\\d{1,2}) (?:\\d{4} )?${CLOCK} `),
    tells: ([month = '', day = '', hour = '', minute = '', second = ''], now) => ({ wall: yearless(month, day, hour, minute, second, now) }),
    named: true,
  },
  // 1637577940.123456 host program[1]: text
  { starts: DIGITS, is: /^(\d{9,11}\.\d{6}) /, tells: ([s = '']) => ({ wall: Number(s) * 1000 }), named: true },
]

/** A program's name where a host's stands before it, and where none does: only with a process id, lest `usb 1-1:` be taken for one, and not where the kernel speaks of a program that crashed. */
const AFTER_HOST = /^\S+ (?:(?:kern|user|daemon|syslog|local\d)\.\w+ |(?:EMERG|ALERT|CRIT|ERR|WARNING|NOTICE|INFO|DEBUG) )?([\w.@/()-]+?)(?:\[\d+\])?: ?/
const BARE = /^(?:[\w.-]+ )?(?:(kernel)|([\w.@/-]+)\[\d+\]):(?! ?(?:segfault at|unhandled |undefined instruction)) ?/

const MOST_PARTS = 5

const partsByFirst = new Map<string, readonly Part[]>()

/** Parts that can begin with this character. */
const partsFrom = (first: string): readonly Part[] => {
  const known = partsByFirst.get(first)
  if (known) return known
  const parts = PARTS.filter(({ starts }) => starts.includes(first))
  if (parts.length > 0) partsByFirst.set(first, parts)
  return parts
}

/** Takes over what a part told; a time that is none is dropped. */
const adopt = (line: LogLine, { by, wall = Number.NaN, up = Number.NaN }: Partial<LogLine>): void => {
  if (by !== undefined) line.by = by
  if (Number.isFinite(wall)) line.wall = wall
  if (Number.isFinite(up)) line.up = up
}

const strip = (text: string, now: number): LogLine => {
  const line: LogLine = { text }
  for (let n = 0; n < MOST_PARTS; n += 1) {
    let read: Part | undefined
    for (const part of partsFrom(line.text[0] ?? '')) {
      const found = part.is.exec(line.text)
      if (!found) continue
      adopt(line, part.tells(found.slice(1), now))
      line.text = line.text.slice(found[0].length)
      read = part
      break
    }
    const program = line.by === undefined ? (read?.named ? AFTER_HOST : BARE).exec(line.text) : null
    if (program) {
      line.by = program[1] ?? program[2] ?? ''
      line.text = line.text.slice(program[0].length)
    }
    if (!read && !program) break
  }
  return line
}

const fromJournal = (entry: Record<string, unknown>): LogLine | undefined => {
  const { MESSAGE: message } = entry
  // A message that is no valid text is given as its bytes.
  const text = typeof message === 'string' ? message : Array.isArray(message) && message.every((byte) => typeof byte === 'number') ? Buffer.from(message).toString('utf8') : undefined
  if (text === undefined) return undefined
  const by = entry._TRANSPORT === 'kernel' ? 'kernel' : (entry.SYSLOG_IDENTIFIER ?? entry._COMM)
  const wall = Number(entry.__REALTIME_TIMESTAMP ?? Number.NaN) / 1000
  return { text, ...(typeof by === 'string' ? { by } : {}), ...(Number.isFinite(wall) ? { wall } : {}) }
}

const JOURNAL = /^\u001e?\{/
// One field of journalctl -o json-pretty.
const PRETTY = /^\s+"MESSAGE" : ("(?:[^"\\]|\\.)*"),?$/

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Reads the heading of a line of dmesg, syslog or journalctl, text or JSON; what cannot be told apart stays text. `now` gives years to stamps without one. */
export const readHeading = (line: string, now: number): LogLine => {
  if (JOURNAL.test(line)) {
    const entry = parsed(line.replace('\u001e', ''))
    const read = typeof entry === 'object' && entry !== null ? fromJournal(entry as Record<string, unknown>) : undefined
    if (read) return read
  }
  const pretty = PRETTY.exec(line)
  const text = pretty ? parsed(pretty[1] ?? '') : undefined
  return typeof text === 'string' ? { text } : strip(line, now)
}
