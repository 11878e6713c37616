import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { findCase } from '../agent/cases.ts'
import { recentAttempts, stepsOf } from '../agent/journal-rows.ts'
import { reconcileJournal } from '../agent/journal-state.ts'
import type { Store } from '../agent/store.ts'
import { terminalKey } from '../agent/terminal-key.ts'
import { mask, maskDeep } from '../guard/card-data.ts'
import { attemptOf } from '../journal/attempt.ts'
import { rulesOf } from '../journal/reconcile.ts'
import type { Language } from '../model/language.ts'
import { Report } from '../model/report.ts'
import { TerminalFile } from '../model/terminal.ts'
import type { TransactionStep } from '../model/transaction.ts'
import { EVIDENCE, SLIP, VERIFY } from '../texts/evidence.ts'
import { fill } from '../texts/say.ts'
import { moneyText } from './amounts.ts'
import { caseFacts } from './case-facts.ts'
import { letterOf } from './case-letters.ts'
import { type EvidenceFacts, evidencePage, shopTime, timelineOf } from './evidence-page.ts'
import { EXIT, Failure } from './failure.ts'
import { type Packed, zip } from './zip.ts'

const LANGUAGES: readonly Language[] = ['zh-CN', 'en']
/** Transactions, photos and rows that one bundle holds: what a bank reads. */
const MOST = { transactions: 200, photos: 50, rows: 500 } as const

/** Name, size and SHA-256 of a photo. The photo stays where it is: nobody can filter card data out of a picture. */
const photoOf = async (path: string): Promise<{ name: string; bytes: number; sha256: string }> => {
  const digest = createHash('sha256')
  let bytes = 0
  try {
    for await (const chunk of createReadStream(path)) {
      const part = Buffer.from(chunk)
      bytes += part.length
      digest.update(part)
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Failure(EXIT.noInput, { zh: `不能读取照片 ${path}：${why}`, en: `cannot read the photo ${path}: ${why}` })
  }
  return { name: mask(basename(path)).text, bytes, sha256: digest.digest('hex') }
}

/** What the journal knows of one payment, laid out as a slip is, in both languages. */
const slipOf = (steps: readonly TransactionStep[], facts: EvidenceFacts): string => {
  const a = attemptOf(steps)
  if (!a) return ''
  const values: Partial<Record<keyof typeof SLIP, string>> = {
    mid: a.mid, tid: a.tid, panMasked: a.panMasked, type: a.type, batch: a.batch, stan: a.stan, authCode: a.authCode, rrn: a.rrn, at: shopTime(a.answeredAt ?? a.startedAt, facts), code: a.code,
    amount: a.amountMinor === undefined ? undefined : moneyText(a.approvedMinor ?? a.amountMinor, a.currency),
  } as Partial<Record<keyof typeof SLIP, string>>
  const lines = (Object.keys(SLIP) as (keyof typeof SLIP)[]).flatMap((name) => (values[name] === undefined ? [] : [`${SLIP[name].zh} ${SLIP[name].en}: ${values[name]}`]))
  return [`${EVIDENCE.slip.zh} ${EVIDENCE.slip.en}`, ...lines, ''].join('\n')
}

/** What goes into a bundle: a report, the matter and photos that go with it. */
export interface BundleRequest { report: Report; matter?: string | undefined; photos: readonly string[]; terminal: TerminalFile; stateDir: string; now: number }

const stepsFor = (store: Store, ids: readonly string[]): Map<string, TransactionStep[]> => new Map(ids.slice(0, MOST.transactions).map((id) => [id, stepsOf(store.db, id)]))

/**
 * Makes an evidence bundle: a ZIP archive of the report, the payments it is about, timeline, slips, matter and letters, for people in both
 * languages, with the SHA-256 of every file and the terminal's signature of the list. Everything passes the card-data filter once
 * more before it is signed. Throws a Failure for a photo that cannot be read or a matter that is not there.
 */
export const evidenceBundle = async (store: Store, request: BundleRequest): Promise<Buffer> => {
  const { now } = request
  // Hashes and the fingerprint could look like anything to the filter, so what is told is filtered before they are added.
  const report = Report.parse(maskDeep(request.report).value)
  const terminal = TerminalFile.parse(maskDeep(request.terminal).value)
  const one = request.matter === undefined ? undefined : findCase(store.db, request.matter)
  if (request.matter !== undefined && !one) throw new Failure(EXIT.noInput, { zh: `没有事项 ${request.matter}`, en: `there is no matter ${request.matter}` })
  const rules = rulesOf(terminal.money, now)
  const matter = one && caseFacts(store, one, terminal, now)
  const faults = new Set(report.check.diagnosis.verdicts.filter((v) => v.verdict === 'found').map((v) => v.fault))
  const sum = reconcileJournal(store.db, rules, terminal.service)
  const rows = (matter ? matter.rows : [...sum.unknown, ...sum.attention].filter((row) => row.fault !== undefined && faults.has(row.fault))).slice(0, MOST.rows)
  const named = [...new Set([...(one?.transactions ?? []), ...rows.map((row) => row.transaction), ...report.transactions.map((step) => step.transaction)])]
  // Where nothing is named, as for a host that refuses the terminal, the last payments are what it is about.
  const payments = stepsFor(store, named.length > 0 ? named : recentAttempts(store.db, 30).map((a) => a.transaction))
  const steps = [...payments.values()].flat().sort((a, b) => a.at - b.at)
  const key = terminalKey(request.stateDir)
  const photos = await Promise.all(request.photos.slice(0, MOST.photos).map(photoOf))
  const facts: EvidenceFacts = { report, madeAt: now, steps, rows, matter, photos, fingerprint: key.fingerprint, offset: terminal.money.offset, offsetMs: rules.offsetMs }

  const json = (value: unknown): string => `${JSON.stringify(maskDeep(value).value, null, 2)}\n`
  const texts: [string, string][] = [
    ['report.json', json(report)],
    ['timeline.json', json(timelineOf(facts, 'en').map((entry) => ({ ...entry, time: shopTime(entry.at, facts) })))],
    ['transactions.jsonl', steps.map((step) => `${JSON.stringify(maskDeep(step).value)}\n`).join('')],
    ['money.json', json(rows)],
    ...(photos.length > 0 ? [['photos.json', `${JSON.stringify(photos, null, 2)}\n`] as [string, string]] : []),
    ...(one ? [['case.json', json(one)] as [string, string]] : []),
    ...[...payments].filter(([, list]) => list.length > 0).map(([, list], i): [string, string] => [`slips/${String(i + 1).padStart(3, '0')}.txt`, mask(slipOf(list, facts)).text]),
    ...LANGUAGES.flatMap((language): [string, string][] => [
      [`evidence.${language}.html`, evidencePage(facts, language)],
      ...(matter ? (['acquirer', 'customer', ...(matter.one.kind === 'suspension' || matter.one.kind === 'deposit' || matter.one.kind === 'guarantee' ? ['appeal' as const] : [])] as const).map((to): [string, string] => [`letters/${to}.${language}.txt`, `${mask(letterOf(matter, to, language)).text}\n`]) : []),
    ]),
    ['public-key.pem', key.publicPem],
    ['VERIFY.txt', `${LANGUAGES.map((language) => fill(VERIFY, language, { fingerprint: key.fingerprint })).join('\n\n')}\n`],
  ]
  const files: Packed[] = texts.map(([name, text]) => ({ name, bytes: Buffer.from(text, 'utf8') }))
  const sums = Buffer.from(files.map(({ name, bytes }) => `${createHash('sha256').update(bytes).digest('hex')}  ${name}\n`).join(''), 'utf8')
  return zip([...files, { name: 'SHA256SUMS', bytes: sums }, { name: 'SHA256SUMS.sig', bytes: key.sign(sums) }], now)
}
