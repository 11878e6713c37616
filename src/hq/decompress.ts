import { promisify } from 'node:util'
import { constants, gunzip, gunzipSync, zstdDecompress, zstdDecompressSync } from 'node:zlib'
import { BATCH_LIMITS } from '../model/wire.ts'
import { ProblemError } from './problems.ts'

/** Output up to this size is made at once; more is made off the event loop, so that nobody waits for a large or hostile batch. */
const AT_ONCE_BYTES = 256 * 1024

const ZSTD = { params: { [constants.ZSTD_d_windowLogMax]: 24 } }

const CODECS = {
  gzip: {
    now: (body: Uint8Array, maxOutputLength: number): Buffer => gunzipSync(body, { maxOutputLength }),
    later: promisify<Uint8Array, { maxOutputLength: number }, Buffer>(gunzip),
  },
  zstd: {
    now: (body: Uint8Array, maxOutputLength: number): Buffer => zstdDecompressSync(body, { ...ZSTD, maxOutputLength }),
    later: (body: Uint8Array, options: { maxOutputLength: number }) => promisify<Uint8Array, object, Buffer>(zstdDecompress)(body, { ...ZSTD, ...options }),
  },
}

const tooLarge = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'

const problem = (error: unknown, encoding: string): ProblemError =>
  tooLarge(error)
    ? new ProblemError(413, 'body-too-large', `decompressed, the body is larger than ${BATCH_LIMITS.bytes} bytes; send fewer reports at a time`)
    : new ProblemError(400, 'not-compressed', `the body is not ${encoding}, though Content-Encoding says so`)

/** A body as it was before compression. Throws a ProblemError: 413 beyond BATCH_LIMITS.bytes, 400 if it is damaged, 415 for another encoding. */
export const decompress = (body: Buffer, encoding: string | undefined): Buffer | Promise<Buffer> => {
  if (encoding === undefined || encoding === 'identity') {
    return body
  }
  if (encoding !== 'gzip' && encoding !== 'zstd') throw new ProblemError(415, 'content-encoding', 'the body may be compressed with zstd or gzip, or not at all')
  const codec = CODECS[encoding]
  try {
    return codec.now(body, AT_ONCE_BYTES)
  } catch (error) {
    if (!tooLarge(error)) throw problem(error, encoding)
  }
  return codec.later(body, { maxOutputLength: BATCH_LIMITS.bytes }).catch((error: unknown) => {
    throw problem(error, encoding)
  })
}
