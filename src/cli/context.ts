import { accessSync, constants, existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Language } from '../model/language.ts'
import { languageOf } from '../texts/say.ts'

/** What every subcommand knows of the person and the place. */
export interface Context {
  language: Language
  /** Cells of a line; 80 where standard output is no terminal. */
  width: number
  colour: boolean
  /** Writes data to standard output. */
  out(text: string): void
  /** Writes progress and remarks to standard error. */
  err(text: string): void
}

/** Context from the options that all subcommands share and from the environment. */
export const contextOf = (options: { lang?: string }, env: NodeJS.ProcessEnv = process.env): Context => ({
  language: languageOf(options.lang, env),
  width: Math.min(process.stdout.columns ?? 80, 120),
  colour: process.stdout.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb',
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
})

const writable = (folder: string): boolean => {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

const SYSTEM_STATE = '/var/lib/posdiag'

/** Folder for what must survive: what is named, systemd's, the system's if it may be written, else the person's own. */
export const stateDirOf = (named: string | undefined, env: NodeJS.ProcessEnv = process.env): string => {
  const given = named ?? env.POSDIAG_STATE ?? env.STATE_DIRECTORY
  if (given) return given
  if (existsSync(SYSTEM_STATE) && writable(SYSTEM_STATE)) return SYSTEM_STATE
  return join(env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'posdiag')
}
