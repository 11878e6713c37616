import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { writePrivate } from './private-file.ts'

const keyIn = (path: string, remedy: string): KeyObject | undefined => {
  let pem: string
  try {
    pem = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  try {
    const key = createPrivateKey(pem)
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // Whatever is wrong with it, it is no key; what to do is the same.
  }
  throw new Error(`${path} is no Ed25519 key; ${remedy}`)
}

/**
 * The private Ed25519 key of a file (PKCS #8, PEM, readable by its owner only), made if there is none; `made` says so. Throws an Error
 * if the file is there and no such key, with the remedy that is given, or if it cannot be made.
 */
export const keyFile = (path: string, remedy: string): { key: KeyObject; made: boolean } => {
  const known = keyIn(path, remedy)
  if (known) return { key: known, made: false }
  const { privateKey } = generateKeyPairSync('ed25519')
  writePrivate(path, String(privateKey.export({ format: 'pem', type: 'pkcs8' })))
  // Somebody else may have made one at the same time; what is in the file counts.
  return { key: keyIn(path, remedy) ?? privateKey, made: true }
}
