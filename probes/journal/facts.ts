import type { Text } from '../../src/model/text.ts'

/** One thing that the journal's summary says and a symptom reads: a count of transactions behind a fault's code, of fresh answers of the host that name it, of matters that people told of, or of a pattern. */
export interface Fact { name: string; from: 'faults' | 'answers' | 'contradictions' | 'told' | 'risks'; key: string; unit: string; symptom: string; meaning: Text; least: string }

const fact = (from: Fact['from'], key: string, name: string, unit: string, symptom: string, zh: string, en: string, least = 'journal.any'): Fact => ({ from, key, name: `journal.${name}`, unit, symptom: `journal.${symptom}`, meaning: { zh, en }, least })

const told = (code: string, zh: string, en: string): Fact => {
  const name = `told-${code.toLowerCase()}`
  return fact('told', code, name, `open matters in which nothing but a person told of ${code}`, name, `有人登记了：${zh}`, `somebody told of it: ${en}`)
}

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
  fact('faults', 'TXN-INCOMPLETE', 'given-up', 'payments given up before the host was asked, in the last quarter of an hour', 'given-up', '连续有交易中途退出', 'payments are given up again and again', 'journal.declines-min'),
  fact('faults', 'TXN-WRONG-TYPE', 'wrong-types', 'approved payments of which till and host say different things', 'wrong-type', '有交易的类型或支付方式与订单不符', 'a payment is of another type than its order says'),
  fact('faults', 'TXN-REFUND-PENDING', 'refunds-late', 'refunds that did not reach the customer in time', 'refund-late', '有退货超过时限未到顾客账户', 'a refund did not reach the customer in time'),
  fact('faults', 'SET-WITHIN-CYCLE', 'missed-within-cycle', 'payments somebody misses whose credit is not due yet', 'within-cycle', '有人反映未到账，但还没到约定到账日', 'somebody misses money that is not due yet'),
  fact('faults', 'SET-FUNDS-HELD', 'held-back', 'payments that the acquirer holds back', 'held-back', '收单平台列为延迟结算', 'the acquirer lists payments as held'),
  fact('faults', 'SET-ACCOUNT-PROBLEM', 'payouts-failed', 'payments whose payout failed', 'payout-failed', '收单平台列为出款失败', 'the acquirer lists a payout as failed'),
  fact('faults', 'DEP-AMOUNT-MISMATCH', 'deposits-differ', 'deposits of which contract, receipt, system and bank say different sums', 'deposit-differs', '押金的合同、收据、系统、银行金额不一致', 'contract, receipt, system and bank do not agree on a deposit'),
  fact('faults', 'DEP-NOT-CONFIRMED', 'deposits-unconfirmed', 'deposits paid and not confirmed within a day', 'deposit-unconfirmed', '押金已交而未确认', 'a deposit was paid and is not confirmed'),
  fact('faults', 'DEP-REFUND-OVERDUE', 'deposits-overdue', 'deposits to be returned that were not', 'deposit-overdue', '押金到期未退', 'a deposit was not returned in time'),
  fact('faults', 'AUT-COMPLETION-REJECTED', 'completions-rejected', 'completions of pre-authorisations rejected in a day and not made good', 'completion-rejected', '预授权完成被拒', 'the completion of a pre-authorisation was rejected'),
  fact('faults', 'AUT-CANCEL-FAILED', 'cancels-failed', 'cancellations of pre-authorisations refused in a day and not made good', 'cancel-failed', '预授权撤销失败', 'the cancellation of a pre-authorisation failed'),
  fact('faults', 'GUA-CHECK-FAILED', 'guarantees-failed', 'pre-authorisations refused for limit, amount or permission, in a day', 'guarantee-failed', '预授权因额度、金额或权限被拒', 'a pre-authorisation was refused for limit, amount or permission'),
  fact('faults', 'GUA-APPLICATION-ERROR', 'guarantees-differ', 'guarantees that the institution wrote otherwise than agreed', 'guarantee-differs', '担保记录与合同不一致', 'a guarantee is not as agreed'),
  fact('faults', 'SEC-DEVICE-MISMATCH', 'wrong-merchant', 'payments under another terminal or merchant number than the registered one', 'wrong-merchant', '流水里的终端号或商户号不是本机登记的', 'payments carry another terminal or merchant number'),
  fact('faults', 'SEC-SENSITIVE-DATA-IN-LOG', 'exposed-lines', 'lines with card data in clear in journals of others, found in a day', 'card-data-in-log', '别的程序的日志里有未脱敏的卡数据', 'a log of another program holds card data in clear', 'journal.exposed-min'),
  fact('faults', 'SVC-FEE-OVERDUE', 'fees-overdue', 'fees past their day', 'fee-overdue', '有费用过期未缴', 'a fee is past its day'),
  fact('faults', 'SVC-DOCS-EXPIRED', 'papers-expired', 'papers past their term', 'papers-expired', '证照已过期', 'a licence or identity paper has expired'),
  fact('faults', 'SVC-LOCATION-MISMATCH', 'away', '1 if the terminal is far from its registered place', 'away', '终端不在登记地址', 'the terminal is far from its registered place'),
  told('SVC-SUSPENDED', '终端或商户被停机', 'terminal or merchant suspended'),
  told('SVC-FEE-OVERDUE', '因欠费停机', 'suspended for unpaid fees'),
  told('SVC-AGREEMENT-BREACH', '因涉嫌违反商户协议停机', 'suspended for alleged breach of the agreement'),
  told('SVC-RISK-HOLD', '因交易风控被限制', 'restricted by risk control'),
  told('SVC-LOCATION-MISMATCH', '终端位置与登记不符（移机）', 'terminal location differs from registration'),
  told('SVC-NOT-REGISTERED', '终端号或商户号未登记/不匹配', 'terminal or merchant ID not registered / mismatched'),
  told('SVC-NOT-PERMITTED', '该交易类型未开通', 'transaction type not enabled'),
  told('SVC-DOCS-EXPIRED', '证照或实名资料过期', 'licence or identity documents expired'),
  told('SET-FUNDS-HELD', '结算款被风控延迟或冻结', 'settlement held by risk control'),
  told('SET-ACCOUNT-PROBLEM', '结算账户异常', 'settlement account problem'),
  told('SET-RECORD-MISSING', '收单明细查不到该笔交易', 'transaction missing in the acquirer’s records'),
  told('TXN-REFUND-PENDING', '退款/退货未到顾客账户', 'refund not yet with the customer'),
  told('TXN-DUPLICATE-SUSPECT', '疑似重复收款', 'suspected double charge'),
  told('DEP-AMOUNT-MISMATCH', '押金金额与记录不符', 'deposit amount differs from the record'),
  told('DEP-NOT-CONFIRMED', '押金已交但未确认/未显示', 'deposit paid but not confirmed/shown'),
  told('DEP-REFUND-OVERDUE', '押金到期未退或退还条件有争议', 'deposit not returned in time, or refund terms disputed'),
  told('GUA-APPLICATION-ERROR', '担保办理资料错误或审核争议', 'guarantee application error or review dispute'),
  told('AUT-CANCEL-FAILED', '预授权撤销失败或额度未释放', 'pre-auth cancellation failed or hold not released'),
  fact('risks', 'same-card', 'risk-same-card', 'payments with the same card in a day, from three', 'risk-same-card', '同一张卡一天内多次收款', 'the same card paid several times in a day'),
  fact('risks', 'decline-burst', 'risk-declines', 'declines within ten minutes, from five', 'risk-decline-burst', '短时间内多次被拒', 'many declines in a short time'),
  fact('risks', 'large-sums', 'risk-large', 'payments far above what is usual', 'risk-large-sums', '有远超平时的大额', 'payments far above what is usual'),
  fact('risks', 'round-sums', 'risk-round', 'round payments, where they are a third of all', 'risk-round-sums', '整数金额偏多', 'many round sums'),
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
