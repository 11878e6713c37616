import { appendFileSync, copyFileSync, mkdtempSync, renameSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Cursor, MAX_LINE, type Tail, type TailNote, tail } from '../../src/journal/tail.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'posdiag-tail-'))
  path = join(folder, 'pos.log')
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Everything that can be read now, asking once more after the first nothing: a rotated file is left only when it stayed still. */
const all = async (file: Tail): Promise<{ lines: string[]; notes: TailNote[]; cursor: Cursor | undefined }> => {
  const lines: string[] = []
  const notes: TailNote[] = []
  let cursor: Cursor | undefined
  for (let idle = 0; idle < 3; ) {
    const batch = await file.next()
    lines.push(...batch.lines.map((bytes) => Buffer.from(bytes).toString()))
    notes.push(...batch.notes)
    cursor = batch.cursor
    if (batch.lines.length === 0 && !batch.more) idle++
  }
  return { lines, notes, cursor }
}

describe('a followed file', () => {
  it('gives whole lines only, whichever way they end, and the rest once it is there', async () => {
    writeFileSync(path, 'one\r\ntwo\nthr')
    const file = tail(path)
    expect((await all(file)).lines).toEqual(['one', 'two'])
    appendFileSync(path, 'ee\n')
    expect((await all(file)).lines).toEqual(['three'])
    await file.close()
  })
  it('is gone on with where it was left, by another process', async () => {
    writeFileSync(path, 'one\ntwo\nthr')
    const first = tail(path)
    const { cursor } = await all(first)
    await first.close()
    appendFileSync(path, 'ee\nfour\n')
    const second = tail(path, cursor)
    expect((await all(second)).lines).toEqual(['three', 'four'])
    await second.close()
  })
  it('is read to its end when it was renamed, then the new one from its beginning', async () => {
    writeFileSync(path, 'one\n')
    const file = tail(path)
    await all(file)
    appendFileSync(path, 'two\n')
    renameSync(path, `${path}.1`)
    appendFileSync(`${path}.1`, 'late\nwithout end')
    writeFileSync(path, 'three\n')
    const { lines, notes } = await all(file)
    expect(lines).toEqual(['two', 'late', 'without end', 'three'])
    expect(notes).toEqual(['rotated'])
    await file.close()
  })
  it('is found again under its new name after a restart', async () => {
    writeFileSync(path, 'one\n')
    const first = tail(path)
    const { cursor } = await all(first)
    await first.close()
    appendFileSync(path, 'two\n')
    renameSync(path, `${path}.1`)
    writeFileSync(path, 'three\n')
    const second = tail(path, cursor)
    expect((await all(second)).lines).toEqual(['two', 'three'])
    await second.close()
  })
  it.each([['shorter', 'new\n'], ['longer', `new\n${'more\n'.repeat(50)}`]])('emptied in place and %s again, is read from its beginning', async (_, written) => {
    writeFileSync(path, 'one\ntwo\nthree\n')
    const file = tail(path)
    await all(file)
    copyFileSync(path, `${path}.1`)
    truncateSync(path)
    appendFileSync(path, written)
    const { lines, notes } = await all(file)
    expect(lines).toEqual(written.trimEnd().split('\n'))
    expect(notes).toEqual(['truncated'])
    await file.close()
  })
  it('that is not there yet is waited for', async () => {
    const file = tail(path)
    expect((await all(file)).notes).toContain('missing')
    writeFileSync(path, 'one\n')
    expect((await all(file)).lines).toEqual(['one'])
    await file.close()
  })
  it('that is gone is told, and its successor read', async () => {
    writeFileSync(path, 'one\n')
    const first = tail(path)
    const { cursor } = await all(first)
    await first.close()
    unlinkSync(path)
    writeFileSync(path, 'a different beginning\n')
    const second = tail(path, cursor)
    const { lines, notes } = await all(second)
    expect(lines).toEqual(['a different beginning'])
    expect(notes).toEqual(['lost'])
    await second.close()
  })
  it('has its endless lines skipped, and goes on behind them', async () => {
    writeFileSync(path, `one\n${'x'.repeat(3 * MAX_LINE)}`)
    const file = tail(path)
    expect(await all(file)).toMatchObject({ lines: ['one'], notes: ['long-line'] })
    appendFileSync(path, `${'x'.repeat(MAX_LINE)}\ntwo\n`)
    expect((await all(file)).lines).toEqual(['two'])
    await file.close()
  })
  it('loses and doubles no line, however it is written, rotated and read by one process after another', async () => {
    const piece = fc.oneof({ weight: 6, arbitrary: fc.nat({ max: 40 }) }, fc.constant('rotate' as const), fc.constant('restart' as const), fc.constant('read' as const))
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 25 }), async (acts) => {
        for (const name of ['pos.log', 'pos.log.1', 'pos.log.2', 'pos.log.3']) rmSync(join(folder, name), { force: true })
        writeFileSync(path, '')
        let n = 0
        let rotated = 0
        let half = ''
        let written = 0
        let file = tail(path)
        const got: string[] = []
        const read = async () => got.push(...(await all(file)).lines)
        for (const act of acts) {
          if (act === 'read') await read()
          else if (act === 'restart') {
            const { lines, cursor } = await all(file)
            got.push(...lines)
            await file.close()
            file = tail(path, cursor)
          } else if (act === 'rotate' && rotated < 3 && half === '' && written > 0) {
            // One rotation between two looks: more of them in a second no till makes.
            await read()
            renameSync(path, `${path}.${++rotated}`)
            writeFileSync(path, '')
            written = 0
            await read()
          } else if (typeof act === 'number') {
            const line = `${half === '' ? `line ${n++} ${'y'.repeat(act)}` : ''}`
            const cut = act % 3 === 0
            appendFileSync(path, cut ? line : `${line}\n`)
            written += 1
            half = cut ? 'half' : ''
          }
        }
        if (half !== '') appendFileSync(path, '\n')
        await read()
        await file.close()
        expect(got.map((line) => Number(line.split(' ')[1]))).toEqual(Array.from({ length: n }, (_, i) => i))
      }),
      { numRuns: 60 },
    )
  }, 60_000)
})
