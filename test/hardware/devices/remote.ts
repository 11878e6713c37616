import { NODE, PROGRAMS } from '../bundle.ts'
import { lines, type Machine } from '../machine.ts'
import type { UpsState } from './units.ts'

/** What the shop in the guest can be told. */
export type ShopRequest =
  | { do: 'plug-gadget'; device: 'printer' | 'pinpad'; dialogue: string }
  | { do: 'unplug-gadget'; device: 'printer' | 'pinpad' }
  | { do: 'play'; device: 'printer' | 'pinpad'; dialogue: string }
  | { do: 'plug-hid'; device: 'ups' | 'swipe'; bus: 'uhid' | 'usb'; serial: string }
  | { do: 'unplug-hid'; device: 'ups' | 'swipe' }
  | { do: 'ups'; state: UpsState }

const ANSWER_MS = 30_000

/** Starts the shop's devices in the guest (a process of their own, apart from the agent) and resolves with the way to move them. */
export const startDevices = async (machine: Machine): Promise<(request: ShopRequest) => Promise<void>> => {
  const port = await machine.port('shop')
  const waiting = new Map<number, (answer: { failed?: string }) => void>()
  const answered = (n: number): Promise<{ failed?: string }> => new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the shop in the guest did not answer request ${n}:\n${machine.log().slice(-1500)}`)), ANSWER_MS)
    waiting.set(n, (answer) => {
      clearTimeout(timer)
      resolve(answer)
    })
  })
  lines(port, (line) => {
    const answer = JSON.parse(line) as { n: number; failed?: string }
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
    const { failed } = await answer
    if (failed !== undefined) throw new Error(`${request.do}: ${failed}`)
  }
}
