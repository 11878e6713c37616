import { readFileSync } from 'node:fs'
import { agreementFindings } from '../journal/agreements.ts'
import { dayNamed, dayOf, startOf } from '../journal/calendar.ts'
import type { Attention, MoneyRules } from '../journal/reconcile.ts'
import type { JournalSummary, Tally } from '../model/journal.ts'
import type { Service } from '../model/service.ts'
import { bankLines } from './journal-rows.ts'
import { payoutRows, turnoverSince } from './payout-rows.ts'
import type { Database } from './sqlite.ts'

const DAY_MS = 86_400_000
/** A row that names no transaction still says when it began, and what it is about. */
const row = (about: string, at: number, more: Omit<Attention, 'transaction' | 'at' | 'last' | 'lastAt'>): Attention => ({ transaction: about, at, last: 'bank-credit', lastAt: at, ...more })

const payoutAttention = (db: Database, rules: MoneyRules): Attention[] =>
  payoutRows(db, rules).flatMap((p) => {
    const about = { date: p.dueAt, amountMinor: p.expectedMinor }
    const name = `payout-${new Date(p.day * DAY_MS).toISOString().slice(0, 10)}`
    if (p.shortMinor > 0) return [row(name, p.dueAt, { row: 23, state: 'payout-short', fault: 'SET-AMOUNT-SHORT', shortMinor: p.shortMinor, ...about })]
    return p.creditedMinor === 0 && p.dueAt < rules.now ? [row(name, p.dueAt, { row: 19, state: 'payout-missing', fault: 'SET-OVERDUE', ...about })] : []
  })

const agreementAttention = (db: Database, rules: MoneyRules, service: Service): Attention[] => {
  if (service.agreements.length === 0) return []
  const bank = bankLines(db, 0).map(({ at, amountMinor, reference }) => ({ day: dayOf(at, rules.offsetMs), amountMinor, ...(reference === undefined ? {} : { reference }) }))
  const facts = { today: dayOf(rules.now, rules.offsetMs), bank, turnoverSince: (day: number) => turnoverSince(db, startOf(day, rules.offsetMs)) }
  return service.agreements.flatMap((a) => agreementFindings(a, facts).map(({ state, fault, day, sums }) => {
    const at = startOf(day, rules.offsetMs)
    return row(`${a.kind}-${a.id}`, at, { row: 0, state, fault, date: at, amountMinor: a.amountMinor, agreement: a.contract, sums })
  }))
}

const EARTH_KM = 6371

/** Kilometres between two places on the ground (haversine). */
export const kmBetween = (a: { latitude: number; longitude: number }, b: { latitude: number; longitude: number }): number => {
  const rad = (degrees: number): number => (degrees * Math.PI) / 180
  const half = (one: number, other: number): number => Math.sin(rad(other - one) / 2) ** 2
  return 2 * EARTH_KM * Math.asin(Math.sqrt(half(a.latitude, b.latitude) + Math.cos(rad(a.latitude)) * Math.cos(rad(b.latitude)) * half(a.longitude, b.longitude)))
}

/** How far the terminal is from where it is registered, in kilometres; undefined if nobody says where it is. */
export const kmFromPlace = ({ place }: Service): number | undefined => {
  if (!place) return undefined
  let text: string
  try {
    text = readFileSync(place.positionFile, 'utf8')
  } catch {
    // Without the file the system does not know where it is; that is no fault of the terminal's.
    return undefined
  }
  const match = /^\s*(-?\d{1,2}(?:\.\d+)?)\s*,\s*(-?\d{1,3}(?:\.\d+)?)\s*$/.exec(text.slice(0, 200).split('\n')[0] ?? '')
  return match ? kmBetween(place, { latitude: Number(match[1]), longitude: Number(match[2]) }) : undefined
}

/** Rows and counts of the shop's standing: payouts against the bank, agreements, fees and papers past their day, the terminal's place, card data in other people's logs. */
export const standingIn = (db: Database, rules: MoneyRules, service: Service): { rows: Attention[]; faults: JournalSummary['faults'] } => {
  const today = dayOf(rules.now, rules.offsetMs)
  const past = (dates: readonly string[]): Tally | undefined => {
    const days = dates.map(dayNamed).filter((day) => day < today)
    return days.length === 0 ? undefined : { count: days.length, oldestAt: startOf(Math.min(...days), rules.offsetMs) }
  }
  const km = kmFromPlace(service)
  const exposed = db.get('SELECT sum(lines) AS lines, min(first_at) AS first FROM exposed WHERE last_at >= ?', rules.now - DAY_MS)
  const tallies: Record<string, Tally | undefined> = {
    'SVC-FEE-OVERDUE': past(service.fees.filter(({ paidOn }) => paidOn === undefined).map(({ dueOn }) => dueOn)),
    'SVC-DOCS-EXPIRED': past(service.papers.map(({ validUntil }) => validUntil)),
    'SVC-LOCATION-MISMATCH': km === undefined || km <= (service.place?.withinKm ?? 0) ? undefined : { count: 1 },
    'SEC-SENSITIVE-DATA-IN-LOG': Number(exposed?.lines ?? 0) > 0 ? { count: Number(exposed?.lines), oldestAt: Number(exposed?.first) } : undefined,
  }
  return {
    rows: [...payoutAttention(db, rules), ...agreementAttention(db, rules, service)],
    faults: Object.fromEntries(Object.entries(tallies).flatMap(([fault, tally]) => (tally === undefined ? [] : [[fault, tally]]))),
  }
}
