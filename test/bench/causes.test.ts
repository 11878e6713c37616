import { describe, expect, it } from 'vitest'
import { CONNECT_CAUSES, causeOf, codeOf } from '../../src/bench/causes.ts'
import { BenchError } from '../../src/model/bench.ts'

const failed = (code: string): Error => Object.assign(new Error(code.toLowerCase()), { code })

describe('the cause of a failure', () => {
  it('keeps the code and says what was tried', () => {
    expect(causeOf(failed('ECONNREFUSED'), CONNECT_CAUSES, '192.0.2.1:443')).toMatchObject({ absence: 'refused', message: '192.0.2.1:443: ECONNREFUSED' })
    expect(causeOf(failed('EHOSTUNREACH'), CONNECT_CAUSES, 'x').absence).toBe('missing')
    expect(causeOf('thrown text', CONNECT_CAUSES, 'x').message).toBe('x: thrown text')
  })

  it('of our own is told as such', () => {
    expect(causeOf(failed('EMFILE'), CONNECT_CAUSES, 'x').absence).toBe('broke')
  })

  it('that is known already stays', () => {
    const known = new BenchError('busy', 'held')
    expect(causeOf(known, CONNECT_CAUSES, 'x')).toBe(known)
  })

  it('of several attempts is that of one that this host could make', () => {
    const both = Object.assign(new AggregateError([failed('ENETUNREACH'), failed('ECONNREFUSED')]), { code: 'ENETUNREACH' })
    expect(codeOf(both)).toBe('ECONNREFUSED')
    expect(codeOf(new AggregateError([failed('ENETUNREACH'), failed('EADDRNOTAVAIL')]))).toBe('ENETUNREACH')
  })
})
