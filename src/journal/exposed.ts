import { mask } from '../guard/card-data.ts'

/** What nobody may keep in clear: numbers, tracks, security codes, PINs. Names and dates of expiry are masked as well, and prove less. */
const CARD = /^(?:pan|track|cvv|pin|emv)/

/** True if a line that somebody else wrote holds card data as it must not be kept. Numbers masked by whoever wrote it are none. */
export const holdsCard = (line: string): boolean => Object.keys(mask(line).masked).some((type) => CARD.test(type))
