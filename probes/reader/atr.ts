/**
 * The answer to reset of a chip card (ISO 7816-3), as far as its structure goes. Pure. PC/SC passes malformed ones on, so they are checked here.
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

/** True if the answer to reset is complete, has no bytes too many, and its check byte (where there must be one) is right. */
export const isWellFormed = (atr: Uint8Array): boolean => {
  const [ts, t0] = atr
  if ((ts !== 0x3b && ts !== 0x3f) || t0 === undefined || atr.length > LONGEST) return false
  let at = 1
  let checked = false
  for (let next = t0; ; ) {
    at += INTERFACE_BYTES.filter((bit) => (next & bit) !== 0).length
    if ((next & 0x80) === 0) break
    at += 1
    const following = atr[at]
    if (following === undefined) return false
    next = following
    checked ||= (next & 0x0f) !== 0
  }
  const length = at + 1 + (t0 & 0x0f) + (checked ? 1 : 0)
  return atr.length === length && (!checked || atr.subarray(1).reduce((sum, byte) => sum ^ byte, 0) === 0)
}
