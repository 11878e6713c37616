import { type Limit, type SymptomRule, whenNumber, whenTrue } from '../../src/model/symptom.ts'
import { FACTS, SIGNALS } from './facts.ts'

/** From when on what the journal says asks for somebody. */
export const limits: Readonly<Record<string, Limit>> = {
  'journal.any': { standard: 1, unit: 'transactions', basis: 'each of these is somebody’s money' },
  'journal.declines-min': { standard: 3, unit: 'answers in a quarter of an hour', basis: 'estimate: one decline is the customer’s affair, three in a row hardly' },
  'journal.issuer-answers-min': { standard: 2, unit: 'answers in a quarter of an hour', basis: 'estimate: one may be one issuer’s hiccup' },
  'journal.hold-days': { standard: 25, unit: 'days', basis: 'pre-authorisations are commonly kept for 30 days at most (stated UnionPay rule); five days are left to act' },
}

/** What the journal's observations mean. */
export const symptoms: readonly SymptomRule[] = [
  ...FACTS.map((fact): SymptomRule => ({
    id: fact.symptom, meaning: fact.meaning, reads: [fact.name],
    read: (see, limit) => whenNumber(see, fact.name, (n) => n >= limit(fact.least)),
  })),
  ...SIGNALS.map((signal): SymptomRule => ({ id: signal.name, meaning: signal.meaning, reads: [signal.name], read: (see) => whenTrue(see, signal.name) })),
  {
    id: 'journal.hold-expiring', meaning: { zh: '有预授权快到期，既未完成也未撤销', en: 'a pre-authorisation expires soon and is neither completed nor cancelled' }, reads: ['journal.hold-days'],
    read: (see, limit) => whenNumber(see, 'journal.hold-days', (days) => days >= limit('journal.hold-days')),
  },
]
