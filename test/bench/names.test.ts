import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { realBench } from '../../src/bench/real.ts'
import type { Bench } from '../../src/model/bench.ts'
import { absenceOf, failureOf, lent } from './lent.ts'

const running: { stop(): unknown }[] = []
const bench = (): Bench => {
  const one = lent(realBench({ paths: { proc: '/proc', sys: '/sys' } }))
  running.push({ stop: () => one.lease.release() })
  return one.bench
}

afterEach(async () => {
  await Promise.all(running.splice(0).map(({ stop }) => stop()))
})

/** Answers datagrams with what `reply` makes of them; undefined is silence. Gives the port. */
const udpServer = async (reply: (question: Buffer) => Buffer | undefined): Promise<number> => {
  const socket = createSocket('udp4')
  socket.on('message', (question, from) => {
    const answer = reply(question)
    if (answer) socket.send(answer, from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  running.push({ stop: () => socket.close() })
  return socket.address().port
}

const RECORDS: Record<number, Buffer> = { 1: Buffer.from([192, 0, 2, 7]), 28: Buffer.from('20010db8000000000000000000000007', 'hex') }

/** A DNS answer (RFC 1035, 4.1): the question repeated, this response code, and one record if there is one of its type. */
const dnsAnswer = (question: Buffer, code: number, types: readonly number[]): Buffer => {
  const end = question.indexOf(0, 12) + 5
  const type = question.readUInt16BE(end - 4)
  const record = types.includes(type) ? RECORDS[type] : undefined
  const head = Buffer.from(question.subarray(0, 12))
  head.writeUInt16BE(0x8180 | code, 2)
  head.writeUInt16BE(record ? 1 : 0, 6)
  head.writeUInt16BE(0, 10)
  const fixed = Buffer.from([0xc0, 0x0c, 0, type, 0, 1, 0, 0, 0, 60, 0, record?.length ?? 0])
  return Buffer.concat([head, question.subarray(12, end), ...(record ? [fixed, record] : [])])
}

describe('asking one name server', () => {
  it('gives both kinds of address, and is content with one', async () => {
    const both = await udpServer((q) => dnsAnswer(q, 0, [1, 28]))
    const six = await udpServer((q) => dnsAnswer(q, 0, [28]))
    expect((await bench().net.resolve('pay.example', `127.0.0.1:${both}`)).addresses).toEqual(['192.0.2.7', '2001:db8::7'])
    expect((await bench().net.resolve('pay.example', `127.0.0.1:${six}`)).addresses).toEqual(['2001:db8::7'])
  })

  it.each([['no such name', 3, 'refused'], ['no address', 0, 'refused'], ['server failure', 2, 'refused'], ['refusal', 5, 'refused']])('tells %s', async (_what, code, absence) => {
    const port = await udpServer((q) => dnsAnswer(q, code, []))
    expect(await absenceOf(bench().net.resolve('pay.example', `127.0.0.1:${port}`))).toBe(absence)
  })

  it('is silent when it is, and missing when nobody listens', async () => {
    const mute = await udpServer(() => undefined)
    expect(await absenceOf(bench().net.resolve('pay.example', `127.0.0.1:${mute}`))).toBe('silent')
    const gone = createSocket('udp4').bind(0, '127.0.0.1')
    await once(gone, 'listening')
    const { port } = gone.address()
    gone.close()
    expect(await absenceOf(bench().net.resolve('pay.example', `127.0.0.1:${port}`))).toBe('missing')
    expect(await failureOf(bench().net.resolve('pay.example', 'not an address'))).toMatchObject({ absence: 'missing', detail: expect.stringContaining('not an address') })
  })
})

describe('a question', () => {
  it('that several ask at once is put once, and one asked later anew: the server may have died', async () => {
    let questions = 0
    let alive = true
    const port = await udpServer((q) => {
      questions += 1
      return alive ? dnsAnswer(q, 0, [1, 28]) : undefined
    })
    const ask = () => bench().net.resolve('pay.example', `127.0.0.1:${port}`)
    const [one, other] = await Promise.all([ask(), ask()])
    expect(other).toEqual(one)
    expect(questions).toBe(2)
    await ask()
    expect(questions).toBe(4)
    alive = false
    expect(await absenceOf(ask())).toBe('silent')
  })
})

describe('asking the system', () => {
  it('knows localhost', async () => {
    expect((await bench().net.lookup('localhost')).addresses).toContain('127.0.0.1')
  })

  it('knows the own addresses', async () => {
    expect(await bench().net.addresses()).toContainEqual({ interface: 'lo', address: '127.0.0.1', family: 4, prefix: 8 })
  })
})

describe('a datagram', () => {
  it('brings the first answer back', async () => {
    const port = await udpServer((q) => Buffer.from(q.toReversed()))
    expect((await bench().net.datagram('127.0.0.1', port, Uint8Array.of(1, 2, 3), 2000)).bytes).toEqual(Uint8Array.of(3, 2, 1))
  })

  it('is silent or refused', async () => {
    const mute = await udpServer(() => undefined)
    expect(await absenceOf(bench().net.datagram('127.0.0.1', mute, Uint8Array.of(1), 30))).toBe('silent')
    const gone = createSocket('udp4').bind(0, '127.0.0.1')
    await once(gone, 'listening')
    const { port } = gone.address()
    gone.close()
    expect(await absenceOf(bench().net.datagram('127.0.0.1', port, Uint8Array.of(1), 2000))).toBe('refused')
  })
})
