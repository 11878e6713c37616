import fc from 'fast-check'
import { expect, it } from 'vitest'
import { elementsOf } from '../../src/hq/json-elements.ts'

it('cuts any JSON array into the bytes of its elements', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue({ maxDepth: 4 }), { minLength: 1, maxLength: 8 }), fc.constantFrom(undefined, 1, '\t'), (values, space) => {
      const bytes = Buffer.from(JSON.stringify(values, undefined, space))
      const elements = elementsOf(bytes, values.length)
      expect(elements.map((e) => JSON.parse(e.toString()))).toEqual(JSON.parse(bytes.toString()))
    }),
  )
})

it('is not misled by what stands in strings', () => {
  for (const text of ['["a,b]","\\"],[","\\\\","\\\\\\",{"]', '[{"k]":"}"},"\u4e2d,\u6587"]', ' [ 1 , [2,[3]] ,{} ] ']) {
    expect(elementsOf(Buffer.from(text), (JSON.parse(text) as unknown[]).length).map((e) => JSON.parse(e.toString()))).toEqual(JSON.parse(text))
  }
})
