/** One input device of the kernel. */
export interface InputDevice {
  name: string
  serial: string
  /** Four lower-case hex digits each, empty where the kernel gives none. */
  vendorId: string
  productId: string
  /** True if it types: it hands its keys to the console and repeats them. Power buttons do the first only. */
  types: boolean
  /** True if it tells where it is touched: it has a position and the key BTN_TOUCH. */
  touches: boolean
  /** Its device file, as `/dev/input/event3`. */
  event: string | undefined
}

const REPEATS = 1n << 20n
const ABS_X = 1n << 0n
const ABS_MT_POSITION_X = 1n << 0x35n
const BTN_TOUCH = 1n << 0x14an
const WORD_BITS = 64n

/** Bits as the kernel prints them: words of 64, the highest first. */
const bits = (words: string | undefined): bigint =>
  (words ?? '').trim().split(/\s+/).filter((word) => /^[0-9a-f]{1,16}$/.test(word)).reduce((all, word) => (all << WORD_BITS) | BigInt(`0x${word}`), 0n)

/** Reads /proc/bus/input/devices: a block of lines per device, `I: Bus=0003 Vendor=0c2e Product=0b61`, `N: Name="..."`, `U: Uniq=`, `H: Handlers=kbd event3`, `B: EV=120013`, `B: KEY=`, `B: ABS=` (bits of linux/input-event-codes.h). */
export const parseInputDevices = (text: string): InputDevice[] =>
  text.split(/\n\s*\n/).flatMap((block) => {
    const name = /^N: Name="(.*)"$/m.exec(block)?.[1]
    if (name === undefined) return []
    const events = bits(/^B: EV=(.*)$/m.exec(block)?.[1])
    const positions = bits(/^B: ABS=(.*)$/m.exec(block)?.[1])
    const keys = bits(/^B: KEY=(.*)$/m.exec(block)?.[1])
    const handlers = (/^H: Handlers=(.*)$/m.exec(block)?.[1] ?? '').split(' ')
    const node = handlers.find((handler) => /^event\d+$/.test(handler))
    const [, vendorId = '', productId = ''] = /^I: .*\bVendor=([0-9a-f]{4}) Product=([0-9a-f]{4})/m.exec(block) ?? []
    return [{
      name,
      vendorId,
      productId,
      serial: /^U: Uniq=(.+)$/m.exec(block)?.[1]?.trim() ?? '',
      types: handlers.includes('kbd') && (events & REPEATS) !== 0n,
      touches: (positions & (ABS_X | ABS_MT_POSITION_X)) !== 0n && (keys & BTN_TOUCH) !== 0n,
      event: node === undefined ? undefined : `/dev/input/${node}`,
    }]
  })
