import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { type Shop, startShop } from '../../fixtures/standins/shop.ts'
import type { Report } from '../../src/model/report.ts'
import { leaksIn } from './sought-cards.ts'
import { found, lacks, posdiag, type Ran, ROOT, ready } from './till.ts'

const run = promisify(execFile)
const HAN = /\p{Script=Han}/u
const LANGUAGES = ['zh-CN', 'en'] as const
const DAY = 86_400_000
const MINUTE = 60_000
const SHOP_MS = 8 * 3_600_000

let shop: Shop
beforeAll(async () => {
  shop = await startShop(ROOT)
})
afterAll(() => shop.stop())

let folder: string
let more: { money: object; service: object }
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posdiag-matter-'))
  await shop.happen('all-well')
  more = {
    money: { mid: '898110259990001', tid: '10000001' },
    service: { contacts: [{ role: 'manager', name: '门店经理', phone: '010-5550001' }, { role: 'provider', name: '服务商客服', phone: '010-5550002' }, { role: 'acquirer', name: '收单机构客服', phone: '010-5550003', hours: '9:00-18:00' }] },
  }
  return () => rm(folder, { recursive: true, force: true })
})

const at = (...args: string[]): Promise<Ran> => posdiag([...args, '--state', join(folder, 'state'), '--terminal', join(folder, 'terminal.yaml')])
const well = async (...args: string[]): Promise<string> => {
  const ran = await at(...args)
  expect([args.join(' '), ran.code, ran.err]).toEqual([args.join(' '), 0, ran.err])
  return ran.out.trim()
}
const describeTerminal = (): Promise<void> => writeFile(join(folder, 'terminal.yaml'), stringify({ ...shop.terminal, ...more }))
type Line = { transaction: string; step: string; at: number } & Record<string, unknown>
/** Takes a journal in, as a POS application writes it. */
const journal = async (...lines: Line[]): Promise<void> => {
  const file = join(folder, `journal-${lines[0]?.transaction}-${lines[0]?.at}.jsonl`)
  await writeFile(file, lines.map((line) => `${JSON.stringify({ tid: '10000001', mid: '898110259990001', ...line })}\n`).join(''))
  await well('journal', 'import', file)
}
const asked = (id: string, ago: number, more_: object = {}): Line => ({ transaction: id, step: 'authorisation-asked', at: Date.now() - ago, type: 'sale', amountMinor: 12_800, currency: 'CNY', rrn: id, panMasked: '621094******0025', ...more_ })
const answered = (id: string, ago: number, rc: string): Line => ({ transaction: id, step: 'answered', at: Date.now() - ago, rrn: id, rc })
const check = async (): Promise<Report> => JSON.parse((await at('check', '--json', '--no-input')).out) as Report
/** The verdict as people read it, in both languages. */
const shown = async (zh: string, en: string): Promise<void> => {
  expect((await well('report', 'show', '--lang', 'zh-CN')).replaceAll(/\s+/g, '')).toContain(zh)
  expect((await well('report', 'show', '--lang', 'en')).replaceAll(/\s+/g, ' ')).toContain(en)
}
const opened = async (fault: string, ...args: string[]): Promise<string> => {
  const one = JSON.parse(await well('case', 'open', fault, '--by', '店长', '--json', ...args)) as { id: string }
  return one.id.slice(-8)
}
const letter = async (id: string, to: string, zh: readonly string[], en: readonly string[]): Promise<void> => {
  for (const [language, words] of [['zh-CN', zh], ['en', en]] as const) {
    const { out } = await at('case', 'message', id, '--to', to, '--lang', language)
    for (const word of words) expect(out).toContain(word)
    expect(out).not.toMatch(/\{\w+\}/)
  }
}

/** Exports the evidence of a matter, and verifies it with nothing of ours. */
const bundle = async (id: string): Promise<Record<string, string>> => {
  const photo = join(folder, 'slip.jpg')
  await writeFile(photo, 'a picture')
  await well('report', 'export', '--case', id, '--to', join(folder, 'evidence.zip'), '--photo', photo)
  const inside = join(folder, `evidence-${id}`)
  await mkdir(inside)
  await run('unzip', ['-q', join(folder, 'evidence.zip'), '-d', inside])
  const sums = await run('sha256sum', ['-c', '--strict', 'SHA256SUMS'], { cwd: inside })
  expect(sums.stdout).toContain('report.json: OK')
  const verify = ['pkeyutl', '-verify', '-pubin', '-inkey', 'public-key.pem', '-rawin', '-in', 'SHA256SUMS', '-sigfile', 'SHA256SUMS.sig']
  expect((await run('openssl', verify, { cwd: inside })).stdout).toContain('Signature Verified Successfully')
  const names = await readdir(inside, { recursive: true })
  const files = Object.fromEntries(await Promise.all(names.filter((name) => /\.\w+$|SUMS$/.test(name)).map(async (name) => [name, await readFile(join(inside, name), 'latin1')] as const)))
  expect(Object.entries(files).flatMap(([name, text]) => leaksIn(text).map((leak) => `${name}: ${leak}`))).toEqual([])
  expect(files['evidence.zh-CN.html']).not.toMatch(/\b(?:unknown|free-running|synchronised)\b/)
  // Every file is in the list, and a changed byte anywhere is found.
  expect((files.SHA256SUMS ?? '').split('\n').filter(Boolean).map((line) => line.slice(66)).sort()).toEqual(Object.keys(files).filter((name) => !name.startsWith('SHA256SUMS')).sort())
  await writeFile(join(inside, 'SHA256SUMS'), `${files.SHA256SUMS} `)
  await expect(run('openssl', verify, { cwd: inside })).rejects.toThrow()
  return Object.fromEntries(await Promise.all(names.filter((name) => /\.(?:html|txt|json|jsonl)$/.test(name)).map(async (name) => [name, await readFile(join(inside, name), 'utf8')] as const)))
}

const closed = async (id: string, cause: string): Promise<void> => {
  await well('case', 'close', id, '--by', '店长', '--cause', cause, '--lessons', '加强培训', '--informed')
  expect(await well('case', 'show', id, '--lang', 'zh-CN')).toMatch(/已解决，观察 72 小时[\s\S]*结案[\s\S]*顾客已告知/)
  expect(await well('case', 'show', id, '--lang', 'en')).toMatch(/over, watched for 72 hours[\s\S]*closing[\s\S]*customer informed/)
}

describe.skipIf(lacks('openssl', 'unzip', 'sha256sum'))('from journal and devices to verdict, remedy, evidence and closure', { timeout: 180_000 }, () => {
  it('a guarantee: the completion of a pre-authorisation is rejected', async () => {
    await describeTerminal()
    await journal(
      asked('P1', 3 * DAY, { type: 'preauth', amountMinor: 100_000, stan: '000101', batch: '000007' }), answered('P1', 3 * DAY - 2000, '00'),
      asked('C1', 30 * MINUTE, { type: 'completion', amountMinor: 130_000, originalStan: '000101', originalBatch: '000007' }), answered('C1', 30 * MINUTE - 2000, '64'),
    )
    expect(found(await check())).toEqual(['AUT-COMPLETION-REJECTED journal'])
    await shown('把完成金额调到上限以内', 'reduce to the ceiling')
    const id = await opened('AUT-COMPLETION-REJECTED', '--transaction', 'C1')
    await expect(at('case', 'close', id, '--by', '店长', '--cause', 'x')).resolves.toMatchObject({ code: 1 })
    await letter(id, 'acquirer', ['【AUT-COMPLETION-REJECTED】', '商户898110259990001', '1300.00', '应答码64', '自检：全部正常'], ['[AUT-COMPLETION-REJECTED]', 'total 1300.00', 'response code 64', 'reader: all well'].slice(0, 3))
    const files = await bundle(id)
    expect(files['slips/001.txt']).toContain('应答码 RESPONSE: 64')
    expect(files['evidence.zh-CN.html']).toContain('预授权完成被拒')
    await journal(asked('C2', 5 * MINUTE, { type: 'completion', amountMinor: 100_000, originalStan: '000101', originalBatch: '000007' }), answered('C2', 5 * MINUTE - 2000, '00'))
    expect(found(await check())).toEqual([])
    await closed(id, '完成金额超过 115%')
  })

  it('a deposit: receipt and bank say different sums', async () => {
    const agreement = { id: 'pos-1', kind: 'deposit', contract: 'YJ-2026-018', amountMinor: 29_900, receiptMinor: 19_900, paidOn: '2026-06-03', confirmedOn: '2026-06-04', reference: 'YJ2026018' }
    more.service = { ...more.service, agreements: [agreement] }
    await describeTerminal()
    const statement = join(folder, 'statement.xml')
    await writeFile(statement, '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Ntry><Amt Ccy="CNY">299.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><ValDt><Dt>2026-06-03</Dt></ValDt><AcctSvcrRef>YJ2026018</AcctSvcrRef></Ntry></Stmt></BkToCstmrStmt></Document>')
    await well('journal', 'import', statement)
    expect(found(await check())).toEqual(['DEP-AMOUNT-MISMATCH journal'])
    await shown('列出三个数', 'List three numbers')
    expect((await at('journal', 'reconcile', '--lang', 'zh-CN')).out.replaceAll(/\s+/g, '')).toContain('合同299.00，收据199.00，银行实扣299.00')
    const id = await opened('DEP-AMOUNT-MISMATCH', '--agreement', 'pos-1', '--note', '收据少写 100 元')
    // The day of the payment is told by the shop's clock, whatever zone the machine is in, and no service is asked back that was never gone.
    await letter(id, 'appeal', ['申诉书', '二、发生时间与经过\n2026/6/3 00:00:00', '六、请求\n请在 3 个工作日内', '押金合同（尚缺）', '收据少写 100 元', '门店经理'], ['Appeal', '(still missing)', '010-5550001'])
    await well('case', 'note', id, '--by', '店长', '--to', 'provider', '--channel', 'phone', '--reference', 'GD-77', '--stage', 'reported', '--note', '客服答应更正')
    const files = await bundle(id)
    expect(files['case.json']).toContain('GD-77')
    expect(files['letters/appeal.zh-CN.txt']).toContain('客服答应更正')
    more.service = { ...more.service, agreements: [{ ...agreement, receiptMinor: 29_900 }] }
    await describeTerminal()
    await well('journal', 'reconcile')
    expect(found(await check())).toEqual([])
    await closed(id, '收据开错')
  })

  it('a suspension: all is green here, and the host refuses the terminal', async () => {
    await describeTerminal()
    const cards = ['621094******0025', '401288******1881', '371449*****8431', '817199******0040']
    await journal(asked('S0', 90 * MINUTE), answered('S0', 90 * MINUTE - 2000, '00'), ...['03', '58', '97', '03'].flatMap((rc, i) => [asked(`S${i + 1}`, (30 - i) * MINUTE, { panMasked: cards[i] }), answered(`S${i + 1}`, (30 - i) * MINUTE - 2000, rc)]))
    const report = await check()
    expect(found(report)).toEqual(['SVC-SUSPENDED journal'])
    expect(ready(report)).toEqual({ chip: 'blocked', contactless: 'blocked', swipe: 'blocked', qr: 'blocked', cash: 'ready' })
    await shown('不要反复试刷', 'do not keep trying cards')
    const id = await opened('SVC-SUSPENDED', '--note', '短信通知停机')
    expect(await well('case', 'show', id, '--lang', 'zh-CN')).toContain('停机以来没有获批的交易')
    await letter(id, 'customer', ['您可以使用现金付款'], ['You can pay by cash'])
    await expect(at('case', 'message', id, '--to', 'appeal')).resolves.toMatchObject({ code: 1 })
    await well('case', 'note', id, '--by', '店长', '--has', '1,2,3,4,5,6,7')
    expect(await well('case', 'message', id, '--to', 'appeal', '--lang', 'zh-CN')).toMatch(/二、停机时间与通知[\s\S]*请恢复服务/)
    const files = await bundle(id)
    expect(files['evidence.en.html']).toContain('the host refuses this terminal again and again: refused 4 times in a row')
    await journal(asked('S9', 0), answered('S9', 0, '00'))
    expect(found(await check())).toEqual([])
    expect(await well('case', 'show', id, '--lang', 'en')).toContain('the service is back')
    await closed(id, '流量费欠缴')
  })

  it('money that did not arrive: settled, due, and not in the bank’s books', async () => {
    more.money = { ...more.money, settlement: { cycle: 'D+1', feePercent: 0.5 } }
    await describeTerminal()
    // Noon by the shop's clock, ten days ago: whenever the test runs, both payments are of one day.
    const paidAt = Math.floor((Date.now() + SHOP_MS) / DAY - 10) * DAY + DAY / 2 - SHOP_MS
    const ago = Date.now() - paidAt
    const batch = { batch: '000031' }
    await journal(asked('F1', ago, { ...batch, amountMinor: 20_000 }), answered('F1', ago - 2000, '00'), asked('F2', ago - MINUTE, { ...batch, amountMinor: 20_000 }), answered('F2', ago - MINUTE - 2000, '00'), { transaction: 'B31', step: 'batch-settled', at: paidAt + 5 * MINUTE, ...batch, equal: true })
    expect(found(await check())).toEqual(['SET-OVERDUE journal'])
    await shown('先排除：批次是否已结算', 'Rule out: batch settled')
    const id = await opened('SET-OVERDUE')
    await letter(id, 'acquirer', ['受影响交易2笔，共400.00元', '结算状态和出款日期', '尚未到账'], ['2 transactions affected, total 400.00', 'Was due on'])
    const files = await bundle(id)
    expect((files['transactions.jsonl'] ?? '').split('\n').filter(Boolean).length).toBeGreaterThan(3)
    const day = new Date(paidAt + DAY + SHOP_MS).toISOString().slice(0, 10)
    const statement = join(folder, 'bank.csv')
    await writeFile(statement, `交易日期,金额,摘要\n${day},398.00,代付 20260603\n`)
    await well('journal', 'import', statement, '--step', 'bank-credit')
    expect(found(await check())).toEqual([])
    await closed(id, '收单机构延迟出款，已补')
  })

  it('a broken terminal with a customer waiting: what still works, what must not be charged again', async () => {
    await describeTerminal()
    await shop.happen('reader-mute')
    await journal(asked('K1', 20 * MINUTE))
    const report = await check()
    expect(found(report)).toEqual(expect.arrayContaining(['CRD-READER-OFFLINE reader-1', 'TXN-TIMEOUT-UNKNOWN journal']))
    expect(ready(report)).toMatchObject({ chip: 'blocked', contactless: 'blocked', swipe: 'blocked', cash: 'ready' })
    await shown('结果未知', 'unknown')
    const id = await opened('CRD-READER-OFFLINE', '--transaction', 'K1')
    await letter(id, 'customer', ['请不要重复支付', '扫码、现金', `查询编号：${id}`], ['please do not pay again', 'QR, cash', `reference ${id}`])
    await letter(id, 'acquirer', ['自检：CRD-READER-OFFLINE reader-1'], ['Self-check: CRD-READER-OFFLINE reader-1'])
    await expect(at('case', 'show', id, '--lang', 'zh-CN').then(({ out }) => out)).resolves.toMatch(/按决策卡换其他收款方式[\s\S]*/)
    const files = await bundle(id)
    expect(files['money.json']).toContain('"state": "unknown"')
    await shop.happen('all-well')
    await well('journal', 'decide', 'K1', '--not-paid', '--by', '收单机构张经理')
    expect(found(await check())).toEqual([])
    await closed(id, '读卡器连接线松脱')
  })
})

it('says everything of a matter in the reader’s language', async () => {
  await describeTerminal()
  const id = await opened('SET-FUNDS-HELD')
  for (const language of LANGUAGES) {
    const out = await well('case', 'show', id, '--lang', language)
    const prose = out.replaceAll(/店长|门店经理|服务商客服|收单机构客服/g, '')
    expect([language, HAN.test(prose)]).toEqual([language, language === 'zh-CN'])
    expect(out).not.toMatch(/\{\w+\}|undefined/)
    expect(await well('maintenance', '--lang', language)).toMatch(language === 'en' ? /Inspection for skimmers/ : /防侧录检查/)
  }
})

it.each([
  [['case', 'open', 'NO-SUCH', '--by', 'x'], 66], [['case', 'open', 'SVC-SUSPENDED'], 64], [['case', 'show', 'nothing'], 66], [['case', 'dance'], 64], [['maintenance', 'done', 'dance', '--by', 'x'], 64], [['maintenance', 'done', 'reader'], 64], [['maintenance', 'done', 'inspection', '--by', 'x'], 64],
  [['journal', 'import', 'bad.xml'], 66],
] as const)('%j is refused in both languages, without a stack', async (args, code) => {
  await describeTerminal()
  await writeFile(join(folder, 'bad.xml'), '<a>')
  for (const language of LANGUAGES) {
    const ran = await at(...args.map((arg) => (arg === 'bad.xml' ? join(folder, arg) : arg)), '--lang', language)
    expect([ran.code, ran.out]).toEqual([code, ''])
    expect(ran.err).not.toMatch(/\n\s+at |undefined/)
    expect(HAN.test(ran.err)).toBe(language === 'zh-CN')
  }
})
