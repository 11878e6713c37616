import { createHmac } from 'node:crypto'
import type { ChannelTarget } from '../../../model/alerts.ts'
import { byCode, post } from '../post.ts'
import { type Words, withinBytes } from '../words.ts'
import { type ChannelKind, hostOf, unmarked } from './channel.ts'

type Target = Extract<ChannelTarget, { type: 'dingtalk' }>

/**
 * What a robot that signs wants in its address: the time in milliseconds, and the time, a line end and the secret, signed with the
 * secret (open.dingtalk.com, custom robot security settings).
 */
export const dingTalkSign = (secret: string, now: number): string => createHmac('sha256', secret).update(`${now}\n${secret}`).digest('base64')

/** The address with the signature, if the robot has a secret. */
export const dingTalkUrl = ({ url, secret }: Pick<Target, 'url' | 'secret'>, now: number): string => {
  if (secret === undefined) return url
  const signed = new URL(url)
  signed.searchParams.set('timestamp', String(now))
  signed.searchParams.set('sign', dingTalkSign(secret, now))
  return signed.href
}

/** Bytes of text that a message may have. */
const MOST_BYTES = 18_000

/** Words as the markdown that DingTalk and WeCom know; a paragraph per line. */
const markdown = ({ title, lines, link, more }: Words): string => {
  const written = lines.map((line) => `- ${unmarked(line.text)}${line.link === undefined ? '' : ` [→](${line.link})`}`)
  const foot = link === undefined ? '' : `\n\n[posdiag](${link})`
  return `#### ${unmarked(title)}\n\n${withinBytes(written, MOST_BYTES, more)}${foot}`
}

/** A DingTalk custom robot. Answers 200 with an errcode: 310000 security settings, 130101 too fast (then it is deaf for ten minutes), -1 busy. */
export const dingtalk: ChannelKind<Target> = {
  limits: [{ count: 18, perMs: 60_000 }],
  most: 500,
  robotOf: ({ url }) => url,
  leadsTo: ({ url }) => hostOf(url),
  send: (target, { words, now }) => {
    const { mobiles = [] } = target
    // Only numbers that also stand in the text are called.
    const called = mobiles.length === 0 ? '' : `\n\n${mobiles.map((m) => `@${m}`).join(' ')}`
    const body = { msgtype: 'markdown', markdown: { title: words.title, text: markdown(words) + called }, at: { atMobiles: mobiles, isAtAll: false } }
    return post(dingTalkUrl(target, now), {}, JSON.stringify(body), byCode('errcode', (said) => said.errcode, { 130101: 600_000, [-1]: 60_000 }))
  },
}
