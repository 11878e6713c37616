import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { EVENTS, type Shop, startShop } from '../../fixtures/standins/shop.ts'
import { explain } from '../../src/cli/explain.ts'
import { catalogue } from '../../src/faults/index.ts'
import type { FaultAt } from '../../src/model/diagnosis.ts'
import type { Fault } from '../../src/model/fault.ts'
import type { Report } from '../../src/model/report.ts'
import { checkTerminal, found, posdiag, ROOT, ready } from './till.ts'

let shop: Shop
let folder: string
let paperOut: Report
beforeAll(async () => {
  shop = await startShop(ROOT)
  folder = await mkdtemp(join(tmpdir(), 'posdiag-schema-'))
  await shop.happen('paper-out')
  paperOut = (await checkTerminal(shop.terminal)).report
})
afterAll(async () => {
  await shop.stop()
  await rm(folder, { recursive: true, force: true })
})

/** Judges documents by what `posdiag schema NAME` prints, with a validator that is not ours. */
const published = async (name: string): Promise<(document: unknown) => string[]> => {
  const { code, out, err } = await posdiag(['schema', name])
  expect([code, err]).toEqual([0, ''])
  const schema: { $schema: string } = JSON.parse(out)
  expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema')
  const judge: ValidateFunction = new Ajv2020({ allErrors: true, validateFormats: false }).compile(schema)
  return (document) => (judge(document) ? [] : (judge.errors ?? []).map((e) => `${e.instancePath} ${e.message ?? ''}`))
}

const HAN = /\p{Script=Han}/u
const key = (at: FaultAt): string => `${at.fault} ${at.device}`

describe('posdiag schema', () => {
  it('report: describes what posdiag check --json prints, whatever happens', async () => {
    const faultsIn = await published('report')
    for (const event of ['all-well', 'reader-mute', 'on-battery', 'certificate-expired'] as const) {
      await shop.happen(event)
      expect(faultsIn((await checkTerminal(shop.terminal)).report)).toEqual([])
    }
    expect(faultsIn((await checkTerminal({ terminal: { id: 'BARE-1' } })).report)).toEqual([])
    expect(faultsIn({ ...paperOut, sequence: -1 })).toEqual(['/sequence must be >= 0'])
    expect(faultsIn({ ...paperOut, surprise: true })).toEqual([' must NOT have additional properties'])
  })

  it('terminal: describes the terminal files of the fixtures as they are written', async () => {
    const faultsIn = await published('terminal')
    const names = await readdir(join(ROOT, 'fixtures/terminals'))
    expect(names.length).toBeGreaterThan(3)
    for (const name of names) {
      expect([name, faultsIn(parse(await readFile(join(ROOT, 'fixtures/terminals', name), 'utf8')))]).toEqual([name, []])
    }
    expect(faultsIn(parse(stringify(shop.terminal)))).toEqual([])
    expect(faultsIn({ terminal: { id: 'has space' } })).not.toEqual([])
    expect(faultsIn({ terminal: { id: 'T-1' }, devices: [{ id: 'a', kind: 'toaster', transport: { type: 'host' } }] })).not.toEqual([])
  })

  it('profile and scenario: describe the files of this package', async () => {
    const [profile, scenario] = await Promise.all([published('profile'), published('scenario')])
    const files = (await readdir(join(ROOT, 'probes'), { recursive: true })).filter((name) => /profiles\/[^/]+\.json$/.test(name))
    expect(files.length).toBeGreaterThan(5)
    for (const name of files) expect([name, profile(JSON.parse(await readFile(join(ROOT, 'probes', name), 'utf8')))]).toEqual([name, []])
    for (const name of await readdir(join(ROOT, 'fixtures/scenarios'))) {
      expect([name, scenario(parse(await readFile(join(ROOT, 'fixtures/scenarios', name), 'utf8')))]).toEqual([name, []])
    }
  })

  it('fault: describes every entry of the catalogue; observation: every one of a report; the list names all', async () => {
    const { out } = await posdiag(['schema'])
    const names = out.trim().split('\n')
    expect(names).toEqual(expect.arrayContaining(['report', 'terminal', 'profile', 'fault', 'scenario', 'observation', 'transaction', 'diagnose']))
    const [fault, observation] = await Promise.all([published('fault'), published('observation')])
    for (const entry of JSON.parse((await posdiag(['explain', '--json'])).out) as Fault[]) expect([entry.code, fault(entry)]).toEqual([entry.code, []])
    for (const one of paperOut.check.observations) expect([one.name, observation(one)]).toEqual([one.name, []])
  })
})

describe('posdiag diagnose', () => {
  it('weighs an example from standard input as its schema describes it', async () => {
    const example = {
      terminal: { terminal: { id: 'T-1' }, devices: [{ id: 'printer-1', kind: 'printer', transport: { type: 'usblp', path: '/dev/usb/lp0' } }] },
      observations: [
        { name: 'printer.port', device: 'printer-1', at: 1_790_000_000_000, source: 'live', value: true },
        { name: 'printer.answers', device: 'printer-1', at: 1_790_000_000_000, source: 'live', value: true },
        { name: 'printer.paper-end', device: 'printer-1', at: 1_790_000_000_000, source: 'live', value: true },
        { name: 'host.uptime-s', device: 'host', at: 1_790_000_000_000, source: 'live', value: 3600 },
      ],
    }
    expect((await published('diagnose'))(example)).toEqual([])
    const { code, out, err } = await posdiag(['diagnose', '-'], { input: JSON.stringify(example) })
    const weighed = JSON.parse(out)
    expect(weighed.diagnosis.verdicts[0]).toMatchObject({ fault: 'PRN-PAPER-OUT', device: 'printer-1', verdict: 'found' })
    expect(weighed.readiness).toContainEqual(expect.objectContaining({ tender: 'cash', is: 'degraded' }))
    expect(weighed.faults.map((f: Fault) => f.code)).toEqual(['PRN-PAPER-OUT'])
    expect([code, err]).toEqual([1, ''])
  })

  it('says of the observations of a check what the check said', async () => {
    const file = join(folder, 'seen.json')
    await writeFile(file, JSON.stringify({ terminal: shop.terminal, observations: paperOut.check.observations }))
    const { code, out } = await posdiag(['diagnose', file])
    expect(JSON.parse(out)).toMatchObject({ diagnosis: paperOut.check.diagnosis, readiness: paperOut.check.readiness, symptoms: paperOut.check.symptoms })
    expect(code).toBe(1)
  })

  it.each([
    ['{', 'standard input is not JSON', '标准输入不是 JSON'],
    ['{"terminal":{"terminal":{"id":"T-1"}},"observations":[{"name":"host.uptime-s","device":"host","at":1,"source":"live","value":[]}]}', 'standard input: observations.0.value: Invalid input', '标准输入有错误：observations.0.value: 无效输入'],
  ])('refuses %s with exit 66 and says where it is wrong', async (input, en, zh) => {
    for (const [language, text] of [['en', en], ['zh-CN', zh]] as const) {
      const { code, out, err } = await posdiag(['diagnose', '-', '--lang', language], { input })
      expect(err).toContain(text)
      expect(err).not.toMatch(/^\s+at /m)
      expect([code, out]).toEqual([66, ''])
    }
  })
})

describe('posdiag replay', () => {
  it.each(EVENTS)('finds in the report of a check what the check found: %s', async (event) => {
    await shop.happen(event)
    const { report } = await checkTerminal(shop.terminal)
    const file = join(folder, `${event}.json`)
    await writeFile(file, JSON.stringify(report))
    const { code, out } = await posdiag(['replay', file, '--json'])
    const replayed: { then: FaultAt[]; now: FaultAt[]; appeared: FaultAt[]; gone: FaultAt[]; report: Report } = JSON.parse(out)
    expect([replayed.now.map(key), replayed.appeared, replayed.gone]).toEqual([found(report), [], []])
    expect(replayed.then.map(key)).toEqual(found(report))
    expect(ready(replayed.report)).toEqual(ready(report))
    expect(code).toBe(0)
  })

  it('shows a person what changed, in both languages', async () => {
    const file = join(folder, 'changed.json')
    const seen = paperOut.check.observations.filter((o) => o.device !== 'printer-1')
    await writeFile(file, JSON.stringify({ ...paperOut, check: { ...paperOut.check, observations: seen } }))
    for (const language of ['en', 'zh-CN']) {
      const { out, code } = await posdiag(['replay', file, '--lang', language])
      expect(out).toContain('- PRN-PAPER-OUT printer-1')
      expect(out).toContain(language === 'en' ? 'No fault found' : '没有发现故障')
      expect(code).toBe(0)
    }
  })

  it('refuses what is no report with exit 66', async () => {
    const { code, err } = await posdiag(['replay', '-', '--lang', 'en'], { input: JSON.stringify({ ...paperOut, id: 'x' }) })
    expect(err).toMatch(/^posdiag: standard input: id: .*posdiag schema report prints the format/)
    expect(code).toBe(66)
    const none = await posdiag(['replay', join(folder, 'none.json'), '--lang', 'zh-CN'])
    expect(none.err).toContain(`不能读取 ${join(folder, 'none.json')}`)
    expect(none.code).toBe(66)
  })
})

describe('posdiag explain', () => {
  it('lists every fault, and prints each in both languages', async () => {
    const faults: Fault[] = JSON.parse((await posdiag(['explain', '--json'])).out)
    expect(faults.length).toBe(catalogue.faults.length)
    for (const [language, of] of [['en', 'en'], ['zh-CN', 'zh']] as const) {
      const list = await posdiag(['explain', '--lang', language])
      expect(list.out.trim().split('\n')).toHaveLength(faults.length)
      for (const fault of faults) {
        expect(list.out).toContain(fault.title[of])
        const lines: string[] = []
        const code = explain(fault.code.toLowerCase(), {}, { language, width: 4000, colour: false, out: (text) => void lines.push(text), err: () => undefined })
        const text = lines.join('\n')
        expect(code).toBe(0)
        for (const part of [fault.title, fault.signs, fault.causes, fault.remedy.workaround, fault.remedy.verify, fault.evidence, ...fault.remedy.steps]) expect(text).toContain(part[of])
        if (language === 'zh-CN') expect(text.split('\n').filter((line) => HAN.test(line)).length).toBeGreaterThan(8)
      }
    }
    const { out, code } = await posdiag(['explain', 'PRN-PAPER-OUT', '--lang', 'zh-CN'])
    expect(out).toMatch(/^PRN-PAPER-OUT {2}\S/)
    expect(out).toContain('修好的标准')
    expect(code).toBe(0)
  })
})

describe('posdiag redact', () => {
  it('masks card numbers and leaves order numbers alone', async () => {
    const input = 'order 20261122000123 paid with 4111111111111111 approved 123456\n订单号 2026112200012345，卡号 6200 0000 0000 0005\n;5555555555554444=29125011000012345678?\n'
    const { code, out, err } = await posdiag(['redact'], { input })
    expect(out).toContain('order 20261122000123 paid with 411111******1111 approved 123456\n')
    expect(out).toContain('订单号 2026112200012345，卡号 6200 00')
    expect(out).not.toMatch(/4111111111111111|6200 0000 0000 0005|5555555555554444|29125011/)
    expect(out.split('\n')).toHaveLength(4)
    expect(err).toMatch(/pan: \d/)
    expect(code).toBe(0)
  })

  it('masks a number wherever the blocks of its input end', async () => {
    const input = `${'x'.repeat(65_530)}4111111111111111${'y'.repeat(200_000)} 5555555555554444\n`.repeat(3)
    const { out } = await posdiag(['redact'], { input })
    expect(out).not.toMatch(/5555555555554444/)
    expect(out).toHaveLength(input.length)
  })
})

describe('posdiag report and doctor', () => {
  it('list, show and export what earlier checks left', async () => {
    const file = join(folder, 'terminal.yaml')
    const state = join(folder, 'state')
    await writeFile(file, stringify(shop.terminal))
    const none = await posdiag(['report', 'list', '--state', state, '--lang', 'en'])
    expect([none.code, none.err]).toEqual([66, `posdiag: no reports in ${state} yet; run posdiag check first\n`])
    await shop.happen('paper-out')
    const first: Report = JSON.parse((await posdiag(['check', '--json', '--terminal', file, '--state', state])).out)
    await shop.happen('all-well')
    const second: Report = JSON.parse((await posdiag(['check', '--json', '--terminal', file, '--state', state])).out)
    expect([first.sequence, second.sequence]).toEqual([1, 2])

    const rows: { id: string; sequence: number; found: number }[] = JSON.parse((await posdiag(['report', 'list', '--json', '--state', state])).out)
    expect(rows.map((r) => [r.sequence, r.id, r.found])).toEqual([[2, second.id, 0], [1, first.id, 1]])
    const lines = (await posdiag(['report', 'list', '--state', state])).out.trim().split('\n')
    expect(lines.map((line) => line.split(/\s/)[0])).toEqual(['2', '1'])
    expect(lines[1]).toContain(first.id)

    expect(JSON.parse((await posdiag(['report', 'show', first.id, '--json', '--state', state])).out)).toEqual(first)
    expect((await posdiag(['report', 'show', first.id, '--state', state, '--lang', 'zh-CN'])).out).toContain('PRN-PAPER-OUT')
    expect((await posdiag(['report', 'show', '--state', state, '--lang', 'en'])).out).toContain('No fault found')
    const unknown = await posdiag(['report', 'show', '018f0000-0000-7000-8000-000000000000', '--state', state, '--lang', 'en'])
    expect(unknown.err).toContain('posdiag report list lists them')
    expect(unknown.code).toBe(66)
    expect((await posdiag(['report', 'burn', '--state', state])).code).toBe(64)
  })

  it('tell how the agent itself is', async () => {
    const { code, out } = await posdiag(['doctor', '--json', '--state', join(folder, 'nobody'), '--terminal', join(ROOT, 'fixtures/terminals/bare.yaml')])
    const items: { check: string; ok?: boolean; detail: { zh: string; en: string }; remedy?: { zh: string; en: string } }[] = JSON.parse(out)
    expect(items.map((i) => i.check)).toEqual(expect.arrayContaining(['agent', 'state-folder', 'card-data-filter', 'clock']))
    for (const { detail, remedy } of items) {
      for (const text of [detail, remedy]) if (text) expect([text.zh, text.en].every((t) => t.length > 0)).toBe(true)
    }
    expect(items.find((i) => i.check === 'agent')).toMatchObject({ ok: false, remedy: { en: expect.stringContaining('posdiag agent') } })
    expect(code).toBe(1)
    const zh = await posdiag(['doctor', '--state', join(folder, 'nobody'), '--lang', 'zh-CN'])
    expect(zh.out).toContain('→ 运行 posdiag agent')
  })
})
