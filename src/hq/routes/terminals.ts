import type { FastifyReply, FastifyRequest } from 'fastify'
import * as z from 'zod'
import { ENROLMENT_TYPE, RegisterKey, SIGNATURE_HEADER, SIGNATURE_TYPE } from '../../model/access.ts'
import { LOGS_BYTES, LogBundle } from '../../model/configuration.ts'
import { PackAnswer } from '../../model/pack.ts'
import { BATCH_LIMITS, BatchAnswer, CLOCK_HEADER, type Command, CommandProgress, ELSEWHERE, EnrolAnswer, EnrolRequest, Heartbeat, HeartbeatAnswer, type HourOfSales, ReportEvent } from '../../model/wire.ts'
import { checkCertificate } from '../access/certificate.ts'
import { holdsKey, signedBy } from '../access/signature.ts'
import { asIs, asKnown, NOTHING, PROBLEMS, unread } from '../answers.ts'
import type { App } from '../app.ts'
import { batchOf, EVENT_TYPES } from '../cloud-events.ts'
import type { Context } from '../context.ts'
import { hashOf, newToken } from '../credentials.ts'
import { decompress } from '../decompress.ts'
import { shortIdentity, shortReadiness } from '../digest.ts'
import { ingest } from '../ingest.ts'
import { plain } from '../plain.ts'
import { ProblemError, pathOf, retryAfterOf, sendProblem } from '../problems.ts'
import { byHq, senderClock } from '../redate.ts'
import type { EnrolledTerminal, EnrolOutcome } from '../store.ts'
import { wholeMs } from '../whole.ts'

/** How often a watched terminal beats, in ms: so that a command reaches it while somebody looks. */
const WATCHED_MS = 2000

const REFUSED: Record<Exclude<EnrolOutcome, 'enrolled'>, [status: number, detail: string]> = {
  unknown: [401, 'HQ does not know this enrolment token; make a new one at HQ'],
  used: [401, 'this enrolment token was used before; make a new one at HQ'],
  expired: [401, 'this enrolment token has expired; make a new one at HQ'],
  revoked: [401, 'this enrolment token was revoked; make a new one at HQ'],
  'other-place': [403, 'this enrolment token is for another region or store; check `terminal.region` and `terminal.store` in the terminal file'],
  'other-terminal': [403, 'this enrolment token is for another terminal id; check `terminal.id` in the terminal file, or make a token for this one'],
  taken: [409, 'this terminal id is enrolled already; make an enrolment token for just this id, or revoke its token at HQ, if this is a new machine'],
}

const unauthenticated = (detail: string): ProblemError => new ProblemError(401, 'terminal-token', detail)

/** Sets `terminalId` on requests of enrolled terminals before their body is read; answers all others with 401. */
const authenticate = (context: Context) => (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void => {
  const token = /^Bearer (\S{1,200})$/i.exec(request.headers.authorization ?? '')?.[1]
  const found = (terminal: EnrolledTerminal | undefined): void => {
    if (terminal === undefined) {
      sendProblem(reply, unauthenticated('HQ does not know the token of this terminal, or it was revoked; enrol the terminal again'), pathOf(request))
      return
    }
    request.terminalId = terminal.terminalId
    request.enrolled = terminal
    done()
  }
  if (token === undefined) {
    sendProblem(reply, unauthenticated("send the terminal's own token in the Authorization header"), pathOf(request))
    return
  }
  const terminal = context.credentials.terminalOf(token)
  if (terminal instanceof Promise) terminal.then(found, done)
  else found(terminal)
}

/** The terminal of a request that got past authenticate. */
const enrolledOf = (request: FastifyRequest): EnrolledTerminal => {
  if (request.enrolled) return request.enrolled
  throw new Error('a route of terminals was reached without authentication')
}

/** Refuses terminals that may not send yet, or that do not show what this HQ wants of them, with 403. */
const checkAdmission = (context: Context) => (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void => {
  const { terminalId, waits } = enrolledOf(request)
  if (context.certificates) checkCertificate(request, terminalId)
  done(waits ? new ProblemError(403, 'not-approved', 'this terminal waits for somebody at HQ to approve it; it keeps its reports until then', retryAfterOf(terminalId)) : undefined)
}

const enrolRoute = (app: App, context: Context): void => {
  app.post('/v1/enrol', { onRequest: context.limits.address, schema: { tags: ['terminal'], summary: "Exchange a one-time token for the terminal's own", description: `Where the answer got lost, the same terminal may ask again while the token lives, if it shows that it holds the key that it enrolled with: ${SIGNATURE_HEADER} holds a compact JWS (Ed25519, typ ${ENROLMENT_TYPE}, kid the key's RFC 7638 thumbprint) with detached payload over {"token":…,"terminal":…}. Its earlier own token then ends.`, body: EnrolRequest, response: { 201: EnrolAnswer, ...PROBLEMS } } }, async (request, reply) => {
    const { token, terminal, agentVersion, key } = request.body
    if (context.certificates) checkCertificate(request, terminal.id)
    const own = newToken('pt')
    const { approval } = await context.policy()
    const signature = request.headers[SIGNATURE_HEADER]
    const proven = key !== undefined && typeof signature === 'string' && (await holdsKey(signature, token, terminal.id, key))
    const outcome = await context.store.enrol({
      tokenHash: hashOf(token), terminalTokenHash: hashOf(own), terminal: shortIdentity(terminal), agentVersion, ...(key === undefined ? {} : { key }), proven, address: request.ip, waits: approval === 'required', now: context.now(),
    })
    if (outcome !== 'enrolled') {
      context.log.warn('enrolment refused', { terminal: terminal.id, outcome })
      context.refusals.note(terminal.id, `enrolment-${outcome}`, request.ip)
      throw new ProblemError(REFUSED[outcome][0], `enrolment-${outcome}`, REFUSED[outcome][1])
    }
    context.credentials.forget(terminal.id)
    context.log.info('terminal enrolled', { terminal: terminal.id })
    return reply.code(201).send({ terminalId: terminal.id, token: own })
  })
}

const reportsRoute = (app: App, context: Context): void => {
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser(Object.values(EVENT_TYPES), { parseAs: 'buffer', bodyLimit: BATCH_LIMITS.compressedBytes }, (_request, body, done) => done(null, body))
  app.post(
    '/v1/reports',
    {
      bodyLimit: BATCH_LIMITS.compressedBytes,
      validatorCompiler: unread,
      serializerCompiler: asIs,
      schema: {
        tags: ['terminal'],
        summary: 'Deliver reports; 202 means that they are on disk',
        description: `A CloudEvents 1.0 batch, at most ${BATCH_LIMITS.reports} reports and ${BATCH_LIMITS.bytes} bytes, which zstd or gzip (Content-Encoding) may make smaller. One event alone may come in structured or binary mode too; it is answered with 422 where an item of a batch would be rejected. Sending a report twice is harmless: terminal and id make it unique. The header ${CLOCK_HEADER} may say what the terminal's clocks show (JSON: at, bootId, uptimeMs); by it reports are dated whose own time is wrong. A terminal that has a key signs the body as it is before compression: ${SIGNATURE_HEADER} holds a compact JWS (Ed25519, typ ${SIGNATURE_TYPE}, kid the key's RFC 7638 thumbprint) with detached payload.`,
        consumes: Object.values(EVENT_TYPES),
        security: [{ terminal: [] }],
        body: z.array(ReportEvent),
        response: { 202: BatchAnswer, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      if (!Buffer.isBuffer(request.body)) throw new ProblemError(415, 'media-type', `send the reports as ${EVENT_TYPES.batch}`)
      const body = decompress(request.body, request.headers['content-encoding'])
      const { terminalId, key } = enrolledOf(request)
      const whole = body instanceof Promise ? await body : body
      const signature = request.headers[SIGNATURE_HEADER]
      const by = await signedBy(typeof signature === 'string' ? signature : undefined, whole, key, (await context.policy()).unsigned)
      const { batch, single } = batchOf(whole, request.headers)
      const items = await ingest(context, { terminalId, body: batch, receivedAt: context.now(), clock: senderClock(request.headers[CLOCK_HEADER]), signedBy: by })
      const refused = single ? items.find((item) => item.status === 'rejected') : undefined
      if (refused !== undefined) throw new ProblemError(422, 'event', refused.reason ?? 'the event is no report')
      reply.code(202)
      return { items }
    },
  )
}

const HOUR = 3_600_000

/** A clock this far off books sales in the wrong hour; in ms. */
const CLOCK_MS = 10 * 60_000

/** Hours that can be: whole, past, of the last days, by a clock that is right. */
const believableSales = (sales: readonly HourOfSales[], said: number, now: number): HourOfSales[] =>
  Math.abs(said - now) > CLOCK_MS ? [] : sales.filter(({ hour, sumMinor }) => hour % HOUR === 0 && hour <= now && hour > now - 80 * HOUR && Number.isSafeInteger(sumMinor))

/** Ends at once what an agent of an earlier version does not know, with a word that says so; answers the others. */
const refuseUnknown = async ({ store }: Context, terminalId: string, commands: readonly Command[], takes: readonly string[], now: number): Promise<Command[]> => {
  for (const { id, type } of commands.filter((c) => !takes.includes(c.type))) {
    await store.progress(terminalId, id, { state: 'refused', looked: 0, total: 0, detail: `the agent of this terminal is too old for this (${type}); update it` }, now)
  }
  return commands.filter((c) => takes.includes(c.type))
}

const heartbeatRoute = (app: App, context: Context): void => {
  app.post(
    '/v1/heartbeats',
    { schema: { tags: ['terminal'], summary: 'Say that the terminal lives, and fetch its commands', security: [{ terminal: [] }], body: Heartbeat, response: { 200: HeartbeatAnswer, ...PROBLEMS } } },
    async (request) => {
      const enrolled = enrolledOf(request)
      const { terminalId } = enrolled
      const at = context.now()
      const { commands: waiting, watchedUntil } = await context.store.takeCommands(terminalId, at)
      const takes = request.body.takes ?? ['check']
      const commands = await refuseUnknown(context, terminalId, waiting, takes, at)
      context.counted.heartbeats.add(1)
      const { at: said, checkedAt, readiness, sales, leaving, pack, ...rest } = request.body
      if (leaving !== undefined) await context.store.triage.absences.bid(terminalId, at, plain(leaving))
      const beat = { ...rest, ...(pack === undefined ? {} : { pack: { ...pack, ...(pack.unbelieved === undefined ? {} : { unbelieved: plain(pack.unbelieved) }) } }), at: wholeMs(said), ...(sales === undefined ? {} : { sales: believableSales(sales, said, at) }), readiness: shortReadiness(readiness), ...(checkedAt === undefined ? {} : { checkedAt: wholeMs(byHq(checkedAt, said, at)) }) }
      if (!context.heartbeats.put({ terminalId, receivedAt: at, beat })) {
        throw new ProblemError(503, 'overloaded', 'HQ has as much to store as it can; come again', retryAfterOf(terminalId))
      }
      const offered = pack === undefined ? 0 : await context.offeredPack()
      const elsewhere = takes.includes(ELSEWHERE) ? context.otherLanes(enrolled, rest.openIncidents > 0) : undefined
      return { at, nextMs: watchedUntil > at ? Math.min(WATCHED_MS, context.beatMs) : context.beatMs, commands, ...(offered === 0 || offered === pack?.sequence ? {} : { pack: offered }), ...(elsewhere === undefined ? {} : { elsewhere }) }
    },
  )
}

const progressRoute = (app: App, context: Context): void => {
  app.post(
    '/v1/commands/:id/progress',
    {
      schema: {
        tags: ['terminal'],
        summary: 'Say how far a command has come',
        security: [{ terminal: [] }],
        params: z.strictObject({ id: z.uuidv7() }),
        body: CommandProgress,
        response: { 204: NOTHING, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const outcome = await context.store.progress(enrolledOf(request).terminalId, request.params.id, request.body, context.now())
      if (outcome === 'unknown') throw new ProblemError(404, 'command', 'this terminal has no such command')
      if (outcome === 'finished') throw new ProblemError(409, 'command-finished', 'this command has ended already')
      return reply.code(204).send(null)
    },
  )
}

const bundleRoute = (app: App, context: Context): void => {
  app.post(
    '/v1/commands/:id/bundle',
    { bodyLimit: LOGS_BYTES, schema: { tags: ['terminal'], summary: 'Hand over the logs that a command asked for', security: [{ terminal: [] }], params: z.strictObject({ id: z.uuidv7() }), body: LogBundle, response: { 204: NOTHING, ...PROBLEMS } } },
    async (request, reply) => {
      const { terminalId } = enrolledOf(request)
      const kept = await context.store.triage.bundles.keep(terminalId, request.params.id, context.now(), request.body)
      if (!kept) throw new ProblemError(404, 'command', 'HQ asked this terminal for no logs by this command')
      return reply.code(204).send(null)
    },
  )
}

const keyRoute = (app: App, context: Context): void => {
  app.post(
    '/v1/key',
    { schema: { tags: ['terminal'], summary: 'Give HQ the public half of the key that uploads will be signed with; once', security: [{ terminal: [] }], body: RegisterKey, response: { 204: NOTHING, ...PROBLEMS } } },
    async (request, reply) => {
      const { terminalId } = enrolledOf(request)
      const kept = await context.store.access.setKey(terminalId, request.body.key, request.ip, context.now())
      context.credentials.forget(terminalId)
      if (!kept) throw new ProblemError(409, 'other-key', 'HQ has another key of this terminal; enrol it again if its state was lost')
      context.log.info('terminal key kept', { terminal: terminalId })
      return reply.code(204).send(null)
    },
  )
}

const packRoute = (app: App, context: Context): void => {
  // A whole fleet fetches the same one, which never changes, within minutes.
  let latest: PackAnswer | undefined
  app.get(
    '/v1/packs/:sequence',
    {
      serializerCompiler: asIs,
      schema: { tags: ['terminal'], summary: 'Fetch a knowledge pack that a heartbeat was told of', security: [{ terminal: [] }], params: z.strictObject({ sequence: z.coerce.number().int().min(1) }), response: { 200: PackAnswer, ...PROBLEMS } },
    },
    async (request) => {
      const { sequence } = request.params
      // What was withdrawn is not handed out any more; one offered a moment ago is, to those who come again.
      if (sequence > (await context.offeredPack())) throw new ProblemError(404, 'pack', 'no pack with this number is on offer')
      if (latest?.pack.body.sequence !== sequence) latest = (await context.store.knowledge.packs.one(sequence)) ?? latest
      if (latest?.pack.body.sequence !== sequence) throw new ProblemError(404, 'pack', 'no pack with this number was offered')
      return latest
    },
  )
}

/** Shows operators what of a terminal was refused, and why. */
const noteRefusal = (context: Context) => (request: FastifyRequest, _reply: FastifyReply, error: Error, done: () => void): void => {
  if (request.terminalId && error instanceof ProblemError && (error.status === 403 || error.status === 429)) context.refusals.note(request.terminalId, error.slug, request.ip)
  done()
}

/** What is asked with a terminal's own token. */
const ownRoutes = (scope: App, context: Context): void => {
  scope.decorateRequest('terminalId', undefined)
  scope.decorateRequest('enrolled', undefined)
  scope.addHook('onRequest', context.limits.address)
  scope.addHook('onRequest', authenticate(context))
  scope.addHook('onRequest', context.limits.terminal)
  scope.addHook('onRequest', checkAdmission(context))
  scope.addHook('onError', noteRefusal(context))
  // Its bodies are read as bytes, those of the others as JSON.
  scope.register(async (reports) => reportsRoute(reports as App, context))
  // What an agent tells may come from a newer one. What shows who it is may not: a key with more to it than its public half is to be refused.
  scope.register(async (inner) => {
    const telling = inner as App
    telling.setValidatorCompiler(asKnown)
    heartbeatRoute(telling, context)
    progressRoute(telling, context)
    bundleRoute(telling, context)
  })
  keyRoute(scope, context)
  packRoute(scope, context)
}

/** What terminals ask: enrolment, and with their own token reports, heartbeats and the progress of commands. */
export const terminalRoutes = (app: App, context: Context): void => {
  enrolRoute(app, context)
  app.register(async (inner) => ownRoutes(inner as App, context))
}
