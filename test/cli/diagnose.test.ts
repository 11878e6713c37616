import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { vocabulary } from '../../bench/vocabulary.ts'
import { explanations, weighUnderstood } from '../../src/cli/diagnose.ts'
import { DiagnoseInput, understand } from '../../src/cli/diagnose-input.ts'

const docs = join(import.meta.dirname, '../../docs')
const understood = (input: object) => understand(DiagnoseInput.parse(input))
const found = (input: object): string[] => weighUnderstood(understood(input)).diagnosis.verdicts.filter((v) => v.verdict === 'found').map((v) => `${v.fault}@${v.device}`)

describe('what is told to posdiag diagnose', () => {
  it('is understood as the manual shows it, and explained', () => {
    const example: unknown = JSON.parse(/```json\n([\s\S]+?)\n```/.exec(readFileSync(join(docs, 'diagnosis.md'), 'utf8'))?.[1] ?? '')
    const input = understand(DiagnoseInput.parse(example))
    expect([input.ignored, input.assumed]).toEqual([[], []])
    const weighed = weighUnderstood(input)
    expect(weighed.diagnosis.verdicts[0]).toMatchObject({ fault: 'PRN-COVER-OPEN', verdict: 'found', recurrence: { days7: 1, days30: 1 } })
    expect(weighed.symptoms).toContainEqual(expect.objectContaining({ id: 'endpoint.unresolved', device: 'acquirer-1', is: 'absent' }))
    expect(explanations(weighed, input.now)[0]?.text.en).toMatch(/^Printer cover open \(printer-1\): found, .* It has been found before: 1× in 7 days/)
  })

  it('needs no more than names and values: devices are guessed, and said to be', () => {
    const input = understood({ observations: [{ name: 'printer.paper-end', value: true }, { name: 'scanner.present', absent: 'missing' }, { name: 'endpoint.connects', device: 'wallet-2', value: true }, { name: 'power.ups-contact', value: true }] })
    expect(input.assumed).toEqual(['printer-1', 'scanner-1', 'wallet-2', 'ups-1'])
    expect(input.terminal.endpoints).toMatchObject([{ id: 'wallet-2', role: 'wallet' }])
    expect(found({ observations: [{ name: 'printer.paper-end', value: true }, { name: 'scanner.present', absent: 'missing' }] }).sort()).toEqual(['PER-SCANNER-FAULT@scanner-1', 'PRN-PAPER-OUT@printer-1'])
  })

  it('may be symptoms alone, with the words that they have', () => {
    expect(found({ symptoms: [{ id: 'printer.cover-open', is: 'present' }, { id: 'printer.paper-end', is: 'absent' }] })).toEqual(['PRN-COVER-OPEN@printer-1'])
  })

  it('may write numbers and truths as text, but not names of things', () => {
    const { observations } = understood({ observations: [{ name: 'host.disk-free-percent', value: '2' }, { name: 'printer.cover-open', value: 'true' }, { name: 'printer.serial', value: '0042' }] })
    expect(observations.map((o) => ('value' in o ? o.value : undefined))).toEqual([2, true, '0042'])
  })

  it('lets the latest of one name count, by its time or else its place', () => {
    const twice = (a: object, b: object) => found({ observations: [{ name: 'printer.cover-open', value: true, ...a }, { name: 'printer.cover-open', value: false, ...b }] })
    expect([twice({}, {}), twice({ at: 2 }, { at: 1 })]).toEqual([[], ['PRN-COVER-OPEN@printer-1']])
  })

  it('is told what of it cannot be used, and what was probably meant', () => {
    const { ignored, observations } = understood({
      observations: [{ name: 'printer.cover-opn', value: true }, { name: 'printer.online', device: 'host', value: true }, { name: 'printer.online' }, { name: 'printer.online', value: true, absent: 'silent' }, { name: 'reader.port', device: 'Reader 1', value: true }],
      symptoms: [{ id: 'printer.open', is: 'present' }],
    })
    expect(observations).toEqual([])
    expect(ignored.map(({ name, why }) => [name, why.en])).toEqual([
      ['printer.online', 'it must give either value or absent'],
      ['printer.online', 'it must give either value or absent'],
      ['printer.cover-opn', 'there is no such name; is it printer.cover-open? docs/observations.md lists them all'],
      ['printer.online', 'host is a host and has no such thing'],
      ['reader.port', 'a device id has lower-case letters, digits and hyphens only'],
      ['printer.open', expect.stringContaining('there is no such name')],
    ])
    for (const { why } of ignored) expect(why.zh).toMatch(/\p{Script=Han}/u)
  })
})

describe('the list of observations and symptoms', () => {
  it('is that of the probes; node bench/vocabulary.ts writes it', () => {
    expect(readFileSync(join(docs, 'observations.md'), 'utf8')).toBe(vocabulary())
  })
})
