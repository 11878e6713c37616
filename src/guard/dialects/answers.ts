/** What may be kept of an answer or a report; undefined if nothing. */
type Keeper = (bytes: Uint8Array) => Uint8Array | undefined

const MOST_NAMES = 16

/** A data object of BER-TLV (ISO 7816-4, 5.2.2) in a run of bytes. */
interface DataObject {
  tag: number
  constructed: boolean
  value: Uint8Array
}

const lengthAt = (bytes: Uint8Array, at: number): { length: number; at: number } | undefined => {
  const first = bytes[at]
  if (first === undefined) return undefined
  if (first < 0x80) return { length: first, at: at + 1 }
  if (first === 0x81) return { length: bytes[at + 1] ?? 0, at: at + 2 }
  return first === 0x82 ? { length: (bytes[at + 1] ?? 0) * 256 + (bytes[at + 2] ?? 0), at: at + 3 } : undefined
}

/** The objects one after another, as far as they are whole; a card that lies about a length ends the list. */
const objectsIn = (bytes: Uint8Array): DataObject[] => {
  const objects: DataObject[] = []
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] ?? 0
    const wide = (first & 0x1f) === 0x1f
    const size = lengthAt(bytes, at + (wide ? 2 : 1))
    if (!size || size.at + size.length > bytes.length) return objects
    objects.push({ tag: wide ? first * 256 + (bytes[at + 1] ?? 0) : first, constructed: (first & 0x20) !== 0, value: bytes.subarray(size.at, size.at + size.length) })
    at = size.at + size.length
  }
  return objects
}

const APPLICATION_NAME = 0x4f
const DEEPEST = 4

/** Names of applications begin with A (international), D (national) or F (a maker's own) and are 5 to 16 bytes long (ISO 7816-4, 8.2.1.2). */
const isApplicationName = ({ tag, value }: DataObject): boolean => tag === APPLICATION_NAME && value.length >= 5 && value.length <= 16 && [0xa, 0xd, 0xf].includes((value[0] ?? 0) >> 4)

const applicationNames = (bytes: Uint8Array, depth = 0): Uint8Array[] =>
  objectsIn(bytes).flatMap((object) => {
    if (isApplicationName(object)) return [object.value]
    return object.constructed && depth < DEEPEST ? applicationNames(object.value, depth + 1) : []
  })

/** Of a card's answer: `4f length name` of each application, and the status word. */
const apdu: Keeper = (bytes) => {
  if (bytes.length < 2) return undefined
  const names = applicationNames(bytes.subarray(0, -2)).slice(0, MOST_NAMES)
  return Uint8Array.of(...names.flatMap((name) => [APPLICATION_NAME, name.length, ...name]), ...bytes.subarray(-2))
}

/** Lengths of MagTek's input reports: SureSwipe and MagneSafe V5 (manuals 99875191 and 99875475). */
const SURESWIPE = 337
const MAGNESAFE = 887
const HEAD = 7

/** Of a MagTek swipe: three decode states, three lengths, the kind of encoding, and of a MagneSafe card state and MagnePrint state (offsets 343 to 347). */
const magtek: Keeper = (bytes) => {
  if (bytes.length < SURESWIPE) return undefined
  return Uint8Array.of(...bytes.subarray(0, HEAD), ...(bytes.length >= MAGNESAFE ? bytes.subarray(343, 348) : []))
}

const VIVOTECH = [...'ViVOtech2'].map((c) => c.charCodeAt(0)).concat(0)

/** Of an ID TECH report: a whole ViVOtech2 answer to ping (18) or version (29), cut to its own length. Anything else may be a card. */
const idtech: Keeper = (bytes) => {
  const at = bytes[0] === 0x01 ? 1 : 0
  if (!VIVOTECH.every((byte, i) => bytes[at + i] === byte)) return undefined
  const command = bytes[at + 10]
  const length = (bytes[at + 12] ?? 0) * 256 + (bytes[at + 13] ?? 0)
  return command === 0x18 || command === 0x29 ? bytes.slice(at, at + 16 + length) : undefined
}

/** The rule of each dialect in which cards speak. */
export const KEEPERS: ReadonlyMap<string, Keeper> = new Map([['apdu', apdu], ['magtek', magtek], ['idtech', idtech]])
