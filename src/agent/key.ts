import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { SIGNATURE_TYPE, TerminalKey } from '../model/access.ts'
import { writePrivate } from './private-file.ts'

/** This terminal's own key, with which its uploads are signed. */
export interface AgentKey {
  /** What HQ is given of it. */
  public: TerminalKey
  /** A compact JWS (RFC 7515, Ed25519 of RFC 9864) with detached payload over the UTF-8 of a body. */
  sign(body: string): string
}

/** File in the state folder with the private key, a JWK. */
const KEY_FILE = 'key.json'

const StoredKey = z.object({ ...TerminalKey.shape, d: z.string().regex(/^[A-Za-z0-9_-]{43}$/) })
type StoredKey = z.infer<typeof StoredKey>

const stored = (path: string): StoredKey | undefined => {
  try {
    return StoredKey.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data
  } catch {
    // Not there or not ours: then there is no key, and another is made.
    return undefined
  }
}

const made = (path: string): StoredKey => {
  const jwk = StoredKey.parse(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }))
  writePrivate(path, `${JSON.stringify(jwk)}\n`)
  return jwk
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** The key in the state folder; made there (mode 0600) the first time. Throws if it can neither be read nor written. */
export const keyIn = (stateDir: string): AgentKey => {
  const path = join(stateDir, KEY_FILE)
  const { kty, crv, x, d } = stored(path) ?? made(path)
  const key = createPrivateKey({ key: { kty, crv, x, d }, format: 'jwk' })
  // The public half is worked out, so that a file with two halves that do not belong together cannot mislead HQ.
  const known = TerminalKey.parse(createPublicKey(key).export({ format: 'jwk' }))
  const header = encoded({ alg: 'Ed25519', typ: SIGNATURE_TYPE, kid: hash('sha256', JSON.stringify({ crv: known.crv, kty: known.kty, x: known.x }), 'base64url') })
  return {
    public: known,
    sign: (body) => `${header}..${sign(null, Buffer.from(`${header}.${Buffer.from(body).toString('base64url')}`), key).toString('base64url')}`,
  }
}
