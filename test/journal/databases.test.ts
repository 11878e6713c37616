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

// Tables and columns as the systems publish them: Odoo's models pos.payment, pos.order and pos.payment.method (addons/point_of_sale/models), uniCenta's create
// script for PostgreSQL (com/openbravo/pos/scripts), Floreant's Hibernate mappings of PosTransaction. Columns that hold card data are there to be left alone.
const FLOREANT = 'ID INTEGER PRIMARY KEY, TRANSACTION_TIME TIMESTAMP, AMOUNT REAL, TENDER_AMOUNT REAL, CAPTURED BOOLEAN, DRAWER_RESETTED BOOLEAN, NOTE TEXT, TERMINAL_ID INTEGER, TICKET_ID INTEGER, USER_ID INTEGER, PAYOUT_REASON_ID INTEGER, PAYOUT_RECEPIENT_ID INTEGER, CARD_NUMBER TEXT, CARD_TYPE TEXT, CARD_TRANSACTION_ID TEXT, CARD_MERCHANT_GATEWAY TEXT'
const SCHEMAS = {
  odoo: `CREATE TABLE pos_payment_method (id INTEGER PRIMARY KEY, name TEXT, sequence INTEGER, is_cash_count BOOLEAN, journal_id INTEGER, split_transactions BOOLEAN, company_id INTEGER, use_payment_terminal TEXT, active BOOLEAN, payment_method_type TEXT, qr_code_method TEXT);
    CREATE TABLE pos_order (id INTEGER PRIMARY KEY, name TEXT, pos_reference TEXT, state TEXT, session_id INTEGER, amount_total NUMERIC);
    CREATE TABLE pos_payment (id INTEGER PRIMARY KEY, name TEXT, pos_order_id INTEGER, amount NUMERIC, payment_method_id INTEGER, payment_date TIMESTAMP, session_id INTEGER, company_id INTEGER, card_type TEXT, card_brand TEXT, card_no TEXT, cardholder_name TEXT, transaction_id TEXT, payment_status TEXT, ticket TEXT, is_change BOOLEAN, account_move_id INTEGER, uuid TEXT);`,
  unicenta: `CREATE TABLE closedcash (money TEXT PRIMARY KEY, host TEXT, hostsequence INTEGER, datestart TIMESTAMP, dateend TIMESTAMP, nosales INTEGER);
    CREATE TABLE receipts (id TEXT PRIMARY KEY, money TEXT, datenew TIMESTAMP, attributes BLOB, person TEXT);
    CREATE TABLE tickets (id TEXT PRIMARY KEY, tickettype INTEGER, ticketid INTEGER, person TEXT, customer TEXT, status INTEGER);
    CREATE TABLE payments (id TEXT PRIMARY KEY, receipt TEXT, payment TEXT, total REAL, tip REAL, transid TEXT, isprocessed BOOLEAN, returnmsg BLOB, notes TEXT, tendered REAL, cardname TEXT, voucher TEXT);`,
  floreant: `CREATE TABLE TRANSACTIONS (${FLOREANT}, PAYMENT_TYPE TEXT, GLOBAL_ID TEXT, TIPS_AMOUNT REAL, TIPS_EXCEED_AMOUNT REAL, TRANSACTION_TYPE TEXT, CUSTOM_PAYMENT_NAME TEXT, CUSTOM_PAYMENT_REF TEXT, PAYMENT_SUB_TYPE TEXT, VOIDED BOOLEAN, AUTHORIZABLE BOOLEAN,
    CARD_HOLDER_NAME TEXT, CARD_AUTH_CODE TEXT, CARD_READER TEXT, CARD_AID TEXT, CARD_ARQC TEXT, CARD_EXT_DATA TEXT, GIFT_CERT_NUMBER TEXT);`,
  'floreant before': `CREATE TABLE TRANSACTIONS (${FLOREANT}, TRANSACTION_TYPE TEXT, MODIFIED_TIME TIMESTAMP, DEBIT BOOLEAN, ADDITIONAL_AMOUNT REAL, CARD_TRACK TEXT, CARD_AUTHORIZATION_CODE TEXT, CARD_EXP_MONTH TEXT, CARD_EXP_YEAR TEXT, CARD_ENTRY_TYPE TEXT);`,
} as const

const ROWS: Readonly<Record<keyof typeof SCHEMAS, string>> = {
  odoo: `INSERT INTO pos_payment_method (id, name, is_cash_count, use_payment_terminal) VALUES (1, '{"en_US":"Cash"}', true, NULL), (2, '{"en_US":"Card"}', false, 'adyen');
    INSERT INTO pos_order (id, name, pos_reference, state, session_id, amount_total) VALUES (1, 'A', 'Order 00001-001-0001', 'paid', 1, 12.8), (2, 'B', 'Order 00001-001-0002', 'draft', 1, 99.9), (3, 'C', 'Order 00001-001-0003', 'paid', 1, 5);
    INSERT INTO pos_payment (id, pos_order_id, amount, payment_date, payment_method_id, session_id, card_type, cardholder_name, card_no, transaction_id, payment_status) VALUES (1, 1, 12.80, '2026-06-02 02:11:12', 2, 1, 'visa', 'JANE DOE', '1111', 'T-1', 'done'), (2, 2, 99.90, '2026-06-02 02:15:00.123', 2, 1, NULL, 'JANE DOE', '4111111111111111', NULL, 'waitingCard'), (3, 3, 5, '2026-06-02 02:20:00', 1, 1, NULL, NULL, NULL, NULL, NULL);`,
  unicenta: `INSERT INTO receipts (id, money, datenew) VALUES ('r1', 'm', '2026-06-02 10:11:12.0'), ('r2', 'm', '2026-06-02 10:15:00.0'), ('r3', 'm', '2026-06-02 10:20:00.0');
    INSERT INTO tickets (id, tickettype, ticketid, person, status) VALUES ('r1', 0, 1, 'p', 0), ('r2', 0, 2, 'p', 0), ('r3', 0, 3, 'p', 0);
    INSERT INTO payments (id, receipt, payment, total, tip, transid, isprocessed, returnmsg, tendered, cardname) VALUES ('p1', 'r1', 'magcard', 12.8, 0, 'T1', true, 'ok', 12.8, '4111111111111111'), ('p2', 'r2', 'magcard', 99.9, 0, NULL, false, 'refused 4111111111111111', 0, '4111111111111111'), ('p3', 'r3', 'cash', 5, 0, NULL, false, NULL, 10, NULL);`,
  floreant: `INSERT INTO TRANSACTIONS (ID, TRANSACTION_TIME, AMOUNT, TENDER_AMOUNT, TRANSACTION_TYPE, PAYMENT_TYPE, PAYMENT_SUB_TYPE, CAPTURED, VOIDED, DRAWER_RESETTED, CARD_HOLDER_NAME, CARD_NUMBER, CARD_AUTH_CODE, CARD_TYPE, CARD_READER, CARD_EXT_DATA, TERMINAL_ID, TICKET_ID) VALUES
    (1, '2026-06-02 10:11:12.0', 12.8, 12.8, 'CREDIT', 'CREDIT_CARD', 'VISA', true, false, false, 'JANE DOE', '4111111111111111', 'A1B2C3', 'VISA', 'SWIPE', ';4111111111111111=2512?', 7, 1),
    (2, '2026-06-02 10:15:00.0', 99.9, 99.9, 'CREDIT', 'CREDIT_CARD', 'VISA', false, false, false, 'JANE DOE', '4111111111111111', 'D4E5F6', 'VISA', 'MANUAL', NULL, 7, 2), (3, '2026-06-02 10:20:00.0', 5, 10, 'CREDIT', 'CASH', 'CASH', true, false, false, NULL, NULL, NULL, NULL, NULL, NULL, 7, 3),
    (4, '2026-06-02 10:21:00.0', 7, 7, 'CREDIT', 'DEBIT_CARD', 'DEBIT CARD', true, true, false, NULL, '4111111111111111', 'G7H8J9', 'VISA', 'SWIPE', NULL, 7, 4), (5, '2026-06-02 10:22:00.0', 50, 0, 'DEBIT', 'PAY_OUT', 'CASH', true, false, false, NULL, NULL, NULL, NULL, NULL, NULL, 7, NULL);`,
  'floreant before': `INSERT INTO TRANSACTIONS (ID, TRANSACTION_TIME, AMOUNT, TENDER_AMOUNT, TRANSACTION_TYPE, CAPTURED, DRAWER_RESETTED, CARD_NUMBER, CARD_TRACK, CARD_AUTHORIZATION_CODE, CARD_TYPE, CARD_ENTRY_TYPE, TERMINAL_ID, TICKET_ID) VALUES
    (1, '2026-06-02 10:11:12.0', 12.8, 12.8, 'CREDIT_CARD', true, false, '4111111111111111', ';4111111111111111=2512?', 'A1B2C3', 'VISA', 'SWIPE', 7, 1), (2, '2026-06-02 10:15:00.0', 99.9, 99.9, 'CREDIT_CARD', false, false, '4111111111111111', NULL, 'D4E5F6', 'VISA', 'MANUAL', 7, 2),
    (3, '2026-06-02 10:20:00.0', 5, 10, 'CASH', true, false, NULL, NULL, NULL, NULL, NULL, 7, 3), (4, '2026-06-02 10:22:00.0', 50, 0, 'CASH_DROP', true, false, NULL, NULL, NULL, NULL, NULL, 7, NULL);`,
}
const SYSTEMS = Object.keys(SCHEMAS) as (keyof typeof SCHEMAS)[]
const databaseOf = (schema: keyof typeof SCHEMAS) => {
  const database = POS_DATABASES.find((d) => schema.startsWith(d.system))
  if (!database) throw new Error(schema)
  return database
}

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
  ['floreant', ['approved', 'held', 'cash', 'reversed']],
  ['floreant before', ['approved', 'held', 'cash']],
] as const)('the database of %s', (schema, states) => {
  const database = databaseOf(schema)
  const source = JournalSource.parse({ name: database.system, format: 'lines' })
  const minutes = [[11, 12, 1280], [15, 0, 9990], [20, 0, 500], [21, 0, 700]].slice(0, states.length)

  it('tells its payments, goes on where it was left, and gives nothing of a card', async () => {
    const path = join(folder, 'pos.db')
    const made = new DatabaseSync(path)
    made.exec(SCHEMAS[schema])
    made.exec(ROWS[schema])
    made.close()
    const { query, close } = await connect(path)
    const { read, after } = await readDatabase(database, query, source, '')
    expect(read.filter((one) => 'problem' in one)).toEqual([])
    const attempts = grouped(read.flatMap((one) => ('step' in one ? [one.step] : [])))
    expect(attempts.map((a) => judge(a, alone, rules).found.state)).toEqual(states)
    expect(attempts.map((a) => [a.startedAt, a.amountMinor])).toEqual(minutes.map(([minute = 0, second, amount]) => [Date.UTC(2026, 5, 2, 2, minute, second), amount]))
    for (const secret of ['4111111111111111', 'JANE', '=2512']) expect(JSON.stringify(read)).not.toContain(secret)
    // The moment from which the next look goes on is that of the last row, which may be no payment.
    expect((await readDatabase(database, query, source, after)).read.every((one) => 'step' in one && one.step.at >= Date.UTC(2026, 5, 2, 2, 20))).toBe(true)
    await expect(query('DELETE FROM x', [])).rejects.toThrow()
    await close()
  })
  it('is asked for named columns only, and for none that holds card data', () => {
    for (const sql of database.sql) expect(sql).not.toMatch(/\*|CARD_TRACK|CARD_NUMBER|CARD_EX|HOLDER|cardholder|card_no|cardname|returnmsg/i)
  })
})

it('says what the database said where no form of the tables is known', async () => {
  const path = join(folder, 'other.db')
  new DatabaseSync(path).close()
  const { query, close } = await connect(path)
  await expect(readDatabase(databaseOf('floreant'), query, JournalSource.parse({ name: 'floreant', format: 'lines' }), '')).rejects.toThrow('no such table: TRANSACTIONS')
  await close()
})

/** The same tables as PostgreSQL has them: JSON names, floating-point amounts, bytes. */
const asPostgres = (sql: string): string =>
  sql.replaceAll('name TEXT, sequence', 'name JSONB, sequence').replaceAll(/\bREAL\b/g, 'DOUBLE PRECISION').replaceAll(/\bBLOB\b/g, 'BYTEA')

describe.skipIf(noPostgres)('on PostgreSQL', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster()
  }, 60_000)
  afterAll(() => cluster.end())

  it.each(SYSTEMS)('%s tells the same, and cannot be written to', async (schema) => {
    const database = databaseOf(schema)
    const url = await cluster.database()
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query(asPostgres(SCHEMAS[schema]))
    await client.query(ROWS[schema])
    await client.end()
    const path = join(folder, 'same.db')
    const made = new DatabaseSync(path)
    made.exec(SCHEMAS[schema])
    made.exec(ROWS[schema])
    made.close()
    const source = JournalSource.parse({ name: database.system, format: 'lines' })
    const [there, here] = await Promise.all([connect(url), connect(path)])
    expect((await readDatabase(database, there.query, source, '')).read).toEqual((await readDatabase(database, here.query, source, '')).read)
    await expect(there.query('CREATE TABLE x (y INTEGER)', [])).rejects.toThrow('read-only')
    await Promise.all([there.close(), here.close()])
  }, 30_000)
})
