import type { Attempt } from '../journal/attempt.ts'
import { approves, readAnswer } from '../journal/codes.ts'
import { contradictions } from '../journal/proof.ts'
import { DUPLICATE_MS, doubtful, type Finding, gaps } from '../journal/recognise.ts'
import { type Attention, attention, count, emptySum, isClosed, judge, MOST_ROWS, type MoneyRules, type Reconciliation, type Related } from '../journal/reconcile.ts'
import { pacesOf, silentOf } from '../journal/signals.ts'
import { risksOf, standingOf } from '../journal/standing.ts'
import type { JournalSummary } from '../model/journal.ts'
import type { Service } from '../model/service.ts'
import { toldFaults } from './cases.ts'
import { attempts, closeAttempts, freeLines, matchLines, openPages, recentAttempts, referredBy, refersTo } from './journal-rows.ts'
import { paidDays, settlePayouts } from './payout-rows.ts'
import type { Database } from './sqlite.ts'
import { standingIn } from './standing-rows.ts'

const text = (cell: unknown): string => (typeof cell === 'string' ? cell : '')

const CANCELS = new Set(['void', 'refund'])
const CLOSES = new Set(['completion', 'completion-advice', 'preauth-cancel'])

const relatedIn = (db: Database): Related => {
  const cancelled = new Set<string>()
  const closed = new Set<string>()
  for (const [refers, type] of db.each("SELECT refers, json_extract(body, '$.type') FROM attempts WHERE refers IS NOT NULL AND approved = 1")) {
    if (CANCELS.has(text(type))) cancelled.add(text(refers))
    if (CLOSES.has(text(type))) closed.add(text(refers))
  }
  const batches = new Map(db.all('SELECT tid, batch, at, equal FROM batches').map((row) => [`${text(row.tid)}|${text(row.batch)}`, { at: Number(row.at), equal: row.equal === 1 }] as const))
  const slips = new Set(db.all('SELECT tid FROM slips').map((row) => text(row.tid)))
  return { cancelled, closed, batches, slips, paidDays: paidDays(db), referredBy, refersTo }
}

const settledIn = (related: Related, a: Attempt): boolean => a.batch !== undefined && related.batches.has(`${a.tid ?? ''}|${a.batch}`)

/** Second approvals of the same card, amount and terminal within ten minutes of one before. */
const duplicatesIn = (db: Database, since: number): Attention[] => {
  const out: Attention[] = []
  let before: { same: string; at: number } | undefined
  for (const [card, startedAt, transaction] of db.each('SELECT same, at, txn FROM attempts WHERE same IS NOT NULL AND approved = 1 AND at >= ? ORDER BY same, at', since)) {
    const [same, at] = [text(card), Number(startedAt)]
    if (before?.same === same && at - before.at <= DUPLICATE_MS) {
      const attempt: Attempt = JSON.parse(text(db.get('SELECT body FROM attempts WHERE txn = ?', text(transaction))?.body))
      if ((attempt.type ?? 'sale') === 'sale' || attempt.type === 'qr-pay') out.push(attention(attempt, { row: 22, state: 'duplicate', fault: 'TXN-DUPLICATE-SUSPECT' }))
    }
    before = { same, at }
    if (out.length >= MOST_ROWS) break
  }
  return out
}

const gapsIn = (db: Database, since: number): Attention[] => {
  const out: Attention[] = []
  let group: { tid: string; batch: string; stans: number[]; at: number } | undefined
  const close = (): void => {
    for (const { from, to } of group ? gaps(group.stans) : []) {
      const pad = (n: number): string => String(n).padStart(6, '0')
      out.push({ row: 25, state: 'record-missing', fault: 'SYS-DB-CORRUPT', transaction: `${group?.tid ?? ''}-${group?.batch ?? ''}-${pad(from)}`, at: group?.at ?? 0, last: 'batch-settled', lastAt: group?.at ?? 0, from: pad(from), to: pad(to) })
    }
  }
  for (const [terminal, number, stan, lastAt] of db.each('SELECT tid, batch, stan, last_at FROM attempts WHERE stan IS NOT NULL AND at >= ? ORDER BY tid, batch, stan', since)) {
    const [tid, batch] = [text(terminal), text(number)]
    if (!group || group.tid !== tid || group.batch !== batch) {
      close()
      group = { tid, batch, stans: [], at: 0 }
    }
    group.stans.push(Number(stan))
    group.at = Math.max(group.at, Number(lastAt))
  }
  close()
  return out.slice(0, MOST_ROWS)
}

const hostOnlyIn = (db: Database): Attention[] =>
  freeLines(db).map((line) => ({
    row: 21, state: 'host-only', fault: 'SET-RECORD-MISSING', transaction: line.transaction, at: line.at, last: line.step, lastAt: line.at,
    ...(line.amountMinor === undefined ? {} : { amountMinor: line.amountMinor }), ...(line.rrn === undefined ? {} : { rrn: line.rrn }), ...(line.panMasked === undefined ? {} : { panMasked: line.panMasked }),
  }))

const addAll = (sum: Reconciliation, rows: readonly Attention[]): void => {
  for (const row of rows) {
    sum.states[row.state] = (sum.states[row.state] ?? 0) + 1
    if (sum.attention.length < MOST_ROWS) sum.attention.push(row)
    else sum.more += 1
  }
}

/** The state of the money of the whole journal: statement and bank lines are matched, agreements are held against them, every transaction is recognised, duplicates, gaps and one-sided lines are looked for. */
export const reconcileJournal = (db: Database, rules: MoneyRules, service: Service): Reconciliation => {
  matchBooks(db, rules)
  const related = relatedIn(db)
  const sum = emptySum()
  for (const attempt of attempts(db, false)) count(sum, judge(attempt, related, rules))
  addAll(sum, duplicatesIn(db, 0))
  addAll(sum, gapsIn(db, 0))
  addAll(sum, hostOnlyIn(db))
  addAll(sum, standingIn(db, rules, service).rows)
  sum.unknown.sort((a, b) => a.at - b.at)
  return sum
}

/** Matches what acquirer and bank list to what the journal knows. */
export const matchBooks = (db: Database, rules: MoneyRules): void =>
  db.transaction(() => {
    matchLines(db)
    settlePayouts(db, rules)
  })

const QUARTER_MS = 900_000
const DAY_MS = 86_400_000
/** True for what the diagnosis must hear of: a state that asks for somebody, a payment given up that is fresh, and no decline that is the customer's affair. */
const asks = ({ row, state, fault }: Finding, attempt: Attempt, now: number): boolean => {
  if (row === 0 || state === 'cancelled' || state === 'not-paid') return false
  if (state === 'not-started') return fault !== undefined && now - attempt.lastAt < QUARTER_MS
  return row !== 8 || now - attempt.lastAt < DAY_MS
}

/** Transactions that signals are read from. */
const RECENT = 2000

/** What the journal says now, for the probe. Transactions about which nothing more can be learned are closed on the way, so that the next look is as cheap as there are open ones. */
export const summarise = (db: Database, rules: MoneyRules, service: Service): JournalSummary => {
  const related = relatedIn(db)
  const faults: JournalSummary['faults'] = {}
  const note = (fault: string | undefined, at: number, amountMinor = 0): void => {
    if (fault === undefined) return
    const known = faults[fault] ?? { count: 0 }
    faults[fault] = { count: known.count + 1, oldestAt: Math.min(known.oldestAt ?? at, at), amountMinor: (known.amountMinor ?? 0) + amountMinor }
  }
  for (const page of openPages(db)) {
    const done: string[] = []
    for (const attempt of page) {
      const item = judge(attempt, related, rules)
      if (isClosed(item, rules, settledIn(related, attempt))) done.push(attempt.transaction)
      for (const found of [item.found, ...item.also]) if (asks(found, attempt, rules.now)) note(found.fault, attempt.startedAt, attempt.amountMinor)
    }
    db.transaction(() => closeAttempts(db, done))
  }
  const missing = gapsIn(db, rules.now - DAY_MS)
  for (const row of [...duplicatesIn(db, rules.now - DAY_MS), ...missing, ...hostOnlyIn(db)]) note(row.fault, row.at, row.amountMinor)
  const told = toldFaults(db)
  const standing = standingIn(db, rules, service)
  for (const row of standing.rows) note(row.fault, row.at, row.amountMinor)
  for (const [fault, tally] of Object.entries(standing.faults)) faults[fault] = tally
  // That money is within its cycle is news to nobody but one who misses it.
  const missed = ['SET-OVERDUE', 'SET-WITHIN-CYCLE'].some((fault) => (told[fault] ?? 0) > 0)
  if (!missed || faults['SET-OVERDUE'] !== undefined) delete faults['SET-WITHIN-CYCLE']

  const recent = recentAttempts(db, RECENT)
  const answers: Record<string, number> = {}
  for (const a of recent) {
    if (a.code === undefined || rules.now - a.lastAt > QUARTER_MS) continue
    const answer = (rules.read ?? readAnswer)(a.code, a.profile)
    if (!approves(answer)) for (const fault of answer.faults) answers[fault] = (answers[fault] ?? 0) + 1
  }
  const tells = { slips: recent.some((a) => a.slipAt !== undefined), tenders: recent.some((a) => a.tenderedAt !== undefined) }
  const against: Record<string, number> = {}
  for (const a of recent.filter((one) => rules.now - one.lastAt < DAY_MS)) for (const what of contradictions(a, rules.now, tells, rules.read)) against[what] = (against[what] ?? 0) + 1
  const { cardsStopped, keyedRising, contactlessGone, approvalsSlow } = silentOf(recent, rules.now)
  return {
    schema: 'posdiag.journal/1', writtenAt: rules.now, transactions: Number(db.get('SELECT count(*) AS n FROM attempts')?.n), faults, answers, contradictions: against, gaps: missing.length,
    told, ...standingOf(recent, rules.read), risks: risksOf(recent, rules.now, rules.read),
    silent: { cardsStopped, keyedRising, contactlessGone, approvalsSlow }, paces: pacesOf(recent),
  }
}

/** The ledger of outcomes not proved: "do not charge again yet", oldest first. Only a host's answer, a line of the host's books or a named person's decision clears a row. */
export const unknownOutcomes = (db: Database, rules: MoneyRules): Attention[] => {
  const related = relatedIn(db)
  const out: Attention[] = []
  for (const attempt of attempts(db, true)) {
    const { found } = judge(attempt, related, rules)
    if (doubtful(found)) out.push(attention(attempt, found))
  }
  return out.sort((a, b) => a.at - b.at)
}
