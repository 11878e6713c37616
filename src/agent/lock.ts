import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { asStoreError, openDatabase, StoreError } from './sqlite.ts'

/** Another agent already uses this state folder; the message names its process. */
export class AlreadyRunning extends Error {
  readonly pid: number | undefined
  constructor(stateDir: string, pid: number | undefined) {
    super(`another posdiag agent${pid === undefined ? '' : ` (process ${pid})`} already uses ${stateDir}; stop it first, or give this one a state folder of its own`)
    this.name = 'AlreadyRunning'
    this.pid = pid
  }
}

/** Makes the folder that only its owner (and group, if it already was so) can read. */
export const makeStateDir = (stateDir: string): void => {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 })
}

/** Makes an empty file that only its owner can read, unless it is there. SQLite gives its side files the same permissions. */
export const makePrivateFile = (path: string): void => closeSync(openSync(path, 'a', 0o600))

const holderOf = (path: string): number | undefined => {
  try {
    const pid = Number.parseInt(readFileSync(path, 'utf8'), 10)
    return Number.isSafeInteger(pid) ? pid : undefined
  } catch {
    return undefined
  }
}

/**
 * Claims a state folder for this process and returns the release. The claim is the kernel's own file lock, held by an open
 * transaction, so it ends with the process however that ends. Throws AlreadyRunning, or StoreError where the folder cannot be used.
 */
export const claim = (stateDir: string): (() => void) => {
  const path = join(stateDir, 'lock.db')
  const holder = join(stateDir, 'agent.pid')
  try {
    makeStateDir(stateDir)
    makePrivateFile(path)
  } catch (error) {
    throw asStoreError(error, stateDir)
  }
  const db = openDatabase(path, { waitMs: 0 })
  try {
    db.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    db.close()
    if (error instanceof StoreError && error.failure === 'busy') throw new AlreadyRunning(stateDir, holderOf(holder))
    throw error
  }
  try {
    writeFileSync(holder, `${process.pid}\n`, { mode: 0o644 })
    chmodSync(holder, 0o644)
  } catch (error) {
    db.close()
    throw asStoreError(error, holder)
  }
  return () => db.close()
}
