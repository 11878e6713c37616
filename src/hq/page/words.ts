import { effect, signal } from '@preact/signals'
import type { Readiness } from '../../model/diagnosis.ts'
import { type Language, wording } from '../../model/language.ts'
import type { ObservedValue } from '../../model/observation.ts'
import type { TerminalIdentity } from '../../model/terminal.ts'
import type { Text } from '../../model/text.ts'
import type { Opens } from '../../model/triage.ts'
import { fill, type Params, say, type TextKey } from '../../texts/say.ts'
import type { Failed } from './data.ts'
import { PAGE_TEXTS } from './texts.ts'

const kept = localStorage.getItem('language')

/** The reader's language: what was chosen before, else the browser's. */
export const language = signal<Language>(kept === 'en' || kept === 'zh-CN' ? kept : navigator.language.startsWith('zh') ? 'zh-CN' : 'en')

effect(() => {
  localStorage.setItem('language', language.value)
  document.documentElement.lang = language.value
})

type PageKey = keyof typeof PAGE_TEXTS

/** A text of the page. */
export const t = (key: PageKey, params?: Params): string => fill(PAGE_TEXTS[key], language.value, params)

/** The page's word for a value of the wire, as `trigger` and `boot`; the value itself where a newer agent sends one that this page does not know. */
export const wordFor = (kind: string, value: string): string => {
  const key = `${kind}.${value}`
  return Object.hasOwn(PAGE_TEXTS, key) ? t(key as PageKey) : value
}

/** A text that command line and page share. */
export const shared = (key: TextKey, params?: Params): string => say(language.value, key, params)

/** A text of a report or of the catalogue. */
export const inWords = (text: Text): string => wording(text, language.value)

/** Words one after the other, as the language does it. */
export const listed = (words: readonly string[]): string => words.join(language.value === 'en' ? ', ' : '、')

/** What went wrong, and what to do, in the reader's language. */
export const trouble = ({ status, kind, detail }: Failed): string => {
  if (status === 0) return t('offline')
  if (status === 401) return t('sign-in')
  const key = `problem.${kind}`
  return Object.hasOwn(PAGE_TEXTS, key) ? t(key as PageKey) : t('failed', { detail })
}

/** Greatest time that a Date can hold, in ms: a terminal may say any number. */
const FURTHEST = 8.64e15

/** The moment that a number of ms since 1970 stands for; the nearest there is for one beyond all calendars. */
export const momentOf = (at: number): Date => new Date(Math.min(Math.max(at, -FURTHEST), FURTHEST))

/** Absolute time, in the browser's zone. */
export const clock = (at: number): string => new Intl.DateTimeFormat(language.value, { dateStyle: 'short', timeStyle: 'medium' }).format(momentOf(at))

/** Time of day without seconds, in the browser's zone. */
export const timeOfDay = (at: number): string => new Intl.DateTimeFormat(language.value, { timeStyle: 'short' }).format(momentOf(at))

/** That a store is closed, and when it opens by its own clock; with the day where that is not today there. */
export const closedUntil = ({ at, timeZone }: Opens): string => {
  const time = new Intl.DateTimeFormat(language.value, { timeStyle: 'short', hourCycle: 'h23', timeZone }).format(at)
  const date = new Intl.DateTimeFormat(language.value, { dateStyle: 'short', timeZone })
  if (date.format(at) === date.format(Date.now())) return t('closed-until', { time })
  return t('closed-until-day', { time, day: new Intl.DateTimeFormat(language.value, { weekday: 'short', timeZone }).format(at) })
}

/** The zone that times are shown in, as `Asia/Shanghai (GMT+8)`. */
export const zone = (): string => {
  const format = new Intl.DateTimeFormat(language.value, { timeZoneName: 'shortOffset' })
  const offset = format.formatToParts(Date.now()).find((part) => part.type === 'timeZoneName')?.value ?? ''
  return `${format.resolvedOptions().timeZone} (${offset})`
}

/** How long ago, in words. */
export const ago = (at: number, now: number): string => {
  const seconds = Math.max(0, Math.round((now - at) / 1000))
  const relative = new Intl.RelativeTimeFormat(language.value, { numeric: 'always', style: 'short' })
  if (seconds < 60) return t('moments-ago')
  if (seconds < 3600) return relative.format(-Math.floor(seconds / 60), 'minute')
  if (seconds < 86_400) return relative.format(-Math.floor(seconds / 3600), 'hour')
  return relative.format(-Math.floor(seconds / 86_400), 'day')
}

/** A duration in words, to the unit that matters. */
export const lasting = (ms: number): string => {
  const minutes = Math.floor(Math.max(0, ms) / 60_000)
  if (minutes < 1) return t('under-a-minute')
  if (minutes < 60) return t('minutes', { n: minutes })
  if (minutes < 48 * 60) return t('hours', { n: number(minutes / 60, 1) })
  return t('days', { n: Math.floor(minutes / 1440) })
}

/** A number to so many decimals, without needless ones and without grouping, so that a port stays a port. */
export const number = (n: number, decimals = 3): string => new Intl.NumberFormat(language.value, { maximumFractionDigits: decimals, useGrouping: false }).format(n)

/** An observed value as people write it. */
export const valueInWords = (value: ObservedValue): string =>
  typeof value === 'boolean' ? t(value ? 'yes' : 'no') : typeof value === 'number' ? number(value) : value === '' ? t('empty') : value

/** A probability as a whole per cent, never rounded to certainty. */
export const percent = (p: number): string => (p > 0.995 && p < 1 ? '>99%' : p < 0.005 && p > 0 ? '<1%' : `${Math.round(p * 100)}%`)

/** The worst state of all ways of taking money; unknown if there are none. */
export const worstOf = (readiness: readonly Readiness[]): Readiness['is'] => {
  const states = readiness.map((r) => r.is)
  return (['blocked', 'unknown', 'degraded', 'ready'] as const).find((s) => states.includes(s)) ?? 'unknown'
}

/** The one sentence: can it take money, and how? */
export const sentence = (readiness: readonly Readiness[]): string => {
  const names = (...states: Readiness['is'][]): string => listed(readiness.filter((r) => states.includes(r.is)).map((r) => shared(`tender.${r.tender}`)))
  const blocked = names('blocked')
  const usable = names('ready', 'degraded')
  if (readiness.length === 0) return t('never-checked')
  if (blocked && usable) return shared('check.some-blocked', { blocked, usable })
  if (blocked) return shared('check.none', { blocked })
  if (names('unknown')) return shared('check.unknown', { tenders: names('unknown') })
  if (names('degraded')) return shared('check.degraded', { tenders: names('degraded') })
  return shared('check.all-ready', { tenders: usable })
}

/** Where a terminal stands: region, store, lane. */
export const placeInWords = ({ region, store, lane }: TerminalIdentity): string =>
  [region, store, lane && t('lane', { lane })].filter(Boolean).join(' · ')
