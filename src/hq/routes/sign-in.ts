import { SignIn, SignInWays } from '../../model/access.ts'
import { record } from '../access/audit.ts'
import { isPassword } from '../access/passwords.ts'
import { fromElsewhere } from '../access/who.ts'
import { NOTHING, PROBLEMS } from '../answers.ts'
import type { App } from '../app.ts'
import type { Context } from '../context.ts'
import { ProblemError } from '../problems.ts'

const tags = ['sign-in']

/** Signing in by name and password. An unknown name, a wrong password and a disabled person get the same answer after the same time. */
export const signInRoutes = (app: App, { store, sessions, limits, log, now, oidc }: Context): void => {
  app.get('/auth/ways', { schema: { tags, summary: 'How one may sign in', response: { 200: SignInWays, ...PROBLEMS } } }, async () => ({ password: true, ...(oidc === undefined ? {} : { provider: oidc.name }) }))

  app.post('/auth/sign-in', { onRequest: limits.signInAddress, preHandler: limits.signInName, schema: { tags, summary: 'Sign in by name and password', body: SignIn, response: { 204: NOTHING, ...PROBLEMS } } }, async (request, reply) => {
    if (fromElsewhere(request)) throw new ProblemError(403, 'other-origin', "one signs in on HQ's own page only")
    const { name, password } = request.body
    const person = await store.access.person({ name })
    const good = await isPassword(password, person?.password)
    const deed = { who: person?.name ?? name, by: 'password', action: 'sign-in' }
    if (person === undefined || !good || person.disabled) {
      log.warn('sign-in refused', { address: request.ip })
      await record(store.access, request, now(), { ...deed, status: 401 })
      throw new ProblemError(401, 'sign-in', 'name or password are not right')
    }
    await store.access.signedIn(person.id, now())
    await sessions.open(request, reply, person.id)
    await record(store.access, request, now(), { ...deed, status: 204 })
    return reply.code(204).send(null)
  })
}
