import type { AlertRow, ChannelTarget } from '../../../model/alerts.ts'
import { post } from '../post.ts'
import type { Notice } from '../store.ts'
import { latest, lineOf, linkOf } from '../words.ts'
import { type ChannelKind, hostOf, type Message, type Trouble } from './channel.ts'

type Target = Extract<ChannelTarget, { type: 'pagerduty' }>

const SEVERITY = { block: 'critical', degraded: 'error', advisory: 'warning' } as const

/** What PagerDuty knows an alert by: the terminal and what is wrong there. */
const dedupKey = ({ on, subject }: AlertRow): string => ['posdiag', subject.terminalId, subject.fault ?? on, subject.device].filter(Boolean).join('/').slice(0, 255)

const eventOf = (routingKey: string, notice: Notice, { language, hqUrl }: Message['channel']) => {
  const { alert } = notice
  const { subject } = alert
  const link = linkOf(notice, hqUrl)
  return {
    routing_key: routingKey,
    event_action: notice.change === 'firing' ? 'trigger' : 'resolve',
    dedup_key: dedupKey(alert),
    client: 'posdiag',
    ...(link === undefined ? {} : { client_url: link }),
    payload: {
      summary: lineOf(notice, language).slice(0, 1024),
      source: [subject.store, subject.terminalId].filter(Boolean).join('/'),
      severity: SEVERITY[subject.severity ?? (alert.on === 'tender' ? 'block' : 'degraded')],
      timestamp: new Date(alert.since).toISOString(),
      ...(subject.device === undefined ? {} : { component: subject.device }),
      ...(subject.store === undefined ? {} : { group: subject.store }),
      class: subject.fault ?? alert.on,
      custom_details: { rule: alert.rule, ...subject },
    },
  }
}

/** A test opens and closes an event of the lowest severity, so that nobody is woken. */
const testEvents = (routingKey: string, { id, words }: Message) =>
  ['trigger', 'resolve'].map((event_action) => ({
    routing_key: routingKey,
    event_action,
    dedup_key: `posdiag/test/${id}`,
    payload: { summary: [words.title, words.lines[0]?.text].join(' · ').slice(0, 1024), source: 'posdiag', severity: 'info' },
  }))

/** PagerDuty's Events API v2: 202 once an event is queued. An alert is an event, so that each can be acknowledged and closed by itself. */
export const pagerduty: ChannelKind<Target> = {
  limits: [{ count: 50, perMs: 60_000 }],
  most: 1,
  robotOf: ({ routingKey }) => routingKey,
  leadsTo: ({ url }) => hostOf(url),
  send: async ({ url, routingKey }, message) => {
    const events = message.test ? testEvents(routingKey, message) : latest(message.notices).map((n) => eventOf(routingKey, n, message.channel))
    for (const event of events) {
      const trouble = await post(url, {}, JSON.stringify(event), ({ status, text }): Trouble | undefined => (status === 202 ? undefined : { kind: 'odd', detail: `the answer is HTTP ${status}, not 202: ${text}` }))
      if (trouble !== undefined) return trouble
    }
    return undefined
  },
}
