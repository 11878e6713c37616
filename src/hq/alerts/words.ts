import { mask } from '../../guard/card-data.ts'
import type { Channel } from '../../model/alerts.ts'
import type { Language } from '../../model/language.ts'
import { wording } from '../../model/language.ts'
import type { Text } from '../../model/text.ts'
import { fill, say } from '../../texts/say.ts'
import type { Notice } from './store.ts'

const WORDS = {
  'title.test': { zh: 'posdiag 测试消息', en: 'posdiag test message' },
  'line.test': { zh: '渠道“{channel}”可以用。', en: 'The channel “{channel}” works.' },
  'title.firing': { zh: 'posdiag：{n} 条告警', en: 'posdiag: alerts: {n}' },
  'title.both': { zh: 'posdiag：{n} 条告警，{m} 条恢复', en: 'posdiag: alerts: {n}, resolved: {m}' },
  'title.resolved': { zh: 'posdiag：{m} 条恢复', en: 'posdiag: resolved: {m}' },
  'what.silence': { zh: '终端失联', en: 'Terminal silent' },
  'what.tender': { zh: '不能收款：{tenders}', en: 'Cannot take money by: {tenders}' },
  since: { zh: '自 {time}', en: 'since {time}' },
  resolved: { zh: '已恢复', en: 'Resolved' },
  'on-terminals': { zh: '{what}：{n} 台终端（{places}）', en: '{what}: terminals: {n} ({places})' },
  'no-region': { zh: '未分区', en: 'no region' },
  more: { zh: '另有 {n} 条', en: 'and {n} more' },
  separator: { zh: '，', en: ', ' },
} as const satisfies Record<string, Text>

/** A line of a message. `bad` is how bad it is, or that it is over; `link` leads to HQ. */
export interface Line { text: string; bad: 'block' | 'degraded' | 'advisory' | 'resolved'; link?: string }

/** A message in words: to be written out as each channel demands. */
export interface Words { title: string; bad: Line['bad']; lines: Line[]; link?: string; more: (n: number) => string }

/** Each alert once, as it was told last. */
export const latest = (notices: readonly Notice[]): Notice[] => [...new Map(notices.map((n) => [n.alert.id, n])).values()]

/** From how many alerts of the same kind on they are told together. */
const TOGETHER = 5

const bad = ({ change, alert }: Notice): Line['bad'] => (change === 'resolved' ? 'resolved' : (alert.subject.severity ?? (alert.on === 'tender' ? 'block' : 'degraded')))

const WORST_FIRST: readonly Line['bad'][] = ['block', 'degraded', 'advisory', 'resolved']

/** What an alert says, as `Printer out of paper PRN-PAPER-OUT`. */
export const whatOf = ({ alert: { on, subject } }: Notice, language: Language): string => {
  if (on === 'silence') return wording(WORDS['what.silence'], language)
  if (on === 'tender') return fill(WORDS['what.tender'], language, { tenders: (subject.tenders ?? []).map((t) => say(language, `tender.${t}`)).join(wording(WORDS.separator, language)) })
  return [subject.title && wording(subject.title, language), subject.fault].filter(Boolean).join(' ')
}

/** Text without card data and in one line, whatever a shop is called. */
const safe = (text: string): string => mask(text.replaceAll(/\s+/g, ' ')).text

/** What and where in one line, as `Printer out of paper PRN-PAPER-OUT · SHOP-0001-01 Main Street East`. */
export const lineOf = (notice: Notice, language: Language): string => {
  const { terminalId, store, region } = notice.alert.subject
  return safe(`${whatOf(notice, language)} · ${[terminalId, store, region].filter(Boolean).join(' ')}`)
}

/** A time as people of that language write it, by the clocks of the zone. */
const timeIn = (at: number, { language, timeZone }: Channel): string => new Intl.DateTimeFormat(language, { timeZone, month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at)

/** The page of HQ that shows it. */
export const linkOf = ({ alert: { subject } }: Notice, hqUrl: string | undefined): string | undefined => {
  if (hqUrl === undefined) return undefined
  return new URL(subject.incident === undefined ? `terminals/${encodeURIComponent(subject.terminalId)}` : `incidents/${encodeURIComponent(subject.incident)}`, hqUrl.endsWith('/') ? hqUrl : `${hqUrl}/`).href
}

const linked = (line: Omit<Line, 'link'>, link: string | undefined): Line => ({ ...line, text: safe(line.text), ...(link === undefined ? {} : { link }) })

const single = (notice: Notice, channel: Channel): Line => {
  const { language } = channel
  const when = notice.change === 'resolved' ? wording(WORDS.resolved, language) : fill(WORDS.since, language, { time: timeIn(notice.alert.since, channel) })
  return linked({ bad: bad(notice), text: `${lineOf(notice, language)} · ${when}` }, linkOf(notice, channel.hqUrl))
}

const places = (notices: readonly Notice[], language: Language): string => {
  const regions = Map.groupBy(notices, (n) => n.alert.subject.region ?? wording(WORDS['no-region'], language))
  const sorted = [...regions].toSorted((a, b) => b[1].length - a[1].length)
  const named = sorted.slice(0, 4).map(([region, of]) => `${region} ${of.length}`)
  return [...named, ...(sorted.length > 4 ? ['…'] : [])].join(wording(WORDS.separator, language))
}

const together = (notices: readonly Notice[], first: Notice, channel: Channel): Line => {
  const { language } = channel
  const over = first.change === 'resolved' ? `${wording(WORDS.resolved, language)} ` : ''
  return linked({ bad: bad(first), text: over + fill(WORDS['on-terminals'], language, { what: whatOf(first, language), n: new Set(notices.map((n) => n.alert.subject.terminalId)).size, places: places(notices, language) }) }, channel.hqUrl)
}

/** What a channel's message says of these notices, worst first; many of one kind are told in one line with how many there are where. */
export const wordsOf = (channel: Channel, notices: readonly Notice[], test: boolean): Words => {
  const { language, hqUrl } = channel
  const link = hqUrl === undefined ? {} : { link: hqUrl }
  const more = (n: number): string => fill(WORDS.more, language, { n })
  if (test) return { title: wording(WORDS['title.test'], language), bad: 'resolved', lines: [{ text: safe(fill(WORDS['line.test'], language, { channel: channel.name })), bad: 'resolved' }], ...link, more }
  const told = latest(notices)
  const n = told.filter((t) => t.change === 'firing').length
  const m = told.length - n
  const lines = [...Map.groupBy(told, (t) => `${t.change} ${t.alert.ruleId} ${whatOf(t, language)}`).values()].flatMap((of) => {
    const [first] = of
    return first === undefined || of.length < TOGETHER ? of.map((t) => single(t, channel)) : [together(of, first, channel)]
  })
  const sorted = lines.toSorted((a, b) => WORST_FIRST.indexOf(a.bad) - WORST_FIRST.indexOf(b.bad))
  const title = fill(WORDS[n === 0 ? 'title.resolved' : m === 0 ? 'title.firing' : 'title.both'], language, { n, m })
  return { title, bad: sorted[0]?.bad ?? 'resolved', lines: sorted, ...link, more }
}

/** Lines joined with line ends until the next one would take more than `bytes` (UTF-8) together with the note of how many are left. */
export const withinBytes = (written: readonly string[], bytes: number, more: (n: number) => string): string => {
  let text = ''
  for (const [i, line] of written.entries()) {
    const left = written.length - i - 1
    const next = text === '' ? line : `${text}\n${line}`
    const note = left === 0 ? '' : `\n${more(left)}`
    if (Buffer.byteLength(next + note) > bytes) return text === '' ? more(left + 1) : `${text}\n${more(left + 1)}`
    text = next
  }
  return text
}
