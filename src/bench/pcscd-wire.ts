import type { CardSlot } from '../model/bench.ts'
import { hex } from '../model/dialogue.ts'

/**
 * Messages of the PC/SC daemon of pcsc-lite over its local socket, protocol 4.4 (winscard_msg.h, eventhandler.h, pcsclite.h). Pure.
 * Numbers are 32 bits wide in the byte order of the host, which on every host that Node 24 runs on but IBM Z is little-endian.
 *
 *   > 0c 00 00 00  11 00 00 00   04 00 00 00  04 00 00 00  00 00 00 00      size, command 11 version | major, minor, result
 *   <                            04 00 00 00  04 00 00 00  00 00 00 00      answers have no head
 *   > 00 00 00 00  12 00 00 00                                              command 12: state of the readers
 *   < 16 times: name[128] events state sharing atr[33+3] atr-length protocol
 */

/** Commands, by the name that pcsc-lite's client library gives the function. */
export const COMMAND = { establish: 0x01, release: 0x02, connect: 0x04, disconnect: 0x06, begin: 0x07, end: 0x08, transmit: 0x09, version: 0x11, states: 0x12 } as const

const NAME = 128
const SLOT = 184
const SLOTS = 16

/** Length of the answer to command 12, in bytes. */
export const STATES_LENGTH = SLOT * SLOTS

const MAX_ATR = 33

/** Bits of a reader's state, and what sharing means: 0 nobody, -1 one program alone, else how many programs are connected to the card. */
const STATE = { unknown: 0x01, absent: 0x02, present: 0x04, swallowed: 0x08 } as const

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** 32-bit numbers one after another. */
export const numbers = (...values: number[]): Uint8Array => {
  const bytes = new Uint8Array(4 * values.length)
  for (const [i, value] of values.entries()) view(bytes).setUint32(4 * i, value >>> 0, true)
  return bytes
}

/** The unsigned number at a place counted in numbers; 0 past the end. */
export const numberAt = (bytes: Uint8Array, place: number): number => (bytes.length >= 4 * place + 4 ? view(bytes).getUint32(4 * place, true) : 0)

/** A request: its length, the command, what belongs to it. */
export const request = (command: number, body: Uint8Array): Uint8Array => Uint8Array.of(...numbers(body.length, command), ...body)

/** A reader's name as a field of fixed length; undefined if it does not fit. */
export const nameField = (name: string): Uint8Array | undefined => {
  const bytes = new TextEncoder().encode(name)
  if (bytes.length >= NAME || bytes.includes(0)) return undefined
  const field = new Uint8Array(NAME)
  field.set(bytes)
  return field
}

const cardOf = (state: number, sharing: number): CardSlot['card'] => {
  if (state & STATE.unknown || !(state & (STATE.absent | STATE.present))) return 'unavailable'
  if (state & STATE.absent) return 'none'
  if (state & STATE.swallowed) return 'mute'
  return sharing === 0 ? 'present' : 'in-use'
}

/** The readers in the answer to command 12, in the daemon's order. Lengths that it cannot mean are cut to the field. */
export const readStates = (bytes: Uint8Array): CardSlot[] =>
  Array.from({ length: Math.floor(Math.min(bytes.length, STATES_LENGTH) / SLOT) }, (_, i) => bytes.subarray(i * SLOT, (i + 1) * SLOT)).flatMap((slot) => {
    const end = slot.indexOf(0)
    const name = new TextDecoder().decode(slot.subarray(0, end < 0 ? NAME : Math.min(end, NAME)))
    if (name === '') return []
    const [state, sharing, length] = [numberAt(slot, 33), numberAt(slot, 34), Math.min(numberAt(slot, 44), MAX_ATR)]
    const card = cardOf(state, sharing)
    const atr = slot.subarray(140, 140 + length)
    return [{ name, card, ...(length > 0 && (card === 'present' || card === 'in-use') ? { atr: hex(atr) } : {}) }]
  })
