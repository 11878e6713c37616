import type { LogClass } from '../../../src/model/log.ts'
import { isClass, type Known, type Weighed, weighed } from './ledger.ts'
import type { Tally } from './tallies.ts'
import type { UsbPath } from './watch-usb.ts'

/** A port that tripped more often than this is not short of current: something shorts it, or its sensor lies. */
const TRIPS_OF_A_WEAK_SUPPLY = 2
/** A device that needs this many attempts in all is sick even if it came up in the end. */
const ATTEMPTS = 3
/** Times in a row that a device comes back by itself. */
const LOOP = 2
/** usblp lets a printer go for each job of some print systems; twice in short order nobody prints. */
const REBOUND = 2

type Rule = (known: Known) => Weighed[]

const tally = (known: Known, event: Tally['event'], device: string): Tally | undefined => known.tallies.find((t) => t.event === event && t.device === device)
const tallies = (known: Known, ...events: Tally['event'][]): Tally[] => known.tallies.filter(({ event }) => events.includes(event))
const unexplained = ({ count, explained }: Tally): boolean => count > explained

/** Trips of a port: a few tell of a supply that cannot give what was asked of it, many of a short or of a sensor. */
const overcurrent: Rule = (known) => tallies(known, 'usb.overcurrent').map((t) => {
  const counted = Number(/over-current (?:change|condition) #(\d+)/.exec(t.text)?.[1] ?? 0)
  return weighed(t, t.count <= TRIPS_OF_A_WEAK_SUPPLY && counted <= TRIPS_OF_A_WEAK_SUPPLY && tallies(known, 'usb.overcurrent').length === 1 ? ['usb.overcurrent', 'power.supply_inadequate'] : ['usb.overcurrent'])
})

const LOST: Readonly<Record<'ups' | 'reader' | 'printer', LogClass>> = { ups: 'ups.usb_reconnect', reader: 'cardreader.lost', printer: 'printer.offline' }

const isLoop = (path: UsbPath): boolean => path.mostInARow >= LOOP || path.worn

/** A device that went, once or over and over, and what that is to the shop if the device said what it is. */
const disconnects: Rule = (known) => tallies(known, 'usb.disconnect').map((t) => {
  const path = known.paths.find(({ device }) => device === t.device)
  const lost = path?.is === 'ups' ? path.replugs > 0 || path.gone : path?.gone
  const classes: LogClass[] = [...(path && isLoop(path) ? ['usb.disconnect_loop' as const] : []), 'usb.disconnect', ...(path?.is && lost ? [LOST[path.is]] : [])]
  const own = weighed(t, classes)
  return own.follows || path?.withParent === undefined ? own : { ...own, follows: { class: 'usb.disconnect', device: path.withParent } }
})

/** A device whose descriptor could not be read and which did not come up, or only with trouble. */
const descriptors: Rule = (known) => tallies(known, 'usb.descriptor').flatMap((t) => {
  const path = known.paths.find(({ device }) => device === t.device)
  const settled = tally(known, 'usb.enumeration_failure', t.device)
  return settled || (path !== undefined && path.unread === 0 && path.unreadEver < ATTEMPTS) ? [] : [weighed(t, ['usb.enumeration_failure'])]
})

const contention: Rule = (known) => known.usblp.filter(({ rebound }) => rebound >= REBOUND).flatMap(({ device }) => {
  const t = tally(known, 'usblp.removed', device)
  return t ? [weighed(t, ['printer.driver_contention'])] : []
})

/** A link that went and stayed away, or that comes and goes. A port that nothing was ever plugged into is no trouble where another one works. */
const links: Rule = (known) => {
  const works = known.links.some(({ ups }) => ups > 0)
  return known.links.flatMap(({ device, downs, blips, upsAgain, ups, neverUp, first, last, text, openedAt }) => {
    const unused = neverUp && downs === 0 && upsAgain === 0
    const at = first ?? openedAt
    if ((unused && (works || ups > 0)) || (downs + upsAgain === 0 && !unused)) return []
    if (!at) return unused ? [{ classes: ['network.link_down'], device, count: 1, first: { offset: 0 }, last: { offset: 0 }, text }] : []
    const classes: LogClass[] = downs > 1 || blips + upsAgain > 0 ? ['network.link_flap', ...(downs > 0 ? ['network.link_down' as const] : [])] : ['network.link_down']
    return [{ classes, device, count: Math.max(1, downs + upsAgain), first: at, last: last ?? at, text }]
  })
}

/** Blocks that could not be read or written: of a disk that was lost, of a card that wears out, of a surface, or for a reason that the log does not tell. */
const disks: Rule = (known) => {
  const shaky = tallies(known, 'disk.transport').length > 0 || known.tallies.some(({ event }) => event === 'usb.reset' || event === 'usb.disconnect')
  return tallies(known, 'disk.read', 'disk.write', 'disk.transport').flatMap((t) => {
    const onUsb = t.by?.class.startsWith('usb.') ?? false
    if (onUsb) return [weighed(t, t.event === 'disk.write' ? ['storage.write_error', 'storage.device_lost'] : ['storage.device_lost'])]
    if (t.event === 'disk.transport') return []
    const write: LogClass[] = t.event === 'disk.write' ? ['storage.write_error'] : []
    const isCard = t.device.startsWith('mmcblk')
    const worn = unexplained(t) && isCard && (t.event === 'disk.read' || tallies(known, 'disk.mmc').length > 0)
    const failing = unexplained(t) && !isCard && t.event === 'disk.read' && !shaky
    const classes: LogClass[] = [...write, ...(worn ? ['storage.sd_failing' as const] : []), ...(failing ? ['storage.disk_failing' as const] : [])]
    return classes.length > 0 ? [weighed(t, classes)] : []
  })
}

/** A file system that cannot read: if no disk complains, its own structures lead nowhere. */
const unread: Rule = (known) => tallies(known, 'fs.unread').filter((t) => unexplained(t) && tallies(known, 'disk.read', 'disk.write').length === 0).map((t) => weighed(t, ['fs.corruption']))

const OWN_RULES = new Set<Tally['event']>(['usb.overcurrent', 'usb.disconnect'])

/** What a message says by itself. A disk whose bus went away under it says nothing of its own health. */
const plain: Rule = (known) => known.tallies.flatMap((t) => {
  if (!isClass(t.event) || OWN_RULES.has(t.event)) return []
  if (t.event === 'storage.disk_failing' && !unexplained(t)) return [weighed(t, ['storage.device_lost'])]
  return [weighed(t, [t.event])]
})

const RULES: readonly Rule[] = [plain, overcurrent, disconnects, descriptors, contention, links, disks, unread]

const attached: Rule = (known) => tallies(known, 'usb.attached').map((t) => weighed(t, ['benign.attach']))

/** What the log shows, in the order of the first lines; attached devices only if there is nothing else to tell. */
export const weigh = (known: Known): Weighed[] => {
  const found = RULES.flatMap((rule) => rule(known))
  return (found.length > 0 ? found : attached(known)).sort((a, b) => a.first.offset - b.first.offset)
}
