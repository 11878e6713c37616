import { mkdirSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import cookie from '@fastify/cookie'
import type { Fault } from '../model/fault.ts'
import { guard } from './access/guard.ts'
import { limitsOf } from './access/limits.ts'
import { type OidcOptions, oidc } from './access/oidc.ts'
import { operatorTokenIn } from './access/operator-token.ts'
import { refusals } from './access/refusals.ts'
import { sessions } from './access/who.ts'
import { alerting } from './alerts/alerting.ts'
import { type App, closing, makeApp, type Tls } from './app.ts'
import type { Context } from './context.ts'
import { credentials } from './credentials.ts'
import { makeEnrolmentToken } from './enrolment.ts'
import { hqMetrics } from './figures.ts'
import { groupCommit } from './group-commit.ts'
import { heartbeats } from './heartbeats.ts'
import { type Janitor, janitor } from './janitor.ts'
import { live } from './live.ts'
import type { HqLog } from './log.ts'
import { nodeNotes } from './nodes.ts'
import { describeRoutes } from './openapi.ts'
import { otherLanes } from './other-lanes.ts'
import { browserHeaders, pageRoutes } from './page-files.ts'
import type { Address } from './postgres/open.ts'
import { ProblemError, pathOf, retryAfterOf, sendProblem } from './problems.ts'
import { projector } from './projector.ts'
import { batchReading } from './reading/reading.ts'
import { remembered } from './remembered.ts'
import { alertRoutes } from './routes/alerts.ts'
import { exportRoutes } from './routes/exports.ts'
import { healthRoutes } from './routes/health.ts'
import { healthFigureRoutes } from './routes/health-figures.ts'
import { oidcRoutes } from './routes/oidc.ts'
import { operatorRoutes } from './routes/operators.ts'
import { signInRoutes } from './routes/sign-in.ts'
import { terminalRoutes } from './routes/terminals.ts'
import { openSqliteStore } from './sqlite/store.ts'
import type { Store } from './store.ts'
import { type TriageJob, triageJob } from './triage/job.ts'

/** How HQ is started. */
export interface HqOptions {
  /** Folder of the database and the operator token; made if it is not there. */
  dataDir: string
  /** 127.0.0.1 unless told: reaching HQ from elsewhere is a decision, which is best taken together with `tls` or a proxy. */
  host?: string
  /** 0 takes any free port. */
  port: number
  /** Folder of the built page; without one HQ serves no page. */
  pageDir?: string
  version: string
  log: HqLog
  /** Instead of the one in the data folder; at least 16 characters. */
  operatorToken?: string
  /** Wall time in milliseconds since 1970, for tests. */
  now?: () => number
  /** Real milliseconds from now until then by `now`, where that runs faster than time: what HQ does now and then goes by its clock. */
  realUntil?: (at: number) => number
  /** How often a terminal beats when nobody watches it, in ms; 60,000 unless told. */
  heartbeatMs?: number
  tls?: Tls | undefined
  /** Addresses (or networks) of proxies in front, whose word counts on where a request came from. */
  proxies?: readonly string[] | undefined
  /** The company's own sign-in, beside passwords. */
  oidc?: OidcOptions | undefined
  /** A PostgreSQL database (15 or later) instead of the embedded SQLite; any number of HQ processes may share one. */
  database?: Address
  /** The catalogue of faults that the page explains; without one it has none to show. */
  catalogue?: readonly Fault[]
  /** Instead of opening one; closed when HQ stops. */
  store?: Store
}

/** A running HQ. */
export interface Hq {
  url: string
  /** The address that signs an operator in. */
  operatorUrl: string
  /** A one-time token, for this terminal id only if one is given; valid for 24 hours unless told. */
  createEnrolmentToken(terminalId?: string, options?: { note?: string; hours?: number }): Promise<string>
  /** Ends what was begun, answers it, and closes the store; takes at most ten seconds. Further calls wait for the first. */
  stop(): Promise<void>
}

const STOP_MS = 10_000

/** For how long the policy towards terminals is believed, in ms. */
const POLICY_MS = 5000

/** How long a process takes to notice that a knowledge pack is offered, in ms. */
const OFFERED_MS = 10_000

const urlOf = (address: AddressInfo, secure: boolean): string => {
  const any = address.address === '0.0.0.0' || address.address === '::'
  const host = any ? '127.0.0.1' : address.family === 'IPv6' ? `[${address.address}]` : address.address
  return `${secure ? 'https' : 'http'}://${host}:${address.port}`
}

const routes = async (app: App, context: Context, options: HqOptions): Promise<void> => {
  const secure = options.tls !== undefined
  app.addHook('onRequest', (request, reply, done) => {
    if (context.stopping()) sendProblem(reply.header('connection', 'close'), new ProblemError(503, 'stopping', 'HQ is stopping; keep it and come again', retryAfterOf(request.ip)), pathOf(request))
    else done()
  })
  await describeRoutes(app, options.version)
  // Terminals need none of the headers that browsers heed, so their routes are outside of this scope.
  terminalRoutes(app, context)
  healthRoutes(app, context)
  await app.register(async (inner) => {
    const scope = inner as App
    await browserHeaders(scope, secure)
    await scope.register(cookie)
    signInRoutes(scope, context)
    if (context.oidc !== undefined) oidcRoutes(scope, context, context.oidc)
    await scope.register(async (guarded) => {
      guard(guarded as App, context)
      for (const routesOf of [operatorRoutes, alertRoutes, exportRoutes, healthFigureRoutes]) guarded.register(async (api) => routesOf(api as App, context))
    })
    await pageRoutes(scope, context, options.pageDir)
  })
}

const stopping = async (close: (ms: number) => Promise<void>, context: Context, jobs: Janitor, triage: TriageJob): Promise<void> => {
  context.live.close()
  context.projector.stop()
  jobs.stop()
  await Promise.all([close(STOP_MS), context.alerting.stop(STOP_MS)])
  await triage.stop()
  await context.heartbeats.stop()
  await context.refusals.stop()
  await context.nodes.stop()
  await context.reading.stop()
  await context.store.close()
  context.log.info('HQ has stopped')
}

const said = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const listen = async (app: App, { host = '127.0.0.1', port, tls, log }: HqOptions): Promise<void> => {
  try {
    await app.listen({ host, port })
  } catch (error) {
    throw new Error(`HQ cannot listen on ${host} port ${port} (${said(error)}); stop what holds it, or choose another`, { cause: error })
  }
  if (tls === undefined && !/^(127\.|::1$|localhost$)/.test(host)) log.warn('HQ can be reached from elsewhere without TLS; put a proxy with TLS in front of it, or give it a certificate', { host })
}

// The driver is loaded only where it is used.
const openStore = async ({ dataDir, database, log }: HqOptions, quietMs: number): Promise<Store> =>
  database === undefined ? openSqliteStore(join(dataDir, 'hq.sqlite'), quietMs) : (await import('./postgres/store.ts')).openPostgresStore(database, log, quietMs)

/**
 * Starts HQ: opens the store, takes up folding where it was left, and listens. Rejects with an error that names the place and the
 * remedy if the folder, the database, the port or the operator token cannot be used.
 */
export const startHq = async (options: HqOptions): Promise<Hq> => {
  const { dataDir, log, now = Date.now, heartbeatMs: beatMs = 60_000, version } = options
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new Error(`the data folder ${dataDir} cannot be made (${said(error)}); choose another, or let this user write there`, { cause: error })
  }
  const token = options.operatorToken ?? operatorTokenIn(join(dataDir, 'operator-token'))
  if (token.length < 16) throw new Error('the operator token is shorter than 16 characters; choose a longer one, or leave it away and HQ makes one')
  const store = options.store ?? (await openStore(options, 2 * beatMs))

  let stopped: Promise<void> | undefined
  const updates = live(store.access.within, (error) => log.warn('live updates wait for the store', { error: said(error) }))
  store.onChange(updates.send)
  const figures = hqMetrics(store, log, version, () => ({ now: now(), beatMs }), () => commits.waiting(), updates.count)
  const reading = batchReading(log)
  const commits = groupCommit(store, (reports, ms) => {
    figures.commitSeconds.observe(ms / 1000)
    figures.groupSizes.observe(reports)
  }, reading.busy)
  const jobs = janitor(store, log, now)
  const { reports, refused, masked, heartbeats: beats } = figures.counted
  const nodes = nodeNotes(store.health, log, now, () => {
    const [p50, p99] = [0.5, 0.99].map((part) => (figures.commitSeconds.quantile(part) ?? 0) * 1000)
    const tended = jobs.tended()
    return {
      version, refused: refused.value(), masked: masked.value(), heartbeats: beats.value(), waiting: commits.waiting(), listeners: updates.count(),
      reports: { stored: reports.value({ status: 'stored' }), duplicate: reports.value({ status: 'duplicate' }), rejected: reports.value({ status: 'rejected' }) },
      ...(p50 && p99 ? { commit: { p50, p99 } } : {}), ...(tended && { tended }),
    }
  })
  const app = makeApp(log, options)
  const close = closing(app)
  const context: Context = {
    store, log, now, beatMs, version, dataDir, commits, reading,
    credentials: credentials(store),
    heartbeats: heartbeats(store, log),
    projector: projector(store, log, (reports, late) => {
      figures.folded.add(reports - late, { late: 'no' })
      figures.folded.add(late, { late: 'yes' })
    }),
    alerting: alerting(store, log, now, (state) => figures.counted.alertMessages.add(1, { state })),
    nodes,
    catalogue: options.catalogue ?? [],
    live: updates,
    sessions: sessions(store.access, token, now),
    limits: await limitsOf(app),
    oidc: options.oidc === undefined ? undefined : oidc(options.oidc),
    refusals: refusals(store.access, log, now),
    policy: remembered(() => store.access.policy(), POLICY_MS),
    certificates: options.tls?.clientCa !== undefined,
    metrics: figures.metrics,
    counted: figures.counted,
    refresh: figures.refresh,
    otherLanes: otherLanes(store, log, now),
    offeredPack: remembered(() => store.knowledge.packs.offered(), OFFERED_MS),
    stopping: () => stopped !== undefined,
  }
  const triage = triageJob(store, log, () => ({ now: now(), beatMs }), options.realUntil)
  const stop = (): Promise<void> => {
    stopped ??= stopping(close, context, jobs, triage)
    return stopped
  }
  try {
    await routes(app, context, options)
    await listen(app, options)
  } catch (error) {
    await stop()
    throw error
  }
  const url = urlOf(app.server.address() as AddressInfo, options.tls !== undefined)
  log.info('HQ listens', { url })
  return {
    url,
    operatorUrl: `${url}/?token=${encodeURIComponent(token)}`,
    createEnrolmentToken: async (terminalId, { note, hours = 24 } = {}) => {
      const made = await makeEnrolmentToken(store, { hours, ...(terminalId === undefined ? {} : { terminalId }), ...(note === undefined ? {} : { note }) }, now())
      return made.token
    },
    stop,
  }
}
