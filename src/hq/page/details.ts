import { signal } from '@preact/signals'
import type { detailIn } from '../../texts/details.ts'
import { language } from './words.ts'

type Reading = typeof detailIn

const reading = signal<Reading | undefined>(undefined)
let asked: Promise<void> | undefined

/** Fetches the Chinese wording of details, once and only for who reads Chinese: it is as large as half of the page. */
const fetchReading = (): void => {
  asked ??= import('../../texts/details.ts')
    .then((module) => {
      reading.value = module.detailIn
    })
    .catch((reason: unknown) => {
      asked = undefined
      console.warn('the Chinese wording of details could not be fetched; they are shown in English', reason)
    })
}

/** A detail in the reader's language; in English until its Chinese wording has come. */
export const detailWords = (detail: string): string => {
  if (language.value === 'en') return detail
  if (!reading.value) fetchReading()
  return reading.value ? reading.value('zh-CN', detail) : detail
}
