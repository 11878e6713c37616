import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto'
import { ENROLMENT_TYPE, enrolmentProof, SIGNATURE_TYPE, type TerminalKey, type TerminalPolicy } from '../../model/access.ts'
import { ProblemError } from '../problems.ts'

/** Name of a key: its thumbprint, RFC 7638. */
export const thumbprint = ({ crv, kty, x }: TerminalKey): string => hash('sha256', JSON.stringify({ crv, kty, x }), 'base64url')

const keys = new WeakMap<TerminalKey, KeyObject>()

const keyObject = (key: TerminalKey): KeyObject => {
  const known = keys.get(key)
  if (known !== undefined) return known
  const made = createPublicKey({ key: { ...key }, format: 'jwk' })
  keys.set(key, made)
  return made
}

/** Header and signature of a compact JWS with detached payload (RFC 7515, appendix F): `header..signature`, base64url. */
const JWS = /^([A-Za-z0-9_-]{1,400})\.\.([A-Za-z0-9_-]{86})$/

const headerOf = (encoded: string): unknown => {
  try {
    return JSON.parse(Buffer.from(encoded, 'base64url').toString())
  } catch {
    // Not JSON: then it says nothing that could be accepted.
    return undefined
  }
}

/** Nothing but what terminals send is accepted: neither another algorithm, nor a signature that was made for something else, nor extensions (`crit`). */
const isOurs = (header: unknown, kid: string, type: string): boolean =>
  typeof header === 'object' && header !== null && 'alg' in header && header.alg === 'Ed25519' && 'typ' in header && header.typ === type && 'kid' in header && header.kid === kid && !('crit' in header) && !('b64' in header)

const verified = (key: KeyObject, input: Buffer, signature: Buffer): Promise<boolean> =>
  new Promise((resolve, reject) => verify(null, input, key, signature, (error, good) => (error === null ? resolve(good) : reject(error))))

const REASONS = {
  unsigned: 'this HQ takes only signed reports, and this terminal has no key; update its agent, or enrol it again',
  'signature-missing': 'this terminal has a key, and the reports are not signed with it',
  'signature-form': 'the signature is not in the form that terminals send, or was made with another key; enrol the terminal again if its state was lost',
  'signature-wrong': 'the reports are not those that were signed: something on the way, or somebody, has changed them',
} as const

const refused = (reason: keyof typeof REASONS): ProblemError => new ProblemError(403, reason, REASONS[reason])

/** What is wrong with a signature for this purpose over a body; undefined if nothing is. */
const wrongWith = async (signature: string, body: Buffer, key: TerminalKey, type: string): Promise<'signature-form' | 'signature-wrong' | undefined> => {
  const [, header = '', value = ''] = JWS.exec(signature) ?? []
  if (header === '' || !isOurs(headerOf(header), thumbprint(key), type)) return 'signature-form'
  return (await verified(keyObject(key), Buffer.from(`${header}.${body.toString('base64url')}`), Buffer.from(value, 'base64url'))) ? undefined : 'signature-wrong'
}

/**
 * Checks the signature over a body against the key of the terminal that sent it. Answers the name of the key, or undefined for a
 * terminal without one where the policy takes unsigned reports; rejects with a ProblemError (403) whose slug is the reason.
 */
export const signedBy = async (signature: string | undefined, body: Buffer, key: TerminalKey | undefined, unsigned: TerminalPolicy['unsigned']): Promise<string | undefined> => {
  if (key === undefined) {
    if (unsigned === 'refuse') throw refused('unsigned')
    return undefined
  }
  if (signature === undefined) throw refused('signature-missing')
  const wrong = await wrongWith(signature, body, key, SIGNATURE_TYPE)
  if (wrong !== undefined) throw refused(wrong)
  return thumbprint(key)
}

/** True if whoever asks to enrol a terminal holds the key that it is to have. */
export const holdsKey = async (signature: string, token: string, terminalId: string, key: TerminalKey): Promise<boolean> =>
  (await wrongWith(signature, Buffer.from(enrolmentProof(token, terminalId)), key, ENROLMENT_TYPE)) === undefined
