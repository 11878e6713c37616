import type { JournalSource } from '../model/journal.ts'
import { type Fields, type Read, stepOf } from './record.ts'

/** Asks a database; `?` stands for each cell. Rows are by column name. Read-only: nothing here ever writes. */
export type Query = (sql: string, cells: readonly (string | number)[]) => Promise<readonly Record<string, unknown>[]>

/** One open-source POS system whose database can be read. Its statements name every column; those that hold card data or a person's name are never asked for. */
export interface PosDatabase {
  system: 'odoo' | 'unicenta' | 'floreant'
  /** Rows after a time (as the system writes it) in the order of time; at most so many. One statement for each form in which the system published its tables, the newest first. */
  sql: readonly string[]
  /** The steps that one row stands for. */
  fields(row: Record<string, unknown>): Fields[]
  /** The time of a row, from which the next look goes on. */
  after(row: Record<string, unknown>): string
  /** Offset of the times that the system writes; undefined where it writes local time. */
  offset?: string
}

const text = (value: unknown): string => (value === null || value === undefined ? '' : value instanceof Date ? value.toISOString() : String(value))
const truth = (value: unknown): boolean => value === true || value === 1 || value === 't' || value === 'true'
const positive = (value: string): string => value.replace(/^-/, '')

/**
 * Odoo (PostgreSQL): pos_payment with its order, session and method. Card names and holders (cardholder_name, card_no) are left alone. A terminal payment that
 * stays in waitingCard or waitingCapture has an outcome that nobody knows. Source: addons/point_of_sale models pos_payment, pos_order.
 */
const odoo: PosDatabase = {
  system: 'odoo',
  offset: '+00:00',
  sql: [`SELECT p.id AS id, CAST(p.payment_date AS TEXT) AS at, p.amount AS amount, p.payment_status AS status, p.card_type AS brand,
    o.pos_reference AS pos_order, m.is_cash_count AS cash, m.use_payment_terminal AS terminal
    FROM pos_payment p JOIN pos_order o ON o.id = p.pos_order_id JOIN pos_payment_method m ON m.id = p.payment_method_id
    WHERE CAST(p.payment_date AS TEXT) >= ? ORDER BY p.payment_date, p.id LIMIT 5000`],
  after: (row) => text(row.at),
  fields: (row) => {
    const refund = Number(row.amount) < 0
    const base: Fields = { transaction: `odoo-${text(row.id)}`, at: text(row.at).replace(/\.\d+$/, ''), amountMinor: Number(positive(text(row.amount))).toFixed(2), order: text(row.pos_order), brand: text(row.brand), type: refund ? 'refund' : truth(row.cash) ? 'cash' : 'sale', ...(truth(row.cash) ? { tender: 'cash' } : {}) }
    const status = text(row.status)
    const onTerminal = text(row.terminal) !== '' && text(row.terminal) !== 'false'
    if (truth(row.cash) || !onTerminal) return [{ ...base, step: 'tendered' }]
    if (status === 'done') return [{ ...base, step: 'authorisation-asked' }, { ...base, step: 'answered', responseCode: 'Success' }, { ...base, step: 'tendered' }]
    if (status === 'reversed') return [{ ...base, step: 'authorisation-asked' }, { ...base, step: 'answered', responseCode: 'Success' }, { ...base, step: 'reversal-asked' }, { ...base, step: 'reversal-answered', responseCode: 'Success' }]
    if (status === 'retry' || status === 'force_done') return [{ ...base, step: 'authorisation-asked' }, { ...base, step: 'answered', responseCode: status === 'retry' ? 'Aborted' : 'InProgress' }]
    return [{ ...base, step: 'authorisation-asked', prompt: status }]
  },
}

// Kinds of payment in uniCenta, Openbravo POS and Chromis: a card is paid with the magcard gateway or by a kind of the shop's own that says so.
const CARD = /^(?:magcard|card|ccard|chip|paypoint)/i

/** uniCenta oPOS, Openbravo POS and Chromis: payments with their receipt and ticket. `cardname`, and what the gateway answered (`returnmsg`), are left alone. Source: the create scripts among its resources (com/openbravo/pos/scripts). */
const unicenta: PosDatabase = {
  system: 'unicenta',
  sql: [`SELECT p.id AS id, CAST(r.datenew AS TEXT) AS at, p.payment AS payment, p.total AS total, p.isprocessed AS processed, t.ticketid AS ticket, t.tickettype AS tickettype
    FROM payments p JOIN receipts r ON r.id = p.receipt JOIN tickets t ON t.id = r.id WHERE CAST(r.datenew AS TEXT) >= ? ORDER BY r.datenew, p.id LIMIT 5000`],
  after: (row) => text(row.at),
  fields: (row) => {
    const payment = text(row.payment)
    const cash = payment === 'cash' || payment === 'cashrefund'
    const refund = Number(row.tickettype) === 1 || payment.endsWith('refund')
    const base: Fields = { transaction: `unicenta-${text(row.id)}`, at: text(row.at).replace(/\.\d+$/, ''), amountMinor: Number(positive(text(row.total))).toFixed(2), order: text(row.ticket), type: refund ? 'refund' : cash ? 'cash' : 'sale', ...(cash ? { tender: 'cash' } : {}) }
    if (cash || !CARD.test(payment)) return [{ ...base, step: 'tendered' }]
    return [{ ...base, step: 'authorisation-asked' }, { ...base, step: 'answered', responseCode: truth(row.processed) ? 'Success' : 'Refusal' }, ...(truth(row.processed) ? [{ ...base, step: 'tendered' }] : [])]
  },
}

// Rows that are no payment of a customer: cash taken out of the drawer, and the note that something was voided.
const NO_PAYMENT = new Set(['CASH_DROP', 'PAY_OUT', 'VOID_TRANS'])

/**
 * Floreant POS: the table TRANSACTIONS by named columns; CARD_TRACK, CARD_NUMBER, CARD_HOLDER_NAME, CARD_EXT_DATA and dates of expiry are never asked for. A card
 * payment that is not captured is a pre-authorisation. Source: its Hibernate mapping PosTransaction, in which the sort of payment is PAYMENT_TYPE, and
 * before that was TRANSACTION_TYPE, with other names for what a card reader tells.
 */
const floreant: PosDatabase = {
  system: 'floreant',
  sql: ['t.PAYMENT_TYPE AS payment, t.VOIDED AS voided, t.CARD_AUTH_CODE AS auth_code, t.CARD_READER AS entry', 't.TRANSACTION_TYPE AS payment, t.CARD_AUTHORIZATION_CODE AS auth_code, t.CARD_ENTRY_TYPE AS entry'].map((columns) =>
    `SELECT t.ID AS id, CAST(t.TRANSACTION_TIME AS CHAR(32)) AS at, t.AMOUNT AS amount, t.CAPTURED AS captured, t.CARD_TYPE AS brand, t.TERMINAL_ID AS terminal, t.TICKET_ID AS ticket, ${columns}
    FROM TRANSACTIONS t WHERE CAST(t.TRANSACTION_TIME AS CHAR(32)) >= ? ORDER BY t.TRANSACTION_TIME, t.ID LIMIT 5000`),
  after: (row) => text(row.at).trim(),
  fields: (row) => {
    const payment = text(row.payment).toUpperCase()
    if (NO_PAYMENT.has(payment)) return []
    const cash = payment === 'CASH'
    const entry = text(row.entry).toLowerCase()
    const base: Fields = {
      transaction: `floreant-${text(row.id)}`, at: text(row.at).trim().replace(/\.\d+$/, ''), amountMinor: Number(positive(text(row.amount))).toFixed(2), order: text(row.ticket), tid: text(row.terminal), authCode: text(row.auth_code), brand: text(row.brand),
      type: payment === 'REFUND' ? 'refund' : cash ? 'cash' : truth(row.captured) ? 'sale' : 'preauth', ...(cash ? { tender: 'cash' } : entry.includes('swipe') ? { tender: 'swipe' } : entry.includes('manual') ? { tender: 'manual' } : {}),
    }
    if (cash || !payment.endsWith('_CARD')) return [{ ...base, step: 'tendered' }]
    if (text(row.auth_code) === '') return [{ ...base, step: 'authorisation-asked' }]
    const approved: Fields[] = [{ ...base, step: 'authorisation-asked' }, { ...base, step: 'answered', responseCode: 'Success' }]
    if (truth(row.voided)) return [...approved, { ...base, step: 'reversal-asked' }, { ...base, step: 'reversal-answered', responseCode: 'Success' }]
    return truth(row.captured) ? [...approved, { ...base, step: 'tendered' }] : approved
  },
}

/** The systems whose databases are known. */
export const POS_DATABASES: readonly PosDatabase[] = [odoo, unicenta, floreant]

/** Rows by the first statement that fits the tables. Throws what the database said of the newest if none does. */
const rowsAfter = async (database: PosDatabase, query: Query, after: string): Promise<readonly Record<string, unknown>[]> => {
  let refused: unknown
  for (const sql of database.sql) {
    try {
      return await query(sql, [after])
    } catch (error) {
      refused ??= error
    }
  }
  throw refused
}

/** The steps told by a system's database after a moment (its own text for it, '' for all), and the moment to go on from. */
export const readDatabase = async (database: PosDatabase, query: Query, source: JournalSource, after: string): Promise<{ read: Exclude<Read, undefined>[]; after: string }> => {
  const rows = await rowsAfter(database, query, after)
  const named = { ...source, profile: 'nexo', amounts: 'decimal' as const, ...(database.offset === undefined ? {} : { offset: database.offset }) }
  const read = rows.flatMap((row) => database.fields(row).flatMap((fields) => stepOf(fields, named, text(row.id)) ?? []))
  const last = rows.at(-1)
  return { read, after: last ? database.after(last) : after }
}
