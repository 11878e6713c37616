import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Cluster, noPostgres, startCluster } from '../../fixtures/servers/postgres.ts'
import { attemptOf } from '../../src/journal/attempt.ts'
import { connect } from '../../src/journal/connect.ts'
import { POS_DATABASES, readDatabase } from '../../src/journal/databases.ts'
import { judge, type MoneyRules } from '../../src/journal/reconcile.ts'
import { JournalSource } from '../../src/model/journal.ts'
import type { TransactionStep } from '../../src/model/transaction.ts'

// Column names as the systems publish them (Odoo's models, uniCenta's create scripts, Floreant's mapping); those that hold card data are there to be left alone.
const SCHEMAS = {
  odoo: `CREATE TABLE pos_payment_method (id INTEGER PRIMARY KEY, name TEXT, is_cash_count BOOLEAN, use_payment_terminal TEXT);
    CREATE TABLE pos_session (id INTEGER PRIMARY KEY, name TEXT, state TEXT);
    CREATE TABLE pos_order (id INTEGER PRIMARY KEY, name TEXT, pos_reference TEXT, state TEXT, session_id INTEGER, amount_total NUMERIC);
    CREATE TABLE pos_payment (id INTEGER PRIMARY KEY, pos_order_id INTEGER, amount NUMERIC, payment_date TIMESTAMP, payment_method_id INTEGER, session_id INTEGER, card_type TEXT, cardholder_name TEXT, card_no TEXT, transaction_id TEXT, payment_status TEXT, ticket TEXT, uuid TEXT);`,
  unicenta: `CREATE TABLE closedcash (money TEXT PRIMARY KEY, host TEXT, hostsequence INTEGER, datestart TIMESTAMP, dateend TIMESTAMP);
    CREATE TABLE receipts (id TEXT PRIMARY KEY, money TEXT, datenew TIMESTAMP);
    CREATE TABLE tickets (id TEXT PRIMARY KEY, tickettype INTEGER, ticketid INTEGER, person TEXT, status INTEGER);
    CREATE TABLE payments (id TEXT PRIMARY KEY, receipt TEXT, payment TEXT, total REAL, tip REAL, transid TEXT, isprocessed BIT, returnmsg TEXT, notes TEXT, tendered REAL, cardname TEXT);`,
  floreant: `CREATE TABLE TRANSACTIONS (ID INTEGER PRIMARY KEY, TRANSACTION_TIME TIMESTAMP, AMOUNT REAL, TENDER_AMOUNT REAL, TRANSACTION_TYPE TEXT, PAYMENT_TYPE TEXT, CAPTURED BOOLEAN, VOIDED BOOLEAN, DRAWER_RESETTED BOOLEAN,
    CARD_HOLDER_NAME TEXT, CARD_NUMBER TEXT, CARD_TRACK TEXT, CARD_AUTHORIZATION_CODE TEXT, CARD_TYPE TEXT, CARD_TRANSACTION_ID TEXT, CARD_MERCHANT_GATEWAY TEXT, CARD_ENTRY_TYPE TEXT, TERMINAL_ID INTEGER, TICKET_ID INTEGER);`,
} as const

const ROWS = {
  odoo: `INSERT INTO pos_payment_method VALUES (1, 'Cash', 1, NULL), (2, '{"en_US":"Card"}', 0, 'adyen');
    INSERT INTO pos_order VALUES (1, 'A', 'Order 00001-001-0001', 'paid', 1, 12.8), (2, 'B', 'Order 00001-001-0002', 'draft', 1, 99.9), (3, 'C', 'Order 00001-001-0003', 'paid', 1, 5);
    INSERT INTO pos_payment VALUES (1, 1, 12.80, '2026-06-02 02:11:12', 2, 1, 'visa', 'JANE DOE', '411111******1111', 'T-1', 'done', NULL, 'u1'), (2, 2, 99.90, '2026-06-02 02:15:00.123', 2, 1, NULL, 'JANE DOE', '4111111111111111', NULL, 'waitingCard', NULL, 'u2'), (3, 3, 5, '2026-06-02 02:20:00', 1, 1, NULL, NULL, NULL, NULL, NULL, NULL, 'u3');`,
  unicenta: `INSERT INTO receipts VALUES ('r1', 'm', '2026-06-02 10:11:12.0'), ('r2', 'm', '2026-06-02 10:15:00.0'), ('r3', 'm', '2026-06-02 10:20:00.0');
    INSERT INTO tickets VALUES ('r1', 0, 1, 'p', 0), ('r2', 0, 2, 'p', 0), ('r3', 0, 3, 'p', 0);
    INSERT INTO payments VALUES ('p1', 'r1', 'magcard', 12.8, 0, 'T1', 1, 'ok', NULL, 12.8, '4111111111111111'), ('p2', 'r2', 'magcard', 99.9, 0, NULL, 0, 'refused 4111111111111111', NULL, 0, '4111111111111111'), ('p3', 'r3', 'cash', 5, 0, NULL, 0, NULL, NULL, 10, NULL);`,
  floreant: `INSERT INTO TRANSACTIONS VALUES (1, '2026-06-02 10:11:12.0', 12.8, 12.8, 'CREDIT', 'CREDIT_CARD', 1, 0, 0, 'JANE DOE', '4111111111111111', ';4111111111111111=2512?', 'A1B2C3', 'VISA', 'T1', 'g', 'SWIPE', 7, 1),
    (2, '2026-06-02 10:15:00.0', 99.9, 99.9, 'CREDIT', 'CREDIT_CARD', 0, 0, 0, 'JANE DOE', '4111111111111111', NULL, 'D4E5F6', 'VISA', 'T2', 'g', 'MANUAL', 7, 2), (3, '2026-06-02 10:20:00.0', 5, 10, 'CREDIT', 'CASH', 1, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 7, 3);`,
} as const

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'posdiag-database-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const rules: MoneyRules = { now: Date.UTC(2026, 5, 2, 4), timeoutMs: 60_000, offsetMs: 0, dayEnd: (at) => at + 86_400_000 }
const alone = { cancelled: new Set<string>(), closed: new Set<string>(), batches: new Map(), slips: new Set<string>(), paidDays: new Set<number>(), referredBy: () => [], refersTo: () => undefined }

const grouped = (steps: readonly TransactionStep[]) => [...Map.groupBy(steps, (s) => s.transaction).values()].flatMap((told) => attemptOf(told) ?? [])

describe.each([
  ['odoo', ['approved', 'unknown', 'cash']],
  ['unicenta', ['approved', 'not-paid', 'cash']],
  ['floreant', ['approved', 'held', 'cash']],
] as const)('the database of %s', (system, states) => {
  const database = POS_DATABASES.find((d) => d.system === system)
  if (!database) throw new Error(system)
  const source = JournalSource.parse({ name: system, format: 'lines' })

  it('tells its payments, goes on where it was left, and gives nothing of a card', async () => {
    const path = join(folder, 'pos.db')
    const made = new DatabaseSync(path)
    made.exec(SCHEMAS[system])
    made.exec(ROWS[system])
    made.close()
    const { query, close } = await connect(path)
    const { read, after } = await readDatabase(database, query, source, '')
    expect(read.filter((one) => 'problem' in one)).toEqual([])
    const attempts = grouped(read.flatMap((one) => ('step' in one ? [one.step] : [])))
    expect(attempts.map((a) => judge(a, alone, rules).found.state)).toEqual(states)
    expect(attempts.map((a) => [a.startedAt, a.amountMinor])).toEqual([[Date.UTC(2026, 5, 2, 2, 11, 12), 1280], [Date.UTC(2026, 5, 2, 2, 15), 9990], [Date.UTC(2026, 5, 2, 2, 20), 500]])
    for (const secret of ['4111111111111111', 'JANE', '=2512']) expect(JSON.stringify(read)).not.toContain(secret)
    expect((await readDatabase(database, query, source, after)).read.every((one) => 'step' in one && one.step.at === Date.UTC(2026, 5, 2, 2, 20))).toBe(true)
    await expect(query('DELETE FROM x', [])).rejects.toThrow()
    await close()
  })
  it('is asked for named columns only, and for none that holds card data', () => {
    expect(database.sql).not.toMatch(/\*|CARD_TRACK|CARD_NUMBER|HOLDER|cardholder|card_no|cardname/i)
  })
})

/** The same rows as PostgreSQL has them: truth values, JSON names, floating-point amounts. */
const asPostgres = (sql: string): string =>
  sql.replaceAll(/\bBIT\b/g, 'BOOLEAN').replaceAll('name TEXT, is_cash_count', 'name JSONB, is_cash_count').replaceAll(/\bREAL\b/g, 'DOUBLE PRECISION')
    .replace("(1, 'Cash', 1, NULL)", `(1, '{"en_US":"Cash"}', true, NULL)`).replace(`'{"en_US":"Card"}', 0,`, `'{"en_US":"Card"}', false,`)
    .replaceAll(/('T1'|NULL), ([01]), ('ok'|'refused \d+'|NULL), NULL/g, (_, reference: string, processed: string, message: string) => `${reference}, ${processed === '1'}, ${message}, NULL`)
    .replaceAll(/'(CREDIT_CARD|CASH)', ([01]), 0, 0/g, (_, payment: string, captured: string) => `'${payment}', ${captured === '1'}, false, false`)

describe.skipIf(noPostgres)('on PostgreSQL', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster()
  }, 60_000)
  afterAll(() => cluster.end())

  it.each(POS_DATABASES.map((database) => [database.system, database] as const))('%s tells the same, and cannot be written to', async (system, database) => {
    const url = await cluster.database()
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query(asPostgres(SCHEMAS[system]))
    await client.query(asPostgres(ROWS[system]))
    await client.end()
    const path = join(folder, 'same.db')
    const made = new DatabaseSync(path)
    made.exec(SCHEMAS[system])
    made.exec(ROWS[system])
    made.close()
    const source = JournalSource.parse({ name: system, format: 'lines' })
    const [there, here] = await Promise.all([connect(url), connect(path)])
    expect((await readDatabase(database, there.query, source, '')).read).toEqual((await readDatabase(database, here.query, source, '')).read)
    await expect(there.query('CREATE TABLE x (y INTEGER)', [])).rejects.toThrow('read-only')
    await Promise.all([there.close(), here.close()])
  }, 30_000)
})
