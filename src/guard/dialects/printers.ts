import { type Command, fixed, type Named, reason } from './commands.ts'

const range = (low: number, high: number): number[] => Array.from({ length: high - low + 1 }, (_, i) => low + i)

// DLE EOT (20 is the full status of Custom's printers), DLE DC4 7, GS I, GS r, GS a, GS g 2, GS ( H, GS ( E 12, ESC v, ESC u: they ask and print nothing.
const ESC_POS: readonly (readonly (number | undefined)[])[] = [
  ...[...range(1, 6), 20].map((n) => [0x10, 0x04, n]),
  ...[7, 8, 18].flatMap((n) => range(1, 3).map((a) => [0x10, 0x04, n, a])),
  ...[1, 2, 4, 5].map((m) => [0x10, 0x14, 0x07, m]),
  ...[...range(1, 3), ...range(0x21, 0x24), ...range(0x31, 0x33), ...range(0x41, 0x45), ...range(0x60, 0x70)].map((n) => [0x1d, 0x49, n]),
  ...[1, 2, 4, 0x31, 0x32, 0x34].map((n) => [0x1d, 0x72, n]),
  ...[...range(0, 15), ...range(0x40, 0x4f), 0xff].map((n) => [0x1d, 0x61, n]),
  ...range(10, 0xc7).map((n) => [0x1d, 0x67, 0x32, 0x00, n, 0x00]),
  [0x1d, 0x28, 0x48, 0x03, 0x00, 0x31, 0x30, undefined],
  [0x1d, 0x28, 0x45, 0x02, 0x00, 0x0c, undefined],
  [0x1b, 0x76],
  ...[0, 0x30].map((n) => [0x1b, 0x75, n]),
  // Fills up a question that was cut off; printers skip it.
  [0x00],
]

const ESC_POS_NAMED: readonly Named[] = [
  [[0x10, 0x14, 0x01], 'DLE DC4 1 opens the cash drawer'],
  [[0x10, 0x14, 0x02], 'DLE DC4 2 switches the printer off'],
  [[0x10, 0x14, 0x08], 'DLE DC4 8 throws away receipts that wait'],
  [[0x10, 0x14], 'DLE DC4 acts on the printer'],
  [[0x10, 0x05, 0x01], 'DLE ENQ 1 prints the receipt on from where it stopped'],
  [[0x10, 0x05, 0x02], 'DLE ENQ 2 throws away the receipt'],
  [[0x10, 0x05], 'DLE ENQ acts on the printer'],
  [[0x1b, 0x70], 'ESC p opens the cash drawer'],
  [[0x1b, 0x40], 'ESC @ throws away what waits to be printed'],
  [[0x1b, 0x69], 'ESC i cuts the paper'],
  [[0x1b, 0x6d], 'ESC m cuts the paper'],
  [[0x1b, 0x64], 'ESC d feeds paper'],
  [[0x1b, 0x4a], 'ESC J feeds paper'],
  [[0x1d, 0x56], 'GS V cuts the paper'],
  [[0x1d, 0x67, 0x30], 'GS g 0 resets a maintenance counter'],
  [[0x1d, 0x28, 0x45], 'GS ( E writes settings'],
  [[0x1d, 0x28, 0x41], 'GS ( A prints a test page'],
  [[0x1d, 0x28, 0x4c], 'GS ( L prints or stores graphics'],
  [[0x0a], 'a line feed prints what waits and moves the paper'],
  [[0x0c], 'a form feed prints what waits'],
]

/** GS ( H 30 30 and four printable characters: the printer tells back when it has come so far. */
const processId = (bytes: Uint8Array, i: number): number | 'more' | undefined => {
  const head = fixed(bytes, i, [[0x1d, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30, undefined, undefined, undefined, undefined]])
  return head !== 11 || bytes.slice(i + 7, i + 11).every((b) => b >= 0x20 && b <= 0x7e) ? head : undefined
}

/** ESC/POS: status and identity questions pass. */
export const escPos: Command = (bytes, i) => fixed(bytes, i, ESC_POS) ?? processId(bytes, i) ?? reason(bytes, i, ESC_POS_NAMED, 'not a status question: it would be printed or change the printer')

// ENQ, EOT, ESC ACK SOH, ESC RS a, ESC # * LF NUL (version): Star Line Mode.
const STAR: readonly (readonly (number | undefined)[])[] = [[0x05], [0x04], [0x1b, 0x06, 0x01], ...range(0, 3).map((n) => [0x1b, 0x1e, 0x61, n]), [0x1b, 0x23, 0x2a, 0x0a, 0x00], [0x00]]

const STAR_NAMED: readonly Named[] = [
  [[0x1b, 0x3f], 'ESC ? resets the printer'],
  [[0x1b, 0x40], 'ESC @ throws away what waits to be printed'],
  [[0x1b, 0x07], 'ESC BEL sets the pulse for the cash drawer'],
  [[0x07], 'BEL opens the cash drawer'],
  [[0x1c], 'FS opens the cash drawer'],
  [[0x1a], 'SUB opens the second cash drawer'],
  [[0x19], 'EM opens the second cash drawer'],
  [[0x18], 'CAN throws away what waits to be printed'],
  [[0x1b, 0x64], 'ESC d cuts the paper'],
  [[0x0a], 'a line feed prints what waits and moves the paper'],
]

/** Star Line Mode and StarPRNT: status questions pass. */
export const star: Command = (bytes, i) => fixed(bytes, i, STAR) ?? reason(bytes, i, STAR_NAMED, 'not a status question: it would be printed or change the printer')
