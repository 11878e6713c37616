import { type Language, wording } from '../model/language.ts'
import type { Text } from '../model/text.ts'
import { TEXTS } from './texts.ts'

/** Key of a text in the catalogue of what people read. */
export type TextKey = keyof typeof TEXTS

/** Values for the `{name}` places of a text. */
export type Params = Readonly<Record<string, string | number>>

/** Fills the `{name}` places of a text; a place without a value stays as it is, so that it is seen. */
export const fill = (text: Text, language: Language, params: Params = {}): string =>
  wording(text, language).replaceAll(/\{(\w+)\}/g, (place, name: string) => String(params[name] ?? place))

/** A text of the catalogue in the reader's language. */
export const say = (language: Language, key: TextKey, params?: Params): string => fill(TEXTS[key], language, params)

/** The reader's language by the usual settings: an explicit choice, else LC_ALL, LC_MESSAGES, LANG; Chinese where they say zh, else English. */
export const languageOf = (chosen: string | undefined, env: Readonly<Record<string, string | undefined>>): Language => {
  const setting = chosen ?? ([env.LC_ALL, env.LC_MESSAGES, env.LANG].find((v) => v) ?? '')
  return /^zh/i.test(setting) ? 'zh-CN' : 'en'
}
