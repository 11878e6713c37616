import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, it } from 'vitest'
import { LOG_CLASSES, LogFinding } from '../../src/model/log.ts'
import { LOG_CLASS_TEXTS } from '../../src/texts/log-classes.ts'
import { posdiag, ROOT, scratch } from './till.ts'

const CASES = readFileSync(join(ROOT, 'fixtures/logs/cases.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { lines: string[] })
const LOG = CASES.flatMap(({ lines }) => lines).join('\n')

const findings = (out: string): LogFinding[] => out.trim().split('\n').filter(Boolean).map((line) => LogFinding.parse(JSON.parse(line)))

it('prints a line of JSON for each finding, as its schema describes them, from a file, a packed one or standard input', async () => {
  await using folder = await scratch()
  const plain = join(folder.path, 'kern.log')
  const packed = join(folder.path, 'kern.log.1.gz')
  await writeFile(plain, LOG)
  await writeFile(packed, gzipSync(LOG))
  const [file, gz, input, schema] = await Promise.all([posdiag(['logs', plain]), posdiag(['logs', packed]), posdiag(['logs', '-'], { input: LOG }), posdiag(['schema', 'logs'])])
  expect([file.code, gz.code, input.code]).toEqual([0, 0, 0])
  expect(gz.out).toBe(file.out)
  expect(input.out).toBe(file.out)
  expect(file.err).toMatch(/^\d+ found, \d+ of them need attention\n$/)
  const valid = new Ajv2020({ strict: false, validateFormats: false }).compile(JSON.parse(schema.out))
  const all = findings(file.out)
  expect(all.length).toBeGreaterThan(20)
  for (const finding of all) expect(valid(finding), JSON.stringify(valid.errors)).toBe(true)
})

it('reads several files as one log, and says nothing of a sound machine but what was attached', async () => {
  const ordinary = ['counter-pc.dmesg', 'till.syslog'].map((name) => join(ROOT, 'fixtures/logs/ordinary', name))
  const { out, err } = await posdiag(['logs', '--lang', 'zh-CN', ...ordinary])
  expect(new Set(findings(out).flatMap(({ classes }) => classes))).toEqual(new Set(['benign.attach']))
  expect(err).toContain('0 项需要处理')
})

it('names a file that it cannot read, in both languages', async () => {
  for (const [lang, said] of [['en', /^posdiag: cannot read \/no\/such\/log: ENOENT/], ['zh-CN', /^posdiag：不能读取 \/no\/such\/log：ENOENT/]] as const) {
    const { code, out, err } = await posdiag(['logs', '--lang', lang, '/no/such/log'])
    expect([code, out]).toEqual([66, ''])
    expect(err).toMatch(said)
  }
})

it('is documented, class by class', () => {
  const rows = Object.entries(LOG_CLASSES).map(([name, severity]) => `| \`${name}\` | ${severity} | ${LOG_CLASS_TEXTS[name as keyof typeof LOG_CLASSES].en} | ${LOG_CLASS_TEXTS[name as keyof typeof LOG_CLASSES].zh} |`)
  expect(readFileSync(join(ROOT, 'docs/logs.md'), 'utf8')).toContain(rows.join('\n'))
})
