import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isSigned } from '../guard/signature.ts'
import { PACK_BYTES, Pack, type PackBody } from '../model/pack.ts'
import { writePrivate } from './private-file.ts'

/** Names in the state folder: the pack in use, and the public key (Ed25519, PEM) that packs must be signed by. Without a key none is believed. */
export const PACK_FILE = 'pack.json'
export const PACK_KEY_FILE = 'pack-key.pem'

/** A pack, or why it is not believed (English). */
export type PackRead = { pack: PackBody } | { unbelieved: string }

/** Reads a pack's text: its shape and its signature. */
export const readPack = (text: string, publicKey: string): PackRead => {
  if (Buffer.byteLength(text) > PACK_BYTES) return { unbelieved: `it is longer than ${PACK_BYTES} bytes` }
  try {
    const read = Pack.safeParse(JSON.parse(text))
    if (!read.success) return { unbelieved: `it is no pack of a version known here: ${read.error.issues[0]?.path.map(String).join('.') ?? ''}` }
    return isSigned(read.data.body, read.data.signature, publicKey) ? { pack: read.data.body } : { unbelieved: 'its signature is not that of the key in the state folder' }
  } catch (error) {
    return { unbelieved: error instanceof Error ? error.message : String(error) }
  }
}

const textOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** The key in a state folder that packs must be signed by, PEM; undefined if there is none yet. Throws if it is there and cannot be read. */
export const packKeyIn = (stateDir: string): string | undefined => textOf(join(stateDir, PACK_KEY_FILE))

/** The pack of a state folder; undefined if there is none, and the built-in catalogue then stands as it is. */
export const packIn = (stateDir: string): PackRead | undefined => {
  try {
    const text = textOf(join(stateDir, PACK_FILE))
    if (text === undefined) return undefined
    const publicKey = packKeyIn(stateDir)
    return publicKey === undefined ? { unbelieved: `there is no ${PACK_KEY_FILE} to check it by` } : readPack(text, publicKey)
  } catch (error) {
    return { unbelieved: error instanceof Error ? error.message : String(error) }
  }
}

/** Takes a pack into the state folder if it is believed and newer than the one there. Throws if the folder cannot be written. */
export const takePack = (stateDir: string, text: string): PackRead => {
  const publicKey = packKeyIn(stateDir)
  if (publicKey === undefined) return { unbelieved: `there is no ${PACK_KEY_FILE} to check it by` }
  const read = readPack(text, publicKey)
  if ('unbelieved' in read) return read
  const known = packIn(stateDir)
  if (known && 'pack' in known && known.pack.sequence >= read.pack.sequence) return { unbelieved: `number ${known.pack.sequence} is in use, which is not older than number ${read.pack.sequence}` }
  writePrivate(join(stateDir, PACK_FILE), text)
  return read
}
