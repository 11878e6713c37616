import { timingSafeEqual } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { hashOf, newToken } from '../credentials.ts'

/** Compares two secrets in a time that says nothing of them. */
export const same = (a: string, b: string): boolean => timingSafeEqual(Buffer.from(hashOf(a)), Buffer.from(hashOf(b)))

/** The operator token of a data folder: read from `file`, or made there (mode 0600) at the first start. Throws with the file's name if it is unusable. */
export const operatorTokenIn = (file: string): string => {
  try {
    const fd = openSync(file, 'wx', 0o600)
    try {
      writeSync(fd, `${newToken('po')}\n`)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  const token = readFileSync(file, 'utf8').trim()
  if (token.length < 16) throw new Error(`${file} holds no operator token of at least 16 characters; delete it, and HQ makes a new one at its next start`)
  return token
}
