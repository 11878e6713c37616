import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { LogFinding } from '../../../../src/model/log.ts'
import { classesIn, findingsIn } from './read.ts'

const Case = z.looseObject({ id: z.string(), lines: z.array(z.string()), expected_class: z.array(z.string()), must_not_class: z.array(z.string()), truth: z.string(), source: z.url() })

/** Excerpts of real logs from public bug trackers (`source`), each with what was the matter in truth. */
const CASES = readFileSync(new URL('../../../../fixtures/logs/cases.jsonl', import.meta.url), 'utf8').trim().split('\n').map((line) => Case.parse(JSON.parse(line)))

describe('real logs', () => {
  it.each(CASES.map((one) => [one.id, one.truth, one] as const))('%s: %s', (_, __, { lines, expected_class: expected, must_not_class: forbidden }) => {
    const classes: string[] = classesIn(...lines)
    expect(classes).toEqual(expect.arrayContaining(expected))
    expect(classes.filter((name) => forbidden.includes(name))).toEqual([])
  })

  it.each([1, 7, 64])('say the same whatever pieces of %d bytes they are read in, and every finding has the published shape', (piece) => {
    for (const { id, lines } of CASES) {
      const whole = findingsIn(lines.join('\n'))
      expect(findingsIn(lines.join('\n'), piece), id).toEqual(whole)
      for (const finding of whole) expect(LogFinding.parse(finding)).toEqual(finding)
    }
  })

  const TIMED = CASES.filter(({ lines }) => lines.every((line) => /^\[ *\d+\.\d+\]/.test(line)))
  const inJournal = (line: string): string => {
    const [, seconds, text] = /^\[ *(\d+\.\d+)\] (.*)$/.exec(line) ?? []
    return JSON.stringify({ __REALTIME_TIMESTAMP: String(1_763_800_000_000_000 + Math.round(Number(seconds) * 1e6)), _TRANSPORT: 'kernel', SYSLOG_IDENTIFIER: 'kernel', PRIORITY: '3', MESSAGE: text })
  }

  it.each([
    ['journalctl -o json', inJournal],
    ['journalctl -o json whose messages are no valid text', (line: string) => inJournal(line).replace(/"MESSAGE":(".*")\}/, (_, text: string) => `"MESSAGE":[${[...Buffer.from(String(JSON.parse(text)))].join(',')}]}`)],
    ['syslog', (line: string) => `Nov 22 10:45:40 till kernel: ${line}`],
    ['RFC 5424', (line: string) => `<3>1 2026-11-22T10:45:40.123Z till kernel - - [meta sequenceId="1"] ${line}`],
    ['dmesg -x', (line: string) => `kern  :err   : ${line}`],
    ['BusyBox', (line: string) => `Nov 22 10:45:40 till kern.err kernel: ${line}`],
    ['a file with carriage returns', (line: string) => `${line}\r`],
  ])('say the same as %s', (_, dress) => {
    expect(TIMED.length).toBeGreaterThan(10)
    for (const { id, lines } of TIMED) expect(classesIn(...lines.map(dress)), id).toEqual(classesIn(...lines))
  })
})
