import { mask, maskDeep } from '../../guard/card-data.ts'
import { AlertSubject, type ChannelTarget } from '../../model/alerts.ts'
import type { HqLog } from '../log.ts'
import type { Message, Trouble } from './channels/channel.ts'
import { leadsTo, sendingOf, sendTo } from './channels/index.ts'
import type { AlertStore, Claimed, KeptChannel, Notice, Outcome } from './store.ts'
import { wordsOf } from './words.ts'

/** In ms: how long a claim holds, the first pause after a failure, the longest, after what time a message is given up, and how often an Alertmanager is reminded. */
export const SENDING = { claimMs: 60_000, firstMs: 5000, mostMs: 600_000, giveUpMs: 86_400_000, remindMs: 120_000 } as const

const LONGEST_DETAIL = 300
const SHORTEST_SECRET = 6

/** What the other side said in one line, without what nobody may read: it may repeat what it was sent. */
const shown = (detail: string, target: ChannelTarget): string => {
  const secrets = Object.entries(target).flatMap(([name, value]) => {
    if (typeof value !== 'string' || !['url', 'secret', 'password', 'routingKey'].includes(name)) return []
    if (name !== 'url') return [value]
    const { pathname, searchParams } = new URL(value)
    return [value, ...pathname.split('/').filter((part) => part.length > 12), ...searchParams.values()]
  })
  const clean = secrets.filter((s) => s.length >= SHORTEST_SECRET).reduce((text, secret) => text.replaceAll(secret, '…'), detail)
  return mask(clean.replaceAll(/\s+/g, ' ').trim()).text.slice(0, LONGEST_DETAIL)
}

/** What becomes of a message that failed: half of the pause is chance, so that many do not come back at once. */
export const afterFailure = (trouble: Trouble, { tries, createdAt, test }: Pick<Claimed, 'tries' | 'createdAt' | 'test'>, detail: string, now: number, random: number): Outcome => {
  const { kind } = trouble
  const lasting = kind === 'refused' || kind === 'odd'
  if (test || lasting || now - createdAt > SENDING.giveUpMs) return { state: 'failed', kind, detail }
  const pause = Math.min(SENDING.firstMs * 2 ** (tries - 1), SENDING.mostMs)
  return { state: 'waiting', nextAt: Math.round(now + Math.max(pause * (0.5 + random / 2), trouble.waitMs ?? 0)), kind, detail }
}

/** A notice without card data; names of shops come from terminals. */
const withoutCardData = (notice: Notice): Notice => {
  const { value, masked } = maskDeep(notice.alert.subject)
  return Object.keys(masked).length === 0 ? notice : { ...notice, alert: { ...notice.alert, subject: AlertSubject.parse(value) } }
}

/** A claimed message as it goes out. */
export const messageOf = ({ channel }: KeptChannel, { id, test, notices }: Claimed, now: number): Message => {
  const clean = notices.map(withoutCardData)
  return { id, channel, words: wordsOf(channel, clean, test), notices: clean, test, now }
}

/** Sends one claimed message and notes how it went; answers the outcome. */
export const sendClaimed = async (store: AlertStore, log: HqLog, kept: KeptChannel, claimed: Claimed, now: () => number): Promise<Outcome> => {
  const { target, name } = kept.channel
  const trouble = await sendTo(target, messageOf(kept, claimed, now()))
  const outcome: Outcome = trouble === undefined ? { state: 'sent' } : afterFailure(trouble, claimed, shown(trouble.detail, target), now(), Math.random())
  if (outcome.state !== 'sent') log.warn('an alert message did not go out', { channel: name, to: leadsTo(target), tries: claimed.tries, kind: outcome.kind, detail: outcome.detail, state: outcome.state })
  await store.settle(claimed.id, outcome)
  return outcome
}

/** Sends what may be sent now; answers how each message went. */
export const sendOnce = async (store: AlertStore, log: HqLog, channels: readonly KeptChannel[], now: () => number): Promise<Outcome[]> => {
  if (channels.length === 0) return []
  const claimed = await store.claim(channels.map(sendingOf), now(), SENDING.claimMs)
  const sent = await Promise.allSettled(
    claimed.flatMap((message) => {
      const channel = channels.find((c) => c.id === message.channelId)
      return channel === undefined ? [] : [sendClaimed(store, log, channel, message, now)]
    }),
  )
  // The claim of what could not be noted runs out, and then it is sent again.
  const failed = sent.find((s) => s.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return sent.flatMap((s) => (s.status === 'fulfilled' ? [s.value] : []))
}

const STANDING_AT_ONCE = 500

/** Tells every Alertmanager again from time to time what stands: it forgets what it is not reminded of, and everything when it starts anew. */
export const remind = async (store: AlertStore, log: HqLog, channels: readonly KeptChannel[], now: number): Promise<void> => {
  for (const kept of channels.filter((c) => c.channel.target.type === 'alertmanager')) {
    let after = ''
    while (after !== '' || (await store.turn(`remind ${kept.id}`, now, SENDING.remindMs))) {
      const alerts = await store.standing(kept.id, after, STANDING_AT_ONCE)
      const last = alerts.at(-1)
      if (last === undefined) break
      const notices = alerts.map((alert): Notice => ({ change: 'firing', at: now, alert }))
      const trouble = await sendTo(kept.channel.target, messageOf(kept, { id: last.id, channelId: kept.id, createdAt: now, test: false, tries: 1, notices }, now))
      if (trouble !== undefined) {
        log.warn('an Alertmanager could not be reminded', { channel: kept.channel.name, kind: trouble.kind, detail: shown(trouble.detail, kept.channel.target) })
        break
      }
      if (alerts.length < STANDING_AT_ONCE) break
      after = last.id
    }
  }
}
