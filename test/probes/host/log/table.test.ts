import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isClass } from '../../../../probes/host/log/ledger.ts'
import { ANCHORS, LOG_TABLES, readLine, searchAnchors } from '../../../../probes/host/log/match.ts'
import { searchFor } from '../../../../probes/host/log/search.ts'
import { LOG_CLASSES } from '../../../../src/model/log.ts'
import { LOG_CLASS_TEXTS } from '../../../../src/texts/log-classes.ts'

const ROWS = LOG_TABLES.flatMap(({ rows }) => rows)

/** Every line that a pattern stands for, with short values in its places: one for each choice of its alternatives. */
const linesOf = (says: string): string[] => {
  const choice = /\[([^[\]]*\|[^[\]]*)\]/.exec(says)
  if (!choice) return [says.replaceAll(/\{on(?::(\w+))?\}/g, (_, start: string | undefined) => `${start ?? 'dev'}7`).replaceAll('#', '7').replaceAll('*', ' ')]
  return (choice[1] ?? '').split('|').flatMap((one) => linesOf(says.slice(0, choice.index) + one + says.slice(choice.index + choice[0].length)))
}

const told = (line: string): string[] => {
  const anchors = new Set<number>()
  searchAnchors(Buffer.from(line), (anchor) => anchors.add(anchor))
  return readLine({ text: line }, anchors).map(({ tells }) => tells)
}

describe('the table of messages', () => {
  it('has rows whose own lines are found through the search, each alternative of each', () => {
    const lost = ROWS.flatMap(({ tells, says }) => linesOf(says).map((line) => ({ tells, line }))).filter(({ tells, line }) => !told(line.trimStart()).includes(tells))
    expect(lost).toEqual([])
    expect(ROWS.length).toBeGreaterThan(290)
  })

  it('has no row twice, and can tell every class that messages prove', () => {
    const keys = ROWS.map(({ tells, says }) => `${tells} ${says}`)
    expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([])
    const direct = new Set<string>(ROWS.flatMap(({ tells, also }) => [tells, ...(also ?? [])]))
    // Most of these come of rules over several messages; that a USB cable is bad no message of the kernel proves.
    expect(Object.keys(LOG_CLASSES).filter((name) => !direct.has(name)).sort()).toEqual(['benign.attach', 'memory.oom_cgroup', 'memory.oom_system', 'network.link_flap', 'usb.cable_bad', 'usb.disconnect_loop'])
    expect([...direct].filter((name) => !isClass(name as never)).every((sign) => /^(boot|usb|usblp|link|disk|ata|sata|fs|oom)(\.|$)/.test(sign))).toBe(true)
  })

  it('searches for texts that JSON and every encoding leave as they are', () => {
    expect(ANCHORS.filter((anchor) => !/^[\x20-\x7e]+$/.test(anchor) || /["\\]/.test(anchor))).toEqual([])
  })

  it('says what each class means, in both languages', () => {
    expect(Object.keys(LOG_CLASS_TEXTS)).toEqual(Object.keys(LOG_CLASSES))
    for (const [name, { zh, en }] of Object.entries(LOG_CLASS_TEXTS)) {
      expect(zh, name).toMatch(/\p{Script=Han}/u)
      expect(en, name).not.toMatch(/\p{Script=Han}/u)
    }
  })
})

describe('the search', () => {
  it('finds what a plain search finds', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' '), maxLength: 60 })
    const needles = fc.uniqueArray(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 3, maxLength: 6 }), { minLength: 1, maxLength: 8 })
    fc.assert(fc.property(needles, text, (some, bytes) => {
      const found: string[] = []
      searchFor(some)(Buffer.from(bytes), (needle, at) => found.push(`${needle}@${at}`))
      const plain = some.flatMap((needle, i) => [...bytes].flatMap((_, at) => (bytes.startsWith(needle, at) ? [`${i}@${at}`] : [])))
      expect(found.sort()).toEqual(plain.sort())
    }))
  })
})
