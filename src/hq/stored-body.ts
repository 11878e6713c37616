import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

const PLAIN = 0
const ZSTD = 1

/** Bodies from this size on (bytes) are compressed: a report with a fault entry shrinks to a fifth for 0.1 ms, one of 2 KB gains little. */
const COMPRESS_FROM = 4096

/** A body as it is kept: `encoding` 0 as it is, 1 compressed with zstd. */
export interface StoredBody { encoding: number; body: Uint8Array }

/** A report's body as stores keep it. */
export const storedBody = (body: Uint8Array): StoredBody =>
  body.length < COMPRESS_FROM ? { encoding: PLAIN, body } : { encoding: ZSTD, body: zstdCompressSync(body, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }) }

/** The body as JSON text. */
export const bodyText = ({ encoding, body }: StoredBody): string =>
  Buffer.from(encoding === ZSTD ? zstdDecompressSync(body, { maxOutputLength: 64 << 20 }) : body).toString()
