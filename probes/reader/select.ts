/**
 * The only commands that a card is ever sent: SELECT of the payment environment by name. Pure. Nothing of the card is kept but the names
 * of its applications and the status word, which is all that the bench hands on (src/guard/keep.ts).
 *
 *   > 00 a4 04 00 0e 31 50 41 59 2e 53 59 53 2e 44 44 46 30 31 00        1PAY.SYS.DDF01: contact (PSE)
 *   > 00 a4 04 00 0e 32 50 41 59 2e 53 59 53 2e 44 44 46 30 31 00        2PAY.SYS.DDF01: contactless (PPSE)
 *   < 4f 07 a0 00 00 00 03 10 10   90 00                                 applications, status word
 *
 * Any status word proves that reader and card talk: 90 00 fine, 62 83 the card is blocked, 6a 81 and 6a 82 it has no such list,
 * 69 82 and 69 85 it will not, 6d 00 and 6e 00 it is no payment card, 67 00 our own mistake (ISO 7816-4, 5.6; EMV book 1, 12.3.2).
 */

const select = (name: string): Uint8Array => Uint8Array.of(0x00, 0xa4, 0x04, 0x00, name.length, ...new TextEncoder().encode(name), 0x00)

/** True if a slot's name says that it is contactless. */
export const isContactless = (slot: string): boolean => /picc|contactless|\bnfc\b|\bcl\b/i.test(slot)

/** SELECT for a slot, contactless or not. */
export const selectFor = (slot: string): Uint8Array => select(isContactless(slot) ? '2PAY.SYS.DDF01' : '1PAY.SYS.DDF01')

/** What a card's answer says: its status word in hex, and the names of its applications in hex. Undefined if it has no status word. */
export const readSelected = (bytes: Uint8Array): { status: string; applications: string[] } | undefined => {
  if (bytes.length < 2) return undefined
  const text = (part: Uint8Array): string => Array.from(part, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const applications: string[] = []
  for (let at = 0; at + 2 < bytes.length - 2; ) {
    const length = bytes[at + 1] ?? 0
    if (bytes[at] !== 0x4f || at + 2 + length > bytes.length - 2) break
    applications.push(text(bytes.subarray(at + 2, at + 2 + length)))
    at += 2 + length
  }
  return { status: text(bytes.subarray(-2)), applications }
}
