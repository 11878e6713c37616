import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { replayBench } from '../../src/bench/replay.ts'
import { transcribing } from '../../src/bench/transcript.ts'
import { mask } from '../../src/guard/card-data.ts'
import { type DialogueLine, parseDialogue } from '../../src/model/dialogue.ts'
import { lent } from './lent.ts'

// Visa's published test number.
const PAN = '4111111111111111'
const ascii = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'))
const written = (...lines: DialogueLine[]): string => {
  const { record, text } = transcribing()
  for (const line of lines) record(line)
  return text()
}
const bytesIn = (text: string): string => Buffer.concat(parseDialogue(text).flatMap((line) => (line.type === 'got' || line.type === 'sent' ? [line.bytes] : []))).toString('latin1')

describe('a transcript', () => {
  it('holds no card number: in texts, in bytes, in bytes that came in pieces, in packed digits', () => {
    const text = written(
      { type: 'remark', text: `card ${PAN}` },
      { type: 'question', call: 'files.read', args: [`/log/${PAN}`] },
      { type: 'answer', value: { deep: [`PAN=${PAN}`] }, ms: 1 },
      { type: 'absent', absence: 'garbled', detail: `what is ${PAN}`, ms: 1 },
      { type: 'sent', bytes: ascii(`\x02${PAN}\x03`) },
      { type: 'got', bytes: ascii(';41111111'), ms: 1 },
      { type: 'silence' },
      { type: 'got', bytes: ascii('11111111=30121010000000000000?'), ms: 2 },
      { type: 'sent', bytes: Uint8Array.of(1) },
      { type: 'got', bytes: Uint8Array.from(Buffer.from(`5a08${PAN}`, 'hex')), ms: 3 },
    )
    expect(text).not.toContain(PAN)
    expect(text).not.toContain('41 11 11 11')
    expect(bytesIn(text)).not.toMatch(/1{7}|3012/)
    expect(parseDialogue(text)).toHaveLength(10)
    expect(mask(text).text).toBe(text)
  })

  it('keeps answers of devices that are no card data', () => {
    const text = written({ type: 'sent', bytes: Uint8Array.of(0x1d, 0x49, 0x44) }, { type: 'got', bytes: ascii('_TM-T88VI\0'), ms: 4 }, { type: 'answer', value: { validTo: 1767225600000 }, ms: 0 })
    expect(bytesIn(text)).toBe('\x1dID_TM-T88VI\0')
    expect(text).toContain('1767225600000')
  })

  it('is never longer than 64 KiB and always readable, whatever is in it', () => {
    const any: fc.Arbitrary<DialogueLine> = fc.oneof(
      fc.record({ type: fc.constant('got' as const), bytes: fc.uint8Array({ minLength: 1, maxLength: 9000 }), ms: fc.double({ min: 0, max: 1e6, noNaN: true }) }),
      fc.record({ type: fc.constant('answer' as const), value: fc.oneof(fc.jsonValue(), fc.string({ maxLength: 9000, unit: 'binary' }), fc.constantFrom(PAN, Number(PAN), { [PAN]: PAN })), ms: fc.constant(1) }),
      fc.record({ type: fc.constant('remark' as const), text: fc.string({ unit: 'binary' }) }),
      fc.record({ type: fc.constant('absent' as const), absence: fc.constant('silent' as const), detail: fc.oneof(fc.string({ unit: 'binary' }), fc.constant(PAN)), ms: fc.constant(2) }),
    )
    fc.assert(fc.property(fc.array(any, { maxLength: 12 }), (lines) => {
      const text = written(...lines)
      expect(text.length).toBeLessThanOrEqual(65536)
      parseDialogue(text)
      expect(text).not.toContain(PAN)
    }), { numRuns: 150 })
  })

  it('says that its end was dropped, and drops nothing in between', () => {
    const text = written(...Array.from({ length: 2000 }, (_, i): DialogueLine => ({ type: 'remark', text: `${i} ${'x'.repeat(50)}` })))
    const lines = text.trimEnd().split('\n')
    expect(lines.at(-1)).toBe('# the rest is left out: the transcript is full')
    expect(lines.slice(0, -1).map((line) => Number.parseInt(line.slice(2), 10))).toEqual(lines.slice(0, -1).map((_, i) => i))
    expect(text.length).toBeGreaterThan(65_000)
  })

  it('keeps head and end of a long text', async () => {
    const long = Array.from({ length: 1000 }, (_, i) => `line ${i}`).join('\n')
    const { bench, lease } = lent(replayBench({ 'device-1': `? files.read ["/long"]\n= ${JSON.stringify(long)}` }))
    expect(await bench.files.read('/long')).toBe(long)
    const [, answer, remark] = parseDialogue(lease.transcript())
    const kept = answer?.type === 'answer' ? String(answer.value) : ''
    expect(kept.length).toBeLessThanOrEqual(4096)
    expect(kept).toMatch(/^line 0\nline 1\n(line \d+\n)+line 999$/)
    expect(remark).toEqual({ type: 'remark', text: `${long.length} characters, the middle left out` })
  })
})
