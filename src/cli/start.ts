import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Shop, startShop } from '../../fixtures/standins/shop.ts'
import { createLog, SILENT_LOG } from '../agent/log.ts'
import { catalogue } from '../faults/index.ts'
import { type Hq, startHq } from '../hq/server.ts'
import { say } from '../texts/say.ts'
import { startHere, untilAsked } from './agent.ts'
import { table } from './columns.ts'
import { type Context, stateDirOf } from './context.ts'
import { EXIT, Failure } from './failure.ts'
import { hqFailure, PAGE_DIR } from './hq.ts'
import { PACKAGE_ROOT, VERSION } from './package.ts'
import { loadTerminal } from './terminal-file.ts'
import { verdictLines } from './verdict.ts'

interface StartOptions {
  simulate?: string
  terminal?: string
  state?: string
  port?: number
}

/** Port of HQ unless another is named. */
const HQ_PORT = 8470
/** Rounds and whole checks of a simulated shop, in milliseconds: faults there come and go while somebody watches. */
const SHOWN = { roundMs: 5_000, fullMs: 10_000 }
const ROUND_MS = 15_000
/** Heartbeats between agent and HQ on one machine, in milliseconds: nobody pays for them, and a command is fetched at once. */
const BEAT_MS = 5_000
/** How long the start waits for the first report to arrive at HQ, in milliseconds. */
const ARRIVAL_MS = 20_000

const isTaken = (error: unknown): boolean => error instanceof Error && error.cause instanceof Error && 'code' in error.cause && error.cause.code === 'EADDRINUSE'

const openHq = async (dataDir: string, port: number | undefined): Promise<Hq> => {
  const at = (number: number) => startHq({ dataDir, port: number, pageDir: PAGE_DIR, version: VERSION, catalogue: catalogue.faults, log: SILENT_LOG, heartbeatMs: BEAT_MS })
  try {
    return await at(port ?? HQ_PORT)
  } catch (error) {
    // A usual port that somebody else has is no reason not to start; a port that was asked for is.
    if (port === undefined && isTaken(error)) return at(0)
    throw hqFailure(error)
  }
}

const openShop = async (scenario: string, context: Context): Promise<Shop> => {
  if (scenario !== 'shop') throw new Failure(EXIT.usage, { zh: `没有模拟场景 ${scenario}；可用：shop`, en: `no simulation ${scenario}; known: shop` })
  const shop = await startShop(PACKAGE_ROOT)
  context.err(say(context.language, 'start.simulated'))
  return shop
}

const within = <T>(ms: number, work: Promise<T>): Promise<T | undefined> =>
  Promise.race([work, new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), ms).unref())])

/** Where a simulated shop keeps what it makes: where it is told, else in a folder that goes with it. */
const shopState = async (named: string | undefined): Promise<{ path: string; clear(): Promise<void> }> => {
  if (named !== undefined) return { path: named, clear: async () => undefined }
  const path = await mkdtemp(join(tmpdir(), 'posdiag-shop-'))
  return { path, clear: () => rm(path, { recursive: true, force: true }) }
}

/**
 * posdiag start: HQ on its embedded default and the agent, both on this machine; the boot check, its verdict, and where to look.
 * Runs until Ctrl-C. Throws a Failure for a bad terminal file, a taken port or a taken state folder.
 */
export const startCommand = async (options: StartOptions, context: Context): Promise<number> => {
  const { language, out } = context
  const asked = untilAsked()
  const shop = options.simulate === undefined ? undefined : await openShop(options.simulate, context)
  const made = shop && (await shopState(options.state))
  const stateDir = made?.path ?? stateDirOf(options.state)
  const { terminal, place } = shop ? { terminal: shop.terminal, place: '' } : await loadTerminal(options.terminal, process.env)
  if (place === undefined) context.err(say(language, 'check.no-terminal-file'))
  const hq = await openHq(join(stateDir, 'hq'), options.port)
  const log = await createLog({ stateDir, to: 'file' })
  const token = await hq.createEnrolmentToken(terminal.terminal.id)
  const agent = await startHere({ stateDir, terminal, log, ...(shop ? SHOWN : { roundMs: ROUND_MS }), hq: { url: hq.url, token } })
  const ended = asked.then(() => 'asked' as const)
  const report = await Promise.race([agent.booted, ended])
  if (report !== 'asked') {
    const en = language === 'en'
    if (report) out(`${verdictLines(report, context).join('\n')}\n`)
    else context.err(en ? 'the check at the start did not end well; the log says why' : '启动时的检查没有完成，原因见日志')
    const there = report !== undefined && (await Promise.race([within(ARRIVAL_MS, agent.delivered(report.id)), ended])) === 'delivered'
    if (there) out(say(language, 'start.delivered'))
    out(table([
      [there ? say(language, 'start.page') : en ? 'HQ page' : '总部页面', hq.operatorUrl],
      [say(language, 'start.desk'), agent.desk.url],
      [say(language, 'start.stop'), ''],
    ]).join('\n'))
    shop?.live((line) => out(line[en ? 'en' : 'zh']))
  }
  await asked
  context.err(say(language, 'start.stopping'))
  await agent.stop('SIGINT')
  await hq.stop()
  await shop?.stop()
  await log.close()
  await made?.clear()
  context.err(say(language, 'start.stopped'))
  return EXIT.ready
}
