import { boundedMap } from './bounded.ts'
import { type Moment, secondsBetween } from './moment.ts'

/** What happened to the link of one network interface. */
export interface Link {
  device: string
  up: boolean | undefined
  /** Its driver opened it: what a link is before it first comes up says nothing. */
  openedAt?: Moment
  downs: number
  /** Times that it was down only shortly. */
  blips: number
  /** Times that it came up although nobody had said that it was down. */
  upsAgain: number
  ups: number
  /** It was down at first, and has not been up since. */
  neverUp: boolean
  first?: Moment
  last?: Moment
  text: string
  lastUp?: Moment
  byKernel: boolean
}

/** Two programs tell of one change within this time. */
const SAME_S = 2
/** A link that says again that it is up within this time was down in between; one that is back within it was no more than interrupted. */
const AGAIN_S = 60
/** Adapters say that their link is down when they are opened. */
const OPENING_S = 30
const BOOTING_S = 90
const MOST_LINKS = 128

/** Follows the links of network interfaces. */
export const watchLinks = () => {
  const links = boundedMap<string, Link>(MOST_LINKS)
  const make = (device: string, byKernel: boolean): Link => ({ device, up: undefined, downs: 0, blips: 0, upsAgain: 0, ups: 0, neverUp: false, text: '', byKernel })

  const down = (link: Link, at: Moment, text: string): void => {
    if (link.up === false) return
    const opening = link.openedAt !== undefined && secondsBetween(link.openedAt, at) <= OPENING_S
    if (link.up === undefined && (opening || (at.up !== undefined && at.up < BOOTING_S))) link.neverUp = true
    else {
      link.downs += 1
      link.last = at
      if (!link.first) link.text = text
      link.first ??= at
    }
    link.up = false
    if (link.text === '') link.text = text
  }

  const up = (link: Link, at: Moment, text: string): void => {
    const since = link.lastUp ? secondsBetween(link.lastUp, at) : Number.POSITIVE_INFINITY
    if (link.up === true && since > SAME_S * (at.up === undefined && at.wall === undefined ? 0 : 1) && since <= AGAIN_S) {
      link.upsAgain += 1
      link.first ??= at
      link.last = at
      if (link.text === '') link.text = text
    }
    if (link.up === false && link.downs > 0 && link.last && secondsBetween(link.last, at) <= AGAIN_S) link.blips += 1
    link.ups += 1
    link.up = true
    link.neverUp = false
    link.lastUp = at
  }

  return {
    links: (): Link[] => links.values(),
    see: (tells: string, device: string, at: Moment, text: string, byKernel: boolean): void => {
      const link = links.make(device, () => make(device, byKernel))
      // A service repeats what the kernel said: where the kernel speaks, it alone is counted.
      if (link.byKernel && !byKernel) return
      if (byKernel && !link.byKernel) Object.assign(link, make(device, true), { up: link.up })
      if (tells === 'link.opened') link.openedAt = at
      else if (tells === 'link.down') down(link, at, text)
      else up(link, at, text)
    },
    restart: (at: Moment): void => {
      for (const link of links.values()) {
        link.up = undefined
        link.openedAt = at
      }
    },
  }
}
