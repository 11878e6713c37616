import type { Text } from '../../src/model/text.ts'

/** One thing that the journal's summary says and a symptom reads: a count of transactions behind a fault's code, or of fresh answers of the host that name it. */
export interface Fact { name: string; from: 'faults' | 'answers' | 'contradictions'; key: string; unit: string; symptom: string; meaning: Text; least: string }

const fact = (from: Fact['from'], key: string, name: string, unit: string, symptom: string, zh: string, en: string, least = 'journal.any'): Fact => ({ from, key, name: `journal.${name}`, unit, symptom: `journal.${symptom}`, meaning: { zh, en }, least })

/** What is counted. `least` names the limit from which on a count means something. */
export const FACTS: readonly Fact[] = [
  fact('faults', 'TXN-TIMEOUT-UNKNOWN', 'unknown-outcomes', 'payments whose outcome nobody has proved', 'unknown-outcome', '有付款结果未知', 'there are payments whose outcome is unknown'),
  fact('faults', 'TXN-REVERSAL-PENDING', 'reversals-pending', 'reversals sent, or due, and not answered', 'reversal-pending', '有冲正没有完成', 'a reversal is not through'),
  fact('faults', 'TXN-REVERSAL-FAILED', 'reversals-failed', 'reversals refused or given up', 'reversal-failed', '有冲正失败', 'a reversal failed'),
  fact('faults', 'TXN-DUPLICATE-SUSPECT', 'duplicates', 'second approvals of the same card and amount within ten minutes, in a day', 'duplicate', '同一张卡同一金额在十分钟内批准了两次', 'the same card and amount was approved twice within ten minutes'),
  fact('faults', 'TXN-AMOUNT-MISMATCH', 'partial-approvals', 'payments approved for a part of their amount', 'partial', '有付款只批准了部分金额', 'a payment was approved for a part only'),
  fact('faults', 'TXN-RECEIPT-NOT-PRINTED', 'slips-missing', 'approved payments without a slip', 'slip-missing', '有已批准的付款没有打出小票', 'an approved payment has no slip'),
  fact('faults', 'TXN-OFFLINE-PENDING', 'offline-waiting', 'payments taken off-line and not uploaded, or refused at upload', 'offline-waiting', '有脱机交易没有上送或上送被拒', 'payments taken off-line are not uploaded, or were refused'),
  fact('faults', 'SET-NOT-SETTLED', 'not-settled', 'payments in a batch that is open past its business day', 'not-settled', '营业日已过，批次还没有结算', 'the business day is over and a batch is not settled'),
  fact('faults', 'SET-BATCH-MISMATCH', 'disputed', 'payments in a batch that did not agree at settlement', 'batch-disputed', '批结算不平', 'a batch did not agree at settlement'),
  fact('faults', 'SET-RECORD-MISSING', 'one-sided', 'statement lines without a record here, and approvals still to be verified', 'one-sided', '对账单与终端流水有一方缺记录', 'statement and journal do not hold the same payments'),
  fact('faults', 'SET-OVERDUE', 'overdue', 'settled payments whose credit is overdue', 'overdue', '有款项逾期未到账', 'a credit is overdue'),
  fact('faults', 'SET-AMOUNT-SHORT', 'short', 'credits smaller than the payment less its fee', 'credited-short', '到账金额少了', 'less was credited than was paid'),
  fact('answers', 'HST-ISSUER-DOWN', 'answers-issuer-down', 'answers of the last quarter of an hour that say that an issuer or switch does not work', 'issuer-down', '主机多次回答发卡方不可用', 'the host says again and again that an issuer does not work', 'journal.issuer-answers-min'),
  fact('answers', 'HST-SIGNON-REQUIRED', 'answers-sign-on', 'answers of the last quarter of an hour that ask for a sign-on', 'sign-on-required', '主机要求重新签到', 'the host asks for a sign-on'),
  fact('answers', 'TXN-DECLINED-ISSUER', 'answers-declined', 'declines by issuers in the last quarter of an hour', 'declined', '发卡行连续拒绝', 'issuers decline again and again', 'journal.declines-min'),
  fact('answers', 'TXN-FUNDS-OR-LIMIT', 'answers-funds', 'declines for funds or limits in the last quarter of an hour', 'funds-or-limit', '连续因余额或限额被拒', 'payments are declined again and again for funds or limits', 'journal.declines-min'),
  fact('answers', 'TXN-PIN-ERROR', 'answers-pin', 'wrong PINs in the last quarter of an hour', 'pin-wrong', '连续密码错误', 'PINs are wrong again and again', 'journal.declines-min'),
  fact('answers', 'TXN-CARD-INVALID', 'answers-card', 'invalid cards in the last quarter of an hour', 'card-invalid', '连续卡片无效', 'cards are invalid again and again', 'journal.declines-min'),
  fact('answers', 'TXN-CARD-CAPTURE', 'answers-capture', 'cards to be kept, in the last quarter of an hour', 'card-capture', '主机要求没收卡', 'the host asks to keep a card'),
  fact('contradictions', 'receipt-without-payment', 'receipts-unpaid', 'slips without an approval, in a day', 'receipt-without-payment', '打了小票却没有批准', 'a slip was printed without an approval'),
  fact('contradictions', 'tendered-not-paid', 'tendered-unpaid', 'orders counted as paid by card without an approval, in a day', 'tendered-not-paid', '收银系统记为已刷卡，主机没有批准', 'the till counts a card payment that the host did not approve'),
  fact('contradictions', 'paid-not-tendered', 'paid-untendered', 'approvals that the till does not count as paid, in a day', 'paid-not-tendered', '主机已批准，收银系统没有记为已付', 'the host approved a payment that the till does not count'),
]

/** Signals that are true or false. */
export const SIGNALS = [
  { key: 'cardsStopped', name: 'journal.cards-stopped', meaning: { zh: '很久没有刷卡，其他方式却照常', en: 'no card was read for long, while others pay' }, unit: 'true if no card was read for three times the usual gap while others pay' },
  { key: 'keyedRising', name: 'journal.keyed-rising', meaning: { zh: '扫码变少，手工输入变多', en: 'items are keyed in that used to be scanned' }, unit: 'true if orders of late are mostly keyed in where they used to be scanned' },
  { key: 'contactlessGone', name: 'journal.contactless-gone', meaning: { zh: '非接支付的占比骤降', en: 'hardly anybody pays contactless any more' }, unit: 'true if the share of contactless payments collapsed' },
  { key: 'approvalsSlow', name: 'journal.approvals-slow', meaning: { zh: '批准比平时慢得多', en: 'approvals take much longer than usual' }, unit: 'true if the host takes much longer to answer than this terminal is used to' },
] as const
