import * as z from 'zod'
import { AlertRow, AlertRule, AlertSettings, AlertWindow, ChangeChannel, Channel, ChannelRow, DeliveryProblem, DeliveryRow, RuleRow, Silence, SilenceRow, WindowRow } from '../../model/alerts.ts'
import { uuidv7 } from '../../model/id.ts'
import { pageOf } from '../../model/wire.ts'
import { changesTake } from '../access/guard.ts'
import { leadsTo } from '../alerts/channels/index.ts'
import type { AlertStore, KeptChannel, SettingKind } from '../alerts/store.ts'
import { NOTHING, PROBLEMS } from '../answers.ts'
import type { App } from '../app.ts'
import type { Context } from '../context.ts'
import { ProblemError } from '../problems.ts'

/** So many of a kind there may be: every round looks at all of them. */
const MOST_OF_A_KIND = 200

const operator = { tags: ['alerts'], security: [{ operator: [] }] }
const params = z.strictObject({ id: z.uuidv7() })

const none = (kind: SettingKind): ProblemError => new ProblemError(404, `alert-${kind}`, `there is no such ${kind}`)

const channelRows = async (alerts: AlertStore, channels: readonly KeptChannel[]): Promise<ChannelRow[]> => {
  const states = await alerts.channelStates()
  return channels.map(({ id, changedAt, channel: { target, ...channel } }) => ({ id, changedAt, ...channel, type: target.type, leadsTo: leadsTo(target), waiting: 0, ...states.get(id) }))
}

const known = async (alerts: AlertStore, rule: AlertRule): Promise<AlertRule> => {
  const { channels } = await alerts.settings()
  const strange = rule.channels.find((id) => !channels.some((c) => c.id === id))
  if (strange !== undefined) throw new ProblemError(422, 'alert-channel', `the rule names a channel that is not there: ${strange}`)
  return rule
}

const withRoom = async (alerts: AlertStore, list: 'rules' | 'silences' | 'windows' | 'channels'): Promise<void> => {
  const settings = await alerts.settings()
  if (settings[list].length >= MOST_OF_A_KIND) throw new ProblemError(409, 'alert-settings-full', `there are ${MOST_OF_A_KIND} ${list} already; remove one first`)
}

const keep = async ({ store, log, now, alerting }: Context, kind: SettingKind, id: string, body: object): Promise<{ id: string; changedAt: number }> => {
  const changedAt = now()
  await store.alerts.keep(kind, id, body, changedAt)
  await alerting.changed()
  log.info('alert setting kept', { kind, id })
  return { id, changedAt }
}

const ruleRoutes = (app: App, context: Context): void => {
  const { alerts } = context.store
  app.post('/api/alerts/rules', { schema: { ...operator, summary: 'Add a rule: what is worth an alert, and whom it is told', body: AlertRule, response: { 201: RuleRow, ...PROBLEMS } } }, async ({ body }, reply) => {
    await withRoom(alerts, 'rules')
    const rule = await known(alerts, body)
    return reply.code(201).send({ ...(await keep(context, 'rule', uuidv7(context.now()), rule)), rule })
  })
  app.put('/api/alerts/rules/:id', { schema: { ...operator, summary: 'Change a rule', params, body: AlertRule, response: { 200: RuleRow, ...PROBLEMS } } }, async ({ body, params: { id } }) => {
    if (!(await alerts.settings()).rules.some((r) => r.id === id)) throw none('rule')
    const rule = await known(alerts, body)
    return { ...(await keep(context, 'rule', id, rule)), rule }
  })
}

const holdRoutes = (app: App, context: Context): void => {
  const { alerts } = context.store
  app.post('/api/alerts/silences', { schema: { ...operator, summary: 'Add a silence: holds alerts back from one moment to another', body: Silence, response: { 201: SilenceRow, ...PROBLEMS } } }, async ({ body }, reply) => {
    await withRoom(alerts, 'silences')
    return reply.code(201).send({ ...(await keep(context, 'silence', uuidv7(context.now()), body)), silence: body })
  })
  app.put('/api/alerts/silences/:id', { schema: { ...operator, summary: 'Change a silence', params, body: Silence, response: { 200: SilenceRow, ...PROBLEMS } } }, async ({ body, params: { id } }) => {
    if (!(await alerts.settings()).silences.some((s) => s.id === id)) throw none('silence')
    return { ...(await keep(context, 'silence', id, body)), silence: body }
  })
  app.post('/api/alerts/windows', { schema: { ...operator, summary: 'Add a window: hours of maintenance, or of opening, with holidays', body: AlertWindow, response: { 201: WindowRow, ...PROBLEMS } } }, async ({ body }, reply) => {
    await withRoom(alerts, 'windows')
    return reply.code(201).send({ ...(await keep(context, 'window', uuidv7(context.now()), body)), window: body })
  })
  app.put('/api/alerts/windows/:id', { schema: { ...operator, summary: 'Change a window', params, body: AlertWindow, response: { 200: WindowRow, ...PROBLEMS } } }, async ({ body, params: { id } }) => {
    if (!(await alerts.settings()).windows.some((w) => w.id === id)) throw none('window')
    return { ...(await keep(context, 'window', id, body)), window: body }
  })
}

/** How a test went; a problem where the message was not taken. */
const TestAnswer = z.strictObject({ sent: z.boolean(), problem: z.strictObject({ kind: DeliveryProblem, detail: z.string() }).optional() })

const channelRoutes = (app: App, context: Context): void => {
  const { alerts } = context.store
  const rowOf = async (kept: KeptChannel): Promise<ChannelRow> => {
    const [row] = await channelRows(alerts, [kept])
    if (row === undefined) throw none('channel')
    return row
  }
  app.post('/api/alerts/channels', { schema: { ...operator, summary: 'Add a channel; its address and secrets are never given out again', body: Channel, response: { 201: ChannelRow, ...PROBLEMS } } }, async ({ body }, reply) => {
    await withRoom(alerts, 'channels')
    return reply.code(201).send(await rowOf({ ...(await keep(context, 'channel', uuidv7(context.now()), body)), channel: body }))
  })
  app.put('/api/alerts/channels/:id', { schema: { ...operator, summary: 'Change a channel; without a target it keeps the one it has', params, body: ChangeChannel, response: { 200: ChannelRow, ...PROBLEMS } } }, async ({ body, params: { id } }) => {
    const before = (await alerts.settings()).channels.find((c) => c.id === id)
    if (before === undefined) throw none('channel')
    const { target = before.channel.target, ...rest } = body
    const channel = { ...rest, target }
    return rowOf({ ...(await keep(context, 'channel', id, channel)), channel })
  })
  app.post('/api/alerts/channels/:id/test', { schema: { ...operator, summary: 'Send a test message now, and say how it went', params, response: { 200: TestAnswer, ...PROBLEMS } } }, async ({ params: { id } }) => {
    const outcome = await context.alerting.test(id)
    if (outcome === undefined) throw none('channel')
    if (outcome === 'busy') throw new ProblemError(429, 'alert-limit', 'this robot takes no more messages just now; try again in a minute', 60)
    return outcome.state === 'sent' ? { sent: true } : { sent: false, problem: { kind: outcome.kind, detail: outcome.detail } }
  })
}

const removeRoutes = (app: App, { store: { alerts }, log, alerting }: Context): void => {
  const kinds = { rules: 'rule', silences: 'silence', windows: 'window', channels: 'channel' } as const
  for (const [list, kind] of Object.entries(kinds)) {
    app.delete(`/api/alerts/${list}/:id`, { schema: { ...operator, summary: `Remove a ${kind}`, params, response: { 204: NOTHING, ...PROBLEMS } } }, async ({ params: { id } }, reply) => {
      const user = kind === 'channel' ? (await alerts.settings()).rules.find((r) => r.rule.channels.includes(id)) : undefined
      if (user !== undefined) throw new ProblemError(409, 'alert-channel-used', `the rule ${user.rule.name} names this channel; take it out there first`)
      if (!(await alerts.remove(kind, id))) throw none(kind)
      await alerting.changed()
      log.info('alert setting removed', { kind, id })
      return reply.code(204).send(null)
    })
  }
}

/** What the page asks about alerts, in the name of an operator. */
export const alertRoutes = (app: App, context: Context): void => {
  const { alerts } = context.store
  changesTake(app, 'manager')
  const filter = z.strictObject({ state: z.enum(['open', 'closed']).default('open'), cursor: z.string().max(500).optional(), limit: z.coerce.number().int().min(1).max(200).default(50) })
  app.get('/api/alerts', { schema: { ...operator, summary: 'Alerts: standing ones, or those that are over, latest first', querystring: filter, response: { 200: pageOf(AlertRow), ...PROBLEMS } } }, ({ query: { cursor, ...rest } }) =>
    alerts.alerts({ ...rest, ...(cursor === undefined ? {} : { cursor }) }),
  )
  app.get('/api/alerts/settings', { schema: { ...operator, summary: 'Rules, silences, windows and channels', response: { 200: AlertSettings, ...PROBLEMS } } }, async () => {
    const { channels, ...rest } = await alerts.settings()
    return { ...rest, channels: await channelRows(alerts, channels) }
  })
  app.get('/api/alerts/deliveries', { schema: { ...operator, summary: 'Messages to channels, latest first, with what went wrong', response: { 200: z.strictObject({ rows: z.array(DeliveryRow) }), ...PROBLEMS } } }, async () => ({ rows: await alerts.deliveries(200) }))
  app.post('/api/alerts/deliveries/:id/retry', { schema: { ...operator, summary: 'Try a message again that was given up', params, response: { 204: NOTHING, ...PROBLEMS } } }, async ({ params: { id } }, reply) => {
    if (!(await alerts.again(id, context.now()))) throw new ProblemError(404, 'alert-message', 'there is no such message that was given up')
    return reply.code(204).send(null)
  })
  ruleRoutes(app, context)
  holdRoutes(app, context)
  channelRoutes(app, context)
  removeRoutes(app, context)
}
