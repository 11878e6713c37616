import type { ChannelTarget } from '../../../model/alerts.ts'
import { post } from '../post.ts'
import { type Line, type Words, withinBytes } from '../words.ts'
import { type ChannelKind, hostOf } from './channel.ts'

type Target = Extract<ChannelTarget, { type: 'slack' }>

/** Text without what Slack takes for links and mentions (docs.slack.dev, formatting). */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Characters that a section and a header may have; bytes are never fewer than characters. */
const MOST_SECTION = 3000
const MOST_HEADER = 150

const SIGN: Record<Line['bad'], string> = { block: ':red_circle:', degraded: ':large_orange_circle:', advisory: ':large_blue_circle:', resolved: ':white_check_mark:' }

const linkTo = (link: string, text: string): string => `<${link.replaceAll('|', '%7C').replaceAll('>', '%3E')}|${text}>`

const bodyOf = ({ title, lines, link, more }: Words) => {
  const written = lines.map((line) => `${SIGN[line.bad]} ${escaped(line.text)}${line.link === undefined ? '' : ` ${linkTo(line.link, '→')}`}`)
  const foot = link === undefined ? '' : `\n${linkTo(link, 'posdiag')}`
  return {
    text: escaped(title),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: title.slice(0, MOST_HEADER) } },
      { type: 'section', text: { type: 'mrkdwn', text: withinBytes(written, MOST_SECTION - foot.length, more) + foot } },
    ],
  }
}

/** A Slack incoming webhook: answers 200 with the body ok. */
export const slack: ChannelKind<Target> = {
  limits: [{ count: 1, perMs: 1100 }],
  most: 100,
  robotOf: ({ url }) => url,
  leadsTo: ({ url }) => hostOf(url),
  send: ({ url }, { words }) => post(url, {}, JSON.stringify(bodyOf(words)), ({ text }) => (text.trim() === 'ok' ? undefined : { kind: 'odd', detail: `the answer is not ok: ${text}` })),
}
