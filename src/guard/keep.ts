import { KEEPERS } from './dialects/answers.ts'

/**
 * What may be kept of what a card, or a reader that reads cards, sends in a dialect; the bench applies it before anything is written
 * down or handed on. Undefined if nothing may be, which is also so for a dialect that nobody made a rule for.
 */
export const keepOf = (dialect: string, bytes: Uint8Array): Uint8Array | undefined => KEEPERS.get(dialect)?.(bytes)
