import type { Limit, Sending } from './store.ts'

/** What the outbox holds: of each channel how many notices wait and since when, messages begun and not ended, and tries of late by robot. */
export interface Outbox {
  pending: readonly { channelId: string; oldest: number; count: number }[]
  waiting: readonly { id: string; channelId: string; nextAt: number }[]
  tried: readonly { robot: string; at: readonly number[] }[]
}

/** Messages to try again, and channels to make a message for. */
export interface Plan { again: { id: string; sending: Sending }[]; fresh: Sending[] }

/** True if a robot that was tried at these times may be tried now. */
export const mayTry = (limits: readonly Limit[], tried: readonly number[], now: number): boolean => limits.every(({ count, perMs }) => tried.filter((at) => at > now - perMs).length < count)

/** The longest time that a limit looks back, in ms. */
export const LOOK_BACK_MS = 60_000

/** Tries by robot. */
export const triesOf = ({ tried }: Pick<Outbox, 'tried'>): Map<string, number[]> => {
  const all = new Map<string, number[]>()
  for (const { robot, at } of tried) all.set(robot, [...(all.get(robot) ?? []), ...at])
  return all
}

/** Decides what is sent now. A channel has one message under way at a time, so that nothing is told to be over before it was told. */
export const planSending = (sendings: readonly Sending[], outbox: Outbox, now: number): Plan => {
  const tries = triesOf(outbox)
  const plan: Plan = { again: [], fresh: [] }
  const takes = ({ robot, limits }: Sending): boolean => {
    const tried = tries.get(robot) ?? []
    if (!mayTry(limits, tried, now)) return false
    tries.set(robot, [...tried, now])
    return true
  }
  for (const sending of sendings) {
    const begun = outbox.waiting.filter((w) => w.channelId === sending.channelId)
    if (begun.length > 0) {
      for (const { id } of begun.filter((w) => w.nextAt <= now)) {
        if (takes(sending)) plan.again.push({ id, sending })
      }
      continue
    }
    const pending = outbox.pending.find((p) => p.channelId === sending.channelId)
    if (pending === undefined) continue
    const ripe = pending.oldest + sending.gatherMs <= now || pending.count >= sending.most
    if (ripe && takes(sending)) plan.fresh.push(sending)
  }
  return plan
}
