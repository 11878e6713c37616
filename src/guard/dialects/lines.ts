import type { Dialect } from './commands.ts'

/** What is wrong with one line of text; undefined if it is harmless. `whole` is false while its end is not there. */
type LineRule = (line: string, whole: boolean) => string | undefined

/** A dialect of text lines. A line that is not finished must be able to become a harmless one. */
export const lineCommands = (rule: LineRule, end: RegExp): Dialect => (bytes) => {
  if (bytes.some((b) => b > 126)) return { why: 'a byte that is not ASCII stands in a line of commands' }
  const lines = String.fromCharCode(...bytes.slice(0, 4096)).split(end)
  const last = lines.pop() ?? ''
  for (const line of lines) {
    const why = rule(line, true)
    if (why) return { why }
  }
  // Half of a line end may be all that is there.
  const open = last.replace(/\r$/, '')
  const why = open === '' ? undefined : rule(open, false)
  if (why) return { why }
  return bytes.length > 4096 ? { why: 'more than 4096 bytes of commands at once' } : { rest: last.length }
}

const NUT = /^(?:LIST (?:UPS|VAR|RANGE|ENUM|RW|CMD|CLIENT)\b.*|GET (?:VAR|TYPE|DESC|UPSDESC|CMDDESC|NUMLOGINS)\b.*|VER|NETVER|PROTVER|HELP|LOGOUT)?$/
const NUT_STARTS = ['LIST UPS', 'LIST VAR', 'LIST RANGE', 'LIST ENUM', 'LIST RW', 'LIST CMD', 'LIST CLIENT', 'GET VAR', 'GET TYPE', 'GET DESC', 'GET UPSDESC', 'GET CMDDESC', 'GET NUMLOGINS', 'VER', 'NETVER', 'PROTVER', 'HELP', 'LOGOUT']
const NUT_NAMED: readonly [RegExp, string][] = [
  [/^\s*SET\b/i, 'SET changes a setting of the UPS'],
  [/^\s*INSTCMD\b/i, 'INSTCMD makes the UPS act: it may cut the power or start a battery test'],
  [/^\s*FSD\b/i, 'FSD shuts every host on this UPS down'],
  [/^\s*(?:LOGIN|ATTACH)\b/i, 'LOGIN makes the UPS wait for this host when it shuts down'],
  [/^\s*(?:MASTER|PRIMARY)\b/i, 'PRIMARY asks for the right to shut down'],
  [/^\s*(?:USERNAME|PASSWORD)\b/i, 'looking at a UPS needs no account'],
]

/** Network UPS Tools: LIST, GET, VER, NETVER, PROTVER, HELP and LOGOUT pass. */
export const nutCommand: LineRule = (line, whole) => {
  if (NUT.test(line) || (!whole && NUT_STARTS.some((start) => start.startsWith(line)))) return undefined
  return NUT_NAMED.find(([pattern]) => pattern.test(line))?.[1] ?? `${JSON.stringify(line.slice(0, 20))} is not one of LIST, GET, VER, NETVER, PROTVER, HELP, LOGOUT`
}

const MODEM = /^(?:|I\d?|\+[A-Z]+\?|\+[A-Z]+=\?|\+(?:CSQ|CGMI|CGMM|CGMR|GMI|GMM|GMR|CESQ|CNUM)|\+CMEE=[012])$/
const MODEM_NAMED: readonly [RegExp, string][] = [
  [/\+CPIN2?=/, 'AT+CPIN= uses up tries of the SIM PIN'],
  [/\+CFUN=/, 'AT+CFUN= switches the radio off or resets the modem'],
  [/\+COPS=/, 'AT+COPS= takes the modem off its network'],
  [/^D/, 'ATD dials'],
  [/^[ZFE&]/, 'ATZ, AT&F and ATE change the modem'],
]

/** Cellular modem: AT alone, ATI, questions (`?`, `=?`), signal, identity and AT+CMEE pass; several may follow one another with `;`. */
export const modemCommand: LineRule = (line, whole) => {
  const text = line.toUpperCase()
  if (text === '') return undefined
  if (!text.startsWith('AT')) return !whole && text === 'A' ? undefined : `${JSON.stringify(line.slice(0, 20))} is no AT command that only asks`
  for (const command of text.slice(2).split(';').map((c) => c.trim())) {
    if (MODEM.test(command) || (!whole && /^\+[A-Z]*=?$/.test(command))) continue
    const named = MODEM_NAMED.find(([pattern]) => pattern.test(command))?.[1]
    return named ?? `AT${command.slice(0, 20)} is no command that only asks`
  }
  return undefined
}
