import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { cells } from '../../src/cli/columns.ts'
import { guide } from '../../src/faults/guide.ts'
import { catalogue } from '../../src/faults/index.ts'
import { Session } from '../../src/model/repair.ts'
import { Report } from '../../src/model/report.ts'
import { darkHub, type FixCase, looseCable, wrongClock } from './fix-cases.ts'
import { COLUMNS, repair, type Told } from './fix-person.ts'
import { posdiag, ROOT, scratch } from './till.ts'

const DOCUMENT = join(ROOT, 'docs/fix-transcripts.md')

const flat = (text: string): string => text.replaceAll(/\s+/g, '')

const WORDS = [
  ...guide.tests.map((test) => ({ id: test.id, zh: test.zh, en: test.en })),
  ...catalogue.faults.flatMap((f) => f.remedy.steps.flatMap((step) => (step.id === undefined ? [] : [{ id: step.id, zh: step.zh, en: step.en }]))),
  { id: 'escalate', zh: '并把报告发给对方', en: 'with the report: it holds everything seen' },
]

/** The step whose text stands on the screen, however it is wrapped. */
const stepOf = (screen: string): string => {
  const lines = screen.split('\n')
  const from = lines.findLastIndex((line) => /^ {2}(step \d+|第 \d+ 步)/.test(line))
  const text = flat(lines.slice(from).join('\n'))
  return WORDS.find(({ zh, en }) => text.includes(flat(zh)) || text.includes(flat(en)))?.id ?? `unknown: ${screen}`
}

/** Times as a machine's load makes them, which no document may hang on. */
const untimed = (text: string): string => text.replaceAll(/^( {2}(?:took|用时) +)\d+ (?:s|秒|min|分钟)$/gm, '$1…')

const transcripts: { about: string; zh: string; en: string }[] = []

describe.each([['loose printer cable', looseCable], ['clock wrong so TLS fails', wrongClock], ['hub without power', darkHub]] as const)('posdiag fix, %s', (_, start) => {
  let shop: FixCase
  const told: Partial<Record<'zh-CN' | 'en', Told>> = {}
  beforeAll(async () => {
    shop = await start()
  })
  afterAll(() => shop.stop())

  it.each(['zh-CN', 'en'] as const)('ends in a proved repair, in %s', async (language) => {
    await using folder = await scratch()
    const file = join(folder.path, 'terminal.yaml')
    await writeFile(file, stringify(shop.terminal))
    await shop.break()
    const args = ['--terminal', file, '--state', join(folder.path, 'state')]
    const ran = await repair(shop, args, language, stepOf)
    told[language] = ran
    expect(ran.screen).toContain(shop.fault)
    expect(ran.screen).toMatch(language === 'en' ? /✓ Repaired and proved/ : /✓ 修好了，并已验证/)
    expect(ran.code).toBe(0)

    const kept = Session.parse(JSON.parse(await readFile(join(folder.path, 'state/fix.json'), 'utf8')))
    const { repair: record } = kept
    expect(record).toMatchObject({ fault: shop.fault, state: 'fixed' })
    expect(record.tried.at(-1)).toMatchObject({ kind: 'remedy', outcome: 'cured' })
    expect(record.before.posterior).toBeGreaterThan(0.4)
    expect(record.before.symptoms).toContainEqual(record.foundBy)
    expect(record.after?.symptoms).not.toContainEqual(record.foundBy)
    // The report that carried the proof carries the record.
    const list = JSON.parse((await posdiag(['report', 'list', '--json', '--state', join(folder.path, 'state')])).out) as { id: string }[]
    const reports = await Promise.all(list.map(async ({ id }) => Report.parse(JSON.parse((await posdiag(['report', 'show', id, '--json', '--state', join(folder.path, 'state')])).out))))
    expect(reports.flatMap((r) => r.repairs ?? [])).toEqual([record])
  })

  it('fits the terminal, its columns in line, and proposes the same in both languages', () => {
    const { 'zh-CN': zh, en } = told
    if (!zh || !en) throw new Error('one of the two did not come about')
    expect(zh.proposed).toEqual(en.proposed)
    for (const { screen } of [zh, en]) {
      const lines = screen.split('\n')
      expect(lines.filter((line) => cells(line) > COLUMNS)).toEqual([])
      // A label takes ten cells after the margin, however many characters that is.
      for (const line of lines.filter((l) => /^ {2}(?:step \d|第 \d|who |why |谁来做|为什么|before|修之前|now |现在)/.test(l))) {
        const text = /^ {2}\S+(?: \d+(?: 步)?)? +/.exec(line)?.[0] ?? ''
        expect([line, cells(text)]).toEqual([line, 12])
      }
    }
    expect(zh.screen).not.toMatch(/[a-z]{3,} [a-z]{3,}/)
    expect(en.screen).not.toMatch(/\p{Script=Han}/u)
    transcripts.push({ about: `${shop.about.en} (${shop.about.zh})`, zh: untimed(zh.screen), en: untimed(en.screen) })
  })
})

describe('the document of transcripts', () => {
  it('is what these runs showed (POSDIAG_WRITE_DOCS=1 writes it)', async () => {
    const text = [
      '# Three repairs', '', 'What `posdiag fix` shows on a terminal of 80 cells, on stand-ins for the devices, from the first look to the proof. Written by `test/end-to-end/fix.test.ts`.', '',
      ...transcripts.flatMap(({ about, zh, en }) => [`## ${about[0]?.toUpperCase()}${about.slice(1)}`, '', '```text', en.trim(), '```', '', '```text', zh.trim(), '```', '']),
    ].join('\n')
    if (process.env.POSDIAG_WRITE_DOCS) await writeFile(DOCUMENT, text)
    expect(await readFile(DOCUMENT, 'utf8')).toBe(text)
  })
})

describe('posdiag fix', () => {
  it('is taken up after a power cut, and a step done meanwhile is credited with the cure', async () => {
    const shop = await looseCable()
    try {
      await using folder = await scratch()
      const file = join(folder.path, 'terminal.yaml')
      const state = join(folder.path, 'state')
      await writeFile(file, stringify(shop.terminal))
      const cut = await repair(shop, ['--terminal', file, '--state', state], 'en', stepOf, 1)
      expect(cut.proposed).toHaveLength(1)
      let view = JSON.parse((await posdiag(['fix', '--json', '--terminal', file, '--state', state])).out)
      for (let i = 0; i < 8 && view.session.proposal.id !== 'reseat-cable'; i += 1) {
        const { id } = view.session.proposal
        const ran = await posdiag(['fix', '--json', '--terminal', file, '--state', state, '--answer', shop.sees[id] ?? 'skip'])
        view = JSON.parse(ran.out)
      }
      expect(view).toMatchObject({ is: 'open', session: { proposal: { id: 'reseat-cable', kind: 'remedy' } } })
      await shop.does('reseat-cable')
      const after = await posdiag(['fix', '--no-input', '--lang', 'en', '--terminal', file, '--state', state])
      expect(after.out).toContain('Repaired and proved')
      expect(after.code).toBe(0)
      const kept = Session.parse(JSON.parse(await readFile(join(state, 'fix.json'), 'utf8')))
      expect(kept.repair.tried.at(-1)).toMatchObject({ id: 'reseat-cable', outcome: 'cured' })
      // Out again: the same fault has come back.
      await shop.break()
      const again = JSON.parse((await posdiag(['fix', '--json', '--terminal', file, '--state', state])).out)
      expect(again).toMatchObject({ is: 'open', session: { repair: { fault: 'PRN-OFFLINE', regression: true } } })
    } finally {
      await shop.stop()
    }
  })

  it('asks nothing where nothing is wrong, and says which fault it does not know', async () => {
    await using folder = await scratch()
    const ran = await posdiag(['fix', 'no-such', '--state', folder.path, '--lang', 'zh-CN'])
    expect(ran).toMatchObject({ code: 64, out: '' })
    expect(ran.err).toContain('故障目录里没有 NO-SUCH')
    const stale = await posdiag(['fix', '--answer', 'done', '--state', folder.path, '--terminal', join(ROOT, 'fixtures/terminals/none.yaml'), '--lang', 'en'])
    expect(stale.code).not.toBe(70)
  })
})
