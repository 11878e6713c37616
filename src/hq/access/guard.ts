import type { Role } from '../../model/access.ts'
import type { App } from '../app.ts'
import type { Context } from '../context.ts'
import { deedOf, record } from './audit.ts'
import { admit } from './who.ts'

/** Opens the routes that follow to whoever may ask them, and writes everything that changes something, or was not allowed to, into the audit log before it is answered. */
export const guard = (app: App, { sessions, store, now }: Context): void => {
  app.decorateRequest('who', undefined)
  app.decorateRequest('target', undefined)
  app.addHook('onRequest', async (request) => {
    request.who = await sessions.whoIs(request)
    admit(request, request.who)
  })
  app.addHook('onSend', async (request, reply, payload) => {
    const deed = deedOf(request, reply.statusCode, payload)
    if (deed !== undefined) await record(store.access, request, now(), deed)
    return payload
  })
}

/** Lets this role change things by the routes that follow, where they do not say otherwise; without it only administrators may. */
export const changesTake = (app: App, role: Role): void => {
  app.addHook('onRoute', (route) => {
    if (route.method !== 'GET' && route.method !== 'HEAD') route.config = { role, ...route.config }
  })
}
