import * as z from 'zod'
import { LogBundle } from '../../model/configuration.ts'
import { CreateRollout, RolloutAction, RolloutDetail, RolloutRow } from '../../model/rollout.ts'
import { TerminalFile } from '../../model/terminal.ts'
import { seenTerminal } from '../access/seen.ts'
import { whoOf } from '../access/who.ts'
import { PROBLEMS } from '../answers.ts'
import type { App } from '../app.ts'
import type { Context } from '../context.ts'
import { ProblemError } from '../problems.ts'

const operator = { tags: ['rollout'], security: [{ operator: [] }] }
const Revision = z.strictObject({ revision: z.coerce.number().int().min(1) })
const FLEET = 'fleet'

/** Configurations on their way through the fleet, and the logs that terminals handed over. */
export const rolloutRoutes = (app: App, context: Context): void => {
  const { store: { triage }, log, now } = context
  const detailOf = async (revision: number): Promise<RolloutDetail> => {
    const rollout = await triage.rollouts.one(revision)
    if (rollout === undefined) throw new ProblemError(404, 'rollout', 'there is no such revision')
    return { rollout, trouble: await triage.rollouts.trouble(revision), history: await triage.care.history({ place: FLEET, id: `revision ${revision}` }) }
  }
  const noted = (revision: number, who: string, what: string, detail?: string) => triage.care.noting([{ place: FLEET, id: `revision ${revision}` }], { at: now(), who, what, ...(detail === undefined ? {} : { detail }) })

  app.get('/api/rollouts', { schema: { ...operator, summary: 'Revisions of the configuration, the latest first', response: { 200: z.strictObject({ rows: z.array(RolloutRow) }), ...PROBLEMS } } }, async () => ({ rows: await triage.rollouts.list() }))

  app.get('/api/rollouts/:revision', { schema: { ...operator, summary: 'One revision, and who did not take it', params: Revision, response: { 200: RolloutDetail, ...PROBLEMS } } }, (request) => detailOf(request.params.revision))

  app.post('/api/rollouts', { config: { role: 'manager', action: 'rollout.start' }, schema: { ...operator, summary: 'Send a configuration through the fleet, stage by stage', body: CreateRollout, response: { 201: RolloutDetail, ...PROBLEMS } } }, async (request, reply) => {
    const { limits, posMinimumVersion, note, region, stages, soakMinutes } = request.body
    if (stages.some((percent, i) => percent <= (stages[i - 1] ?? 0))) throw new ProblemError(400, 'stages', 'every stage reaches more than the one before; write them as [1, 10, 100]')
    const [running] = await triage.rollouts.list('running')
    if (running !== undefined) throw new ProblemError(409, 'rollout-running', `revision ${running.configuration.revision} is on its way; halt it, or wait until it is done`)
    const at = now()
    const revision = await triage.rollouts.next()
    const who = whoOf(request).name
    await triage.together('making a rollout', [
      triage.rollouts.making({
        configuration: { revision, limits, ...(posMinimumVersion === undefined ? {} : { posMinimumVersion }) }, madeAt: at, madeBy: who, stages, soakMs: Math.round(soakMinutes * 60_000), state: 'running', stage: 0, stageAt: at,
        ...(note === undefined ? {} : { note }), ...(region === undefined ? {} : { region }),
      }),
      ...noted(revision, who, 'start', note),
    ])
    log.info('rollout started', { revision, who })
    return reply.code(201).send(await detailOf(revision))
  })

  app.post('/api/rollouts/:revision', { config: { role: 'manager', action: 'rollout.change' }, schema: { ...operator, summary: 'Pause, resume or halt a rollout', params: Revision, body: RolloutAction, response: { 200: RolloutDetail, ...PROBLEMS } } }, async (request) => {
    const { revision } = request.params
    const { rollout } = await detailOf(revision)
    const { do: what, note } = request.body
    const from = { pause: ['running'], resume: ['paused', 'halted'], halt: ['running', 'paused'] }[what]
    if (!from.includes(rollout.state)) throw new ProblemError(409, 'rollout-state', `this rollout is ${rollout.state}; it cannot ${what} now`)
    const who = whoOf(request).name
    const set = { pause: { state: 'paused' }, resume: { state: 'running', reason: null, stage_at: now() }, halt: { state: 'halted', reason: note ?? `halted by ${who}` } } as const
    await triage.together('changing a rollout', [triage.rollouts.changing(revision, set[what]), ...noted(revision, who, what, note)])
    log.info('rollout changed', { revision, what, who })
    return detailOf(revision)
  })

  const params = z.strictObject({ id: TerminalFile.shape.terminal.shape.id, command: z.uuidv7() })
  app.get('/api/terminals/:id/logs/:command', { config: { role: 'technician', scoped: true }, schema: { ...operator, summary: 'The logs that a terminal handed over for a command', params, response: { 200: LogBundle, ...PROBLEMS } } }, async (request) => {
    await seenTerminal(request, context, request.params.id)
    const bundle = await triage.bundles.one(request.params.id, request.params.command)
    if (bundle === undefined) throw new ProblemError(404, 'logs', 'there are no logs of this command; the command says how far it has come')
    return bundle
  })
}
