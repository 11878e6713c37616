import type { Report } from '../model/report.ts'
import { type Redated, SenderClock } from '../model/wire.ts'
import { wholeMs } from './whole.ts'

/** How much of a difference the way from the terminal may make, in ms; it is the least uncertainty, and less is no wrong clock. */
export const SLACK_MS = 10_000

/** The clocks of a terminal as the header says them; undefined if there is none or it cannot be read: then less is known, and nothing refused. */
export const senderClock = (header: string | string[] | undefined): SenderClock | undefined => {
  if (typeof header !== 'string' || header.length > 300) return undefined
  try {
    return SenderClock.safeParse(JSON.parse(header)).data
  } catch {
    // What a sender says of its clocks is a courtesy; a report counts without it.
    return undefined
  }
}

const clamped = (at: number, plusMinusMs: number, receivedAt: number): Redated => ({ at: wholeMs(Math.min(at, receivedAt)), plusMinusMs: wholeMs(plusMinusMs) })

const truth = (report: Report, receivedAt: number, sender: SenderClock | undefined): Redated => {
  // Within one boot the time since boot tells how old the report is, whatever the wall clock did meanwhile.
  if (sender !== undefined && sender.bootId === report.bootId && sender.uptimeMs >= report.uptimeMs) return clamped(receivedAt - (sender.uptimeMs - report.uptimeMs), SLACK_MS, receivedAt)
  // From an earlier boot all that is known is how wrong the clock is now; it may have been right then.
  if (sender !== undefined) return clamped(report.at - (sender.at - receivedAt), Math.abs(sender.at - receivedAt) + SLACK_MS, receivedAt)
  return clamped(report.at, Math.max(0, report.at - receivedAt), receivedAt)
}

/** When a report was made by HQ's clock, and how exact that is, if the terminal's own time is wrong; undefined if it can be believed. */
export const redated = (report: Report, receivedAt: number, sender: SenderClock | undefined): Redated | undefined => {
  const found = truth(report, receivedAt, sender)
  return Math.abs(found.at - report.at) <= SLACK_MS ? undefined : found
}

/** When something was by HQ's clock that a terminal dates by its own, which shows `said` while HQ's shows `now`; in ms since 1970. */
export const byHq = (at: number, said: number, now: number): number => (Math.abs(said - now) > SLACK_MS ? at + now - said : at)
