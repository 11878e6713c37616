/** One input device of the kernel. */
export interface InputDevice {
  name: string
  serial: string
  /** True if it types: it hands its keys to the console and repeats them. Power buttons do the first only. */
  types: boolean
}

const REPEATS = 1n << 20n

/** Reads /proc/bus/input/devices: a block of lines per device, `N: Name="..."`, `U: Uniq=`, `H: Handlers=kbd event3`, `B: EV=120013` (bits of linux/input-event-codes.h). */
export const parseInputDevices = (text: string): InputDevice[] =>
  text.split(/\n\s*\n/).flatMap((block) => {
    const name = /^N: Name="(.*)"$/m.exec(block)?.[1]
    if (name === undefined) return []
    const events = BigInt(`0x${/^B: EV=([0-9a-f]{1,16})$/m.exec(block)?.[1] ?? '0'}`)
    const handlers = /^H: Handlers=(.*)$/m.exec(block)?.[1] ?? ''
    return [{ name, serial: /^U: Uniq=(.+)$/m.exec(block)?.[1]?.trim() ?? '', types: handlers.split(' ').includes('kbd') && (events & REPEATS) !== 0n }]
  })
