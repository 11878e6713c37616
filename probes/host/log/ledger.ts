import { LOG_CLASSES, type LogClass } from '../../../src/model/log.ts'
import type { LogLine } from './heading.ts'
import type { Told } from './match.ts'
import { type Moment, momentOf } from './moment.ts'
import type { Sign } from './row.ts'
import { createTallies, type Tally } from './tallies.ts'
import { watchLinks } from './watch-link.ts'
import { watchMemory } from './watch-memory.ts'
import { watchUsb, watchUsblp } from './watch-usb.ts'

/** Longest line that is kept as an example. */
const LONGEST = 400

/** What was found of one device, before it is put into words. */
export interface Weighed {
  classes: LogClass[]
  device: string
  count: number
  first: Moment
  last: Moment
  text: string
  follows?: { class: LogClass; device: string }
}

/** True for a class, false for a sign that only rules make something of. */
export const isClass = (event: LogClass | Sign): event is LogClass => Object.hasOwn(LOG_CLASSES, event)

const starts = (...words: string[]) => (tells: string): boolean => words.some((word) => tells.startsWith(word))
const ofUsb = starts('usb.attached', 'usb.found', 'usb.disconnect', 'usb.descriptor', 'usb.is-')
const ofLink = starts('link.')
const ofMemory = starts('oom.')

/** Keeps what the lines of a log told; its size has a bound, however long the log. */
export const createLedger = () => {
  const tallies = createTallies()
  const usb = watchUsb()
  const usblp = watchUsblp()
  const links = watchLinks()
  const memory = watchMemory((whose, device, at, text) => void tallies.add(whose, device, at, text))
  const portsUp = new Set<string>()
  let ataOf: string | undefined

  /** A port without a disk is down from the start; one that goes down was up. */
  const sata = (tells: string, device: string, at: Moment, text: string): void => {
    if (tells === 'sata.up') portsUp.add(device)
    else if (portsUp.delete(device)) tallies.add('storage.ata_link_error', device, at, text)
  }

  const take = (told: Told, line: LogLine, at: Moment): void => {
    const { tells } = told
    const text = line.text.slice(0, LONGEST)
    let { device } = told
    if (device.startsWith('ata')) ataOf = device
    else if (tells.startsWith('storage.ata') && device === 'host' && ataOf !== undefined) device = ataOf
    if (tells === 'boot') {
      usb.restart()
      links.restart(at)
      portsUp.clear()
      return
    }
    if (tells.startsWith('usblp.')) usblp.see(told, at)
    if (ofLink(tells)) links.see(tells, device, at, text, line.by === undefined || line.by === 'kernel')
    else if (ofMemory(tells)) memory.see(tells, device, at, text)
    else if (tells === 'sata.up' || tells === 'sata.down') sata(tells, device, at, text)
    else if (tells !== 'ata.of') {
      if (ofUsb(tells)) usb.see(told, at, text)
      if (tells === 'usb.disconnect') usblp.unplugged()
      if (!tells.startsWith('usb.is-') && tells !== 'usb.found') tallies.add(tells, device, at, text, told.also)
    }
  }

  return {
    take: (all: readonly Told[], line: LogLine, offset: number): void => {
      const at = momentOf(line, offset)
      for (const told of all) take(told, line, at)
    },
    /** Everything known at the end of the log. */
    close: () => {
      memory.close()
      return { tallies: tallies.all(), paths: usb.paths(), usblp: usblp.ports(), links: links.links() }
    },
  }
}

/** What a ledger knows at the end. */
export type Known = ReturnType<ReturnType<typeof createLedger>['close']>

/** A tally as it stands, under the name of a class. */
export const weighed = (tally: Tally, classes: LogClass[]): Weighed => ({
  classes: [...new Set([...classes, ...tally.also])],
  device: tally.device,
  count: tally.count,
  first: tally.first,
  last: tally.last,
  text: tally.text,
  ...(tally.by && tally.explained === tally.count ? { follows: tally.by } : {}),
})
