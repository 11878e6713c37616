import * as z from 'zod'
import { Tender } from './device.ts'
import { Severity } from './fault.ts'
import { Text } from './text.ts'

const time = z.int().min(0)
const name = z.string().trim().min(1).max(100)
const id = z.uuidv7()

/** True if this runtime knows the time zone by that name, as `Asia/Shanghai`. */
const isZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

const TimeZone = z.string().max(64).refine(isZone, 'not a time zone of the IANA list, as Asia/Shanghai')

const place = z.string().trim().min(1).max(100)

/** Which alerts something is about. Every list that is there must hold the alert's value; an empty scope is about all. An alert that has no severity or fault is in no list of them. */
export const Scope = z.strictObject({
  severities: z.array(Severity).min(1).optional(),
  faults: z.array(z.string().trim().min(1).max(64)).min(1).max(50).optional(),
  regions: z.array(place).min(1).max(50).optional(),
  stores: z.array(place).min(1).max(50).optional(),
  terminals: z.array(z.string().trim().min(1).max(64)).min(1).max(50).optional(),
})
export type Scope = z.infer<typeof Scope>

const rule = { name, scope: Scope, channels: z.array(id).max(20), enabled: z.boolean() }
const minutes = z.int().min(0).max(10_080)

/**
 * What is worth an alert. incident: an open incident. tender: one of these ways of taking money is blocked. silence: an enrolled terminal
 * was not heard of. `minutes`: for how long it must have been so.
 */
export const AlertRule = z.discriminatedUnion('on', [
  z.strictObject({ ...rule, on: z.literal('incident'), minutes }),
  z.strictObject({ ...rule, on: z.literal('tender'), tenders: z.array(Tender).min(1).max(5), minutes }),
  z.strictObject({ ...rule, on: z.literal('silence'), minutes: minutes.min(3) }),
])
export type AlertRule = z.infer<typeof AlertRule>

/** Holds alerts back from one moment to another. An alert that still stands when it ends is told then. */
export const Silence = z.strictObject({ name, scope: Scope, from: time, until: time }).refine((s) => s.until > s.from, 'a silence must end after it begins')
export type Silence = z.infer<typeof Silence>

const clock = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'a time of day from 00:00 to 24:00')

/** Part of a day by local time; one that ends no later than it begins goes on past midnight. */
const Span = z.strictObject({ from: clock, to: clock })

const spans = z.array(Span).max(6)

/** Days of the week, Monday first. */
export const Weekday = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])
export type Weekday = z.infer<typeof Weekday>

/**
 * Hours that come again every week, by the clocks of one time zone; on a date in `dates` those hours are instead (none: closed all day;
 * a working day moved to a weekend has some). `holds: inside`: a maintenance window, which holds alerts back within the hours. `outside`: opening hours, which do so
 * without.
 */
export const AlertWindow = z.strictObject({
  name,
  scope: Scope,
  holds: z.enum(['inside', 'outside']),
  timeZone: TimeZone,
  weekly: z.partialRecord(Weekday, spans),
  dates: z.array(z.strictObject({ date: z.iso.date(), spans, note: z.string().max(100).optional() })).max(400),
})
export type AlertWindow = z.infer<typeof AlertWindow>

const address = z.url({ protocol: /^https?$/, message: 'an address that begins with https:// or http://' }).max(2000)
const secret = z.string().min(1).max(500)
const mobiles = z.array(z.string().regex(/^\+?\d{5,15}$/, 'a telephone number in digits')).max(20).optional()
const mailbox = z.email().max(254)

/** Where a channel leads, with its secrets: what is here is never given out again. */
export const ChannelTarget = z.discriminatedUnion('type', [
  /** The robot's whole address with its access_token; `secret` if the robot signs. */
  z.strictObject({ type: z.literal('dingtalk'), url: address, secret: secret.optional(), mobiles }),
  z.strictObject({ type: z.literal('wecom'), url: address, mobiles }),
  z.strictObject({ type: z.literal('feishu'), url: address, secret: secret.optional() }),
  z.strictObject({ type: z.literal('slack'), url: address }),
  z.strictObject({ type: z.literal('pagerduty'), url: address.default('https://events.pagerduty.com/v2/enqueue'), routingKey: secret }),
  /** tls: from the first byte. starttls: the server must offer it. none: in the clear, for a relay on the same machine. */
  z.strictObject({ type: z.literal('email'), host: z.string().min(1).max(253), port: z.int().min(1).max(65_535), security: z.enum(['tls', 'starttls', 'none']), user: z.string().max(254).optional(), password: secret.optional(), from: mailbox, to: z.array(mailbox).min(1).max(50) }),
  /** The server's address without /api/v2/alerts. */
  z.strictObject({ type: z.literal('alertmanager'), url: address, user: z.string().max(254).optional(), password: secret.optional() }),
  z.strictObject({ type: z.literal('webhook'), url: address, secret: z.string().min(16).max(500) }),
])
export type ChannelTarget = z.infer<typeof ChannelTarget>
/** Kinds of channels. */
export type ChannelType = ChannelTarget['type']

const channel = {
  name,
  language: z.enum(['zh-CN', 'en']),
  /** By which times are written. */
  timeZone: TimeZone,
  /** For how long the first alert waits for others, to be told together with them. */
  gatherSeconds: z.int().min(0).max(3600),
  /** The address by which the channel's readers reach HQ; without one messages carry no links. */
  hqUrl: address.optional(),
}

/** A way to tell people or machines. */
export const Channel = z.strictObject({ ...channel, target: ChannelTarget })
export type Channel = z.infer<typeof Channel>

/** A channel as it is changed: without a target it keeps the one it has. */
export const ChangeChannel = z.strictObject({ ...channel, target: ChannelTarget.optional() })

/** Why a message did not go out. no-answer: nothing came back in time. busy: the other side asks to wait, or is broken just now. refused: it will not take this, as with a wrong signature; mend the channel. odd: its answer is not one that it is said to give. */
export const DeliveryProblem = z.enum(['no-answer', 'busy', 'refused', 'odd'])
export type DeliveryProblem = z.infer<typeof DeliveryProblem>

/** One message to a channel: it waits, was sent, or was given up. `detail` is what the other side said, without secrets. */
export const DeliveryRow = z.strictObject({
  id,
  channelId: id,
  createdAt: time,
  state: z.enum(['waiting', 'sent', 'failed']),
  test: z.boolean(),
  /** Alerts in it. */
  alerts: z.int(),
  tries: z.int(),
  triedAt: time.optional(),
  nextAt: time.optional(),
  problem: z.strictObject({ kind: DeliveryProblem, detail: z.string() }).optional(),
})
export type DeliveryRow = z.infer<typeof DeliveryRow>

const row = { id, changedAt: time }

/** A rule as it is kept. */
export const RuleRow = z.strictObject({ ...row, rule: AlertRule })
export type RuleRow = z.infer<typeof RuleRow>
/** A silence as it is kept. */
export const SilenceRow = z.strictObject({ ...row, silence: Silence })
export type SilenceRow = z.infer<typeof SilenceRow>
/** A window as it is kept. */
export const WindowRow = z.strictObject({ ...row, window: AlertWindow })
export type WindowRow = z.infer<typeof WindowRow>

/** A channel as lists show it: `leadsTo` is its host or its mailboxes, `last` its latest message. */
export const ChannelRow = z.strictObject({ ...row, ...channel, type: z.enum(['dingtalk', 'wecom', 'feishu', 'slack', 'pagerduty', 'email', 'alertmanager', 'webhook']), leadsTo: z.string(), waiting: z.int(), last: DeliveryRow.optional() })
export type ChannelRow = z.infer<typeof ChannelRow>

/** What an alert is about, as it was when it was raised. `device`, `fault`, `severity` and `title` only of incidents; `tenders` only of blocked ones. */
export const AlertSubject = z.strictObject({
  terminalId: z.string(),
  store: z.string().optional(),
  region: z.string().optional(),
  incident: z.string().optional(),
  fault: z.string().optional(),
  device: z.string().optional(),
  severity: Severity.optional(),
  title: Text.optional(),
  tenders: z.array(Tender).optional(),
})
export type AlertSubject = z.infer<typeof AlertSubject>

/** An alert: raised by a rule about one thing, told (firedAt) once it has lasted long enough and nothing holds it back, closed when it is over. */
export const AlertRow = z.strictObject({
  id,
  ruleId: id,
  rule: z.string(),
  on: z.enum(['incident', 'tender', 'silence']),
  subject: AlertSubject,
  since: time,
  firedAt: time.optional(),
  closedAt: time.optional(),
  /** Name of the silence or window that holds it back. */
  heldBy: z.string().optional(),
})
export type AlertRow = z.infer<typeof AlertRow>

/** GET /api/alerts/settings: all there is to set, by name. */
export const AlertSettings = z.strictObject({ rules: z.array(RuleRow), silences: z.array(SilenceRow), windows: z.array(WindowRow), channels: z.array(ChannelRow) })
export type AlertSettings = z.infer<typeof AlertSettings>
