import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { probes, tests } from '../../../probes/index.ts'
import { gb18030 } from '../../../probes/printer/gb18030.ts'
import { printerSlip, slipBytes } from '../../../probes/printer/slip.ts'
import { consentFor } from '../../../src/guard/consent.ts'
import { forbidden } from '../../../src/guard/deny.ts'
import { hex } from '../../../src/model/dialogue.ts'
import { TEST_RESULTS } from '../../../src/texts/tests.ts'
import { playTo, ROOT } from '../play.ts'

const SERIAL = { transport: { type: 'serial', path: '/dev/ttyS0' } }
const SLIP = consentFor('esc-pos-slip')?.en
const DRAWER = consentFor('esc-pos-drawer')?.en
const answer = (question: string | undefined, key: string): string => `? operator.ask ${JSON.stringify([question, ['yes', 'no']])}\n= ${JSON.stringify(key)}`
const sent = (transcript: string): string[] => transcript.match(/^> .*$/gm) ?? []

describe('the slip', () => {
  it('is text that prints, in Chinese and English, and is cut', () => {
    const bytes = slipBytes('esc-pos', true)
    expect(new TextDecoder('gb18030').decode(bytes)).toContain('打印测试 Printer test')
    expect(hex(bytes).endsWith('1c 2e 1b 64 03 1d 56 42 00')).toBe(true)
    expect(hex(slipBytes('esc-pos', false))).not.toContain('1d 56')
    expect(new TextDecoder().decode(slipBytes('star', true))).toMatch(/^posdiag\nPrinter test\n/)
  })

  it('is the only thing that its dialect lets through', () => {
    for (const cut of [true, false]) {
      expect(forbidden('esc-pos-slip', slipBytes('esc-pos', cut))).toBeUndefined()
      expect(forbidden('star-slip', slipBytes('star', cut))).toBeUndefined()
    }
    for (const bytes of [[0x1b, 0x70, 0, 0x19, 0xfa], [0x10, 0x14, 1, 0, 1], [0x1b, 0x40], [0x1d, 0x28, 0x41, 2, 0, 0, 2], [0x1b, 0x64, 200], [0x10, 0x05, 1], [0x1d, 0x67, 0x30]]) expect(forbidden('esc-pos-slip', Uint8Array.from(bytes))).toMatch(/not a part/)
    expect(forbidden('esc-pos-drawer', Uint8Array.of(0x1b, 0x70, 0, 0x19, 0xfa))).toBeUndefined()
    for (const bytes of [[0x1b, 0x70, 0, 0xff, 0x01], [0x41], [0x10, 0x14, 1, 0, 8]]) expect(forbidden('esc-pos-drawer', Uint8Array.from(bytes))).toMatch(/not the pulse/)
    expect(forbidden('esc-pos', slipBytes('esc-pos', true))).toBeDefined()
    expect(forbidden('star', Uint8Array.of(0x07))).toMatch(/drawer/)
  })

  it('Chinese comes back from its two bytes', () => {
    fc.assert(fc.property(fc.string({ unit: fc.oneof(fc.integer({ min: 0x4e00, max: 0x9fa5 }), fc.integer({ min: 0x20, max: 0x7e })).map((code) => String.fromCodePoint(code)) }), (text) => {
      expect(new TextDecoder('gb18030').decode(gb18030(text))).toBe(text)
    }))
    expect(new TextDecoder().decode(gb18030('🧾é'))).toMatch(/\?/)
  })
})

describe('a test of the printer', () => {
  it('prints nothing and opens nothing without consent', async () => {
    for (const text of [`? open\n= null\n${answer(SLIP, 'no')}\n${answer(DRAWER, 'no')}`, '? open\n= null']) {
      const { seen, transcript, run } = await playTo(printerSlip, text, SERIAL)
      expect(run.outcome).toBe('done')
      expect([seen['printer.slip-sent'], seen['printer.drawer-pulsed']]).toEqual(text.includes('"no"') ? ['!blocked', '!blocked'] : ['!missing', '!missing'])
      expect(sent(transcript).filter((line) => line !== '> 10 04 01')).toEqual([])
    }
  })

  it('asks separately for the slip and for the drawer', async () => {
    const { seen, transcript } = await playTo(printerSlip, ['? open', '= null', answer(SLIP, 'yes'), answer('Did the slip come out?', 'yes'), '? operator.ask ["Is the print faded, or are there white lines along it?",["yes","no"]]', '= "yes"', '? operator.ask ["Can the Chinese be read, without strange characters?",["yes","no"]]', '= "yes"', '? operator.ask ["Was the slip cut off?",["yes","no"]]', '= "no"', answer(DRAWER, 'no')].join('\n'), SERIAL)
    expect(seen).toEqual({ 'printer.slip-sent': true, 'printer.slip-printed': true, 'printer.print-faded': true, 'printer.slip-chinese': true, 'printer.slip-cut': false, 'printer.drawer-pulsed': '!blocked' })
    expect(sent(transcript).some((line) => line.includes('1b 70'))).toBe(false)
  })

  it('finds out which level means an open drawer', async () => {
    const text = ['? open', '= null', '> 10 04 01', '< 12 +4ms', '> 10 04 01', '< 16 +4ms', answer(SLIP, 'no'), answer(DRAWER, 'yes'), answer('Did the drawer open?', 'yes')].join('\n')
    const { seen, transcript } = await playTo(printerSlip, text, SERIAL)
    expect(seen).toMatchObject({ 'printer.drawer-pulsed': true, 'printer.drawer-opened': true, 'printer.drawer-open-level': 'high' })
    expect(sent(transcript)).toEqual(['> 10 04 01', '> 1b 70 00 19 fa', '> 10 04 01'])
  })

  it('has the printer confirm that it is through, where the model can', async () => {
    const text = ['? open', '= null', answer(SLIP, 'yes'), '> 1d 28 48 06 00 30 30 70 64 69 67', '< 37 22 70 64 69 67 00 +900ms', answer('Did the slip come out?', 'no'), answer(DRAWER, 'no')].join('\n')
    expect((await playTo(printerSlip, text, { ...SERIAL, settings: { 'process-id': true } })).seen).toMatchObject({ 'printer.slip-done': true, 'printer.slip-printed': false })
  })

  it('is no part of a check, and its results have words', () => {
    expect(probes).not.toContain(printerSlip)
    expect(printerSlip.touch).toBe('moves')
    expect(tests.flatMap(({ observes }) => Object.keys(observes)).filter((name) => !(name in TEST_RESULTS))).toEqual([])
  })

  it.each([[['printer', '--no-input'], 64, /needs a person/], [['printer'], 64, /needs a person/], [['host'], 64, /no test for host/]])('posdiag test %j leaves with %i', async (args, code, words) => {
    const failure = await promisify(execFile)(process.execPath, [`${ROOT}src/cli/main.ts`, 'test', ...args, '--lang', 'en']).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code, stderr: expect.stringMatching(words) })
  })
})
