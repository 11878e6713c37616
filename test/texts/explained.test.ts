import { describe, expect, it } from 'vitest'
import { catalogue } from '../../src/faults/index.ts'
import type { Verdict } from '../../src/model/diagnosis.ts'
import { explained } from '../../src/texts/explained.ts'
import { WAYS } from '../../src/texts/ways.ts'

const MEANINGS: Readonly<Record<string, { zh: string; en: string }>> = {
  'printer.cover-open': { zh: '打印机上盖打开', en: 'the cover of the printer is open' },
  'printer.paper-end': { zh: '打印机缺纸', en: 'the printer has no paper' },
  'printer.offline': { zh: '打印机报告自己处于脱机状态', en: 'the printer says that it is off-line' },
}

const words = { title: (code: string) => catalogue.faults.find((f) => f.code === code)?.title, meaning: ({ symptom }: { symptom: string }) => MEANINGS[symptom], now: 10 * 3_600_000 }
const at = (symptom: string, weight: number) => ({ symptom, device: 'printer-1', weight })
const verdict = (more: Partial<Verdict>): Verdict => ({ fault: 'PRN-COVER-OPEN', device: 'printer-1', verdict: 'found', posterior: 0.97, for: [], against: [], notLookedAt: [], ...more })

describe('an explanation', () => {
  it('says what was seen, how it came about, what changed and how often it was so before', () => {
    const told = verdict({
      fault: 'PRN-OFFLINE', for: [at('printer.offline', 5)], against: [at('printer.paper-end', -1.2)], ways: [{ way: 'unplugged', posterior: 0.9, devices: ['printer-1', 'scanner-1'] }],
      changes: [{ what: 'port', at: 8 * 3_600_000, weight: 3 }, { what: 'version', weight: -0.9 }], recurrence: { days7: 2, days30: 5, lanes: ['3', '4'] },
    })
    expect(explained(told, words, 'en')).toEqual([
      'Printer offline (printer-1): found, 97% sure.',
      'Seen: printer-1: the printer says that it is off-line. That makes it 100 times likelier.',
      'Not seen, though it could be expected: printer-1: the printer has no paper. That makes it 3 times less likely.',
      'Most likely because its cable is loose or unplugged (93% of it).',
      'It strikes together: printer-1, scanner-1.',
      'a device was moved to another port 2 h ago, which makes it 20 times likelier.',
      'Shortly before it began this is not on record: software was changed. That makes it 2.5 times less likely.',
      'It has been found before: 2× in 7 days, 5× in 30 days.',
      'Within 30 days also on other lanes: 3, 4.',
    ])
    expect(explained(told, words, 'zh-CN').join('')).not.toMatch(/[a-z]{3,} [a-z]{3,}/)
  })

  it('says on how many other lanes it was, and how old that is', () => {
    const spread = (lanes: number, times: number) => ({ lanes, times })
    const told = (more: object, open = 0) => verdict({ recurrence: { days7: 0, days30: 0, lanes: [], elsewhere: { at: 7 * 3_600_000, of: 5, open, days7: spread(2, 4), days30: spread(3, 9), ...more } } })
    expect(explained(told({}, 1), words, 'en').slice(1)).toEqual(['Also on 2 of 5 other lanes in the last 7 days (4×) and on 3 in the last 30 days (9×), by HQ\'s count 3 h ago.', 'It was open on 1 of them then.'])
    expect(explained(told({}), words, 'zh-CN').slice(1)).toEqual(['本店其他 5 个收银台中，近 7 天有 2 个也发生过（共 4 次），近 30 天有 3 个（共 9 次）；这是总部 3 小时前的统计。'])
    expect(explained(told({ days7: spread(0, 0), days30: spread(0, 0) }), words, 'en').slice(1)).toEqual(['On none of 5 other lanes in the last 30 days, by HQ\'s count 3 h ago.'])
  })

  it('says why the runner-up lost, in both languages', () => {
    const lost = verdict({
      fault: 'PRN-PAPER-OUT', verdict: 'open', posterior: 0.012,
      lost: { fault: 'PRN-COVER-OPEN', device: 'printer-1', prior: -1.2, by: [{ symptom: 'printer.cover-open', device: 'printer-1', is: 'present', weight: -8, leaves: true }, { symptom: 'printer.offline', device: 'printer-1', is: 'present', weight: -1 }, { symptom: 'printer.offline', device: 'printer-2', is: 'present', weight: -1 }, { symptom: 'printer.paper-end', device: 'printer-1', is: 'absent', weight: -3 }] },
    })
    expect(explained(lost, words, 'en')).toEqual([
      '“Printer out of paper” (printer-1) was considered too: 1% likely.',
      'It lost, because “Printer cover open” fits better:',
      '“Printer cover open” accounts for the following, which “Printer out of paper” would leave unexplained: printer-1: the cover of the printer is open.',
      'If it were “Printer out of paper”, one would also see: printer-1: the printer has no paper. That was looked for and is not so.',
      'The following is 7 times likelier with “Printer cover open” than with “Printer out of paper”: printer-1, printer-2: the printer says that it is off-line.',
      '“Printer out of paper” is also rarer in itself: 3 times less common than “Printer cover open”.',
    ])
    expect(explained(lost, words, 'zh-CN')[3]).toBe('如果是“打印机缺纸”，还应当看到：printer-1：打印机缺纸；查过，没有。')
  })

  it('names what would settle an open fault, and what refutes one that is ruled out', () => {
    expect(explained(verdict({ verdict: 'open', posterior: 0.3, notLookedAt: [{ symptom: 'printer.cover-open', device: 'printer-1', settles: 0.4 }, { symptom: 'printer.paper-end', device: 'printer-1', settles: 0.001 }] }), words, 'en').at(-1)).toBe('It would be settled by looking whether: printer-1: the cover of the printer is open.')
    expect(explained(verdict({ verdict: 'ruled-out', posterior: 0.0001, against: [at('printer.cover-open', -3)] }), words, 'en').at(-1)).toBe('If it were “Printer cover open”, one would see: printer-1: the cover of the printer is open. That was looked for and is not so.')
  })

  it('has words for every way of every fault', () => {
    for (const { code, ways } of catalogue.faults) for (const way of Object.keys(ways)) expect([code, way, WAYS[`${code} ${way}`] ?? WAYS[way]]).toEqual([code, way, { zh: expect.stringMatching(/\p{Script=Han}/u), en: expect.stringMatching(/^[^\p{Script=Han}]+$/u) }])
  })
})
