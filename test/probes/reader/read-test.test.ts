import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readTest } from '../../../probes/reader/read-test.ts'
import { wordsIn } from '../../../src/texts/observed.ts'
import { RUNS } from '../fuzz.ts'
import { type Played, playTo } from '../play.ts'

const HID = { transport: { type: 'hid', vendorId: '0801', productId: '0002' } }
const LIST = '? hid.list []\n= [{"path":"/dev/hidraw0","vendorId":2049,"productId":2,"usagePage":65280,"usage":1,"product":"USB Swipe Reader"}] +3ms\n'

/** Decode state of the tracks, their lengths, kind of encoding: what the bench keeps of a swipe. */
const GOOD = '00 00 01 4c 25 00 00'
const TRACK_2_BAD = '00 01 01 4c 00 00 00'
/** MagneSafe: MagnePrint bit 19, the card was moved too fast. */
const TOO_FAST = '00 01 01 4c 00 00 00 00 00 00 08 00'

const answers = (...said: string[]): string => said.map((one) => `? operator.ask\n= "${one}"\n`).join('')
const swipes = (...kept: string[]): string => kept.map((bytes) => `? hid.input ["/dev/hidraw0",null,"magtek"]\n${bytes === 'none' ? '! silent nobody swiped +6000ms' : `= "${bytes}" +900ms`}\n`).join('')
const times = (n: number, what: string): string[] => Array.from({ length: n }, () => what)
const play = (text: string, device: object = HID): Promise<Played> => playTo(readTest, text, device)

describe('a read test of a magnetic stripe reader', () => {
  it('ten good swipes are well, and each track is told', async () => {
    expect((await play(LIST + answers('yes') + swipes(GOOD))).seen).toEqual({
      'reader.reads-well': true, 'reader.test-way': 'swipe', 'reader.test-read': 10, 'reader.test-failed': 0, 'reader.test-tracks': '1: 10/10, 2: 10/10',
    })
  })

  it('one bad swipe in ten is chance, two are not', async () => {
    expect((await play(LIST + answers('yes') + swipes(TRACK_2_BAD, ...times(9, GOOD)))).seen).toMatchObject({ 'reader.reads-well': true, 'reader.test-failed': 1 })
    expect((await play(LIST + answers('yes') + swipes(TRACK_2_BAD, TRACK_2_BAD, ...times(8, GOOD)))).seen).toMatchObject({ 'reader.reads-well': false, 'reader.test-failed': 2, 'reader.test-tracks': '1: 10/10, 2: 8/10' })
  })

  it('a movement that was wrong is told: then it is not the head', async () => {
    expect((await play(LIST + answers('yes') + swipes(TOO_FAST, TOO_FAST, ...times(8, GOOD)))).seen).toMatchObject({ 'reader.reads-well': false, 'reader.swipe-movement': 'too-fast' })
  })

  it('a head that sends nothing though the card was swiped fails; the person says so', async () => {
    const { seen } = await play(LIST + answers('yes', 'yes', 'yes', 'no') + swipes('none'))
    expect(seen).toEqual({ 'reader.reads-well': false, 'reader.test-way': 'swipe', 'reader.test-read': 0, 'reader.test-failed': 2 })
  })

  it('ended early, it counts what was swiped; before the first swipe it says nothing of the reader', async () => {
    expect((await play(LIST + answers('yes', 'no') + swipes(GOOD, GOOD, 'none'))).seen).toMatchObject({ 'reader.reads-well': true, 'reader.test-read': 2 })
    expect((await play(LIST + answers('yes', 'no') + swipes('none'))).seen).toEqual({ 'reader.reads-well': '!missing' })
    expect((await play(LIST + answers('no'))).seen).toEqual({ 'reader.reads-well': '!missing' })
    expect((await play(`${LIST}? operator.ask\n! missing nobody is there to answer\n`)).why).toEqual({ 'reader.reads-well': 'nobody is there to answer' })
  })

  it('unplugged in the middle, it keeps what was counted and gives no verdict', async () => {
    const { seen, why } = await play(`${LIST}${answers('yes')}${swipes(GOOD, GOOD)}? hid.input ["/dev/hidraw0",null,"magtek"]\n! missing unplugged\n`)
    expect(seen).toMatchObject({ 'reader.reads-well': '!missing', 'reader.test-read': 2, 'reader.test-failed': 0 })
    expect(why['reader.reads-well']).toBe('unplugged')
  })

  it('is not to be had of a reader that is not there, or tells nothing of its reads', async () => {
    expect((await play('? hid.list []\n= []\n? files.list ["/sys/bus/usb/devices"]\n= []\n')).seen).toEqual({ 'reader.reads-well': '!missing' })
    expect((await play('? hid.list\n! missing USB HID needs a library: install libusb-1.0-0\n')).why).toEqual({ 'reader.reads-well': 'USB HID needs a library: install libusb-1.0-0' })
    const other = { transport: { type: 'hid', vendorId: '0acd' }, settings: { dialect: 'idtech' } }
    expect((await play(LIST.replace('2049', '2765'), other)).seen).toEqual({ 'reader.reads-well': '!blocked' })
    expect((await play('', { transport: { type: 'serial', path: '/dev/ttyS0' } })).seen).toEqual({ 'reader.reads-well': '!blocked' })
  })

  it('whatever the reader sends, reads and failures add up to what was tried', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 14 }), { minLength: 1, maxLength: 10 }), async (kept) => {
      const { run, seen } = await play(LIST + answers('yes') + swipes(...kept.map((bytes) => Buffer.from(bytes).toString('hex').replace(/..(?=.)/g, '$& '))))
      expect(run.outcome).toBe('done')
      expect(Number(seen['reader.test-read']) + Number(seen['reader.test-failed'])).toBe(10)
    }), { numRuns: Math.min(RUNS.numRuns, 200) })
  })
})

describe('a read test of other readers', () => {
  const KEYBOARD = { transport: { type: 'hid', vendorId: '6352' }, settings: { dialect: 'keyboard' } }
  const LISTED = LIST.replace('2049', '25426')

  it('of one that types, the person tells what came', async () => {
    expect((await play(LISTED + answers('right', 'nothing', 'wrong', 'end'), KEYBOARD)).seen).toEqual({ 'reader.reads-well': false, 'reader.test-way': 'swipe', 'reader.test-read': 2, 'reader.test-failed': 1 })
  })

  const slots = (name: string, ...cards: string[]): string => cards.map((card) => `? smartcards.slots []\n= [{"name":"${name}","card":"${card}"}]\n`).join('')
  const PCSC = { transport: { type: 'pcsc' } }

  it('of a chip reader, each card that answers counts as read, a mute one and one that is not noticed as failed', async () => {
    const text = `${answers('yes', 'yes', 'yes', 'yes', 'no')}${slots('ACS ACR39U', 'present', 'mute', 'none', 'present')}? smartcards.send\n= "6a 82" +40ms\n? smartcards.send\n! silent the card: UNRESPONSIVE_CARD\n`
    expect((await play(text, PCSC)).seen).toEqual({ 'reader.reads-well': false, 'reader.test-way': 'chip', 'reader.test-read': 1, 'reader.test-failed': 3 })
  })

  it('of a contactless reader they are taps', async () => {
    expect((await play(`${answers('yes', 'no')}${slots('ACS ACR122U PICC', 'present')}? smartcards.send\n= "90 00"\n`, PCSC)).seen).toMatchObject({ 'reader.test-way': 'tap', 'reader.test-read': 1 })
  })

  it.each([
    ['another program has the card', `${slots('R', 'in-use')}`, '!busy'],
    ['PC/SC is not there', '? smartcards.slots\n! missing pcscd is not running: install and start pcscd\n', '!missing'],
    ['PC/SC lists no reader', '? smartcards.slots []\n= []\n', '!missing'],
    ['another program takes the card meanwhile', `${slots('R', 'present')}? smartcards.send\n! busy the card: SHARING_VIOLATION\n`, '!busy'],
  ])('%s: nothing is said of the reader', async (_, text, absence) => {
    expect((await play(answers('yes') + text, PCSC)).seen).toEqual({ 'reader.reads-well': absence })
  })
})

it.each(['swipe', 'chip', 'tap', 'noisy, too-slow', 'too-fast, backwards'])('says %s in words, in both languages', (value) => {
  expect(wordsIn('zh-CN', value)).toMatch(/^[\p{Script=Han}、]+$/u)
  expect(wordsIn('en', value)).not.toBe(value)
})
