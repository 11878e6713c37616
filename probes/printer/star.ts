import { type Bits, decode, type Status, together, withError } from './flags.ts'

/**
 * Star Line Mode and StarPRNT status. Pure.
 *
 * Sources: Star Line Mode specifications (azmanual 142740 pages 82 and 181-186; 140482 pages 91-98), TSP700 manual pages 46-47, SP2000
 * manual page 54, bytes 10-16 from a public StarPRNT parser.
 *
 *   > 04      EOT             > 05      ENQ             > 1b 06 01                      ESC ACK SOH
 *   < 14      near its end    < 20      nothing waits   < 23 06 28 00 00 08 00 00 00    off-line, cover open, no paper
 *
 * What a printer may send, told apart by fixed bits (x is data):
 *   xxx1 xxx0  answer to EOT             xxx0 xxxx  answer to ENQ             11, 13  XON, XOFF
 *   0xx0 xxx1  first byte of an ASB block, which tells its length; every other byte of it is 0xx0 xxx0
 */

/** The bits of the answer to ENQ. */
export const ENQ_BITS: readonly Bits[] = [
  { flag: 'drawer-switch-closed', mask: 0x80 },
  { flag: 'buffer-overflow', mask: 0x40 },
  { flag: 'buffer-empty', mask: 0x20 },
  { flag: 'paper-end', mask: 0x08 },
  { flag: 'error', mask: 0x04 },
  { flag: 'line-errors', mask: 0x03 },
]

/** The bits of the answer to EOT. */
export const EOT_BITS: readonly Bits[] = [
  { flag: 'mechanical-error', mask: 0x40 },
  { flag: 'paper-near-end', mask: 0x24 },
  { flag: 'paper-end', mask: 0x08 },
  { flag: 'black-mark-error', mask: 0x02 },
]

/** The bits of an ASB block by place of the byte, counted from 1; those from 10 on belong to StarPRNT. */
export const BLOCK_BITS: Readonly<Record<number, readonly Bits[]>> = {
  3: [
    { flag: 'switched-offline', mask: 0x40 },
    { flag: 'cover-open', mask: 0x20 },
    { flag: 'online', mask: 0x08, inverted: true },
    { flag: 'drawer-switch-closed', mask: 0x04 },
  ],
  4: [
    { flag: 'auto-recoverable-error', mask: 0x40 },
    { flag: 'unrecoverable-error', mask: 0x22 },
    { flag: 'cutter-error', mask: 0x08 },
    { flag: 'mechanical-error', mask: 0x04 },
  ],
  5: [
    { flag: 'buffer-overflow', mask: 0x40 },
    { flag: 'page-mode-error', mask: 0x20 },
    { flag: 'black-mark-error', mask: 0x08 },
    { flag: 'mechanical-error', mask: 0x04 },
    { flag: 'unrecoverable-error', mask: 0x02 },
  ],
  6: [
    { flag: 'black-mark-error', mask: 0x20 },
    { flag: 'paper-end', mask: 0x08 },
    { flag: 'paper-near-end', mask: 0x06 },
  ],
  7: [{ flag: 'label-waiting', mask: 0x02 }],
  10: [
    { flag: 'auto-recoverable-error', mask: 0x40 },
    { flag: 'drawer-fault', mask: 0x20 },
    { flag: 'unrecoverable-error', mask: 0x0e },
  ],
  11: [
    { flag: 'unrecoverable-error', mask: 0x60 },
    { flag: 'unit-open', mask: 0x08 },
    { flag: 'spooler-full', mask: 0x04 },
  ],
  13: [{ flag: 'drawer-switch-closed', mask: 0x20 }],
  16: [
    { flag: 'part-worn', mask: 0x40 },
    { flag: 'cleaning-due', mask: 0x20 },
  ],
}

/** EOT: status of the sensors, in real time. */
export const SENSORS = Uint8Array.of(0x04)
/** ENQ: status of the printer, in real time. */
export const PRINTER = Uint8Array.of(0x05)
/** ESC ACK SOH: the ASB block once, in real time; changes no setting. */
export const BLOCK = Uint8Array.of(0x1b, 0x06, 0x01)

const withoutFlowControl = (got: Uint8Array): Uint8Array => got.filter((byte) => byte !== 0x11 && byte !== 0x13)

/** True if the byte has the fixed bits of an answer to EOT. */
export const isSensorByte = (byte: number): boolean => (byte & 0x11) === 0x10

/** True if the byte has the fixed bit of an answer to ENQ. */
export const isPrinterByte = (byte: number): boolean => (byte & 0x10) === 0

const isHead = (byte: number): boolean => (byte & 0x91) === 0x01
const isBody = (byte: number): boolean => (byte & 0x91) === 0

/** The five-bit number that the first two bytes and the ETB counter of a block carry. */
export const scattered = (byte: number): number => ((byte & 0x0e) >> 1) | ((byte & 0x60) >> 2)

/** Shortest block: two heads and five bytes of status. */
const SHORTEST = 7

/** A block of answers. */
export type Block = readonly number[]

/** Blocks in a run of received bytes, and what else was in it; partial if it ends within a block. Total: every input gives a result. */
export const sortBlocks = (got: Uint8Array): { blocks: Block[]; other: number[]; partial: boolean } => {
  const bytes = withoutFlowControl(got)
  const blocks: Block[] = []
  const other: number[] = []
  for (let i = 0; i < bytes.length; i++) {
    const head = bytes[i] ?? 0
    const length = scattered(head)
    const body = bytes.subarray(i + 1, i + length)
    if (!isHead(head) || length < SHORTEST || !body.every(isBody)) other.push(head)
    else if (body.length < length - 1) return { blocks, other, partial: true }
    else {
      blocks.push([head, ...body])
      i += length - 1
    }
  }
  return { blocks, other, partial: false }
}

/** Version of the status that the second byte of a block tells. */
export const versionOf = (block: Block): number => scattered(block[1] ?? 0)

const FIRST_OF_STARPRNT = 10

/** Flags in a block, whose own `error` is concluded from its causes. Bytes from the tenth on count only for models that speak StarPRNT: with others they are not defined. */
export const decodeBlock = (block: Block, starPrnt: boolean): Status =>
  withError(together(Object.entries(BLOCK_BITS).flatMap(([at, bits]) => {
    const byte = block[Number(at) - 1]
    return byte === undefined || (Number(at) >= FIRST_OF_STARPRNT && !starPrnt) ? [] : [decode(byte, bits)]
  })))

/** Width of the paper in mm that byte 16 of a StarPRNT block tells; undefined if the block is shorter, or for a width without a meaning. */
export const paperWidth = (block: Block): number | undefined => {
  const byte = block[15]
  return byte === undefined ? undefined : [80, 58, 40, 25][(byte & 0x0e) >> 1]
}

/** True if bytes that answer a question of ESC/POS look like a Star printer that took the 04 in it for EOT, or like its blocks. */
export const looksLikeStar = (got: Uint8Array): boolean => {
  const bytes = withoutFlowControl(got)
  const { blocks, other } = sortBlocks(bytes)
  return (bytes.length === 1 && isSensorByte(bytes[0] ?? 0)) || (blocks.length > 0 && other.length === 0)
}
