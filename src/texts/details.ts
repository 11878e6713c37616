import type { Language } from '../model/language.ts'
import type { Absence } from '../model/observation.ts'
import type { Text } from '../model/text.ts'
import { AGENT_DETAILS } from './details-agent.ts'
import { BENCH_DETAILS, CODE_FAMILIES, CODES, SYSTEM_WORDS } from './details-bench.ts'
import { HOST_DETAILS } from './details-host.ts'
import { PRINTER_DETAILS } from './details-printer.ts'
import { DEVICE_DETAILS } from './details-probes.ts'
import { say, type TextKey } from './say.ts'
import { TEXTS } from './texts.ts'

/** What a person could do so that a look succeeds: install a package, give a permission, or nothing, as this host has no such thing. */
export type Help = 'package' | 'permission' | 'nothing'

/** One detail of an absence: English as it is said, with `{places}` for its values, and the same in Chinese. */
export interface Detail extends Text {
  helps?: Help
}

/** Every detail that has a Chinese wording, by room of its origin. */
export const DETAILS: readonly Detail[] = [...DEVICE_DETAILS, ...PRINTER_DETAILS, ...HOST_DETAILS, ...BENCH_DETAILS, ...AGENT_DETAILS]

interface Pattern {
  detail: Detail
  regex: RegExp
  places: readonly string[]
}

type Values = Readonly<Record<string, string>>

const PLACE = /\{(\w+)\}/g

const patternOf = (detail: Detail): Pattern => ({
  detail,
  places: [...detail.en.matchAll(PLACE)].map(([, name = '']) => name),
  regex: new RegExp(`^${detail.en.split(PLACE).map((part, i) => (i % 2 === 1 ? '(.*?)' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))).join('')}$`, 's'),
})

const literalLength = ({ en }: Detail): number => en.replaceAll(PLACE, '').length

let tables: { exact: ReadonlyMap<string, Detail>; patterns: readonly Pattern[] } | undefined

/** Made when first needed: an English reader never needs it. Of several patterns that fit, the one that says most by itself is meant. */
const lookup = () =>
  (tables ??= {
    exact: new Map(DETAILS.filter(({ en }) => !en.includes('{')).map((detail) => [detail.en, detail])),
    patterns: DETAILS.filter(({ en }) => en.includes('{')).sort((a, b) => literalLength(b) - literalLength(a)).map(patternOf),
  })

const match = (text: string): { detail: Detail; values: Values } | undefined => {
  const { exact, patterns } = lookup()
  const same = exact.get(text)
  if (same) return { detail: same, values: {} }
  for (const { detail, regex, places } of patterns) {
    const found = regex.exec(text)
    if (found) return { detail, values: Object.fromEntries(places.map((name, i) => [name, found[i + 1] ?? ''])) }
  }
  return undefined
}

/** Places whose value is a detail again, so deep at most. */
const NESTED: readonly string[] = ['detail', 'message', 'what']
const DEEPEST = 4

/** Two details that a probe put into one, as `pcscd is not running: …; no USB device 072f:b100 on this host`; undefined if it is not that. */
const halves = (text: string): [string, string] | undefined => {
  if (lookup().exact.has(text)) return undefined
  for (let at = text.indexOf('; '); at > 0; at = text.indexOf('; ', at + 1)) {
    const [left, right] = [text.slice(0, at), text.slice(at + 2)]
    if ((match(left) ?? coded(left)) && (match(right) ?? coded(right))) return [left, right]
  }
  return undefined
}

/** True if the detail is a sentence of ours, which needs no word before it. */
export const isSentence = (detail: string): boolean => detail.includes(' ') && coded(detail) === undefined && (match(detail) ?? halves(detail)) !== undefined

const codeWords = (code: string): string | undefined => (Object.hasOwn(CODES, code) ? CODES[code] : undefined) ?? CODE_FAMILIES.find(([start]) => code.startsWith(start))?.[1]

/** The error code at the end of `what: CODE`. */
const coded = (text: string): { what: string; code: string } | undefined => {
  const found = /^(?:(.*): )?([A-Z][A-Z0-9_]{2,})$/s.exec(text)
  return found?.[2] === undefined || codeWords(found[2]) === undefined ? undefined : { what: found[1] ?? '', code: found[2] }
}

const valueIn = (name: string, value: string, depth: number): string => {
  if (NESTED.includes(name)) return inChinese(value, depth + 1)
  return name === 'names' ? value.split(', ').map((item) => lookup().exact.get(item)?.zh ?? item).join('、') : value
}

const inChinese = (text: string, depth: number): string => {
  if (depth > DEEPEST) return text
  const pair = halves(text)
  if (pair) return pair.map((half) => inChinese(half, depth + 1)).join('；')
  const code = coded(text)
  if (code) return `${code.what === '' ? '' : `${inChinese(code.what, depth + 1)}：`}${codeWords(code.code)}（${code.code}）`
  const known = match(text)
  if (known) return known.detail.zh.replaceAll(PLACE, (place, name: string) => (name in known.values ? valueIn(name, known.values[name] ?? '', depth) : place))
  // What was tried is often known where the system's message about it is not.
  const at = text.indexOf(': ')
  const tried = at > 0 ? match(text.slice(0, at)) : undefined
  if (tried) return `${inChinese(text.slice(0, at), depth + 1)}：${inChinese(text.slice(at + 2), depth + 1)}`
  const about = SYSTEM_WORDS.find(([words]) => words.test(text))
  return about ? `${about[1]}：${text}` : text
}

/**
 * The detail of an absence in the reader's language. English is as it was said. Chinese comes from the table, with the same values;
 * a message of the system stays as it is, with a word before it of what it is about; a detail that nobody knows stays as it is.
 */
export const detailIn = (language: Language, detail: string): string => (language === 'en' ? detail : inChinese(detail, 0))

const isText = (key: string): key is TextKey => key in TEXTS

/** What the agent has against itself, in the reader's language; that of a probe that broke begins with `kind on device`. */
export const problemIn = (language: Language, { code, detail }: { code: string; detail: string }): string => {
  const broke = code === 'probe-broke' ? /^(\w+) on (\S+): (.*)$/s.exec(detail) : null
  const kind = `kind.${broke?.[1] ?? ''}`
  if (!broke || language === 'en' || !isText(kind)) return detailIn(language, detail)
  return `${say(language, kind)} ${broke[2]}：${detailIn(language, broke[3] ?? '')}`
}

/** Why there is no value, in a few words. */
export const absenceIn = (language: Language, absence: Absence): string => say(language, `absence.${absence}`)

/** What would help a look that ended with this detail, and the package, where one is named; undefined where the detail does not say. */
export const helpFor = (detail: string): { help: Help; package?: string } | undefined => {
  const parts = halves(detail)
  if (parts) return helpFor(parts[0]) ?? helpFor(parts[1])
  const code = coded(detail)
  if (code) return ['EACCES', 'EPERM'].includes(code.code) ? { help: 'permission' } : undefined
  const known = match(detail)
  if (known?.detail.helps) return { help: known.detail.helps, ...(known.values.package === undefined ? {} : { package: known.values.package }) }
  return known && NESTED.map((name) => known.values[name]).filter((value) => value !== undefined).map(helpFor).find((help) => help !== undefined)
}
