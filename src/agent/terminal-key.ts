import { createPublicKey, hash, sign } from 'node:crypto'
import { join } from 'node:path'
import { type ENROLMENT_TYPE, type SIGNATURE_TYPE, TerminalKey } from '../model/access.ts'
import { keyFile } from './key-file.ts'

/** Name of the terminal's private key in the state folder: Ed25519, PKCS #8, PEM, readable by its owner only. */
export const TERMINAL_KEY_FILE = 'terminal-key.pem'

/** The key by which this terminal signs what others are to believe: its uploads and its evidence. */
export interface OwnKey {
  /** Public half, as HQ is given it. */
  public: TerminalKey
  /** Public half, SPKI, PEM. */
  publicPem: string
  /** SHA-256 of the public half's DER, hexadecimal: by it people tell keys from each other. */
  fingerprint: string
  /** Signature of bytes (RFC 8032), 64 bytes. */
  sign(bytes: Uint8Array): Buffer
  /** A compact JWS (RFC 7515, Ed25519 of RFC 9864) with detached payload over the UTF-8 of a body; `type` says what it is for, and serves nothing else. */
  signBody(body: string, type: typeof SIGNATURE_TYPE | typeof ENROLMENT_TYPE): string
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** The key of this terminal, made at its first use. Throws an Error if the file is there and no such key, or cannot be made. */
export const terminalKey = (stateDir: string): OwnKey => {
  const { key: own } = keyFile(join(stateDir, TERMINAL_KEY_FILE), 'remove it, and another will be made, which HQ has to be told to accept')
  const half = createPublicKey(own)
  const known = TerminalKey.parse(half.export({ format: 'jwk' }))
  const kid = hash('sha256', JSON.stringify({ crv: known.crv, kty: known.kty, x: known.x }), 'base64url')
  return {
    public: known,
    publicPem: String(half.export({ format: 'pem', type: 'spki' })),
    fingerprint: hash('sha256', half.export({ format: 'der', type: 'spki' }), 'hex'),
    sign: (bytes) => sign(null, bytes, own),
    signBody: (body, type) => {
      const header = encoded({ alg: 'Ed25519', typ: type, kid })
      return `${header}..${sign(null, Buffer.from(`${header}.${Buffer.from(body).toString('base64url')}`), own).toString('base64url')}`
    },
  }
}
