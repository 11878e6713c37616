import { createHmac } from 'node:crypto'
import type { ChannelTarget } from '../../../model/alerts.ts'
import { post } from '../post.ts'
import { type ChannelKind, hostOf, type Message } from './channel.ts'

type Target = Extract<ChannelTarget, { type: 'webhook' }>

/** The signature of a body, as in X-Signature. */
export const webhookSignature = (secret: string, body: string): string => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`

/** What a receiver gets; docs/webhooks.md describes it. The time is in the body as well, so that it is signed. */
const bodyOf = ({ id, test, now, words, notices }: Message) => ({
  version: 1, id, test, sentAt: now, title: words.title,
  alerts: notices.map(({ change, at, alert: { id: alert, rule, on, subject, since } }) => ({ id: alert, change, at, rule, on, since, ...subject })),
})

/** One's own receiver: any status from 200 to 299 takes it. */
export const webhook: ChannelKind<Target> = {
  limits: [{ count: 60, perMs: 60_000 }],
  most: 200,
  robotOf: ({ url }) => url,
  leadsTo: ({ url }) => hostOf(url),
  send: ({ url, secret }, message) => {
    const body = JSON.stringify(bodyOf(message))
    return post(url, { 'x-timestamp': String(message.now), 'x-signature': webhookSignature(secret, body) }, body, () => undefined)
  },
}
