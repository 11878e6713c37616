import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writePrivate } from './hq.ts'

/** Name of the terminal's private key in the state folder: Ed25519, PKCS #8, PEM, readable by its owner only. */
export const TERMINAL_KEY_FILE = 'terminal-key.pem'

/** The key by which a terminal signs what others are to believe. */
export interface TerminalKey {
  /** Public half, SPKI, PEM. */
  publicPem: string
  /** SHA-256 of the public half's DER, hexadecimal: by it people tell keys from each other. */
  fingerprint: string
  /** Signature of bytes (RFC 8032), 64 bytes. */
  sign(bytes: Uint8Array): Buffer
}

const keyIn = (path: string): KeyObject | undefined => {
  let pem: string
  try {
    pem = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  const key = createPrivateKey(pem)
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`${path} is no Ed25519 key`)
  return key
}

/** The key of this terminal, made at its first use. Throws an Error if the file is there and no such key, or cannot be made. */
export const terminalKey = (stateDir: string): TerminalKey => {
  const path = join(stateDir, TERMINAL_KEY_FILE)
  let key = keyIn(path)
  if (!key) {
    const made = generateKeyPairSync('ed25519')
    writePrivate(path, String(made.privateKey.export({ format: 'pem', type: 'pkcs8' })))
    // Somebody else may have made one at the same time; what is in the file counts.
    key = keyIn(path) ?? made.privateKey
  }
  const own = key
  const half = createPublicKey(own)
  return {
    publicPem: String(half.export({ format: 'pem', type: 'spki' })),
    fingerprint: createHash('sha256').update(half.export({ format: 'der', type: 'spki' })).digest('hex'),
    sign: (bytes) => sign(null, bytes, own),
  }
}
