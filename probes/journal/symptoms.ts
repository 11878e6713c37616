import { type Limit, type SymptomRule, whenNumber, whenTrue } from '../../src/model/symptom.ts'
import { FACTS, SIGNALS } from './facts.ts'

/** From when on what the journal says asks for somebody. */
export const limits: Readonly<Record<string, Limit>> = {
  'journal.any': { standard: 1, unit: 'transactions', basis: 'each of these is somebody’s money' },
  'journal.declines-min': { standard: 3, unit: 'answers in a quarter of an hour', basis: 'estimate: one decline is the customer’s affair, three in a row hardly' },
  'journal.issuer-answers-min': { standard: 2, unit: 'answers in a quarter of an hour', basis: 'estimate: one may be one issuer’s hiccup' },
  'journal.exposed-min': { standard: 3, unit: 'lines in a day', basis: 'estimate: one line may be a number that looks like a card' },
  'journal.refused-in-row': { standard: 3, unit: 'answers in a row', basis: 'estimate: three, over two cards, are no card’s fault' },
  'journal.idle-days': { standard: 90, unit: 'days', basis: 'terminals without a payment for three months are to be verified anew (industry inspection guide, China)' },
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
    id: 'journal.refused', meaning: { zh: '主机连续拒绝这台终端', en: 'the host refuses this terminal again and again' }, reads: ['journal.refused-in-row'],
    read: (see, limit) => whenNumber(see, 'journal.refused-in-row', (n) => n >= limit('journal.refused-in-row')),
  },
  { id: 'journal.one-kind-refused', meaning: { zh: '某一类交易或卡全部被拒，其他正常', en: 'one type of payment or card is always refused, others are approved' }, reads: ['journal.one-kind-refused'], read: (see) => whenTrue(see, 'journal.one-kind-refused') },
  { id: 'journal.never-approved', meaning: { zh: '主机从未批准过这台终端的交易', en: 'the host never approved anything from this terminal' }, reads: ['journal.never-approved'], read: (see) => whenTrue(see, 'journal.never-approved') },
  {
    id: 'journal.idle', meaning: { zh: '长期没有交易', en: 'no payment for a long time' }, reads: ['journal.idle-days'],
    read: (see, limit) => whenNumber(see, 'journal.idle-days', (days) => days >= limit('journal.idle-days')),
  },
  {
    id: 'journal.hold-expiring', meaning: { zh: '有预授权快到期，既未完成也未撤销', en: 'a pre-authorisation expires soon and is neither completed nor cancelled' }, reads: ['journal.hold-days'],
    read: (see, limit) => whenNumber(see, 'journal.hold-days', (days) => days >= limit('journal.hold-days')),
  },
]
