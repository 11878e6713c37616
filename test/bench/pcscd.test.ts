import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reader } from '../../probes/reader/probe.ts'
import { realBench } from '../../src/bench/real.ts'
import { replayBench } from '../../src/bench/replay.ts'
import { lookAt } from '../../src/check/observe.ts'
import type { CardSlot, LendBench } from '../../src/model/bench.ts'
import { unhex } from '../../src/model/dialogue.ts'
import { hasValue } from '../../src/model/observation.ts'
import { Device } from '../../src/model/terminal.ts'
import { failureOf, lent } from './lent.ts'
import { noPcscd, type VirtualReaders, virtualReaders } from './virtual-card.ts'

const FCI = Buffer.from('6f2f840e325041592e5359532e4444463031a51dbf0c1a61184f07a0000000031010500a564953412044454249548701019000', 'hex')
const SELECT = '00a404000e315041592e5359532e444446303100'
const SLOT = 'Virtual PCD 00 00'

const real = realBench({ paths: { proc: '/proc', sys: '/sys' } })

/** The real thing, as pcscd of Debian with the virtual reader of vsmartcard. Skipped by name without them; fails in CI. */
describe.skipIf(noPcscd)('pcscd and a virtual reader', () => {
  let readers: VirtualReaders
  beforeAll(async () => {
    readers = await virtualReaders()
    process.env.PCSCLITE_CSOCK_NAME = readers.socket
  })
  afterAll(async () => {
    delete process.env.PCSCLITE_CSOCK_NAME
    await readers?.stop()
  })

  const bench = () => lent(real).bench
  const slot = async (): Promise<CardSlot | undefined> => (await bench().smartcards.slots()).find(({ name }) => name === SLOT)
  /** pcscd asks its virtual reader every 400 ms. */
  const until = async (is: (now: CardSlot | undefined) => boolean): Promise<CardSlot | undefined> => {
    for (let tries = 0; tries < 100; tries++) {
      const now = await slot()
      if (is(now)) return now
      await wait(50)
    }
    return slot()
  }
  const look = async (lend: LendBench) => {
    const device = Device.parse({ id: 'reader-1', kind: 'reader', transport: { type: 'pcsc', reader: 'Virtual PCD' }, settings: { test: true } })
    const looked = await lookAt({ device, probe: reader }, lend, { now: () => 0, mono: () => 0 }, 10_000)
    return { seen: Object.fromEntries(looked.observations.map((o) => [o.name, hasValue(o) ? o.value : `!${o.absent}`])), transcript: looked.transcript.text() }
  }

  it('lists readers without a card at once', async () => {
    expect(await bench().smartcards.slots()).toEqual([{ name: SLOT, card: 'none' }, { name: 'Virtual PCD 00 01', card: 'none' }])
  })

  it.each([
    ['3b 95 13 81 01 80 73 ff 01 00 0b'], ['3b 67 00 00 00 31 c0 65 b0 01 02 03'], ['3f 65 25 08 65 04 6c 90 00'], ['3b 00'], ['3b ff ff ff'], ['3b 95 13 81 01 80 73 ff 01 00 0c'],
  ])('gives the answer to reset byte for byte: %s', async (atr) => {
    const card = await readers.insert(atr)
    expect(await until((now) => now?.card === 'present')).toEqual({ name: SLOT, card: 'present', atr })
    card.pull()
    expect((await until((now) => now?.card === 'none'))?.card).toBe('none')
    expect(card.commands).toEqual([])
  })

  it('a card that does not answer to its reset is no card to pcscd', async () => {
    const card = await readers.insert('')
    for (let tries = 0; tries < 100 && card.resets() < 1; tries++) await wait(50)
    expect(card.resets()).toBeGreaterThan(0)
    expect((await slot())?.card).toBeOneOf(['none', 'mute'])
    card.pull()
  })

  it('looks at a card by one SELECT, keeps of its answer only names of applications, and the transcript replays to the same', async () => {
    const card = await readers.insert('3b 95 13 81 01 80 73 ff 01 00 0b', () => FCI)
    await until((now) => now?.card === 'present')
    const { seen, transcript } = await look(real)
    expect(seen).toMatchObject({ 'reader.service': true, 'reader.slot': 'present', 'reader.atr-valid': true, 'reader.card-answers': true, 'reader.card-status': '9000', 'reader.applications': 'a0000000031010' })
    expect(card.commands).toEqual([SELECT])
    expect(transcript).not.toMatch(/56 ?49 ?53 ?41/)
    expect((await look(replayBench({ 'reader-1': transcript }))).seen).toEqual(seen)
    card.pull()
    await until((now) => now?.card === 'none')
  })

  it('fetches the answer of a T=0 card that only says how long it is', async () => {
    const card = await readers.insert('3f 65 25 08 65 04 6c 90 00', (command) => (command[1] === 0xa4 ? Buffer.from('6133', 'hex') : FCI))
    await until((now) => now?.card === 'present')
    expect(Buffer.from(await bench().smartcards.send(SLOT, unhex(SELECT) ?? new Uint8Array())).toString('hex')).toBe('4f07a00000000310109000')
    expect(card.commands).toEqual([SELECT, '00c0000033'])
    card.pull()
    await until((now) => now?.card === 'none')
  })

  it('a command that is not a SELECT by name never reaches the card', async () => {
    const card = await readers.insert('3b 00', () => FCI)
    await until((now) => now?.card === 'present')
    // READ RECORD would give the card's data, VERIFY would use up a try of its PIN.
    for (const command of ['00b2010c00', '0020008008241234ffffffffff', '80ae80001d']) {
      expect((await failureOf(bench().smartcards.send(SLOT, unhex(command) ?? new Uint8Array()))).absence).toBe('blocked')
    }
    expect(card.commands).toEqual([])
    card.pull()
    await until((now) => now?.card === 'none')
  })

  it('no card, no such reader, and a daemon that has ended are told apart', async () => {
    const command = unhex(SELECT) ?? new Uint8Array()
    expect(await failureOf(bench().smartcards.send(SLOT, command))).toEqual({ absence: 'missing', detail: 'the card: NO_SMARTCARD' })
    expect(await failureOf(bench().smartcards.send('Virtual PCD 09 09', command))).toEqual({ absence: 'missing', detail: 'the card: UNKNOWN_READER' })
    await readers.stop()
    expect(await failureOf(bench().smartcards.slots())).toEqual({ absence: 'missing', detail: 'pcscd is not running: install and start pcscd' })
    expect((await look(real)).seen).toMatchObject({ 'reader.service': '!missing', 'reader.port': '!blocked' })
  })
})
