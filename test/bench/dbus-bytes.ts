import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import type { Wire } from '../../src/bench/dbus-wire.ts'

/** A value with its type as a signature; a variant holds another one. */
export type Typed =
  | { type: string; basic: number | bigint | boolean | string }
  | { type: string; array: Typed[] }
  | { type: string; parts: Typed[] }
  | { type: 'v'; holds: Typed }

const SIZES: Readonly<Record<string, number>> = { y: 1, g: 1, v: 1, n: 2, q: 2, x: 8, t: 8, d: 8, '(': 8, '{': 8 }

const alignment = (type: string): number => SIZES[type[0] ?? ''] ?? 4

/** Writes values into bytes by the rules of the specification; `little` is the byte order. */
const writer = (little: boolean) => {
  const bytes: number[] = []
  const pad = (to: number): void => { while (bytes.length % to !== 0) bytes.push(0) }
  const number = (size: number, set: (view: DataView) => void): void => {
    pad(size)
    const part = new Uint8Array(size)
    set(new DataView(part.buffer))
    bytes.push(...part)
  }
  const u32 = (value: number): void => number(4, (view) => view.setUint32(0, value, little))
  const basic = (type: string, value: number | bigint | boolean | string): void => {
    if (typeof value === 'string') {
      const text = Buffer.from(value)
      if (type === 'g') bytes.push(text.length)
      else u32(text.length)
      bytes.push(...text, 0)
    } else if (typeof value === 'boolean') u32(value ? 1 : 0)
    else if (type === 'x') number(8, (view) => view.setBigInt64(0, BigInt(value), little))
    else if (type === 't') number(8, (view) => view.setBigUint64(0, BigInt(value), little))
    else if (type === 'd') number(8, (view) => view.setFloat64(0, Number(value), little))
    else if (type === 'y') bytes.push(Number(value))
    else if (type === 'n') number(2, (view) => view.setInt16(0, Number(value), little))
    else if (type === 'q') number(2, (view) => view.setUint16(0, Number(value), little))
    else if (type === 'i') number(4, (view) => view.setInt32(0, Number(value), little))
    else u32(Number(value))
  }
  const write = (value: Typed): void => {
    if ('basic' in value) basic(value.type, value.basic)
    else if ('holds' in value) {
      basic('g', value.holds.type)
      write(value.holds)
    } else if ('parts' in value) {
      pad(8)
      value.parts.forEach(write)
    } else {
      u32(0)
      const length = bytes.length - 4
      pad(alignment(value.type.slice(1)))
      const from = bytes.length
      value.array.forEach(write)
      const size = new Uint8Array(4)
      new DataView(size.buffer).setUint32(0, bytes.length - from, little)
      bytes.splice(length, 4, ...size)
    }
  }
  return { write, pad, bytes }
}

/** One basic value. */
export const basic = (type: string, value: number | bigint | boolean | string): Typed => ({ type, basic: value })

/** A whole message: kind 2 is an answer, 3 an error, 4 a signal. */
export const messageBytes = ({ kind = 2, to = 1, error, body = [], little = true }: { kind?: number; to?: number; error?: string; body?: readonly Typed[]; little?: boolean }): Uint8Array => {
  const inner = writer(little)
  body.forEach(inner.write)
  const field = (code: number, holds: Typed): Typed => ({ type: '(yv)', parts: [basic('y', code), { type: 'v', holds }] })
  const signature = body.map(({ type }) => type).join('')
  const head = writer(little)
  for (const value of [basic('y', little ? 0x6c : 0x42), basic('y', kind), basic('y', 1), basic('y', 1), basic('u', inner.bytes.length), basic('u', 9)]) head.write(value)
  head.write({ type: 'a(yv)', array: [field(5, basic('u', to)), field(7, basic('s', ':1.1')), ...(error === undefined ? [] : [field(4, basic('s', error))]), ...(signature === '' ? [] : [field(8, basic('g', signature))])] })
  head.pad(8)
  return Uint8Array.from([...head.bytes, ...inner.bytes])
}

/** What reading a value should give. */
export const plain = (value: Typed): Wire => {
  if ('basic' in value) return value.basic
  if ('holds' in value) return plain(value.holds)
  return ('parts' in value ? value.parts : value.array).map(plain)
}

const letter = fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.replaceAll('\0', '').toWellFormed())

const BASIC = fc.oneof(
  fc.nat(255).map((n) => basic('y', n)),
  fc.boolean().map((is) => basic('b', is)),
  fc.integer({ min: -32768, max: 32767 }).map((n) => basic('n', n)),
  fc.nat(65535).map((n) => basic('q', n)),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map((n) => basic('i', n)),
  fc.nat(2 ** 32 - 1).map((n) => basic('u', n)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((n) => basic('x', n)),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((n) => basic('t', n)),
  fc.double({ noNaN: true }).map((n) => basic('d', n)),
  letter.map((text) => basic('s', text)),
  letter.map((text) => basic('o', `/${text}`)),
  fc.constantFrom('', 's', 'a{sv}').map((text) => basic('g', text)),
)

/** Any value, variants, arrays, structs and dictionaries of them. */
export const TYPED: fc.Arbitrary<Typed> = fc.letrec<{ value: Typed }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    BASIC,
    tie('value').map((holds): Typed => ({ type: 'v', holds })),
    // Every element of an array is of one type: the same value some times, or none.
    fc.tuple(tie('value'), fc.nat(3)).map(([one, times]): Typed => ({ type: `a${one.type}`, array: Array.from({ length: times }, () => one) })),
    fc.array(tie('value'), { minLength: 1, maxLength: 3 }).map((parts): Typed => ({ type: `(${parts.map(({ type }) => type).join('')})`, parts })),
    fc.tuple(letter, tie('value')).map(([key, holds]): Typed => ({ type: `a{s${holds.type}}`, array: [{ type: `{s${holds.type}}`, parts: [basic('s', key), holds] }] })),
  ),
})).value

/** Something that listens where the system bus would. */
export interface ByteBus {
  address: string
  /** What was written to it, as text. */
  got(): string
  stop(): Promise<void>
}

/** Starts it; `answer` is called with everything that one connection has sent so far, each time more comes. */
export const byteBus = async (answer: (got: Buffer, socket: Socket) => void): Promise<ByteBus> => {
  const folder = await mkdtemp(join(tmpdir(), 'posdiag-bytes-'))
  const sockets = new Set<Socket>()
  let all = Buffer.alloc(0)
  const server = createServer((socket) => {
    sockets.add(socket)
    all = Buffer.alloc(0)
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => {
      all = Buffer.concat([all, chunk])
      answer(all, socket)
    })
  })
  server.listen(join(folder, 'bus'))
  await once(server, 'listening')
  return {
    address: `unix:path=${join(folder, 'bus')}`,
    got: () => all.toString('latin1'),
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
