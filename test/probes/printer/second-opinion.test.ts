import { print } from 'receiptio'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { type PortDevice, startTcpDevice } from '../../../fixtures/standins/port.ts'
import { printer } from '../../../probes/printer/probe.ts'
import { realBench } from '../../../src/bench/real.ts'
import { device, lookOver, type OneLook } from '../looking.ts'
import { dialogue } from '../play.ts'

/** receiptio knows no other port; every printer has a loopback address of its own instead. */
const PORT = 9100
let printers = 0
const started: PortDevice[] = []
afterAll(() => Promise.all(started.map((one) => one.stop())))

const plug = async (text: string): Promise<string> => {
  printers += 1
  const host = `127.91.${process.pid % 250}.${printers}`
  started.push(await startTcpDevice(text, PORT, host))
  return host
}

const lend = realBench({ paths: { proc: '/proc', sys: '/sys' } })

/** Ours, as receiptio would put it: it names one thing, the first that must be dealt with. */
const inItsWords = ({ seen }: OneLook): string => {
  if (seen['printer.port'] !== true) return 'disconnect'
  if (seen['printer.answers'] !== true) return 'offline'
  if (seen['printer.cover-open'] === true) return 'coveropen'
  if (seen['printer.paper-end'] === true || seen['printer.paper-stop'] === true) return 'paperempty'
  return seen['printer.error'] === true || seen['printer.black-mark-error'] === true ? 'error' : 'online'
}

type Dialect = 'esc-pos' | 'star'

/** Asks a printer ourselves, then lets receiptio ask the same one. */
const both = async (text: string, dialect: Dialect): Promise<{ looked: OneLook; ours: string; theirs: string }> => {
  const host = await plug(text)
  const looked = await lookOver(lend, printer, device('printer', { type: 'tcp', host, port: PORT }, { dialect, identity: false }))
  return { looked, ours: inItsWords(looked), theirs: await print('', `-d ${host} -p ${dialect === 'star' ? 'star' : 'escpos'} -q`) }
}

const hexOf = (byte: number): string => byte.toString(16).padStart(2, '0')

/** An ESC/POS printer by its four status bytes. */
const escPos = (...bytes: readonly [number, number, number, number]): string => bytes.map((byte, i) => `> 10 04 0${i + 1}\n< ${hexOf(byte)}\n`).join('')

/** A Star printer by bytes 3 to 7 of its status block. */
const star = (...bytes: readonly [number, number, number, number, number]): string => {
  const [, error = 0, more = 0, paper = 0] = bytes
  const end = (paper & 0x08) !== 0
  const other = ((bytes[0] & 0x20) | error | more) !== 0
  return `> 04\n< ${hexOf(0x10 | (paper & 0x08) | (paper & 0x04) | ((paper & 0x02) << 4))}\n> 05\n< ${hexOf(0x20 | (end ? 0x08 : 0) | (other ? 0x04 : 0))}\n> 1b 06 01\n< 23 06 ${bytes.map(hexOf).join(' ')} 00 00\n`
}

describe('receiptio and this program, asked for the state of the same printer, say the same', () => {
  it.concurrent.each([
    ['healthy', escPos(0x12, 0x12, 0x12, 0x12), 'online', []],
    ['paper near its end: it prints', escPos(0x12, 0x12, 0x12, 0x1e), 'online', ['printer.paper-low']],
    ['no paper', escPos(0x1a, 0x32, 0x12, 0x7e), 'paperempty', ['printer.offline', 'printer.paper-end', 'printer.paper-low']],
    ['cover open', escPos(0x1a, 0x16, 0x12, 0x12), 'coveropen', ['printer.cover-open', 'printer.offline']],
    ['cover open and no paper', escPos(0x1a, 0x36, 0x12, 0x7e), 'coveropen', ['printer.cover-open', 'printer.offline']],
    ['cutter stuck', escPos(0x1a, 0x52, 0x1a, 0x12), 'error', ['printer.cutter-error', 'printer.offline']],
    ['head too hot', escPos(0x1a, 0x52, 0x52, 0x12), 'error', ['printer.head-hot', 'printer.offline']],
    ['hardware failed', escPos(0x1a, 0x52, 0x32, 0x12), 'error', ['printer.hardware-error', 'printer.offline']],
  ])('ESC/POS, %s', async (_, text, words, symptoms) => {
    const { looked, ours, theirs } = await both(text, 'esc-pos')
    expect({ ours, theirs }).toEqual({ ours: words, theirs: words })
    expect([...looked.present].sort()).toEqual(symptoms)
  })

  it.concurrent.each([
    ['healthy', star(0, 0, 0, 0, 0), 'online', []],
    ['paper near its end: it prints', star(0, 0, 0, 0x04, 0), 'online', ['printer.paper-low']],
    ['no paper', star(0x08, 0, 0, 0x08, 0), 'paperempty', ['printer.offline', 'printer.paper-end']],
    ['cover open', star(0x28, 0, 0, 0, 0), 'coveropen', ['printer.cover-open', 'printer.offline']],
    ['cutter stuck', star(0x08, 0x08, 0, 0, 0), 'error', ['printer.cutter-error', 'printer.offline']],
    ['mechanical error', star(0x08, 0x04, 0, 0, 0), 'error', ['printer.mechanical-error', 'printer.offline']],
    ['hardware failed', star(0x08, 0x20, 0, 0, 0), 'error', ['printer.hardware-error', 'printer.offline']],
    ['black mark not found', star(0x08, 0, 0x08, 0, 0), 'error', ['printer.black-mark', 'printer.offline']],
  ])('Star, %s', async (_, text, words, symptoms) => {
    const { looked, ours, theirs } = await both(text, 'star')
    expect({ ours, theirs }).toEqual({ ours: words, theirs: words })
    expect([...looked.present].sort()).toEqual(symptoms)
  })

  it.concurrent.each(['cover-open', 'paper-out', 'cutter-error', 'mechanical-error', 'hardware-error', 'head-hot', 'paper-low', 'drawer-open', 'star-healthy', 'star-cover-open', 'star-cutter-error'])('the recorded dialogue %s', async (name) => {
    const { ours, theirs } = await both(await dialogue(`printer/${name}`), name.startsWith('star') ? 'star' : 'esc-pos')
    expect(theirs).toBe(ours)
  })

  it.concurrent('every combination of the causes of being off-line (DLE EOT 2)', async () => {
    const causes = Array.from({ length: 8 }, (_, i) => (i & 1 ? 0x04 : 0) | (i & 2 ? 0x20 : 0) | (i & 4 ? 0x40 : 0))
    const seen = await Promise.all(causes.map((cause) => both(escPos(cause === 0 ? 0x12 : 0x1a, 0x12 | cause, cause & 0x40 ? 0x1a : 0x12, cause & 0x20 ? 0x7e : 0x12), 'esc-pos')))
    expect(seen.map(({ theirs }) => theirs)).toEqual(seen.map(({ ours }) => ours))
    expect(new Set(seen.map(({ theirs }) => theirs))).toEqual(new Set(['online', 'coveropen', 'paperempty', 'error']))
  }, 20_000)

  it.concurrent('nobody listens', async () => {
    const host = `127.91.${process.pid % 250}.250`
    const looked = await lookOver(lend, printer, device('printer', { type: 'tcp', host, port: PORT }, { dialect: 'esc-pos' }))
    expect(looked.present).toEqual(['printer.unreachable'])
    expect([inItsWords(looked), await print('', `-d ${host} -p escpos -q`)]).toEqual(['disconnect', 'disconnect'])
  })

  describe('where nothing is answered', () => {
    afterEach(() => { vi.useRealTimers() })

    it('it waits twelve seconds and calls it off-line; here it is silent, which is another thing', async () => {
      const host = await plug('> 10 04 01\n! silence\n')
      const looked = await lookOver(lend, printer, device('printer', { type: 'tcp', host, port: PORT }, { dialect: 'esc-pos', identity: false }))
      expect(looked.present).toEqual(['printer.silent'])
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
      let theirs: string | undefined
      const asked = print('', `-d ${host} -p escpos -q`).then((said) => { theirs = said })
      while (vi.getTimerCount() === 0) await new Promise((resolve) => setImmediate(resolve))
      await vi.advanceTimersByTimeAsync(2000)
      await vi.advanceTimersByTimeAsync(9999)
      expect(theirs).toBeUndefined()
      await vi.advanceTimersByTimeAsync(1)
      await asked
      expect([inItsWords(looked), theirs]).toEqual(['offline', 'offline'])
    })
  })
})

describe('what receiptio does not look at, and this program does', () => {
  it.concurrent.each([
    ['the feed button is held', escPos(0x5a, 0x1a, 0x12, 0x12), 'esc-pos', ['printer.feed-held', 'printer.offline']],
    ['it was switched off-line', star(0x48, 0, 0, 0, 0), 'star', ['printer.offline', 'printer.waiting']],
    ['the head is too hot (Star)', star(0x08, 0x40, 0, 0, 0), 'star', ['printer.head-hot', 'printer.offline']],
  ] as const)('%s', async (_, text, dialect, symptoms) => {
    const { looked, theirs } = await both(text, dialect)
    expect(theirs).toBe('online')
    expect([...looked.present].sort()).toEqual(symptoms)
  })
})
