import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DialogueError, type DialogueLine, formatLine, hex, parseDialogue, unhex } from '../../src/model/dialogue.ts'
import { Absence } from '../../src/model/observation.ts'

const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 })
const ms = fc.integer({ min: 0, max: 100_000 }).map((n) => n / 10)
const line: fc.Arbitrary<DialogueLine> = fc.oneof(
  fc.record({ type: fc.constant('sent' as const), bytes }),
  fc.record({ type: fc.constant('got' as const), bytes, ms }),
  fc.record({ type: fc.constant('question' as const), call: fc.stringMatching(/^[a-z]+\.[a-z]+$/), args: fc.array(fc.jsonValue(), { maxLength: 3 }).map((a) => JSON.parse(JSON.stringify(a)) as unknown[]) }),
  fc.record({ type: fc.constant('answer' as const), value: fc.jsonValue().map((v) => JSON.parse(JSON.stringify(v)) as unknown), ms }),
  fc.record({ type: fc.constant('absent' as const), absence: fc.constantFrom(...Absence.options), detail: fc.stringMatching(/^[a-z]+( [a-z]+)*$/), ms }),
  fc.constant({ type: 'silence' as const }),
  fc.constant({ type: 'unplug' as const }),
  fc.record({ type: fc.constant('garbage' as const), bytes: fc.integer({ min: 0, max: 5000 }) }),
)

describe('dialogue', () => {
  it('reads back what it writes', () => {
    fc.assert(fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
      expect(parseDialogue(lines.map(formatLine).join('\n'))).toEqual(lines)
    }))
  })

  it('reads the example of its documentation', () => {
    expect(parseDialogue('# printer x\n> 10 04 01              printer status\n< 1a       +8ms         offline\n! after 300s\n')).toEqual([
      { type: 'remark', text: 'printer x' },
      { type: 'sent', bytes: Uint8Array.of(0x10, 0x04, 0x01) },
      { type: 'got', bytes: Uint8Array.of(0x1a), ms: 8 },
      { type: 'after', seconds: 300 },
    ])
  })

  it.each([['> 1', 1], ['# a\n> zz', 2], ['? x {', 1], ['= {', 1], ['hello', 1], ['! sulking', 1]])('names the line of %j', (text, at) => {
    expect(() => parseDialogue(text)).toThrow(expect.objectContaining({ name: 'DialogueError', line: at }) as DialogueError)
  })

  it('converts hex both ways and refuses what is none', () => {
    fc.assert(fc.property(fc.uint8Array(), (b) => { expect(unhex(hex(b))).toEqual(b) }))
    expect(unhex('1')).toBeUndefined()
    expect(unhex('xx')).toBeUndefined()
  })
})
