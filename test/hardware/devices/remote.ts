import { NODE, PROGRAMS } from '../bundle.ts'
import { lines, type Machine } from '../machine.ts'
import type { UpsState } from './units.ts'

/** The UPS whose reports the agent reads itself, and the one that NUT's own driver claims. */
export type UpsName = 'ups' | 'nut-ups'
/** The printer on usblp, and the one at a serial line of cdc_acm. */
type Printer = 'printer' | 'kitchen'

/** What the shop in the guest can be told. */
export type ShopRequest =
  | { do: 'plug-gadget'; device: Printer; dialogue: string }
  | { do: 'unplug-gadget'; device: Printer }
  | { do: 'switch-on'; device: Printer; dialogue: string }
  | { do: 'switch-off'; device: Printer }
  | { do: 'play'; device: Printer; dialogue: string }
  | { do: 'plug-hid'; device: UpsName | 'swipe'; bus: 'uhid' | 'usb'; serial: string }
  | { do: 'unplug-hid'; device: UpsName | 'swipe' }
  | { do: 'ups'; device: UpsName; state: UpsState }
  /** Asks the agent's desk, of which `address` is the file that the agent wrote; the answer is its body. */
  | { do: 'desk'; address: string; method: 'GET' | 'POST'; path: string; body?: object }

/** Does what is asked in the guest; resolves with the answer where there is one, otherwise with an empty text. */
export type Shop = (request: ShopRequest) => Promise<string>

const ANSWER_MS = 180_000

interface Answer {
  failed?: string
  text?: string
}

/** Starts the shop's devices in the guest (a process of their own, apart from the agent) and resolves with the way to move them. */
export const startDevices = async (machine: Machine): Promise<Shop> => {
  const port = await machine.port('shop')
  const waiting = new Map<number, (answer: Answer) => void>()
  const answered = (n: number): Promise<Answer> => new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the shop in the guest did not answer request ${n}:\n${machine.log().slice(-1500)}`)), ANSWER_MS)
    waiting.set(n, (answer) => {
      clearTimeout(timer)
      resolve(answer)
    })
  })
  lines(port, (line) => {
    const answer = JSON.parse(line) as Answer & { n: number }
    waiting.get(answer.n)?.(answer)
    waiting.delete(answer.n)
  })
  const up = answered(0)
  await machine.run(`mountpoint -q /sys/kernel/config || mount -t configfs none /sys/kernel/config; (${NODE} ${PROGRAMS}/shop.mjs > /dev/ttyS0 2>&1 &)`)
  await up
  let count = 0
  return async (request) => {
    const n = ++count
    const answer = answered(n)
    port.write(`${JSON.stringify({ n, ...request })}\n`)
    const { failed, text = '' } = await answer
    if (failed !== undefined) throw new Error(`${request.do}: ${failed}`)
    return text
  }
}
