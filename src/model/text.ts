import * as z from 'zod'

/** One text in both languages; neither may be empty. */
export const Text = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) })
export type Text = z.infer<typeof Text>
