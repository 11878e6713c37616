import { effect, signal } from '@preact/signals'
import { type Language, wording } from '../../model/language.ts'
import type { Text } from '../../model/text.ts'
import { fill, type Params, say, type TextKey } from '../../texts/say.ts'
import { PAGE_TEXTS } from './texts.ts'

const kept = localStorage.getItem('language')

/** The reader's language: what was chosen before, else the browser's. */
export const language = signal<Language>(kept === 'en' || kept === 'zh-CN' ? kept : navigator.language.startsWith('zh') ? 'zh-CN' : 'en')

effect(() => {
  localStorage.setItem('language', language.value)
  document.documentElement.lang = language.value
})

/** A text of the page. */
export const t = (key: keyof typeof PAGE_TEXTS, params?: Params): string => fill(PAGE_TEXTS[key], language.value, params)

/** A text that command line and page share. */
export const shared = (key: TextKey, params?: Params): string => say(language.value, key, params)

/** A text of a report or of the catalogue. */
export const inWords = (text: Text): string => wording(text, language.value)

/** Absolute time, in the browser's zone. */
export const clock = (at: number): string =>
  new Intl.DateTimeFormat(language.value, { dateStyle: 'short', timeStyle: 'medium' }).format(at)

/** How long ago, in words. */
export const ago = (at: number, now: number): string => {
  const seconds = Math.max(0, Math.round((now - at) / 1000))
  const relative = new Intl.RelativeTimeFormat(language.value, { numeric: 'auto', style: 'short' })
  if (seconds < 60) return t('moments-ago')
  if (seconds < 3600) return relative.format(-Math.floor(seconds / 60), 'minute')
  if (seconds < 86_400) return relative.format(-Math.floor(seconds / 3600), 'hour')
  return relative.format(-Math.floor(seconds / 86_400), 'day')
}

/** A duration as `3 h 20 min`. */
export const lasting = (ms: number): string => {
  const minutes = Math.max(0, Math.round(ms / 60_000))
  if (minutes < 60) return t('minutes', { n: minutes })
  if (minutes < 48 * 60) return t('hours', { n: (minutes / 60).toFixed(1) })
  return t('days', { n: Math.round(minutes / 1440) })
}

/** A probability as a whole per cent, never rounded to certainty. */
export const percent = (p: number): string => (p > 0.995 && p < 1 ? '>99 %' : p < 0.005 && p > 0 ? '<1 %' : `${Math.round(p * 100)} %`)
