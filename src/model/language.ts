import type { Text } from './text.ts'

// Apart from text.ts, so that a browser's page can choose a wording without loading the schema library.

/** The two languages in which everything that a person reads exists. */
export type Language = 'zh-CN' | 'en'

/** Picks the wording of a text for a reader's language. */
export const wording = (text: Text, language: Language): string => (language === 'en' ? text.en : text.zh)
