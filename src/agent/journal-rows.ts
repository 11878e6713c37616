import { hash } from 'node:crypto'
import { type Attempt, attemptOf, sameness } from '../journal/attempt.ts'
import { approves, readAnswer } from '../journal/codes.ts'
import type { TransactionStep } from '../model/transaction.ts'
import type { Cell, Database } from './sqlite.ts'

/**
 * Tables of the journal, in the agent's store. journal: every step once, by what it says. attempts: the steps of each transaction folded,
 * with what is searched for beside them. What is looked for in the order of cards or trace numbers has no index: a journal of a million lines
 * is sorted in a second when it is asked for, and keeping that order would cost more at every payment. batches: settled ones. slips: the terminals
 * (their numbers, or '' for none) whose journals tell of slips. lines: statement lines and the transaction each was matched to; one that a
 * later list replaces is superseded. bank: sums of the bank's books (out is negative). payouts: days whose credit was looked for in them.
 * exposed: sources in which card data was found, and how much, never what.
 * cursors: how far each followed file was read; written with the steps, so that neither is there without the other.
 */
export const JOURNAL_SCHEMA = `
CREATE TABLE IF NOT EXISTS journal (txn TEXT NOT NULL, at REAL NOT NULL, hash TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (txn, at, hash)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS attempts (txn TEXT PRIMARY KEY, tid TEXT, batch TEXT, stan TEXT, rrn TEXT, same TEXT, refers TEXT, at REAL NOT NULL, last_at REAL NOT NULL,
  amount INTEGER, approved INTEGER NOT NULL, open INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS attempts_rrn ON attempts (rrn) WHERE rrn IS NOT NULL;
CREATE INDEX IF NOT EXISTS attempts_open ON attempts (txn) WHERE open = 1;
CREATE INDEX IF NOT EXISTS attempts_refers ON attempts (refers) WHERE refers IS NOT NULL;
CREATE INDEX IF NOT EXISTS attempts_at ON attempts (at);
CREATE TABLE IF NOT EXISTS batches (tid TEXT NOT NULL, batch TEXT NOT NULL, at REAL NOT NULL, equal INTEGER NOT NULL, PRIMARY KEY (tid, batch)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS slips (tid TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lines (hash TEXT PRIMARY KEY, at REAL NOT NULL, rrn TEXT, amount INTEGER, fee INTEGER, tid TEXT, last4 TEXT, body TEXT NOT NULL, txn TEXT, weak INTEGER NOT NULL DEFAULT 0, superseded INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS lines_rrn ON lines (rrn) WHERE rrn IS NOT NULL;
CREATE TABLE IF NOT EXISTS bank (hash TEXT PRIMARY KEY, at REAL NOT NULL, amount INTEGER NOT NULL, ref TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS bank_at ON bank (at);
CREATE TABLE IF NOT EXISTS payouts (day INTEGER PRIMARY KEY, payments INTEGER NOT NULL, expected INTEGER NOT NULL, credited INTEGER NOT NULL, short INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS exposed (source TEXT PRIMARY KEY, lines INTEGER NOT NULL, first_at REAL NOT NULL, last_at REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS lines_txn ON lines (txn) WHERE txn IS NOT NULL;
CREATE INDEX IF NOT EXISTS lines_free ON lines (at) WHERE txn IS NULL;
CREATE TABLE IF NOT EXISTS cursors (source TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
`

const textOf = (cell: unknown): string => (typeof cell === 'string' ? cell : '')

/** What a void, refund, completion or cancellation refers to, as one word; undefined for other transactions. */
export const refersTo = (a: Attempt): string | undefined => {
  if (a.originalRrn !== undefined) return `r:${a.originalRrn}`
  return a.originalStan === undefined ? undefined : `t:${a.tid ?? ''}|${a.originalBatch ?? a.batch ?? ''}|${a.originalStan}`
}

/** The words by which others may refer to this transaction. */
export const referredBy = (a: Attempt): string[] => [
  ...(a.rrn === undefined ? [] : [`r:${a.rrn}`]),
  ...(a.stan === undefined ? [] : [`t:${a.tid ?? ''}|${a.batch ?? ''}|${a.stan}`]),
]

const isApproved = (a: Attempt): boolean => a.code !== undefined && a.reversal === undefined && approves(readAnswer(a.code, a.profile))

const keepStep = (db: Database, step: TransactionStep): boolean => {
  const { transaction, at, ...rest } = step
  const body = JSON.stringify(rest)
  return db.run('INSERT OR IGNORE INTO journal (txn, at, hash, body) VALUES (?, ?, ?, ?)', transaction, at, hash('sha1', body, 'base64url').slice(0, 12), body) > 0
}

/** Every step of one transaction, oldest first. */
export const stepsOf = (db: Database, transaction: string): TransactionStep[] =>
  db.all('SELECT at, body FROM journal WHERE txn = ? ORDER BY at', transaction).map((row): TransactionStep => ({ transaction, at: Number(row.at), ...JSON.parse(textOf(row.body)) }))

const keepAttempt = (db: Database, a: Attempt): void => {
  const cells: Cell[] = [a.transaction, a.tid ?? null, a.batch ?? null, a.stan ?? null, a.rrn ?? null, sameness(a) ?? null, refersTo(a) ?? null, a.startedAt, a.lastAt, a.amountMinor ?? null, isApproved(a) ? 1 : 0, JSON.stringify(a)]
  db.run(`INSERT INTO attempts (txn, tid, batch, stan, rrn, same, refers, at, last_at, amount, approved, open, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)
    ON CONFLICT (txn) DO UPDATE SET tid = excluded.tid, batch = excluded.batch, stan = excluded.stan, rrn = excluded.rrn, same = excluded.same, refers = excluded.refers,
    at = excluded.at, last_at = excluded.last_at, amount = excluded.amount, approved = excluded.approved, open = 1, body = excluded.body`, ...cells)
  if (a.slipAt !== undefined) db.run('INSERT OR IGNORE INTO slips (tid) VALUES (?)', a.tid ?? '')
}

const keepLine = (db: Database, step: TransactionStep): boolean => {
  const body = JSON.stringify(step)
  const last4 = /\d{4}$/.exec(step.panMasked ?? '')?.[0]
  const line = hash('sha1', body, 'base64url')
  const added = db.run('INSERT OR IGNORE INTO lines (hash, at, rrn, amount, fee, tid, last4, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)', line, step.at, step.rrn ?? null, step.amountMinor ?? null, step.feeMinor ?? null, step.tid ?? null, last4 ?? null, body) > 0
  // The same payment on a later list, as paid out where it was pending before.
  if (added && step.payout !== undefined && step.rrn !== undefined) db.run('UPDATE lines SET superseded = 1 WHERE rrn = ? AND tid IS ? AND hash <> ?', step.rrn, step.tid ?? null, line)
  return added
}

const keepBankLine = (db: Database, step: TransactionStep): boolean => {
  if (step.amountMinor === undefined) return false
  // Two sums of one day, amount and reference are two lines of one statement, which numbers them.
  const line = hash('sha1', JSON.stringify(step), 'base64url')
  return db.run('INSERT OR IGNORE INTO bank (hash, at, amount, ref) VALUES (?, ?, ?, ?)', line, step.at, step.step === 'bank-debit' ? -step.amountMinor : step.amountMinor, step.order ?? null) > 0
}

/** Sums of the bank's books since a moment, oldest first. */
export const bankLines = (db: Database, since: number): { hash: string; at: number; amountMinor: number; reference?: string }[] =>
  db.all('SELECT hash, at, amount, ref FROM bank WHERE at >= ? ORDER BY at LIMIT 100000', since).map((row) => ({ hash: textOf(row.hash), at: Number(row.at), amountMinor: Number(row.amount), ...(typeof row.ref === 'string' ? { reference: row.ref } : {}) }))

/** Notes that lines of a source held card data: how many, never what. */
export const noteExposed = (db: Database, source: string, lines: number, at: number): void => {
  db.run('INSERT INTO exposed (source, lines, first_at, last_at) VALUES (?, ?, ?, ?) ON CONFLICT (source) DO UPDATE SET lines = lines + excluded.lines, last_at = excluded.last_at', source, lines, at, at)
}

const keepBatch = (db: Database, step: TransactionStep): void => {
  if (step.batch === undefined) return
  const equal = step.equal ?? (step.responseCode === undefined || approves(readAnswer(step.responseCode, step.profile)))
  db.run('INSERT INTO batches (tid, batch, at, equal) VALUES (?, ?, ?, ?) ON CONFLICT (tid, batch) DO UPDATE SET at = excluded.at, equal = excluded.equal', step.tid ?? '', step.batch, step.at, equal ? 1 : 0)
}

/**
 * Takes steps into the journal: each once, however often it is told. Within a transaction of the caller. Returns how many were new.
 */
export const keepSteps = (db: Database, steps: readonly TransactionStep[]): number => {
  let added = 0
  const touched = new Map<string, TransactionStep[]>()
  for (const step of steps) {
    if (step.step === 'statement-line') added += keepLine(db, step) ? 1 : 0
    else if (step.step === 'bank-credit' || step.step === 'bank-debit') added += keepBankLine(db, step) ? 1 : 0
    else if (keepStep(db, step)) {
      added += 1
      if (step.step === 'batch-settled') keepBatch(db, step)
      else {
        const known = touched.get(step.transaction)
        if (known) known.push(step)
        else touched.set(step.transaction, [step])
      }
    }
  }
  for (const [transaction, fresh] of touched) {
    const older = Number(db.get('SELECT count(*) AS n FROM journal WHERE txn = ?', transaction)?.n) > fresh.length
    const attempt = attemptOf(older ? stepsOf(db, transaction).filter((s) => s.step !== 'batch-settled') : fresh)
    if (attempt) keepAttempt(db, attempt)
  }
  return added
}

const WITH_LINES = `SELECT a.body, l.at, l.amount, l.fee, json_extract(l.body, '$.payout') FROM attempts a LEFT JOIN lines l ON l.txn = a.txn AND l.superseded = 0`

const asAttempt = ([body, at, amountMinor, feeMinor, payout]: readonly unknown[]): Attempt => {
  const attempt: Attempt = JSON.parse(textOf(body))
  if (typeof at !== 'number') return attempt
  return { ...attempt, statement: { at, ...(typeof amountMinor === 'number' ? { amountMinor } : {}), ...(typeof feeMinor === 'number' ? { feeMinor } : {}), ...(typeof payout === 'string' ? { payout: payout as NonNullable<TransactionStep['payout']> } : {}) } }
}

/** Transactions with the statement line each was matched to; only those not closed, if `open`. */
export function* attempts(db: Database, open: boolean): Generator<Attempt> {
  for (const row of db.each(`${WITH_LINES} ${open ? 'WHERE a.open = 1' : ''}`)) yield asAttempt(row)
}

/** Transactions not closed, in the order of their ids, some hundred at a time, so that between two pages the database may be written to. */
export function* openPages(db: Database): Generator<Attempt[]> {
  for (let after = ''; ;) {
    const page = [...db.each(`${WITH_LINES} WHERE a.open = 1 AND a.txn > ? ORDER BY a.txn LIMIT 250`, after)].map(asAttempt)
    if (page.length === 0) return
    yield page
    after = page.at(-1)?.transaction ?? ''
  }
}

/** Marks transactions about which nothing more can be learned. */
export const closeAttempts = (db: Database, transactions: readonly string[]): void => {
  for (const transaction of transactions) db.run('UPDATE attempts SET open = 0 WHERE txn = ?', transaction)
}

const WEAK_MS = 180_000

/**
 * Matches statement lines to transactions: by retrieval reference, and else, marked as weak, by amount, the last four digits and a time
 * within three minutes. A line whose match is not certain to be the only one stays free.
 */
export const matchLines = (db: Database): void => {
  db.run('UPDATE lines SET txn = (SELECT a.txn FROM attempts a WHERE a.rrn = lines.rrn AND (lines.tid IS NULL OR a.tid IS NULL OR a.tid = lines.tid) LIMIT 1) WHERE txn IS NULL AND rrn IS NOT NULL')
  for (const row of db.all('SELECT hash, at, amount, last4 FROM lines WHERE txn IS NULL AND amount IS NOT NULL AND last4 IS NOT NULL LIMIT 100000')) {
    const at = Number(row.at)
    const found = db.all(`SELECT txn FROM attempts WHERE at BETWEEN ? AND ? AND amount = ? AND json_extract(body, '$.panMasked') LIKE ? AND approved = 1 LIMIT 2`, at - WEAK_MS, at + WEAK_MS, Number(row.amount), `%${textOf(row.last4)}`)
    if (found.length === 1) db.run('UPDATE lines SET txn = ?, weak = 1 WHERE hash = ?', textOf(found[0]?.txn), textOf(row.hash))
  }
}

/** Statement lines that no transaction was found for. */
export const freeLines = (db: Database): TransactionStep[] => db.all('SELECT body FROM lines WHERE txn IS NULL AND superseded = 0 ORDER BY at LIMIT 10000').map((row): TransactionStep => JSON.parse(textOf(row.body)))

/** How much of the journal is kept: transactions that are closed, by number and by age in milliseconds. Open ones are never given up. */
export const JOURNAL_BOUNDS = { attempts: 1_000_000, ageMs: 400 * 86_400_000 } as const

/** Gives up closed transactions beyond the bounds, with their steps, at most 5,000 at a call. Returns how many. */
export const pruneJournal = (db: Database, now: number, bounds: { attempts: number; ageMs: number } = JOURNAL_BOUNDS): number => {
  const edge = Number(db.get('SELECT at FROM attempts ORDER BY at DESC LIMIT 1 OFFSET ?', bounds.attempts)?.at ?? Number.NEGATIVE_INFINITY)
  const old = db.all('SELECT txn FROM attempts WHERE open = 0 AND at <= ? ORDER BY at LIMIT 5000', Math.max(edge, now - bounds.ageMs))
  for (const { txn } of old) {
    db.run('DELETE FROM journal WHERE txn = ?', textOf(txn))
    db.run('DELETE FROM attempts WHERE txn = ?', textOf(txn))
  }
  return old.length
}

/** The last transactions, oldest first. */
export const recentAttempts = (db: Database, limit: number): Attempt[] => db.all('SELECT body FROM attempts ORDER BY at DESC LIMIT ?', limit).map((row): Attempt => JSON.parse(textOf(row.body))).reverse()
