import type { HidUnit } from './uhid.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text.replaceAll(/\/\/.*$/gm, '').replaceAll(/\s+/g, ''), 'hex')

/** HID Power Device (usage pages 84h and 85h): 1 status bits, 2 charge in percent, 3 seconds left, 4 battery voltage. */
const UPS = bytes(`
  05 84 09 04 A1 01
   09 24 A1 00
    85 01 05 84 09 02 A1 02
     05 85 09 D0 09 44 09 45 09 42 05 84 09 61 09 69 05 85 09 4B 05 84 09 65   // mains, charging, discharging, below limit, good, shutdown, replace, overload
     15 00 25 01 75 01 95 08 81 82
     05 85 09 D0 09 44 09 45 09 42 05 84 09 61 09 69 05 85 09 4B 05 84 09 65
     B1 82
    C0
    85 02 05 85 09 66 15 00 25 64 75 08 95 01 81 82 09 66 B1 82
    85 03 05 85 09 68 15 00 27 FF FF 00 00 75 10 95 01 81 82 09 68 B1 82
    85 04 05 84 09 30 67 21 D1 F0 00 55 05 15 00 27 FF FF 00 00 75 10 95 01 B1 82   // in hundredths of a volt
   C0
  C0`)

/** A magnetic reader on a vendor page: input reports of 337 bytes, one feature report of 24 bytes without an id. */
const SWIPE = bytes(`
  06 00 FF 09 01 A1 01
   15 00 26 FF 00 75 08
   09 20 95 01 81 02  09 21 95 01 81 02  09 22 95 01 81 02  09 28 95 01 81 02  09 29 95 01 81 02  09 2A 95 01 81 02  09 38 95 01 81 02
   09 30 95 6E 82 02 01  09 31 95 6E 82 02 01  09 32 95 6E 82 02 01
   09 20 95 18 B1 02
  C0`)

/** What a UPS measures. */
export interface UpsState {
  mains: boolean
  chargePercent: number
  secondsLeft: number
}

const le16 = (value: number): [number, number] => [value & 0xff, (value >> 8) & 0xff]

const statusOf = (state: UpsState): number => {
  const low = state.chargePercent <= 15
  // Bit order as in the descriptor.
  return (state.mains ? 0b0001 : 0) | (state.mains && state.chargePercent < 100 ? 0b0010 : 0) | (state.mains ? 0 : 0b0100) | (low ? 0b1000 : 0) | 0b10000
}

/** The reports of a UPS in that state, by id. */
export const upsReport = (id: number, state: UpsState): Uint8Array | undefined => {
  switch (id) {
    case 1: return Uint8Array.of(1, statusOf(state))
    case 2: return Uint8Array.of(2, state.chargePercent)
    case 3: return Uint8Array.of(3, ...le16(state.secondsLeft))
    case 4: return Uint8Array.of(4, ...le16(1368))
    default: return undefined
  }
}

/** Vendor and product as an APC Back-UPS has them; the serial number is this unit's own. */
export const ups = (serial: string, state: () => UpsState): HidUnit => ({
  name: 'American Power Conversion Back-UPS ES 700G', vendor: 0x051d, product: 0x0002, serial, descriptor: UPS,
  feature: (id) => upsReport(id, state()),
})

/** MagTek-style swipe reader: a property is asked for in a feature report and its answer fetched in the next. Property 0 is the software id. */
export const swipeReader = (serial: string): HidUnit => {
  let reply: Uint8Array = new Uint8Array(24)
  const properties: Readonly<Record<number, string>> = { 0: '21042840G01', 1: serial }
  return {
    name: 'Mag-Tek USB Swipe Reader', vendor: 0x0801, product: 0x0002, serial, descriptor: SWIPE,
    feature: () => reply,
    set: (_id, sent) => {
      // With or without the zero that stands for "no report id".
      const request = sent.length === 25 ? sent.subarray(1) : sent
      const value = request[0] === 0 ? properties[request[2] ?? 0xff] : undefined
      reply = new Uint8Array(24)
      if (value === undefined) reply[0] = 0x02
      else reply.set([0, value.length, ...Buffer.from(value, 'latin1')])
    },
  }
}
