import { byteCommands, type Dialect, type Step } from './dialects/commands.ts'
import { hidPower, hidScale, temper, temperSerial } from './dialects/hid.ts'
import { lineCommands, modemCommand, nutCommand } from './dialects/lines.ts'
import { ipp, snmp } from './dialects/messages.ts'
import { nexo } from './dialects/nexo.ts'
import { escPos, star } from './dialects/printers.ts'
import { apdu, idtech, magtek, stxEtx, zvt } from './dialects/readers.ts'
import { escPosDrawer, escPosSlip, starDrawer, starSlip } from './dialects/slips.ts'

/** Bytes of an unfinished command that are remembered from one write to the next; a longer one is refused. */
const MAX_TAIL = 512

const DIALECTS = new Map<string, Dialect>([
  ['esc-pos', byteCommands(escPos)],
  ['star', byteCommands(star)],
  ['stx-etx', byteCommands(stxEtx)],
  ['enq', byteCommands(stxEtx)],
  ['nut', lineCommands(nutCommand, /\r?\n/)],
  ['at', lineCommands(modemCommand, /\r\n?|\n/)],
  ['magtek', magtek],
  ['idtech', idtech],
  ['zvt', zvt],
  ['nexo', nexo],
  ['hid-power', hidPower],
  ['hid-scale', hidScale],
  ['temper', temper],
  ['temper-serial', temperSerial],
  ['apdu', apdu],
  ['ipp', ipp],
  ['snmp', snmp],
  ['esc-pos-slip', byteCommands(escPosSlip)],
  ['esc-pos-drawer', byteCommands(escPosDrawer)],
  ['star-slip', byteCommands(starSlip)],
  ['star-drawer', byteCommands(starDrawer)],
])

const judge = (dialect: string, bytes: Uint8Array): Step => {
  if (bytes.length === 0) return { rest: 0 }
  const rules = DIALECTS.get(dialect)
  if (!rules) return { why: `there is no list of harmless bytes for the dialect "${dialect}", so none may be sent` }
  const step = rules(bytes)
  return 'rest' in step && step.rest > MAX_TAIL ? { why: `a command of more than ${MAX_TAIL} bytes is none that a look needs` } : step
}

/**
 * Why bytes may not be sent to a device in a dialect, in English; undefined if they may.
 * Only commands that ask and change nothing pass, but in the dialects that need a person's consent (consent.ts): what prints, cuts, opens, resets, erases, pays, takes a PIN or cuts power is refused by name,
 * and so is everything else that is not known to be harmless. The bytes may hold several commands and may end within one.
 * Sources: Epson ESC/POS and Star Line Mode command lists, MagTek 99875191 and 99875475, ID TECH manuals, ZVT PA00P015, nexo Sale to POI, NUT net-protocol, USB HID power devices, EMV, 3GPP 27.007, RFC 8011, RFC 3416.
 */
export const forbidden = (dialect: string, bytes: Uint8Array): string | undefined => {
  const step = judge(dialect, bytes)
  return 'why' in step ? step.why : undefined
}

/**
 * As `forbidden` over a sequence of writes to one device: a command may be split over several of them. What was refused is not
 * remembered, for it was not sent. One guard serves one open port; messages that are whole by nature (HID reports, APDUs) are judged one by one.
 */
export const guardWrites = (dialect: string): ((bytes: Uint8Array) => string | undefined) => {
  let tail = new Uint8Array(0)
  return (bytes) => {
    const joined = new Uint8Array(tail.length + bytes.length)
    joined.set(tail)
    joined.set(bytes, tail.length)
    const step = judge(dialect, joined)
    if ('why' in step) return step.why
    tail = joined.slice(joined.length - step.rest)
    return undefined
  }
}
