/** Kinds of reports of a HID device. */
export type ReportKind = 'input' | 'output' | 'feature'

/** One value in a report of a HID device, as its report descriptor lays it out (Device Class Definition for HID 1.11, 6.2.2). */
export interface HidField {
  report: ReportKind
  /** Report id; 0 where the device numbers none. */
  id: number
  /** Where it begins: bits from the first byte after the report id. */
  bit: number
  bits: number
  /** Usage page in the high word, usage in the low one, as 0x008500d0. */
  usage: number
  /** Usages of the collections that it lies in, the outermost first. */
  within: readonly number[]
  logicalMin: number
  logicalMax: number
  /** Both 0 where the descriptor gives none. */
  physicalMin: number
  physicalMax: number
  /** The Unit item: a nibble each for system, length, mass, time, temperature, current, luminous intensity. */
  unit: number
  /** Power of ten of the unit. */
  exponent: number
  /** Makers of UPSs call values constant that are only not to be written; true padding has no usage and is no field. */
  constant: boolean
  /** Of an array: the usages that its value chooses from, beginning at the logical minimum. Empty for a variable, which is a value of its own. */
  choices: readonly number[]
  relative: boolean
  /** True if a value outside of the logical range means that there is none. */
  nullable: boolean
  volatile: boolean
}

/** A report descriptor read. */
export interface HidDescriptor {
  fields: readonly HidField[]
  /** Usages of the outermost collections: what the device is. */
  applications: readonly number[]
  /** True if every report begins with its id. */
  numbered: boolean
  /** Bytes of each report after its id, by `kind id`, as `feature 12`. */
  lengths: ReadonlyMap<string, number>
  /** False if a collection was left open or closed twice, as in a descriptor that was cut off between two items. */
  balanced: boolean
}

/** Longest descriptor that the kernel hands out (Linux include/uapi/linux/hid.h, HID_MAX_DESCRIPTOR_SIZE). */
const MOST_BYTES = 4096
/** Longest report that the kernel takes, in bits (Linux include/linux/hid.h, HID_MAX_BUFFER_SIZE). */
const MOST_BITS = 16384 * 8
const MOST_FIELDS = 12288
const MOST_PUSHED = 16
const MOST_NESTED = 64

interface Globals {
  page: number
  logicalMin: number
  /** As written and as an unsigned number: which one counts is known once the minimum is. */
  logicalMax: number
  logicalMaxUnsigned: number
  physicalMin: number
  physicalMax: number
  physicalMaxUnsigned: number
  unit: number
  exponent: number
  size: number
  count: number
  id: number
}

interface Usage {
  page: number
  usage: number
  /** It carries its own page, which no later Usage Page item changes. */
  whole: boolean
}

const NO_GLOBALS: Globals = { page: 0, logicalMin: 0, logicalMax: 0, logicalMaxUnsigned: 0, physicalMin: 0, physicalMax: 0, physicalMaxUnsigned: 0, unit: 0, exponent: 0, size: 0, count: 0, id: 0 }

const unsigned = (data: Uint8Array): number => data.reduceRight((value, byte) => value * 256 + byte, 0)

const signed = (data: Uint8Array): number => {
  const value = unsigned(data)
  return data.length > 0 && (data[data.length - 1] ?? 0) >= 0x80 ? value - 2 ** (8 * data.length) : value
}

/** A nibble holds -8 to 7; some makers write the whole byte. */
const exponentOf = (data: Uint8Array): number => {
  const value = unsigned(data)
  return value < 16 ? (value < 8 ? value : value - 16) : signed(data)
}

interface Item {
  type: number
  tag: number
  data: Uint8Array
}

const SIZES = [0, 1, 2, 4] as const
const LONG = 0xfe

const itemsOf = (bytes: Uint8Array): Item[] | { unreadable: string } => {
  const items: Item[] = []
  for (let at = 0; at < bytes.length;) {
    const prefix = bytes[at] ?? 0
    const long = prefix === LONG
    const size = long ? (bytes[at + 1] ?? Number.POSITIVE_INFINITY) : (SIZES[prefix & 3] ?? 0)
    const from = at + (long ? 3 : 1)
    if (from + size > bytes.length) return { unreadable: `item at byte ${at} runs past the end` }
    if (!long) items.push({ type: (prefix >> 2) & 3, tag: prefix >> 4, data: bytes.subarray(from, from + size) })
    at = from + size
  }
  return items
}

const usageNumber = ({ page, usage }: Usage): number => page * 0x10000 + usage

interface Locals {
  usages: Usage[]
  min: Usage | undefined
  /** Nesting of delimiters; only the first of alternative usages counts. */
  branch: number
  delimited: boolean
}

const noLocals = (): Locals => ({ usages: [], min: undefined, branch: 0, delimited: false })

const setGlobal = (globals: Globals, tag: number, data: Uint8Array): Globals => {
  switch (tag) {
    case 0x0: return { ...globals, page: unsigned(data) & 0xffff }
    case 0x1: return { ...globals, logicalMin: signed(data) }
    case 0x2: return { ...globals, logicalMax: signed(data), logicalMaxUnsigned: unsigned(data) }
    case 0x3: return { ...globals, physicalMin: signed(data) }
    case 0x4: return { ...globals, physicalMax: signed(data), physicalMaxUnsigned: unsigned(data) }
    case 0x5: return { ...globals, exponent: exponentOf(data) }
    case 0x6: return { ...globals, unit: unsigned(data) }
    case 0x7: return { ...globals, size: unsigned(data) }
    case 0x8: return { ...globals, id: unsigned(data) & 0xff }
    case 0x9: return { ...globals, count: unsigned(data) }
    default: return globals
  }
}

const addLocal = (locals: Locals, page: number, tag: number, data: Uint8Array): void => {
  const value = unsigned(data)
  const usage: Usage = data.length > 2 ? { page: Math.floor(value / 0x10000), usage: value & 0xffff, whole: true } : { page, usage: value, whole: false }
  if (tag === 0xa) {
    locals.delimited = value === 1
    locals.branch = value === 1 ? 0 : locals.branch
    return
  }
  if (locals.delimited) {
    locals.branch += 1
    if (locals.branch > 1) return
  }
  if (tag === 0x0 && locals.usages.length < MOST_FIELDS) locals.usages.push(usage)
  if (tag === 0x1) locals.min = usage
  if (tag === 0x2 && locals.min !== undefined) {
    const { min } = locals
    locals.min = undefined
    for (let n = min.usage; n <= usage.usage && locals.usages.length < MOST_FIELDS; n += 1) locals.usages.push({ ...min, usage: n })
  }
}

/** A usage page that comes after the usages counts for those before it, back to the first that already has it; as the kernel reads it (Linux drivers/hid/hid-core.c, hid_concatenate_last_usage_page). */
const settlePages = (usages: Usage[], page: number): void => {
  for (let i = usages.length - 1; i >= 0; i -= 1) {
    const usage = usages[i]
    if (usage === undefined || usage.whole) continue
    if (usage.page === page) return
    usages[i] = { ...usage, page }
  }
}

const KINDS: Readonly<Record<number, ReportKind>> = { 8: 'input', 9: 'output', 11: 'feature' }
const COLLECTION = 0xa
const END = 0xc
const PUSH = 0xa
const POP = 0xb

const rangeMax = (min: number, asSigned: number, asUnsigned: number): number => (asSigned < min ? asUnsigned : asSigned)

/**
 * Reads a report descriptor. What real devices get wrong without becoming unreadable is borne: a collection too few or too many,
 * unknown items, a maximum that is below its minimum for being written in one byte too few, values that are called constant.
 * A descriptor that is cut off within an item, or asks for reports that no kernel would take, says why it is `unreadable`.
 */
export const parseDescriptor = (bytes: Uint8Array): HidDescriptor | { unreadable: string } => {
  if (bytes.length > MOST_BYTES) return { unreadable: `longer than ${MOST_BYTES} bytes` }
  const items = itemsOf(bytes)
  if ('unreadable' in items) return items
  const fields: HidField[] = []
  const applications: number[] = []
  const lengths = new Map<string, number>()
  const pushed: Globals[] = []
  let globals = NO_GLOBALS
  let locals = noLocals()
  let within: readonly number[] = []
  let numbered = false
  let balanced = true

  const addFields = (report: ReportKind, flags: number): string | undefined => {
    const { size, count, id } = globals
    const key = `${report} ${id}`
    const start = lengths.get(key) ?? 0
    if (start + size * count > MOST_BITS) return `report ${id} is longer than ${MOST_BITS / 8} bytes`
    lengths.set(key, start + size * count)
    const last = locals.usages.at(-1)
    if (last === undefined || size === 0) return undefined
    if (fields.length + count > MOST_FIELDS) return `more than ${MOST_FIELDS} fields`
    const { logicalMin, physicalMin, unit, exponent } = globals
    const choices = (flags & 2) === 0 ? locals.usages.map(usageNumber) : []
    for (let n = 0; n < count; n += 1) {
      fields.push({
        report, id, bit: start + n * size, bits: size, usage: usageNumber(locals.usages[n] ?? last), within, logicalMin,
        logicalMax: rangeMax(logicalMin, globals.logicalMax, globals.logicalMaxUnsigned), physicalMin,
        physicalMax: rangeMax(physicalMin, globals.physicalMax, globals.physicalMaxUnsigned), unit, exponent,
        constant: (flags & 1) !== 0, choices, relative: (flags & 4) !== 0, nullable: (flags & 0x40) !== 0, volatile: (flags & 0x80) !== 0,
      })
    }
    return undefined
  }
  const doMain = (tag: number, data: Uint8Array): string | undefined => {
    settlePages(locals.usages, globals.page)
    const kind = KINDS[tag]
    const problem = kind === undefined ? undefined : addFields(kind, unsigned(data))
    if (tag === COLLECTION) {
      const [first] = locals.usages
      const usage = first === undefined ? 0 : usageNumber(first)
      if (within.length === 0) applications.push(usage)
      if (within.length >= MOST_NESTED) return `more than ${MOST_NESTED} nested collections`
      within = [...within, usage]
    } else if (tag === END) {
      balanced &&= within.length > 0
      within = within.slice(0, -1)
    }
    locals = noLocals()
    return problem
  }

  for (const { type, tag, data } of items) {
    if (type === 0) {
      const problem = doMain(tag, data)
      if (problem !== undefined) return { unreadable: problem }
    } else if (type === 1 && tag === PUSH) {
      if (pushed.length < MOST_PUSHED) pushed.push(globals)
    } else if (type === 1 && tag === POP) {
      globals = pushed.pop() ?? globals
    } else if (type === 1) {
      globals = setGlobal(globals, tag, data)
      numbered ||= tag === 0x8
    } else if (type === 2) {
      addLocal(locals, globals.page, tag, data)
    }
  }
  return {
    fields, applications, numbered, balanced: balanced && within.length === 0,
    lengths: new Map([...lengths].map(([key, bits]) => [key, Math.ceil(bits / 8)])),
  }
}

/**
 * The number that a field holds in the bytes of a report after its id: signed if its logical minimum is below zero, not held
 * against its range, which makers often get wrong. Undefined if the report is too short, the field has more than 32 bits, or
 * the value says that there is none.
 */
export const rawValue = (field: HidField, data: Uint8Array): number | undefined => {
  const { bit, bits, logicalMin, logicalMax, nullable } = field
  if (bits > 32 || bits === 0 || bit + bits > data.length * 8) return undefined
  let value = 0
  for (let n = bits - 1; n >= 0; n -= 1) value = value * 2 + (((data[(bit + n) >> 3] ?? 0) >> ((bit + n) & 7)) & 1)
  if (logicalMin < 0 && value >= 2 ** (bits - 1)) value -= 2 ** bits
  return nullable && (value < logicalMin || value > logicalMax) ? undefined : value
}

const nibble = (unit: number, n: number): number => {
  const value = Math.floor(unit / 16 ** n) % 16
  return value < 8 ? value : value - 16
}

/** HID measures in centimetres and grams: powers of ten between a unit and that of the SI. */
const toSi = (unit: number): number => (nibble(unit, 0) === 1 || nibble(unit, 0) === 2 ? -2 * nibble(unit, 1) - 3 * nibble(unit, 2) : 0)

/** A raw value in the unit of the SI that its descriptor says (V, A, W, Hz, s, K), as a plain number where it says none. */
export const scaled = (field: HidField, raw: number): number => {
  const { logicalMin, logicalMax, physicalMin, physicalMax, exponent, unit } = field
  const ranged = (physicalMin !== 0 || physicalMax !== 0) && physicalMax !== physicalMin && logicalMax !== logicalMin
  const value = ranged ? ((raw - logicalMin) * (physicalMax - physicalMin)) / (logicalMax - logicalMin) + physicalMin : raw
  const power = exponent + toSi(unit)
  // Dividing by a whole power of ten is exact to the last digit, multiplying by its inverse is not.
  return power < 0 ? value / 10 ** -power : value * 10 ** power
}

/** The bytes of a report after its id, as node-hid gives it: input reports have an id only where they are numbered, feature reports always. */
export const afterId = (descriptor: HidDescriptor, report: ReportKind, bytes: Uint8Array): { id: number; data: Uint8Array } =>
  report === 'feature' || descriptor.numbered ? { id: bytes[0] ?? 0, data: bytes.subarray(1) } : { id: 0, data: bytes }
