import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import * as z from 'zod'
import { catalogue } from '../src/faults/index.ts'

const root = join(import.meta.dirname, '..')
const page = join(root, 'docs/requirements.md')

/** What five articles about problems with terminals ask for, one row each: what it says, how posdiag meets it, and where that can be seen. */
const Row = z.strictObject({
  id: z.string().regex(/^S[0-4]-\d\d$/), kind: z.string().min(3), zh: z.string().min(1), en: z.string().min(1),
  /** detected: a check or the journal finds it. automated: done without being asked. supported: a command, screen or list helps a person do it. advice: shown where it matters. */
  how: z.enum(['detected', 'automated', 'supported', 'advice']),
  faults: z.array(z.string()), tests: z.array(z.string()).min(1), commands: z.array(z.string()).min(1), note: z.strictObject({ zh: z.string().min(2), en: z.string().min(2) }),
})
const rows = z.array(Row).parse(JSON.parse(readFileSync(join(root, 'docs/requirements.json'), 'utf8')))

const ARTICLES: Readonly<Record<string, string>> = {
  S0: '担保 · Guarantees and pre-authorisations', S1: '押金确认 · Deposits', S2: '停机 · A terminal that was suspended', S3: '未到账 · Money that did not arrive', S4: '机器坏了又要刷卡 · A broken terminal and a customer who pays by card',
}
const HOW = { detected: '检出 detected', automated: '自动 automated', supported: '支持 supported', advice: '提醒 advice' } as const

const rendered = (): string => [
  '# 需求对照表 · What was asked for, and where it is', '',
  '五篇讲终端与资金问题的文章提出的 231 项要求，逐项写明由 posdiag 检出、自动完成、支持还是作为提醒显示，以及证明它的测试与可以看到它的命令。', '',
  'The 231 things that five articles about terminals and money ask for: each is detected, automated, supported or shown as advice, with the test that shows it and the command where it is seen. Made from `requirements.json`.', '',
  `| ${Object.values(HOW).join(' | ')} |`, '|---|---|---|---|', `| ${(Object.keys(HOW) as (keyof typeof HOW)[]).map((how) => rows.filter((row) => row.how === how).length).join(' | ')} |`,
  ...Object.entries(ARTICLES).flatMap(([article, title]) => [
    '', `## ${title}`, '', '| | 原文 · asked for | 做法 · how | 故障 · faults | 测试 · test | 命令 · command |', '|---|---|---|---|---|---|',
    ...rows.filter((row) => row.id.startsWith(article)).map((row) => `| ${row.id} | ${row.zh.replaceAll('|', '/')} · ${row.en.replaceAll('|', '/')} | ${HOW[row.how]}：${row.note.zh} · ${row.note.en} | ${row.faults.join(' ')} | ${row.tests.map((test) => `[${test.replace(/^test\/|\.test\.ts$/g, '')}](../${test})`).join(' ')} | ${row.commands.map((command) => `\`posdiag ${command}\``).join(' ')} |`),
  ]), '',
].join('\n')

it('has all 231, each once, in both languages', () => {
  expect(rows).toHaveLength(231)
  expect(new Set(rows.map(({ id }) => id)).size).toBe(231)
  expect(Object.keys(ARTICLES).map((article) => rows.filter(({ id }) => id.startsWith(article)).length)).toEqual([65, 53, 36, 31, 46])
  expect(rows.filter(({ zh, note }) => !/\p{Script=Han}/u.test(zh) || !/\p{Script=Han}/u.test(note.zh)).map(({ id }) => id)).toEqual([])
})

it('names only tests, commands and faults that there are', () => {
  const commands = new Set([...readFileSync(join(root, 'src/cli/program.ts'), 'utf8').matchAll(/ command\('(\w+)/g)].map((match) => match[1]))
  expect(commands.size).toBeGreaterThan(10)
  const codes = catalogue.faults.map(({ code }) => code)
  const known = (fault: string): boolean => (fault.endsWith('-*') ? codes.some((code) => code.startsWith(fault.slice(0, -1))) : codes.includes(fault))
  expect([...new Set(rows.flatMap(({ tests }) => tests))].filter((test) => !existsSync(join(root, test)))).toEqual([])
  expect([...new Set(rows.flatMap((row) => row.commands))].filter((command) => !commands.has(command))).toEqual([])
  expect([...new Set(rows.flatMap(({ faults }) => faults))].filter((fault) => !known(fault))).toEqual([])
})

it('gives every requirement that names a fault one that a symptom can speak for', () => {
  const mute = new Set(catalogue.faults.filter(({ shows }) => shows.length === 0).map(({ code }) => code))
  expect(rows.filter(({ how, faults }) => how === 'detected' && faults.length > 0 && faults.every((fault) => mute.has(fault))).map(({ id }) => id)).toEqual([])
})

it('is written out in docs/requirements.md (WRITE_DOCS=1 writes it anew)', () => {
  if (process.env.WRITE_DOCS === '1') writeFileSync(page, rendered())
  expect(readFileSync(page, 'utf8')).toBe(rendered())
})
