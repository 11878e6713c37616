import * as z from 'zod'

/** The two languages in which everything that a person reads exists. */
export const LANGUAGES = ['zh-CN', 'en'] as const
export type Language = (typeof LANGUAGES)[number]

/** One text in both languages; neither may be empty. */
export const Text = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) })
export type Text = z.infer<typeof Text>

/** Picks the wording of a text for a reader's language. */
export const wording = (text: Text, language: Language): string => (language === 'en' ? text.en : text.zh)
