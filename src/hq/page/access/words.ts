import { fill, type Params } from '../../../texts/say.ts'
import { language } from '../words.ts'
import { ACCESS_TEXTS } from './texts.ts'

type AccessKey = keyof typeof ACCESS_TEXTS

/** A text of these pages. */
export const a = (key: AccessKey, params?: Params): string => fill(ACCESS_TEXTS[key], language.value, params)

/** These pages' word for a value, as `role` and `viewer`; the value itself where there is none. */
export const wordOf = (kind: string, value: string): string => {
  const key = `${kind}.${value}`
  return Object.hasOwn(ACCESS_TEXTS, key) ? a(key as AccessKey) : value
}
