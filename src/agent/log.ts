import { join } from 'node:path'
import { maskDeep } from '../guard/card-data.ts'

/** Named values of a log line. */
export type LogFields = Readonly<Record<string, unknown>>

/** Where the agent says what it does. Everything passes the card-data filter before it is written. */
export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** Resolves when everything said is written. */
  close(): Promise<void>
}

/** How the log is written. */
export interface LogOptions {
  stateDir: string
  /** Lines for people instead of JSON, and the small talk too. */
  verbose?: boolean
  /** console: standard error, as under systemd, which keeps and rotates it. file: below the state folder, rotated here. */
  to: 'console' | 'file'
}

const FILE_BYTES = 2 << 20
const FILES = 3

/** Standard error where somebody reads it (systemd, a terminal), else files of our own. */
export const logTarget = (env: Readonly<Record<string, string | undefined>>, isTty: boolean): LogOptions['to'] =>
  env.JOURNAL_STREAM !== undefined || env.INVOCATION_ID !== undefined || isTty ? 'console' : 'file'

/** Opens the log. winston is loaded here and not before, because only the daemon needs it. */
export const createLog = async ({ stateDir, verbose = false, to }: LogOptions): Promise<Log> => {
  const { default: winston } = await import('winston')
  // First of all formats, so that no other one and no transport sees what it takes out.
  const mask = winston.format((info) => Object.assign(info, maskDeep({ ...info }).value))
  const person = winston.format.printf(({ level, message, timestamp, ...fields }) =>
    `${String(timestamp)} ${level} ${String(message)}${Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : ''}`)
  const transport = to === 'console'
    ? new winston.transports.Console({ stderrLevels: ['error', 'warn', 'info', 'debug'] })
    : new winston.transports.File({ dirname: stateDir, filename: 'agent.log', maxsize: FILE_BYTES, maxFiles: FILES, tailable: true, zippedArchive: false, options: { flags: 'a', mode: 0o600 } })
  const logger = winston.createLogger({
    level: verbose ? 'debug' : 'info',
    format: winston.format.combine(mask(), winston.format.timestamp(), verbose ? person : winston.format.json()),
    transports: [transport],
  })
  // A full disk or a closed pipe must not end the agent; where it can, it says so on standard error.
  const complain = (error: unknown): void => {
    if (to === 'file') process.stderr.write(`posdiag: cannot write ${join(stateDir, 'agent.log')}: ${error instanceof Error ? error.message : String(error)}\n`)
  }
  transport.on('error', complain)
  logger.on('error', complain)
  const at = (level: 'debug' | 'info' | 'warn' | 'error') => (message: string, fields: LogFields = {}): void => {
    logger.log({ ...fields, level, message })
  }
  return {
    debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'),
    close: () => new Promise((resolve) => {
      const settle = setTimeout(resolve, 1_000)
      transport.once('finish', () => {
        clearTimeout(settle)
        resolve()
      })
      logger.end()
    }),
  }
}

/** Says nothing; for programs that have their own way of telling. */
export const SILENT_LOG: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined, close: () => Promise.resolve() }
