import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { pinpad } from '../../../probes/pinpad/probe.ts'
import { reader } from '../../../probes/reader/probe.ts'
import { forbidden } from '../../../src/guard/deny.ts'
import { unhex } from '../../../src/model/dialogue.ts'
import { ROOT } from '../play.ts'
import { ELSEWHERE, PROTOCOLS, page } from './protocol.ts'

const FILE = `${ROOT}docs/protocols/reader.md`
const rows = Object.values(PROTOCOLS).flat()
const observed = [...Object.keys(reader.observes), ...Object.keys(pinpad.observes)]

describe('the table of queries and bits', () => {
  it('is what docs/protocols/reader.md shows', () => {
    if (process.env.POSDIAG_WRITE_DOCS === '1') {
      mkdirSync(dirname(FILE), { recursive: true })
      writeFileSync(FILE, page())
    }
    expect(readFileSync(FILE, 'utf8')).toBe(page())
  })

  it('names observations that the probes give, and every one of them', () => {
    const named = [...rows.flatMap(({ seen }) => seen), ...Object.keys(ELSEWHERE)]
    expect(named.filter((name) => !observed.includes(name))).toEqual([])
    expect(observed.filter((name) => !named.includes(name))).toEqual([])
  })

  it('gives each row an observation or a reason', () => {
    expect(rows.filter(({ seen, leftOut }) => (leftOut === undefined) !== seen.length > 0).map(({ query }) => query)).toEqual([])
    expect(rows.filter(({ leftOut }) => leftOut !== undefined && leftOut.length < 10).map(({ query }) => query)).toEqual([])
  })

  it.each(rows.filter(({ sent }) => sent !== undefined).map((one) => [one.query, one] as const))('%s is let through if it is asked, and refused where the table says so', (_, { sent, leftOut }) => {
    const [dialect, bytes] = sent ?? expect.fail('nothing is sent')
    const why = forbidden(dialect, unhex(bytes) ?? expect.fail(bytes))
    if (leftOut === undefined) expect(why).toBeUndefined()
    else if (/never|refused/.test(leftOut)) expect(why).toBeTypeOf('string')
  })
})
