import { createHmac } from 'node:crypto'
import type { ChannelTarget } from '../../../model/alerts.ts'
import { byCode, post } from '../post.ts'
import { type Line, type Words, withinBytes } from '../words.ts'
import { type ChannelKind, hostOf, unmarked } from './channel.ts'

type Target = Extract<ChannelTarget, { type: 'feishu' }>

/** What a robot that signs wants in the body: an empty message signed with the time in seconds, a line end and the secret as the key (open.feishu.cn, custom bot guide). */
export const feishuSign = (secret: string, seconds: number): string => createHmac('sha256', `${seconds}\n${secret}`).update('').digest('base64')

/** A body may have 20 KB; the frame around the text is far below the rest. */
const MOST_BYTES = 12_000

const TEMPLATE: Record<Line['bad'], string> = { block: 'red', degraded: 'orange', advisory: 'blue', resolved: 'green' }

const cardOf = ({ title, bad, lines, link, more }: Words) => {
  const written = lines.map((line) => `- ${unmarked(line.text)}${line.link === undefined ? '' : ` [→](${line.link})`}`)
  const foot = link === undefined ? '' : `\n[posdiag](${link})`
  return {
    config: { wide_screen_mode: true },
    header: { template: TEMPLATE[bad], title: { tag: 'plain_text', content: title } },
    elements: [{ tag: 'div', text: { tag: 'lark_md', content: withinBytes(written, MOST_BYTES, more) + foot } }],
  }
}

/** A Feishu (or Lark) custom bot. Answers 200 with a code: 19021 signature or time, 19022 address, 19024 keyword, 9499 body, 11232 too many. Older ones say StatusCode. */
export const feishu: ChannelKind<Target> = {
  limits: [{ count: 90, perMs: 60_000 }, { count: 4, perMs: 1000 }],
  most: 300,
  robotOf: ({ url }) => url,
  leadsTo: ({ url }) => hostOf(url),
  send: ({ url, secret }, { words, now }) => {
    const seconds = Math.floor(now / 1000)
    const signed = secret === undefined ? {} : { timestamp: String(seconds), sign: feishuSign(secret, seconds) }
    const body = { ...signed, msg_type: 'interactive', card: cardOf(words) }
    return post(url, {}, JSON.stringify(body), byCode('code', (said) => said.code ?? said.StatusCode, { 11232: 90_000 }))
  },
}
