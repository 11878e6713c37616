import { KEEPERS } from './dialects/answers.ts'

/**
 * What may be kept of what a card, or a reader that reads cards, sends in a dialect; the bench applies it before anything is written
 * down or handed on. Undefined if nothing may be, which is also so for a dialect that nobody made a rule for.
 */
export const keepOf = (dialect: string, bytes: Uint8Array): Uint8Array | undefined => KEEPERS.get(dialect)?.(bytes)

/** Dialects of HID devices that no card is ever swiped through or held against, so that what they send by itself may be heard. */
const HEARD: ReadonlySet<string> = new Set(['hid-power', 'hid-scale', 'temper'])

/** True if the input reports of a device in this dialect cannot hold card data. */
export const mayListen = (dialect: string): boolean => HEARD.has(dialect)
