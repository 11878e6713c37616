/**
 * The answer to reset of a chip card (ISO 7816-3, 8.2), as far as its structure goes. Pure. PC/SC passes malformed ones on, so every rule is checked here.
 *
 *   3b 65 00 00 20 63 cb 68 00
 *   |  |  |  |  '------------'-- 5 historical bytes
 *   |  |  '--'-- TB1 TC1
 *   |  '-- T0: high half 6 = TB1 and TC1 follow, low half 5 = number of historical bytes
 *   '-- TS: 3b direct, 3f inverse
 *
 *   T0, TDi   bit 4 TA follows   bit 5 TB   bit 6 TC   bit 7 TD   low half of TDi: protocol
 *   TCK       last byte, present if any protocol but T=0 is announced; T0 xor ... xor TCK = 0
 */

/** ISO 7816-3: TS and at most 32 characters. */
const LONGEST = 33

const INTERFACE_BYTES = [0x10, 0x20, 0x40] as const
const MORE = 0x80

/**
 * What is wrong with an answer to reset. start: TS is neither 3b nor 3f. cut: it ends before what it announces. extra: bytes come after
 * what it announces. long: more than 33 bytes. check: TCK is wrong.
 */
export type AtrProblem = 'start' | 'cut' | 'extra' | 'long' | 'check'

/** The parts of an answer to reset, read as far as they are there. */
export interface Atr {
  convention: 'direct' | 'inverse' | undefined
  /** Protocols offered, in order, each once; 15 announces global interface bytes. [0] where nothing is announced. */
  protocols: number[]
  historical: Uint8Array
  /** Whether a check byte is due, and whether it is right; undefined where it is due and not there, or not due. */
  check: { due: boolean; right: boolean | undefined }
  problems: AtrProblem[]
}

/** Interface bytes of T0 and each TDi: where the historical bytes begin, and the protocols. `end` is past the bytes if they are cut. */
const interfaceBytes = (atr: Uint8Array): { end: number; protocols: number[] } => {
  const protocols: number[] = []
  let at = 1
  for (let next = atr[1]; next !== undefined; next = atr[at]) {
    const level = next
    if (at > 1) protocols.push(level & 0x0f)
    at += INTERFACE_BYTES.filter((bit) => (level & bit) !== 0).length + 1
    if ((level & MORE) === 0) return { end: at, protocols }
  }
  return { end: atr.length + 1, protocols }
}

/** Reads an answer to reset; whatever comes, what can be told of it is told. */
export const readAtr = (atr: Uint8Array): Atr => {
  const [ts, t0 = 0] = atr
  const { end, protocols } = interfaceBytes(atr)
  const offered = protocols.length === 0 ? [0] : [...new Set(protocols)]
  const due = offered.some((protocol) => protocol !== 0)
  const checkAt = end + (t0 & 0x0f)
  const length = checkAt + (due ? 1 : 0)
  const right = due && atr.length > checkAt ? atr.subarray(1, checkAt + 1).reduce((sum, byte) => sum ^ byte, 0) === 0 : undefined
  const convention = ts === 0x3b ? 'direct' : ts === 0x3f ? 'inverse' : undefined
  const holds: [AtrProblem, boolean][] = [['start', convention === undefined], ['cut', atr.length < length], ['extra', atr.length > length], ['long', atr.length > LONGEST], ['check', right === false]]
  return {
    convention,
    protocols: offered,
    historical: atr.slice(end, checkAt),
    check: { due, right },
    problems: holds.filter(([, is]) => is).map(([problem]) => problem),
  }
}
