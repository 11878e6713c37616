import { describe, expect, it } from 'vitest'
import { catalogue } from '../../src/faults/index.ts'
import { PARTS, PARTS_FOR } from '../../src/texts/parts.ts'
import { WORK_ORDER } from '../../src/texts/work-order.ts'

describe('parts', () => {
  it('are named for faults of the catalogue, and every part for some fault', () => {
    const codes = new Set(catalogue.faults.map((f) => f.code))
    expect(Object.keys(PARTS_FOR).filter((code) => !codes.has(code))).toEqual([])
    expect(Object.keys(PARTS).filter((id) => !Object.values(PARTS_FOR).flat().some((p) => p === id))).toEqual([])
  })
  it('and the words of a work order are written in both languages', () => {
    for (const { zh, en } of [...Object.values(PARTS), ...Object.values(WORK_ORDER)]) {
      expect(zh).toMatch(/\p{Script=Han}/u)
      expect(en).not.toMatch(/\p{Script=Han}/u)
    }
  })
})
