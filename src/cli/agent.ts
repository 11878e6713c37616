import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { probes } from '../../probes/index.ts'
import type { Agent, AgentOptions } from '../agent/agent.ts'
import { SUMMARY_FILE } from '../agent/journal.ts'
import { AlreadyRunning } from '../agent/lock.ts'
import { createLog, type Log, logTarget } from '../agent/log.ts'
import { startAgent } from '../agent/start.ts'
import type { TerminalFile } from '../model/terminal.ts'
import { languageOf } from '../texts/say.ts'
import { type Context, stateDirOf } from './context.ts'
import { EXIT, Failure } from './failure.ts'
import { inspectionIn } from './inspection.ts'
import { judgePack } from './judge-pack.ts'
import { knownPack } from './known-pack.ts'
import { CHECK_DEADLINE_MS, knowledgeWith, lookHere, lookInChild } from './look.ts'
import { meaningOf } from './meanings.ts'
import { VERSION } from './package.ts'
import { faultOf } from './remember.ts'
import { loadTerminal } from './terminal-file.ts'
import { withJournal } from './with-journal.ts'

/** Names of every limit that a configuration from HQ may set. */
const LIMITS: ReadonlySet<string> = new Set(probes.flatMap((probe) => Object.keys(probe.limits)))

const FULL_MS = 3_600_000

/** What an agent is started with, beyond what every agent has. */
export interface AgentSetting {
  stateDir: string
  terminal: TerminalFile
  log: Log
  roundMs: number
  /** Whole checks by schedule, in milliseconds; every hour unless told. */
  fullMs?: number
  hq?: AgentOptions['hq']
}

/** The terminal with what the agent itself adds to look at: its journal, and the disk that its state is on. */
const watched = (terminal: TerminalFile, stateDir: string): TerminalFile => withJournal({ ...terminal, disks: [...new Set([...terminal.disks, stateDir])] }, join(stateDir, SUMMARY_FILE), true)

/** Starts the agent with this program's probes and catalogue. Throws a Failure (75) if another agent has the state folder. */
export const startHere = async ({ stateDir, terminal, log, roundMs, fullMs = FULL_MS, hq }: AgentSetting): Promise<Agent> => {
  const lastInspection = () => {
    try {
      return inspectionIn(stateDir)
    } catch (error) {
      // Without it a check still says everything else.
      log.error('the last inspection cannot be read', { detail: error instanceof Error ? error.message : String(error) })
      return {}
    }
  }
  const passOver = (why: string): void => log.warn(`the knowledge pack is not believed, and the built-in catalogue stands: ${why}`)
  let pack = knownPack(stateDir, passOver)
  try {
    return await startAgent({
      stateDir, log, terminal: watched(terminal, stateDir), version: VERSION, faults: faultOf, limits: LIMITS, desk: { port: 0 }, schedule: { roundMs, fullMs },
      language: languageOf(undefined, process.env),
      look: (request, onProgress) => {
        // A newer pack is taken up with the next whole check; rounds between weigh as that one did.
        if (request.depth === 'full') pack = knownPack(stateDir, passOver)
        return (request.depth === 'full' ? lookInChild : lookHere)({ deadlineMs: CHECK_DEADLINE_MS, ...request, ...lastInspection(), ...(pack ? { pack } : {}) }, onProgress)
      },
      repair: {
        knowledge: (unit) => knowledgeWith(pack, unit),
        meaning: meaningOf,
        guide: async () => (await import('../faults/guide.ts')).guide,
        weigh: async (...seen) => (await import('./fix-here.ts')).weighTold(...seen, await knowledgeWith(pack)),
      },
      ...(hq ? { hq, judgePack } : {}),
    })
  } catch (error) {
    if (error instanceof AlreadyRunning) throw new Failure(EXIT.temporary, { zh: `另一个 posdiag 守护程序正在使用 ${stateDir}：${error.message}`, en: `another agent is using ${stateDir}: ${error.message}` })
    throw error
  }
}

/** Resolves when this process is asked to end. */
export const untilAsked = (): Promise<string> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal))
  })

interface AgentCommandOptions {
  terminal?: string
  state?: string
  hq?: string
  enrol?: string
  ca?: string
  clientCert?: string
  clientKey?: string
  round?: number
  verbose?: boolean
}

/** The files of this terminal's certificate that the options or the environment name. */
const certificateOf = (options: AgentCommandOptions, env: NodeJS.ProcessEnv): { cert: string; key: string } | undefined => {
  const cert = options.clientCert ?? env.POSDIAG_HQ_CERT
  const key = options.clientKey ?? env.POSDIAG_HQ_KEY
  if (cert === undefined && key === undefined) return undefined
  if (cert === undefined || key === undefined) throw new Failure(EXIT.usage, { zh: '--client-cert 和 --client-key 要一起写', en: '--client-cert and --client-key go together' })
  for (const file of [cert, key]) {
    try {
      accessSync(file, constants.R_OK)
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error)
      throw new Failure(EXIT.config, { zh: `不能读取终端证书文件 ${file}：${problem}`, en: `cannot read the terminal's certificate or key ${file}: ${problem}` })
    }
  }
  return { cert, key }
}

const checkHq = (url: string, ca: string | undefined): void => {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw new Failure(EXIT.usage, { zh: `总部地址写成 https://主机[:端口]，而不是 ${url}`, en: `write the address of HQ as https://host[:port], not ${url}` })
  try {
    if (ca !== undefined) accessSync(ca, constants.R_OK)
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    throw new Failure(EXIT.config, { zh: `不能读取根证书文件 ${ca}：${problem}`, en: `cannot read the root certificate ${ca}: ${problem}` })
  }
}

/**
 * Lets the engine interpret only. The daemon runs a few milliseconds of code four times a minute: compiling it takes longer than it
 * ever saves, and what the compilers touch is a sixth of the daemon's memory.
 */
const interpretOnly = (): void => {
  for (const compiler of ['sparkplug', 'maglev', 'opt']) setFlagsFromString(`--no-${compiler}`)
}

/** posdiag agent: the daemon; runs until SIGTERM or SIGINT. SIGHUP reads the terminal file again and keeps the old one if it is wrong. */
export const agentCommand = async (options: AgentCommandOptions, context: Context): Promise<number> => {
  interpretOnly()
  const { env } = process
  const stateDir = stateDirOf(options.state)
  const { terminal } = await loadTerminal(options.terminal, env)
  const log = await createLog({ stateDir, verbose: options.verbose === true, to: logTarget(env, process.stderr.isTTY === true) })
  const url = options.hq ?? env.POSDIAG_HQ
  const tokenFile = options.enrol ?? env.POSDIAG_ENROL_TOKEN_FILE
  const ca = options.ca ?? env.POSDIAG_HQ_CA
  if (url !== undefined) checkHq(url, ca)
  const certificate = certificateOf(options, env)
  const agent = await startHere({
    stateDir, terminal, log, roundMs: options.round ?? 15_000,
    ...(url ? { hq: { url, ...(tokenFile ? { tokenFile } : {}), ...(ca ? { ca } : {}), ...(certificate ? { certificate } : {}) } } : {}),
  })
  process.on('SIGHUP', () => {
    loadTerminal(options.terminal, env).then(
      (loaded) => agent.reload(watched(loaded.terminal, stateDir)),
      (error: unknown) => log.error('the terminal file is not read again', { detail: error instanceof Failure ? error.in(context.language) : String(error) }),
    )
  })
  const signal = await untilAsked()
  await agent.stop(signal)
  await log.close()
  return EXIT.ready
}
