import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FACTS } from '../../probes/printer/facts.ts'
import { printer } from '../../probes/printer/probe.ts'
import { loadProfiles, marksOf, ProfileError, recognise, withProfile } from '../../probes/profiles.ts'
import type { Profile } from '../../src/model/device.ts'
import { Device } from '../../src/model/terminal.ts'
import { expectedOf, head, playTo, ROOT } from './play.ts'

const guide = await readFile(`${ROOT}docs/add-a-device.md`, 'utf8')
const block = (language: string): string => new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(guide.slice(guide.indexOf('## 示例')))?.[1] ?? ''

let root = ''
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'profiles-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

const rootWith = async (kind: string, name: string, text: string): Promise<string> => {
  const at = await mkdtemp(join(root, 'case-'))
  await mkdir(join(at, 'probes', kind, 'profiles'), { recursive: true })
  await writeFile(join(at, 'probes', kind, 'profiles', name), text)
  return at
}

const all = await loadProfiles(ROOT)

describe('the profiles of the project', () => {
  it('are all profiles', () => {
    expect(all.filter(({ kind }) => kind === 'printer').length).toBeGreaterThanOrEqual(20)
    expect(all.filter(({ kind }) => kind === 'reader' || kind === 'pinpad').length).toBeGreaterThanOrEqual(14)
  })

  it('of readers and PIN pads speak a dialect that their probes know', () => {
    const known = { reader: ['pcsc', 'enq', 'magtek', 'idtech', 'zvt', 'nexo', 'keyboard'], pinpad: ['enq', 'usb'] }
    for (const { id, kind, dialect } of all) if (kind === 'reader' || kind === 'pinpad') expect(known[kind], id).toContain(dialect)
  })

  it('of a USB reader tell each mark apart from every other', () => {
    const ids = all.filter(({ kind }) => kind === 'reader').flatMap(({ id, marks }) => marks.filter(({ by, matches }) => by === 'usb-id' && !matches.includes('*')).map(({ matches }) => [matches, id] as const))
    for (const [usb, id] of ids) expect(recognise(all.filter(({ kind }) => kind === 'reader'), [{ by: 'usb-id', value: usb }])[0]?.profile.id, usb).toBe(id)
  })

  const printers = all.filter(({ kind }) => kind === 'printer')
  const fitted = (profile: Profile) => withProfile(Device.parse({ id: 'printer-1', kind: 'printer', transport: { type: 'serial', path: '/dev/ttyS0' }, profile: profile.id }), all)

  /** What a healthy unit answers to everything that any of them is asked. */
  const HEALTHY = [
    ...['10 04 01', '10 04 02', '10 04 03', '10 04 04', '10 04 05', '10 04 07 01', '10 04 07 02', '10 04 08 01', '10 04 08 03', '10 04 12 01', '10 04 12 02'].map((sent) => [sent, '12']),
    ['10 04 14', '10 0f 00 00 00 00'], ['10 14 07 01', '10 00 00 0f'], ['1d 72 01', '00'], ['1d 72 02', '00'],
    ['04', '10'], ['05', '20'], ['1b 06 01', '23 06 00 00 00 00 00 00 00'],
    ...['43', '42', '41', '44', '45', '21'].map((n) => [`1d 49 ${n}`, '5f 58 00']), ...['01', '02', '03'].map((n) => [`1d 49 ${n}`, '02']), ['1d 49 70', '5f 40 41 00'],
    ...['94', '95', 'b2', 'c6'].map((n) => [`1d 67 32 00 ${n} 00`, '5f 31 00']),
  ].map(([sent, got]) => `> ${sent}\n< ${got} +4ms`).join('\n')

  /** Flags that a fact takes away, where the dialect tells them. */
  const TAKEN: Record<string, string> = { 'near-end-sensor': 'paper-near-end', 'end-sensor': 'paper-end', cutter: 'cutter-error', 'mechanical-error': 'mechanical-error', 'waiting-recovery': 'waiting-recovery', 'feed-button': 'feed-button' }

  it.each(printers)('$id: a healthy unit shows nothing, and is asked what the model knows and no more', async (profile) => {
    const { present, seen, run, transcript } = await playTo(printer, HEALTHY, { ...fitted(profile), profile: undefined })
    expect(run.outcome, run.detail).toBe('done')
    expect(present).toEqual([])
    expect(seen['printer.answers']).toBe(profile.facts['back-channel'] === false ? '!not-fitted' : true)
    expect(seen['printer.dialect']).toBe(profile.facts['back-channel'] === false ? undefined : profile.dialect)
    for (const [fact, flag] of Object.entries(TAKEN)) if (profile.facts[fact] === false && `printer.${flag}` in seen) expect(seen[`printer.${flag}`], fact).toBe('!not-fitted')
    const extra = { ink: '10 04 07 01', slip: '10 04 05', micr: '10 04 08 01', peeler: '10 04 08 03', switches: '1d 49 70', counters: '1d 67 32 00 b2 00' }
    expect(Object.entries(extra).filter(([, sent]) => transcript.includes(`> ${sent}\n`)).map(([fact]) => fact)).toEqual(Object.keys(extra).filter((fact) => profile.facts[fact] === true))
  })

  it.each(printers)('$id: says only what the probe reads', ({ facts, limits, quirks, basis }) => {
    expect(Object.keys(facts).filter((fact) => !(fact in FACTS))).toEqual([])
    expect(Object.keys(limits).filter((limit) => !(limit in printer.limits))).toEqual([])
    for (const { what, because } of quirks) expect([/\p{Script=Han}/u.test(what.zh), what.en.length > 10, because.length > 5]).toEqual([true, true, true])
    expect(basis.length).toBeGreaterThan(20)
  })

  it.each(printers)('$id: is recognised by its own marks before any other', (profile) => {
    const best = recognise(printers, profile.marks.map(({ by, matches }) => ({ by, value: matches.replaceAll('*', '') })))[0]
    expect(best?.profile.id).toBe(profile.id)
  })

  it.each([
    ['EPSON', 'TM-T88VI', 'epson-tm-t88vi'], ['EPSON', 'TM-T88V', 'epson-tm-t88v'], ['EPSON', 'TM-T20III', 'epson-tm-t20iii'], ['BIXOLON', 'SRP-330II', 'bixolon-srp-330ii'], ['CITIZEN', 'CT-S2000', 'citizen-ct-s2000'],
    ['XPRINTER', 'XP-80C', 'xprinter-generic'],
  ])('%s %s is recognised as %s', (maker, model, id) => {
    const marks = marksOf([{ name: 'printer.maker', value: maker }, { name: 'printer.model', value: model }, { name: 'printer.online', value: true }])
    const [best, next] = recognise(all, marks)
    expect(best?.profile.id).toBe(id)
    expect(best?.score).toBeGreaterThan(2 * (next?.score ?? 0))
  })

  it('a reader is recognised by its name in PC/SC and by its USB id', () => {
    expect(recognise(all, [{ by: 'reader-name', value: 'ACS ACR39U ICC Reader 00 00' }])[0]?.profile.id).toBe('acs-acr39u')
    expect(recognise(all, [{ by: 'usb-id', value: '0801:0002' }])[0]?.profile.id).toBe('magtek-sureswipe')
  })

  it('a stranger is not recognised', () => {
    expect(recognise(all, [{ by: 'model-answer', value: 'UNHEARD OF' }])).toEqual([])
    expect(recognise(all, [])).toEqual([])
  })
})

describe('a file that is no profile', () => {
  const good = block('json')
  it.each([
    ['broken JSON', 'printer', 'acme-rp80.json', '{', /JSON/],
    ['a field that does not exist', 'printer', 'acme-rp80.json', good.replace('"facts"', '"fact"'), /fact/],
    ['a weight above one', 'printer', 'acme-rp80.json', good.replace('0.9', '9'), /marks\.0\.weight/],
    ['another kind than its folder', 'reader', 'acme-rp80.json', good, /kind is printer/],
    ['a file called otherwise', 'printer', 'rp80.json', good, /must be called acme-rp80\.json/],
  ])('%s is told with its file', async (_what, kind, name, text, problem) => {
    const failure = await loadProfiles(await rootWith(kind, name, text)).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ProfileError)
    expect(String(failure)).toMatch(problem)
    expect(String(failure)).toContain(join('probes', kind, 'profiles', name))
  })

  it('a folder without probes is an error, not an empty list', async () => {
    await expect(loadProfiles(join(root, 'nowhere'))).rejects.toThrow(/ENOENT/)
  })
})

describe('the example of docs/add-a-device.md', () => {
  it('loads, is recognised, and its dialogue leads to what it says', async () => {
    const dialogue = block('text')
    const [profile, ...others] = await loadProfiles(await rootWith('printer', 'acme-rp80.json', block('json')))
    expect(others).toEqual([])
    if (!profile) throw new Error('no profile')
    const device = Device.parse({ id: 'printer-1', kind: 'printer', transport: { type: 'serial', path: '/dev/ttyS0' }, profile: head(dialogue, 'profile') })
    const { present, seen } = await playTo(printer, dialogue, withProfile(device, [profile]))
    expect(present).toEqual(expectedOf(dialogue))
    expect(seen['printer.paper-near-end']).toBe('!not-fitted')
    expect(recognise([...all, profile], marksOf(Object.entries(seen).map(([name, value]) => ({ name, value }))))[0]?.profile.id).toBe('acme-rp80')
    // Without the profile the same bytes mean that the paper is low.
    expect((await playTo(printer, dialogue, { transport: device.transport })).present).toEqual(['printer.paper-low'])
  })

  it('names the files as they must be called', () => {
    expect(guide).toContain('`probes/printer/profiles/acme-rp80.json`')
    expect(guide).toContain('`fixtures/dialogues/printer/acme-rp80-paper-low.txt`')
  })
})

describe('withProfile', () => {
  const device = (more: object) => Device.parse({ id: 'printer-1', kind: 'printer', transport: { type: 'usblp', path: '/dev/usb/lp0' }, ...more })

  it('gives facts that the terminal file did not give itself', () => {
    expect(withProfile(device({ profile: 'generic-58mm-write-only', settings: { cutter: true } }), all).settings).toMatchObject({ dialect: 'esc-pos', 'back-channel': false, cutter: true })
  })

  it('leaves a device without profile alone', () => {
    expect(withProfile(device({}), all)).toEqual(device({}))
  })

  it.each(['no-such-model', 'acs-acr39u'])('%s is not a printer: says which are known', (profile) => {
    expect(() => withProfile(device({ profile }), all)).toThrow(/printer-1.*epson-tm-t88v/)
  })
})

describe('recognition', () => {
  const marks = fc.array(fc.record({ by: fc.constantFrom('usb-id' as const, 'model-answer' as const, 'maker-answer' as const), matches: fc.constantFrom('a', 'a*', '*b', 'a*b', 'c'), weight: fc.double({ min: 0, max: 1, noNaN: true }) }), { minLength: 1, maxLength: 4 })
  const seen = fc.array(fc.record({ by: fc.constantFrom('usb-id' as const, 'model-answer' as const), value: fc.constantFrom('a', 'ab', 'axb', 'c', '') }), { maxLength: 4 })
  const profileOf = (id: string, own: Profile['marks']): Profile => ({ id, kind: 'printer', maker: 'x', model: 'y', marks: own, dialect: 'esc-pos', facts: {}, limits: {}, quirks: [], basis: 'made up' })

  it('scores lie between 0 and 1 and fall', () => {
    fc.assert(fc.property(fc.array(marks, { maxLength: 5 }), seen, (sets, what) => {
      const found = recognise(sets.map((own, i) => profileOf(`p${i}`, own)), what)
      for (const { score, matched } of found) {
        expect(score).toBeGreaterThan(0)
        expect(score).toBeLessThanOrEqual(1)
        expect(matched.length).toBeGreaterThan(0)
      }
      expect(found.map(({ score }) => score)).toEqual(found.map(({ score }) => score).toSorted((a, b) => b - a))
    }))
  })

  it('a star stands for any characters, none included, and covers nothing twice', () => {
    const fitting = (matches: string, value: string) => recognise([profileOf('p', [{ by: 'model-answer', matches, weight: 1 }])], [{ by: 'model-answer', value }]).length === 1
    expect([fitting('TM-T88*', 'tm-t88'), fitting('TM-T88*', 'TM-T88VI'), fitting('TM-T88V', 'TM-T88VI'), fitting('*58*', 'xp-58iih'), fitting('a*a', 'a'), fitting('a*a', 'aa'), fitting('a*b*c', 'a-b-b-c'), fitting('a*b*c', 'a-c')])
      .toEqual([true, true, false, true, false, true, true, false])
  })

  it('a contrary answer weighs against a matching one', () => {
    const p = profileOf('p', [{ by: 'maker-answer', matches: 'EPSON', weight: 0.3 }, { by: 'model-answer', matches: 'TM-T88V', weight: 0.9 }])
    const score = (...what: Parameters<typeof recognise>[1]) => recognise([p], what)[0]?.score ?? 0
    expect(score({ by: 'maker-answer', value: 'EPSON' }, { by: 'model-answer', value: 'TM-T20' })).toBeLessThan(score({ by: 'maker-answer', value: 'EPSON' }) / 5)
  })
})
