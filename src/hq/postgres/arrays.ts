// Arrays as parameters in PostgreSQL's binary format (array_recv in src/backend/utils/adt/arrayfuncs.c): as text, every quote of a
// report's JSON would have to be escaped here and unescaped there.
// 00 00 00 01  dimensions   00 00 00 01  may hold nulls   00 00 00 19  OID of the elements   00 00 00 02  length   00 00 00 01  first index
// then per element its length, or ff ff ff ff for null, and its bytes.
import { plain } from '../plain.ts'

const OID = { bytea: 17, int8: 20, text: 25, float8: 701, uuid: 2950 } as const
const HEAD = 20

type Write<T> = (into: Buffer, at: number, value: T) => void

const array = <T>(oid: number, values: readonly (T | null)[], sizeOf: (value: T) => number, write: Write<T>): Buffer => {
  const sizes = values.map((v) => (v === null ? -1 : sizeOf(v)))
  const bytes = Buffer.allocUnsafe(sizes.reduce((sum, n) => sum + 4 + Math.max(n, 0), HEAD))
  bytes.writeInt32BE(1, 0)
  bytes.writeInt32BE(1, 4)
  bytes.writeInt32BE(oid, 8)
  bytes.writeInt32BE(values.length, 12)
  bytes.writeInt32BE(1, 16)
  let at = HEAD
  for (const [i, value] of values.entries()) {
    const size = sizes[i] ?? -1
    bytes.writeInt32BE(size, at)
    at += 4
    if (value === null) continue
    write(bytes, at, value)
    at += size
  }
  return bytes
}

/** text[]; what text cannot hold is replaced. */
export const texts = (values: readonly (string | null)[]): Buffer =>
  array(OID.text, values.map((v) => (v === null ? null : plain(v))), (v) => Buffer.byteLength(v), (into, at, v) => into.write(v, at))

/** uuid[] of UUIDs with their hyphens. */
export const uuids = (values: readonly string[]): Buffer => array(OID.uuid, values, () => 16, (into, at, v) => into.write(v.replaceAll('-', ''), at, 'hex'))

/** bigint[] of whole numbers within 2^53. */
export const bigints = (values: readonly (number | null)[]): Buffer =>
  array(OID.int8, values, () => 8, (into, at, v) => {
    const high = Math.floor(v / 0x1_0000_0000)
    into.writeInt32BE(high, at)
    into.writeUInt32BE(v - high * 0x1_0000_0000, at + 4)
  })

/** double precision[]. */
export const doubles = (values: readonly number[]): Buffer => array(OID.float8, values, () => 8, (into, at, v) => into.writeDoubleBE(v, at))

/** bytea[]. */
export const blobs = (values: readonly Uint8Array[]): Buffer => array(OID.bytea, values, (v) => v.length, (into, at, v) => into.set(v, at))
