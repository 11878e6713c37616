import { type Command, fixed, reason } from './commands.ts'

const range = (low: number, high: number): number[] => Array.from({ length: high - low + 1 }, (_, i) => low + i)

/** Length of one character: printable ASCII, or two bytes of GB 18030 whose first is above ASCII. */
const character = (bytes: Uint8Array, i: number): number | 'more' | undefined => {
  const [first = 0, second] = bytes.subarray(i, i + 2)
  if (first >= 0x20 && first <= 0x7e) return 1
  if (first < 0x81 || first === 0xff) return undefined
  if (second === undefined) return 'more'
  return second >= 0x40 && second !== 0x7f && second !== 0xff ? 2 : undefined
}

/** A language of slips: characters, line feeds, and the few commands that a test slip is made of. */
const slip = (commands: readonly (readonly number[])[]): Command => (bytes, i) =>
  character(bytes, i) ?? fixed(bytes, i, [[0x0a], ...commands]) ?? reason(bytes, i, [], 'not a part of a test slip')

// ESC a (alignment), ESC E (bold), FS & and FS . (Chinese on and off), ESC d (feed up to 8 lines), GS V B 0 (feed and cut), GS ( H (process id of posdiag).
/** A test slip on an ESC/POS printer. */
export const escPosSlip: Command = slip([
  ...range(0, 2).map((n) => [0x1b, 0x61, n]), ...range(0, 1).map((n) => [0x1b, 0x45, n]), [0x1c, 0x26], [0x1c, 0x2e],
  ...range(1, 8).map((n) => [0x1b, 0x64, n]), [0x1d, 0x56, 0x42, 0x00], [0x1d, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30, 0x70, 0x64, 0x69, 0x67],
])

/** A test slip on a Star printer; ESC d 3 feeds and cuts. */
export const starSlip: Command = slip([[0x1b, 0x64, 0x03]])

/** The only pulse that is ever sent to a drawer: 50 ms on, and off for ten times as long (ESC p 0, ESC p 1). */
export const escPosDrawer: Command = (bytes, i) => fixed(bytes, i, [[0x1b, 0x70, 0x00, 0x19, 0xfa], [0x1b, 0x70, 0x01, 0x19, 0xfa]]) ?? reason(bytes, i, [], 'not the pulse for the drawer')

/** BEL opens the drawer at a Star printer by its own pulse. */
export const starDrawer: Command = (bytes, i) => fixed(bytes, i, [[0x07]]) ?? reason(bytes, i, [], 'not the pulse for the drawer')
