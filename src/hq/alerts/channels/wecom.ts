import type { ChannelTarget } from '../../../model/alerts.ts'
import { byCode, post } from '../post.ts'
import { type Line, type Words, withinBytes } from '../words.ts'
import { type ChannelKind, hostOf, unmarked } from './channel.ts'

type Target = Extract<ChannelTarget, { type: 'wecom' }>

/** Bytes of content that a markdown message may have, the title and the foot taken off. */
const MOST_BYTES = 4096

const COLOUR: Record<Line['bad'], string> = { block: 'warning', degraded: 'warning', advisory: 'comment', resolved: 'info' }

/** Words in the markdown that WeCom knows, never longer than it takes. */
export const weComContent = ({ title, bad, lines, link, more }: Words): string => {
  const head = `### <font color="${COLOUR[bad]}">${unmarked(title)}</font>\n`
  const foot = link === undefined ? '' : `\n[posdiag](${link})`
  const written = lines.map((line) => `> <font color="${COLOUR[line.bad]}">●</font> ${unmarked(line.text)}${line.link === undefined ? '' : ` [→](${line.link})`}`)
  return head + withinBytes(written, MOST_BYTES - Buffer.byteLength(head + foot), more) + foot
}

const robot = byCode('errcode', (said) => said.errcode, { 45009: 60_000, [-1]: 60_000 })

/** A WeCom group robot: its key is the secret. Answers 200 with an errcode: 93000 unknown key, 45009 too many, -1 busy. */
export const wecom: ChannelKind<Target> = {
  // A message that calls people is two.
  limits: [{ count: 9, perMs: 60_000 }],
  most: 200,
  robotOf: ({ url }) => url,
  leadsTo: ({ url }) => hostOf(url),
  send: async ({ url, mobiles = [] }, { words }) => {
    const trouble = await post(url, {}, JSON.stringify({ msgtype: 'markdown', markdown: { content: weComContent(words) } }), robot)
    if (trouble !== undefined || mobiles.length === 0) return trouble
    // Markdown cannot call telephone numbers; a text can.
    return post(url, {}, JSON.stringify({ msgtype: 'text', text: { content: words.title, mentioned_mobile_list: mobiles } }), robot)
  },
}
