import type { ChannelTarget } from '../../../model/alerts.ts'
import { post } from '../post.ts'
import type { Notice } from '../store.ts'
import { latest, lineOf, linkOf, whatOf } from '../words.ts'
import { type ChannelKind, hostOf, type Message } from './channel.ts'

type Target = Extract<ChannelTarget, { type: 'alertmanager' }>

const NAME = { incident: 'POSFault', tender: 'POSTenderBlocked', silence: 'POSTerminalSilent' } as const
const SEVERITY = { block: 'critical', degraded: 'warning', advisory: 'info' } as const

/** For how long Alertmanager believes what it was told, in ms; what stands is told anew well before. */
export const BELIEVED_MS = 10 * 60_000

const withValues = (labels: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).filter((l): l is [string, string] => l[1] !== undefined && l[1] !== ''))

const alertOf = (notice: Notice, { channel: { language, hqUrl }, now }: Pick<Message, 'channel' | 'now'>) => {
  const { alert } = notice
  const { subject } = alert
  const link = linkOf(notice, hqUrl)
  return {
    labels: withValues({
      alertname: NAME[alert.on], rule: alert.rule, severity: SEVERITY[subject.severity ?? (alert.on === 'tender' ? 'block' : 'degraded')],
      terminal: subject.terminalId, store: subject.store, region: subject.region, code: subject.fault, device: subject.device,
    }),
    annotations: { summary: whatOf(notice, language), description: lineOf(notice, language) },
    startsAt: new Date(alert.since).toISOString(),
    endsAt: new Date(notice.change === 'resolved' ? Math.max(notice.at, alert.since + 1) : now + BELIEVED_MS).toISOString(),
    ...(link === undefined ? {} : { generatorURL: link }),
  }
}

const testAlert = ({ channel, words, now }: Message) => ({
  labels: { alertname: 'POSTest', severity: 'info', channel: channel.name },
  annotations: { summary: words.title, description: words.lines[0]?.text ?? '' },
  startsAt: new Date(now).toISOString(),
  endsAt: new Date(now + 60_000).toISOString(),
})

/** Prometheus Alertmanager: POST /api/v2/alerts, answered with 200. */
export const alertmanager: ChannelKind<Target> = {
  limits: [{ count: 60, perMs: 60_000 }],
  most: 500,
  robotOf: ({ url }) => url,
  leadsTo: ({ url }) => hostOf(url),
  send: ({ url, user, password }, message) => {
    const login = user === undefined && password === undefined ? {} : { authorization: `Basic ${Buffer.from(`${user ?? ''}:${password ?? ''}`).toString('base64')}` }
    const alerts = message.test ? [testAlert(message)] : latest(message.notices).map((n) => alertOf(n, message))
    return post(`${url.replace(/\/+$/, '')}/api/v2/alerts`, login, JSON.stringify(alerts), () => undefined)
  },
}
