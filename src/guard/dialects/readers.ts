import { because, type Command, type Dialect, fixed, type Named, nameOf } from './commands.ts'

const STX = 0x02
const ETX = 0x03

/** Index of the check byte behind the end mark of a packet that begins at i, or 'more'. */
const packetEnd = (bytes: Uint8Array, i: number, end: number): number | 'more' => {
  const mark = bytes.indexOf(end, i + 1)
  return mark < 0 || mark + 1 >= bytes.length ? 'more' : mark + 1
}

const text = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.slice(from, Math.min(to, from + 64)))

// Administrative packets: 06 serial number, 01 04..07 diagnostics that show nothing on the pad. Data packets: R (review) 22, 38, 39 of ID TECH, and the status of ECR17 links.
const ADMINISTRATIVE = /^(?:06|010[4-7])$/
const REVIEW = /^R["89]$/
const STATUS = /^[0-9A-Za-z]{8}0s$/

/** Readers and PIN pads of the STX ... ETX LRC family: ENQ, ACK, NAK, EOT, the serial number, silent diagnostics and status pass. */
export const stxEtx: Command = (bytes, i) => {
  const first = bytes[i]
  if (first === 0x05 || first === 0x06 || first === 0x15 || first === 0x04) return 1
  if (first !== 0x0f && first !== STX) return because(bytes, i, 'not ENQ, ACK, NAK, EOT or a known question: an unknown payment device may take anything else for a payment')
  const end = packetEnd(bytes, i, first === STX ? ETX : 0x0e)
  const content = text(bytes, i + 1, end === 'more' ? bytes.length : end - 1)
  if (end === 'more') return content.length <= 12 ? 'more' : because(bytes, i, 'a packet longer than any question')
  const harmless = first === STX ? REVIEW.test(content) || STATUS.test(content) : ADMINISTRATIVE.test(content)
  if (harmless) return end - i + 1
  if (content === 'RI') return because(bytes, i, 'resets the reader')
  if (content.startsWith('72')) return because(bytes, i, 'packet 72 ends the session of the POS application')
  return because(bytes, i, 'this packet is not known to be harmless: it may start a payment, load a key or show a text')
}

const whole = (judge: (bytes: Uint8Array) => string | undefined): Dialect => (bytes) => {
  const why = judge(bytes)
  return why === undefined ? { rest: 0 } : because(bytes, 0, why)
}

const MAGTEK_HARMLESS = new Set([0x00, 0x14, 0x1c, 0x29])
const MAGTEK_NAMED = new Map([
  [0x01, 'sets a property of the reader'],
  [0x02, 'resets the reader'],
  [0x09, 'reads the key serial number'],
  [0x15, 'reads or changes the security level'],
  [0x28, 'switches the reader off'],
  [0x30, 'encrypts with the key of the reader'],
])

/** MagTek HID: a feature report, its report id (00) first. Get property, reader state, encryption counter and battery pass. */
export const magtek: Dialect = whole((bytes) => {
  const command = bytes[0] === 0 ? bytes[1] : bytes[0]
  if (command === undefined) return 'a report without a command'
  const length = bytes[0] === 0 ? bytes[2] : bytes[1]
  if (MAGTEK_HARMLESS.has(command)) return command === 0 && (length ?? 0) !== 1 ? 'a property is asked for by one byte' : undefined
  return MAGTEK_NAMED.get(command) ?? 'not one of the commands that only ask'
})

const VIVOTECH = [...'ViVOtech2'].map((c) => c.charCodeAt(0)).concat(0)
const NGA_MODEL = new Set([0x20, 0x31])

/** ID TECH: ping and version (ViVOtech2 frames), review (STX R), model and firmware (NGA) pass; a leading HID report id 01 is stepped over. */
export const idtech: Dialect = whole((bytes) => {
  const at = bytes[0] === 0x01 ? 1 : 0
  if (VIVOTECH.every((b, k) => bytes[at + k] === b)) {
    const [command, sub] = [bytes[at + 10], bytes[at + 11]]
    const size = (bytes[at + 12] ?? 0) * 256 + (bytes[at + 13] ?? 0)
    const rest = bytes.slice(at + 16 + size)
    if (rest.some((b) => b !== 0)) return 'more than one command in a report'
    return (command === 0x18 && sub === 0x01) || (command === 0x29 && sub === 0x00) ? undefined : 'not ping or version: it may start a payment or change the reader'
  }
  if (bytes[at] !== STX) return 'not a command of a known family'
  if (bytes[at + 1] === 0x52 && bytes[at + 3] === ETX) {
    if (bytes.slice(at + 5).some((b) => b !== 0)) return 'more than one command in a report'
    return bytes[at + 2] === 0x49 ? 'resets the reader' : REVIEW.test(text(bytes, at + 1, at + 3)) ? undefined : 'not a review of version or name'
  }
  const size = (bytes[at + 1] ?? 0) + 256 * (bytes[at + 2] ?? 0)
  if (bytes.slice(at + size + 6).some((b) => b !== 0)) return 'more than one command in a report'
  if (bytes[at + 3] === 0x78 && bytes[at + 4] === 0x46) {
    if (bytes[at + 5] === 0xcc) return 'restarts the reader'
    if (size === 3 && NGA_MODEL.has(bytes[at + 5] ?? 0)) return undefined
  }
  return 'not a question for model or firmware'
})

const ZVT_NAMED: readonly Named[] = [
  [[0x06, 0x00], 'registration changes the settings of the terminal'],
  [[0x06, 0x01], 'starts a payment'],
  [[0x06, 0x30], 'reverses a payment'],
  [[0x06, 0x31], 'starts a refund'],
  [[0x06, 0x50], 'runs the end of day'],
  [[0x06, 0x70], 'runs a diagnosis with the host and may print'],
  [[0x06, 0x79], 'runs a self-test that prints'],
  [[0x06, 0x93], 'runs an initialisation with the host'],
  [[0x06, 0xb0], 'aborts what the POS application has begun'],
]
const ZVT_ANSWERS: readonly (readonly (number | undefined)[])[] = [[0x80, 0x00, 0x00], [0x84, undefined, 0x00]]

const zvtCommand = (bytes: Uint8Array): string | undefined => {
  if (fixed(bytes, 0, ZVT_ANSWERS) === bytes.length) return undefined
  if (bytes[0] !== 0x05 || bytes[1] !== 0x01) return nameOf(bytes, 0, ZVT_NAMED) ?? 'neither status enquiry nor an answer'
  return bytes[2] === bytes.length - 3 && bytes.length <= 64 ? undefined : 'a status enquiry whose length is wrong'
}

/** ZVT: status enquiry (05 01), answers (80 00, 84 xx) and ACK / NAK pass, plain as over TCP or in a serial frame (10 02 … 10 03 and two check bytes). */
export const zvt: Dialect = (bytes) => {
  if (bytes.length === 1 && (bytes[0] === 0x06 || bytes[0] === 0x15)) return { rest: 0 }
  if (bytes[0] === 0x06 && bytes.length > 1 && (bytes[1] === 0x10 || bytes[1] === 0x80)) return zvt(bytes.slice(1))
  if (bytes[0] !== 0x10) {
    const why = zvtCommand(bytes)
    return why === undefined ? { rest: 0 } : because(bytes, 0, why)
  }
  const inner: number[] = []
  let i = 2
  for (; i < bytes.length; i++) {
    if (bytes[i] === 0x10) {
      if (bytes[i + 1] === 0x03) break
      i++
    }
    inner.push(bytes[i] ?? 0)
  }
  if (bytes[1] !== STX || i + 4 !== bytes.length) return because(bytes, 0, 'not exactly one whole frame')
  const why = zvtCommand(Uint8Array.from(inner))
  return why === undefined ? { rest: 0 } : because(bytes, 0, why)
}

const INSTRUCTIONS = new Map([
  [0x20, 'VERIFY uses up tries of the card’s PIN'],
  [0x24, 'changes a PIN'],
  [0x2c, 'resets a PIN counter'],
  [0xae, 'GENERATE AC advances the transaction counter of the card'],
  [0xa8, 'GET PROCESSING OPTIONS starts a transaction on the card'],
  [0x88, 'INTERNAL AUTHENTICATE uses a key of the card'],
  [0x82, 'EXTERNAL AUTHENTICATE can block the card'],
  [0xb2, 'READ RECORD reads card data'],
  [0xb0, 'READ BINARY reads card data'],
  [0xca, 'GET DATA reads card data'],
])

/** Card commands (ISO 7816-4): SELECT by name and GET RESPONSE pass, nothing else. One APDU at a time. */
export const apdu: Dialect = whole((bytes) => {
  const [cla, ins, p1, , lc = 0] = bytes
  if (cla === 0xff) return 'a command to the reader itself, not to the card'
  if (ins === undefined || bytes.length < 4) return 'not a whole command'
  if (cla !== 0x00) return INSTRUCTIONS.get(ins) ?? 'a command of a proprietary class'
  if (ins === 0xc0) return bytes.length === 5 ? undefined : 'GET RESPONSE has five bytes'
  if (ins !== 0xa4) return INSTRUCTIONS.get(ins) ?? 'neither SELECT nor GET RESPONSE'
  if (p1 !== 0x04) return 'SELECT other than by name'
  return bytes.length === 5 + lc || bytes.length === 6 + lc ? undefined : 'more or fewer bytes than the command says'
})
