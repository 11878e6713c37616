import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cells, pad, table, wrap } from '../../src/cli/columns.ts'

describe('columns', () => {
  it('counts a Chinese character as two cells and a combining mark as none', () => {
    expect(cells('打印机')).toBe(6)
    expect(cells('printer')).toBe(7)
    expect(cells('é')).toBe(1)
  })

  it('lines up columns of mixed text', () => {
    const lines = table([['打印机', 'a', 'x'], ['power', '门店', 'y']])
    expect(lines.map((line) => cells(line.slice(0, line.indexOf(line.endsWith('x') ? 'x' : 'y'))))).toEqual([14, 14])
  })

  it('puts the last column below its row where little room is left, and no line is longer than the width', () => {
    expect(table([['a'.repeat(20), 'Settle after closing until the slip prints']], 40)).toEqual(['a'.repeat(20), '    Settle after closing until the slip', '    prints'])
    expect(table([['soon', 'b'.repeat(10), 'c'.repeat(40), 'Settle after closing until the slip prints']], 60)).toEqual([`soon  ${'b'.repeat(10)}  ${'c'.repeat(40)}`, '                  Settle after closing until the slip prints'])
    expect(table([['a'.repeat(20), 'short']], 40)).toEqual([`${'a'.repeat(20)}  short`])
    expect(table([['+9.9', 'printer-1', 'the network printer cannot be connected to', 'refused: ECONNREFUSED']], 48)).toEqual(['+9.9  printer-1  the network printer cannot be', '                 connected to', '      refused: ECONNREFUSED'])
    const cell = fc.stringMatching(/^[a-z打印机缺纸 ]{0,30}$/)
    fc.assert(fc.property(fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 5 }), fc.integer({ min: 10, max: 90 }), (rows, width) => {
      const lines = table(rows, width)
      expect(lines.filter((line) => cells(line) > width)).toEqual([])
      expect(lines.join('').replaceAll(' ', '')).toBe(rows.flat().join('').replaceAll(' ', ''))
    }))
  })
  it('wraps without losing or inventing a character, and never past the width', () => {
    const word = fc.stringMatching(/^[a-z打印机缺纸]{1,12}$/)
    fc.assert(fc.property(fc.array(word, { minLength: 1, maxLength: 30 }), fc.integer({ min: 24, max: 80 }), (words, width) => {
      const lines = wrap(words.join(' '), width)
      expect(lines.every((line) => cells(line) <= width)).toBe(true)
      expect(lines.join('').replaceAll(' ', '')).toBe(words.join(''))
    }))
  })

  it('keeps words whole and marks at their words, in Chinese text too', () => {
    expect(wrap('连接服务器 neutral-1：没有回应；“TLS 证书”过期（见上）。', 12)).toEqual(['连接服务器', 'neutral-1：', '没有回应；', '“TLS 证书”过', '期（见上）。'])
    expect(wrap('a-word-longer-than-the-line is cut', 10)).toEqual(['a-word-lon', 'ger-than-t', 'he-line is', 'cut'])
  })

  it('pads by cells', () => {
    expect(cells(pad('芯片', 10))).toBe(10)
  })
})
