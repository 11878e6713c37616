import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'

/** JSON with the keys of every object sorted and no blanks, so that the same value always gives the same bytes. */
export const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).filter(([, v]) => v !== undefined).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, v]) => `${JSON.stringify(key)}:${canonical(v)}`).join(',')}}`
}

/** Ed25519 signature (RFC 8032) of a value's canonical JSON, in base64. `key` is a private key in PEM. Throws for another kind of key. */
export const signed = (value: unknown, key: string): string => sign(null, Buffer.from(canonical(value)), createPrivateKey(key)).toString('base64')

/** True if the signature is that of the holder of this public key (PEM) over this value. Throws if the key cannot be read. */
export const isSigned = (value: unknown, signature: string, key: string): boolean => {
  const publicKey = createPublicKey(key)
  return publicKey.asymmetricKeyType === 'ed25519' && verify(null, Buffer.from(canonical(value)), publicKey, Buffer.from(signature, 'base64'))
}
