import * as z from 'zod'
import { Admission, AuditRow, TerminalPolicy } from '../../model/access.ts'
import { TerminalFile } from '../../model/terminal.ts'
import { pageOf } from '../../model/wire.ts'
import { maySee, scopeOf, whoOf } from '../access/who.ts'
import { NOTHING, PROBLEMS } from '../answers.ts'
import type { App } from '../app.ts'
import type { Context } from '../context.ts'
import { ProblemError } from '../problems.ts'

const DAY = 86_400_000
const SHOWN_MS = 30 * DAY
const MOST = 200

const operator = { tags: ['access'], security: [{ operator: [] }] }

/** Which terminals may send, and the audit log. */
export const admissionRoutes = (app: App, { store, credentials, now, beatMs }: Context): void => {
  app.get('/api/admission', { config: { role: 'manager', scoped: true }, schema: { ...operator, summary: 'What is demanded of terminals, who waits for approval, and what was refused', response: { 200: Admission, ...PROBLEMS } } }, async (request) => {
    const scope = scopeOf(request)
    const [policy, unsignedTerminals, waiting, refusals] = await Promise.all([
      store.access.policy(), store.access.countUnsigned(scope), store.access.waiting(MOST, scope), store.access.refusals({ since: now() - SHOWN_MS, limit: MOST, scope }),
    ])
    return { policy, unsignedTerminals, waiting, refusals }
  })

  app.put('/api/admission/policy', { config: { action: 'policy.change' }, schema: { ...operator, summary: 'Change what is demanded of terminals; holds within seconds', body: TerminalPolicy, response: { 204: NOTHING, ...PROBLEMS } } }, async (request, reply) => {
    await store.access.setPolicy(request.body)
    return reply.code(204).send(null)
  })

  const params = z.strictObject({ id: TerminalFile.shape.terminal.shape.id })
  app.post('/api/terminals/:id/approval', { config: { role: 'manager', scoped: true, action: 'terminal.approve' }, schema: { ...operator, summary: 'Approve a terminal that enrolled', params, response: { 204: NOTHING, ...PROBLEMS } } }, async (request, reply) => {
    const { id } = request.params
    const terminal = await store.terminal(id, { now: now(), beatMs })
    const seen = terminal !== undefined && maySee(request, terminal.terminal)
    if (!seen || !(await store.access.approve(id, whoOf(request).name, now()))) throw new ProblemError(404, 'approval', 'no terminal of this id waits for approval')
    credentials.forget(id)
    return reply.code(204).send(null)
  })

  const query = z.strictObject({ who: z.string().max(100).optional(), action: z.string().max(100).optional(), cursor: z.string().max(500).optional(), limit: z.coerce.number().int().min(1).max(200).default(50) })
  app.get('/api/audit', { config: { role: 'administrator' }, schema: { ...operator, summary: 'The audit log, newest first', querystring: query, response: { 200: pageOf(AuditRow), ...PROBLEMS } } }, (request) => store.access.audit(request.query))
}
