import * as z from 'zod'
import { ApiTokenRow, ChangePassword, ChangeUser, CreateApiToken, CreatedApiToken, CreateUser, Me, SessionRow, UserRow } from '../../model/access.ts'
import { uuidv7 } from '../../model/id.ts'
import { hashPassword, isPassword } from '../access/passwords.ts'
import { OPERATOR_NAME, whoOf } from '../access/who.ts'
import { NOTHING, PROBLEMS } from '../answers.ts'
import type { App } from '../app.ts'
import type { Context } from '../context.ts'
import { hashOf, newToken } from '../credentials.ts'
import { ProblemError } from '../problems.ts'

const DAY = 86_400_000
const MOST_TOKENS = 500

const operator = { tags: ['access'], security: [{ operator: [] }] }
const byId = z.strictObject({ id: z.uuid() })
const own = { role: 'viewer', scoped: true } as const

const meRoutes = (app: App, { store, sessions, now }: Context): void => {
  app.get('/api/me', { config: own, schema: { ...operator, summary: 'Who asks, and what HQ lets them do', response: { 200: Me, ...PROBLEMS } } }, async (request) => {
    const { name, role, scope, by } = whoOf(request)
    return { name, role, ...(scope === undefined ? {} : { scope }), by, users: await store.access.countPeople() }
  })

  app.delete('/api/me/session', { config: { ...own, action: 'sign-out' }, schema: { ...operator, summary: 'Sign out', response: { 204: NOTHING, ...PROBLEMS } } }, async (request, reply) => {
    await sessions.end(whoOf(request), request, reply)
    return reply.code(204).send(null)
  })

  app.get('/api/me/sessions', { config: own, schema: { ...operator, summary: "One's own sessions, latest used first", response: { 200: z.strictObject({ rows: z.array(SessionRow) }), ...PROBLEMS } } }, async (request) => {
    const { personId, sessionId } = whoOf(request)
    const rows = personId === undefined ? [] : await store.access.sessionsOf(personId, now())
    return { rows: rows.map((row) => ({ ...row, current: row.id === sessionId })) }
  })

  app.delete('/api/me/sessions', { config: { ...own, action: 'sign-out-elsewhere' }, schema: { ...operator, summary: "End all of one's own sessions but this", response: { 204: NOTHING, ...PROBLEMS } } }, async (request, reply) => {
    const { personId, sessionId } = whoOf(request)
    if (personId !== undefined) await store.access.endSessions({ personId, ...(sessionId === undefined ? {} : { but: sessionId }) })
    return reply.code(204).send(null)
  })

  app.put('/api/me/password', { config: { ...own, action: 'password.change' }, schema: { ...operator, summary: "Change one's own password", body: ChangePassword, response: { 204: NOTHING, ...PROBLEMS } } }, async (request, reply) => {
    const { personId, name } = whoOf(request)
    const person = personId === undefined ? undefined : await store.access.person({ name })
    if (person?.password === undefined) throw new ProblemError(409, 'no-password', 'whoever is signed in has no password here')
    if (!(await isPassword(request.body.old, person.password))) throw new ProblemError(403, 'old-password', 'the old password is not right')
    await store.access.changePerson(person.id, { password: await hashPassword(request.body.password) })
    // The change ended every session, this one too.
    await sessions.open(request, reply, person.id)
    return reply.code(204).send(null)
  })
}

const userRoutes = (app: App, { store, live, now }: Context): void => {
  const rows = z.strictObject({ rows: z.array(UserRow) })
  app.get('/api/users', { config: { role: 'administrator' }, schema: { ...operator, summary: 'People, by name', response: { 200: rows, ...PROBLEMS } } }, async () => ({ rows: await store.access.people(now()) }))

  app.post('/api/users', { config: { action: 'user.add' }, schema: { ...operator, summary: 'Add a person', body: CreateUser, response: { 201: UserRow, ...PROBLEMS } } }, async (request, reply) => {
    const { name, role, scope, password, external } = request.body
    request.target = name
    const taken = () => new ProblemError(409, 'name-taken', 'somebody has this name already')
    if (name.toLowerCase() === OPERATOR_NAME) throw taken()
    const row = { id: uuidv7(now()), name, role, ...(scope === undefined ? {} : { scope }), external, now: now() }
    if (!(await store.access.addPerson({ ...row, ...(password === undefined ? {} : { password: await hashPassword(password) }) }))) throw taken()
    return reply.code(201).send({ id: row.id, name, role, ...(scope === undefined ? {} : { scope }), password: password !== undefined, external, createdAt: row.now, sessions: 0 })
  })

  app.patch('/api/users/:id', { config: { action: 'user.change' }, schema: { ...operator, summary: "Change what a person may do, or how they sign in; ends the person's sessions", params: byId, body: ChangeUser, response: { 204: NOTHING, ...PROBLEMS } } }, async (request, reply) => {
    const { id } = request.params
    const { disabled, password, role, scope, external } = request.body
    if (whoOf(request).personId === id && (disabled === true || (role !== undefined && role !== 'administrator'))) throw new ProblemError(409, 'oneself', 'nobody takes their own powers away; ask another administrator')
    const known = (await store.access.people(now())).find((p) => p.id === id)
    if (known === undefined) throw new ProblemError(404, 'user', 'there is no such person')
    request.target = known.name
    if ((role ?? known.role) === 'administrator' && (scope === undefined ? known.scope !== undefined : scope !== null)) throw new ProblemError(400, 'invalid', 'an administrator has no scope')
    const hash = password === undefined ? undefined : await hashPassword(password)
    await store.access.changePerson(id, { role, scope, external, password: hash, ...(disabled === undefined ? {} : { disabledAt: disabled ? now() : null }) })
    await live.review()
    return reply.code(204).send(null)
  })
}

const tokenRoutes = (app: App, { store, live, now }: Context): void => {
  const rows = z.strictObject({ rows: z.array(ApiTokenRow) })
  app.get('/api/tokens', { config: { role: 'administrator' }, schema: { ...operator, summary: 'API tokens, newest first', response: { 200: rows, ...PROBLEMS } } }, async () => ({ rows: await store.access.apiTokens(MOST_TOKENS) }))

  app.post('/api/tokens', { config: { action: 'token.add' }, schema: { ...operator, summary: 'Make an API token', body: CreateApiToken, response: { 201: CreatedApiToken, ...PROBLEMS } } }, async (request, reply) => {
    const { name, role, scope, days } = request.body
    request.target = name
    const token = newToken('pa')
    const at = now()
    const made = { id: uuidv7(at), name, role, ...(scope === undefined ? {} : { scope }), createdBy: whoOf(request).name, ...(days === undefined ? {} : { expiresAt: at + days * DAY }) }
    await store.access.addApiToken({ ...made, hash: hashOf(token), now: at })
    return reply.code(201).send({ ...made, createdAt: at, token })
  })

  app.delete('/api/tokens/:id', { config: { action: 'token.revoke' }, schema: { ...operator, summary: 'Revoke an API token', params: byId, response: { 204: NOTHING, ...PROBLEMS } } }, async (request, reply) => {
    if (!(await store.access.revokeApiToken(request.params.id, now()))) throw new ProblemError(404, 'api-token', 'there is no such token that could still be used')
    await live.review()
    return reply.code(204).send(null)
  })
}

/** Who asks; people; API tokens. */
export const peopleRoutes = (app: App, context: Context): void => {
  meRoutes(app, context)
  userRoutes(app, context)
  tokenRoutes(app, context)
}
