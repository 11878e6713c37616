import { hash, randomBytes } from 'node:crypto'
import type { EnrolledTerminal, Store } from './store.ts'

/** SHA-256 of a token, hex: all that HQ keeps of one. Tokens carry 256 random bits, so a fast hash is enough. */
export const hashOf = (token: string): string => hash('sha256', token)

/** A new token: a prefix that says what it is for, so that a secret scanner knows it, and 256 random bits. */
export const newToken = (prefix: 'pe' | 'pt' | 'po' | 'pa'): string => `${prefix}_${randomBytes(32).toString('base64url')}`

/** Milliseconds for which a looked-up token is believed without asking the store: how long another HQ process takes to notice a revocation. */
const BELIEVED_MS = 30_000
const MOST_CACHED = 200_000

/** Which terminal a token belongs to, and what is known of how it enrolled. */
export interface Credentials {
  /** Undefined if the token is nobody's; rejects with the store's error. */
  terminalOf(token: string): EnrolledTerminal | undefined | Promise<EnrolledTerminal | undefined>
  /** Forgets what is cached of a terminal, so that a change holds at once. */
  forget(terminalId: string): void
}

/** Looks tokens up by their hashes, and remembers those that it found. */
export const credentials = (store: Store, mono: () => number = () => performance.now()): Credentials => {
  const cache = new Map<string, { terminal: EnrolledTerminal; until: number }>()
  const look = async (digest: string): Promise<EnrolledTerminal | undefined> => {
    const terminal = await store.terminalOfToken(digest)
    if (terminal === undefined) {
      cache.delete(digest)
      return undefined
    }
    if (cache.size >= MOST_CACHED) cache.clear()
    cache.set(digest, { terminal, until: mono() + BELIEVED_MS })
    return terminal
  }
  return {
    terminalOf: (token) => {
      const digest = hashOf(token)
      const known = cache.get(digest)
      return known !== undefined && known.until > mono() ? known.terminal : look(digest)
    },
    forget: (terminalId) => {
      for (const [digest, known] of cache) {
        if (known.terminal.terminalId === terminalId) cache.delete(digest)
      }
    },
  }
}
