import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { systemClock } from '../src/agent/clock.ts'
import { SILENT_LOG } from '../src/agent/log.ts'
import { usbFolder, usbPorts, usbUnits } from '../src/agent/usb-units.ts'
import { type AttachmentChange, watchDevices } from '../src/agent/watch.ts'
import { TerminalFile } from '../src/model/terminal.ts'
import { type Figure, median } from './figures.ts'

const AIM_MS = 2_000
const HOUR_S = 3_600
const UNITS = 20

/** A host with so many devices on USB, as the kernel's files show it. */
const usbTree = (sys: string): void => {
  for (let i = 1; i <= UNITS; i += 1) {
    const at = join(usbFolder(sys), `1-1.${i}`)
    mkdirSync(at, { recursive: true })
    for (const [file, text] of Object.entries({ idVendor: '0801', idProduct: '0011', product: 'Reader', serial: `S${i}` })) writeFileSync(join(at, file), `${text}\n`)
  }
}

/** CPU of this process while it does nothing of its own, in seconds an hour. */
const idle = async (seconds: number): Promise<number> => {
  const before = process.cpuUsage()
  await pause(seconds * 1000)
  const { user, system } = process.cpuUsage(before)
  return ((user + system) / 1e6 / seconds) * HOUR_S
}

/** Milliseconds from a change to its telling. */
const latency = async (heard: () => Promise<AttachmentChange>, change: () => void): Promise<number> => {
  const told = heard()
  const from = performance.now()
  change()
  await told
  return performance.now() - from
}

/** How soon a device that comes or goes is noticed, and what the watch costs while nothing happens. */
export const measureHotplug = async ({ quick }: { quick: boolean }): Promise<Figure[]> => {
  const dir = mkdtempSync(join(tmpdir(), 'posdiag-bench-hotplug-'))
  const sys = join(dir, 'sys')
  const port = join(dir, 'ports', 'printer')
  mkdirSync(join(dir, 'ports'))
  usbTree(sys)
  const terminal = TerminalFile.parse({ terminal: { id: 'BENCH-1' }, devices: [{ id: 'printer-1', kind: 'printer', transport: { type: 'serial', path: port } }], paths: { sys } })
  let tell = (_: AttachmentChange): void => undefined
  const heard = (): Promise<AttachmentChange> => new Promise((resolve) => { tell = resolve })
  const seconds = quick ? 5 : 20
  const unwatched = await idle(seconds)
  const stop = watchDevices(terminal, (change) => tell(change), { clock: systemClock, log: SILENT_LOG })
  try {
    const rounds = quick ? 3 : 8
    const came: number[] = []
    const went: number[] = []
    for (let i = 0; i < rounds; i += 1) {
      came.push(await latency(heard, () => symlinkSync('/dev/null', port)))
      went.push(await latency(heard, () => rmSync(port)))
    }
    const watched = await idle(seconds)
    const calls = 500
    const started = process.cpuUsage()
    for (let i = 0; i < calls; i += 1) usbPorts(sys)
    const listing = process.cpuUsage(started)
    const whole = process.cpuUsage()
    usbUnits(sys)
    const units = process.cpuUsage(whole)
    return [
      { what: `a device that comes is noticed after (${rounds} times)`, got: `${median(came).toFixed(0)} ms, worst ${Math.max(...came).toFixed(0)}`, aim: `≤ ${AIM_MS} ms`, reached: Math.max(...came) <= AIM_MS },
      { what: 'a device that goes is noticed after', got: `${median(went).toFixed(0)} ms, worst ${Math.max(...went).toFixed(0)}`, aim: `≤ ${AIM_MS} ms`, reached: Math.max(...went) <= AIM_MS },
      { what: `CPU of a process that only watches, and of one that does nothing (${seconds} s each)`, got: `${watched.toFixed(2)} and ${unwatched.toFixed(2)} s/h` },
      { what: `listing the USB tree every second, where the kernel tells of nothing (${UNITS} devices)`, got: `${(((listing.user + listing.system) / 1e6 / calls) * HOUR_S).toFixed(2)} s/h` },
      { what: `reading what ${UNITS} devices are, once for each change`, got: `${((units.user + units.system) / 1e3).toFixed(1)} ms` },
    ]
  } finally {
    stop()
    rmSync(dir, { recursive: true, force: true })
  }
}
