import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { cells } from '../../src/cli/columns.ts'
import { verdictLines } from '../../src/cli/verdict.ts'
import { runnerUp } from '../../src/model/runner-up.ts'
import { scenarioReport } from '../hq/scenario-reports.ts'

const DOCUMENT = join(import.meta.dirname, '../../docs/diagnosis.md')
const BETWEEN = /(?<=<!-- read-aloud -->\n)[\s\S]*?(?=<!-- \/read-aloud -->)/
const WIDTH = 80

const report = scenarioReport({ scenario: 'clock-ahead-breaks-tls', identity: { id: 'SHOP-0001-01' }, sequence: 1, at: Date.UTC(2026, 5, 2, 8) })
const said = (language: 'zh-CN' | 'en'): string => verdictLines(report, { language, width: WIDTH, colour: false }).join('\n')

it('the hard case in the document is told as posdiag tells it (POSDIAG_WRITE_DOCS=1 writes it)', () => {
  const text = (['en', 'zh-CN'] as const).map((language) => `\`\`\`text\n${said(language)}\n\`\`\`\n`).join('\n')
  if (process.env.POSDIAG_WRITE_DOCS) writeFileSync(DOCUMENT, readFileSync(DOCUMENT, 'utf8').replace(BETWEEN, () => text))
  expect(BETWEEN.exec(readFileSync(DOCUMENT, 'utf8'))?.[0]).toBe(text)
  for (const line of text.split('\n')) expect([line, cells(line) <= WIDTH]).toEqual([line, true])
})

it('and says why the obvious answer, the certificate, lost: the other server shows the same, and the clocks differ', () => {
  expect(runnerUp(report.check.diagnosis)).toMatchObject({ fault: 'NET-TLS-CERT-INVALID', device: 'acquirer-1', lost: { fault: 'SYS-CLOCK-SKEW' } })
  const flat = (text: string): string => text.replaceAll(/\s+/g, '')
  expect(flat(said('en'))).toContain(flat('“TLS certificate check failed” would leave unexplained: hq-1: by this host\'s clock the server\'s certificate has expired; acquirer-1, hq-1: this host\'s clock and the server\'s differ too much'))
  expect(flat(said('zh-CN'))).toContain(flat('“TLS 证书校验失败”解释不了：hq-1：按本机时钟，服务器证书已过期；acquirer-1、hq-1：本机时钟与服务器时钟相差过大'))
})
