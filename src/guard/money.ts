import type { Disturbance } from '../model/fault.ts'
import type { Symptom } from '../model/symptom.ts'

/** What may be so of the money on a terminal, or of the terminal itself, that forbids to do something. */
export const MONEY_FACTS = ['open', 'unknown-outcome', 'reversal-pending', 'upload-pending', 'tamper'] as const
export type MoneyFact = (typeof MONEY_FACTS)[number]

/** What is known of the money: true, false, or not known. */
export type MoneyKnown = Readonly<Partial<Record<MoneyFact, boolean>>>

/** Symptoms that tell a fact; any of them present tells it, all of them absent deny it. */
const TOLD_BY: Readonly<Record<Exclude<MoneyFact, 'open'>, readonly string[]>> = {
  'unknown-outcome': ['journal.unknown-outcome'],
  'reversal-pending': ['journal.reversal-pending', 'journal.reversal-failed'],
  'upload-pending': ['journal.offline-waiting', 'reader.unsent'],
  tamper: ['reader.tamper', 'pinpad.tamper'],
}

/** The state of the money as the symptoms tell it; `saleOpen` is what the agent hears from the POS application, undefined if nobody listens. */
export const moneyOf = (symptoms: readonly Symptom[], saleOpen?: boolean): MoneyKnown => {
  const facts: Partial<Record<MoneyFact, boolean>> = saleOpen === undefined ? {} : { open: saleOpen }
  for (const [fact, ids] of Object.entries(TOLD_BY) as [Exclude<MoneyFact, 'open'>, readonly string[]][]) {
    const told = symptoms.filter((s) => ids.includes(s.id) && s.is !== 'unknown')
    if (told.length > 0) facts[fact] = told.some((s) => s.is === 'present')
  }
  return facts
}

const RUNNING: readonly MoneyFact[] = ['open', 'unknown-outcome', 'reversal-pending', 'upload-pending', 'tamper']

/** What forbids each disturbance while it is so (guard rails 1 and 5: query before charging again, restart only when nothing is open, to be reversed or to be uploaded). */
const FORBIDDEN_BY: Readonly<Record<Disturbance, readonly MoneyFact[]>> = {
  restarts: RUNNING,
  updates: RUNNING,
  unplugs: ['open', 'tamper'],
  'cuts-network': ['open'],
  charges: ['open', 'unknown-outcome', 'reversal-pending', 'tamper'],
  settles: ['open', 'unknown-outcome', 'reversal-pending', 'upload-pending'],
  seals: [],
}

/** May it be done now: yes; only when a person has made sure that none of these facts is so; or not while these are so. */
export type Ruling = { is: 'may' } | { is: 'ask'; about: MoneyFact[] } | { is: 'never'; because: MoneyFact[] }

/** Rules on an action by what it disturbs. On a terminal that reports tampering nothing may be done but sealing it. */
export const mayDo = (disturbs: readonly Disturbance[], money: MoneyKnown): Ruling => {
  if (money.tamper === true && !disturbs.includes('seals')) return { is: 'never', because: ['tamper'] }
  const facts = MONEY_FACTS.filter((fact) => disturbs.some((d) => FORBIDDEN_BY[d].includes(fact)))
  const because = facts.filter((fact) => money[fact] === true)
  if (because.length > 0) return { is: 'never', because }
  const about = facts.filter((fact) => money[fact] === undefined)
  return about.length > 0 ? { is: 'ask', about } : { is: 'may' }
}
