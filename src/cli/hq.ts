import { join } from 'node:path'
import { createLog } from '../agent/log.ts'
import { catalogue } from '../faults/index.ts'
import { startHq } from '../hq/server.ts'
import { untilAsked } from './agent.ts'
import { type Context, stateDirOf } from './context.ts'
import { EXIT, Failure } from './failure.ts'
import { accessOf } from './hq-access.ts'
import { databaseOf } from './hq-database.ts'
import { PACKAGE_ROOT, VERSION } from './package.ts'

interface HqCommandOptions {
  data?: string
  host?: string
  port?: number
  store?: string
  storePassword?: string
  tlsCert?: string
  tlsKey?: string
  clientCa?: string
  trustedProxy?: string
  oidc?: string
  verbose?: boolean
}

/** Folder of the built page. */
export const PAGE_DIR = join(PACKAGE_ROOT, 'dist/page')

/** What a person is told when HQ cannot start. */
export const hqFailure = (error: unknown): Failure => {
  const problem = error instanceof Error ? error.message : String(error)
  return new Failure(EXIT.unavailable, { zh: `总部服务不能启动：${problem}`, en: `HQ cannot start: ${problem}` })
}

/** posdiag hq: the server; runs until SIGTERM or SIGINT, then answers what was begun and ends. Throws a Failure (69) if it cannot start. */
export const hqCommand = async (options: HqCommandOptions, context: Context): Promise<number> => {
  const dataDir = options.data ?? join(stateDirOf(undefined), 'hq')
  const database = databaseOf(options, process.env)
  const access = accessOf(options)
  const log = await createLog({ stateDir: dataDir, verbose: options.verbose === true, to: 'console' })
  const hq = await startHq({
    dataDir, host: options.host ?? '127.0.0.1', port: options.port ?? 8470, pageDir: PAGE_DIR, version: VERSION, catalogue: catalogue.faults, log, ...access, ...(database ? { database } : {}),
  }).catch((error: unknown) => {
    throw hqFailure(error)
  })
  context.out(hq.operatorUrl)
  await untilAsked()
  await hq.stop()
  await log.close()
  return EXIT.ready
}
