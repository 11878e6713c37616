import { type FSWatcher, readdirSync, readlinkSync, watch } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { TerminalFile } from '../model/terminal.ts'
import type { AgentClock, Cancel } from './clock.ts'
import type { Log } from './log.ts'
import { type UnitChange, unitChanges, usbPorts, usbUnits } from './usb-units.ts'

/** What the kernel shows of the devices attached: path -> link target, or empty. */
export type Attached = ReadonlyMap<string, string>

/** What appeared and what vanished, by path; and which units on USB did, for a path may be given to another unit at any time. */
export interface AttachmentChange {
  appeared: string[]
  vanished: string[]
  units: UnitChange[]
}

const DEBOUNCE_MS = 1_000
/** A device that comes and goes without end is told all the same, this long after it began. */
const LATEST_MS = 1_500
/** How often the ports of the USB tree are listed where no folder of device files tells of them. */
const LIST_MS = 1_000

// Not /dev itself where anything better is there: every write to /dev/null by any program would wake us.
const PLACES = ['/dev/serial/by-id', '/dev/serial/by-path', '/dev/usb', '/dev/input/by-id', '/dev/serial', '/dev/input']
const BUSES = '/dev/bus/usb'
const PORTS = /^(ttyUSB|ttyACM|ttyS|lp|hidraw)\d+$/

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder)
  } catch {
    // A folder of the kernel comes with the first device of its kind.
    return []
  }
}

const targetOf = (path: string): string => {
  try {
    return readlinkSync(path)
  } catch {
    // Not a link: the name says it all.
    return ''
  }
}

/** Folders where devices of this terminal come and go, on this host as it is now. */
export const placesOf = (terminal: TerminalFile): string[] => {
  const declared = terminal.devices.flatMap(({ transport }) => (transport.type === 'serial' || transport.type === 'usblp' ? [dirname(transport.path)] : []))
  const buses = namesIn(BUSES).map((bus) => join(BUSES, bus))
  const elsewhere = declared.filter((folder) => folder !== '/dev')
  return [...new Set([...PLACES, BUSES, ...buses, ...elsewhere, ...(buses.length === 0 && declared.includes('/dev') ? ['/dev'] : [])])]
}

/** Lists what is attached; of /dev and of folders that hold other things, only what looks like a port or was declared. */
export const listAttached = (places: readonly string[], declared: ReadonlySet<string>): Attached => {
  const found = new Map<string, string>()
  for (const place of places) {
    for (const name of namesIn(place)) {
      const path = join(place, name)
      const known = PLACES.includes(place) || place.startsWith(BUSES)
      if (known || declared.has(path) || (place === '/dev' && PORTS.test(name))) found.set(path, targetOf(path))
    }
  }
  return found
}

/** What differs between two lists; a link that points elsewhere has both vanished and appeared. */
export const compareAttached = (before: Attached, after: Attached): Pick<AttachmentChange, 'appeared' | 'vanished'> => ({
  appeared: [...after].filter(([path, target]) => before.get(path) !== target).map(([path]) => path),
  vanished: [...before].filter(([path, target]) => after.get(path) !== target).map(([path]) => path),
})

/**
 * Calls back once things have been quiet for a second after a device came or went, or have not been for one and a half. Costs nothing in
 * between: the kernel tells of changes below /dev; only where it has no folder of USB devices there (a container without devtmpfs) are
 * the names of the USB tree listed every second. Only a difference counts: a device that was merely written to, or a node touched by
 * another program, is noise.
 */
export const watchDevices = (terminal: TerminalFile, onChange: (change: AttachmentChange) => void, { clock, log }: { clock: AgentClock; log: Log }): Cancel => {
  const declared = new Set(terminal.devices.flatMap(({ transport }) => (transport.type === 'serial' || transport.type === 'usblp' ? [transport.path] : [])))
  const watchers = new Map<string, FSWatcher>()
  const { sys } = terminal.paths
  let pending: { cancel: Cancel; since: number } | undefined
  let units = usbUnits(sys)
  let attached: Attached = new Map()

  const follow = (): void => {
    const places = new Set(placesOf(terminal))
    for (const [place, watcher] of watchers) {
      if (places.has(place)) continue
      watcher.close()
      watchers.delete(place)
    }
    for (const place of places) {
      if (watchers.has(place)) continue
      try {
        const watcher = watch(place, { persistent: false }, (event, name) => {
          if (event !== 'rename') return
          // The kernel's folders go with the last device in them and come back as others, which a watch on the old one does not see.
          if (name === basename(place)) forget()
          else stir()
        })
        const forget = (): void => {
          watcher.close()
          watchers.delete(place)
          stir()
        }
        watcher.on('error', forget)
        watchers.set(place, watcher)
      } catch (error) {
        // Most of these folders exist only while something is attached; their parents tell when they come.
        log.debug('not watched', { place, detail: error instanceof Error ? error.message : String(error) })
      }
    }
  }
  const settle = (): void => {
    pending = undefined
    follow()
    const now = listAttached([...watchers.keys()], declared)
    const unitsNow = usbUnits(sys)
    const change = { ...compareAttached(attached, now), units: unitChanges(units, unitsNow) }
    attached = now
    units = unitsNow
    if (change.appeared.length + change.vanished.length + change.units.length > 0) onChange(change)
  }
  const stir = (): void => {
    pending?.cancel()
    const since = pending?.since ?? clock.mono()
    pending = { since, cancel: clock.after(Math.max(0, Math.min(DEBOUNCE_MS, since + LATEST_MS - clock.mono())), settle) }
  }
  let listing: Cancel = () => undefined
  const list = (known: string): void => {
    listing = clock.after(LIST_MS, () => {
      const now = usbPorts(sys).join()
      if (now !== known) settle()
      list(now)
    })
  }
  if (namesIn(BUSES).length === 0 && usbPorts(sys).length > 0) list(usbPorts(sys).join())
  follow()
  attached = listAttached([...watchers.keys()], declared)
  return () => {
    listing()
    pending?.cancel()
    for (const watcher of watchers.values()) watcher.close()
    watchers.clear()
  }
}
