import type { Text } from '../model/text.ts'

/** What is said of the money of one transaction, and what is done next. */
export type MoneyText = { tell: Text; next: Text }

const said = (zh: string, en: string, nextZh: string, nextEn: string): MoneyText => ({ tell: { zh, en }, next: { zh: nextZh, en: nextEn } })

/** States of the money of one transaction, by the name that the journal gives them; `{date}`, `{by}` and `{amount}` are filled in. */
export const MONEY_STATES = {
  'in-progress': said('正在处理', 'In progress', '等待结果', 'Wait for the result'),
  'not-started': said('未收款，可重新收款', 'Not charged; may be charged again', '无需操作', 'Nothing to do'),
  'not-sent': said('未送达主机，未扣款（以查询为准）', 'It did not reach the host; nothing charged (a query decides)', '网络恢复后重新收款', 'Charge again once the network is back'),
  unknown: said('结果未知，请勿重刷', 'Result unknown: do not charge again yet', '一分钟内查询结果，或等自动冲正', 'Query within a minute, or wait for the automatic reversal'),
  'reversal-pending': said('等冲正完成，请勿重刷', 'A reversal is on its way: do not charge again yet', '每分钟看一次；五分钟未完成或当日打烊前联系收单机构', 'Look every minute; after five minutes, or before closing, call the acquirer'),
  reversed: said('已冲正，未收款；已扣的款由银行退回', 'Reversed, not charged; the bank returns what was debited', '次日账单中不应有这笔', 'It must not be on the next day’s statement'),
  'reversal-failed': said('冲正失败，可能出现单边账，请勿重刷', 'The reversal failed; it may be booked on one side: do not charge again', '联系收单机构人工核实，并登记', 'Have the acquirer check it by hand and keep a record'),
  'unknown-answer': said('主机没有给出结果，请勿重刷', 'The host gave no result: do not charge again yet', '先按流水号查询', 'Query by trace number first'),
  'not-paid': said('未收款', 'Not paid', '换卡或换支付方式', 'Another card or another way of paying'),
  'refused-locally': said('主机已批准，终端未接受，等冲正', 'The host approved and the terminal refused; a reversal must follow', '等冲正完成；未完成则联系收单机构', 'Wait for the reversal; if it does not come, call the acquirer'),
  cancelled: said('已撤销或已退货', 'Voided or refunded', '核对退款到账', 'See that the refund is credited'),
  held: said('仅冻结，未收款', 'Only held, not collected', '到期前完成或撤销预授权', 'Complete or cancel it before it expires'),
  'offline-pending': said('脱机交易未上送，不会到账', 'Taken off-line and not uploaded: it will not be credited', '恢复网络并上送', 'Restore the network and upload'),
  'offline-refused': said('脱机交易上送被拒，款未收到', 'Refused at upload: the money was not received', '联系顾客补款并登记', 'Ask the customer to pay and keep a record'),
  verify: said('按成功处理，次日核对', 'Treat as paid, check it the next day', '次日对账单', 'Check the statement the next day'),
  partial: said('只批准了部分金额', 'Only a part was approved', '收差额', 'Collect the rest'),
  'not-settled': said('已收款，批次未结算', 'Collected, but its batch is not settled', '做批结算', 'Settle the batch'),
  disputed: said('批次结算不平，这笔待核对', 'Its batch did not agree at settlement', '与收单平台逐笔核对', 'Compare item by item with the acquirer’s portal'),
  'within-cycle': said('正常结算中，预计 {date} 到账', 'Being settled; expected on {date}', '到期再看', 'Look again on that day'),
  overdue: said('应于 {date} 到账，尚未到账', 'Was due on {date} and has not come', '查结算状态，联系收单机构', 'Check the settlement status, call the acquirer'),
  credited: said('已到账', 'Credited', '无需操作', 'Nothing to do'),
  approved: said('已收款', 'Paid', '无需操作', 'Nothing to do'),
  cash: said('现金', 'Cash', '无需操作', 'Nothing to do'),
  'decided-paid': said('经 {by} 核实：已收款', 'Checked by {by}: paid', '无需操作', 'Nothing to do'),
  'decided-not-paid': said('经 {by} 核实：未收款', 'Checked by {by}: not paid', '可重新收款', 'May be charged again'),
  'wrong-merchant': said('终端号或商户号与登记不符', 'Terminal or merchant number is not the registered one', '停用这台终端并向收单机构核实', 'Stop this terminal and check with the acquirer'),
  'host-only': said('对账单有、终端无记录', 'On the statement, but not in the journal', '向收单机构提交差错处理', 'Report it to the acquirer'),
  duplicate: said('疑似重复收款', 'Suspected double charge', '与顾客确认；属实则撤销或退货', 'Ask the customer; if so, void or refund'),
  short: said('到账少 {amount}', 'Credited {amount} short', '核对手续费和押金条款', 'Compare fee and deposit terms'),
  'slip-missing': said('已收款，没有打出小票', 'Paid, but no slip was printed', '重打小票', 'Print the slip again'),
  'record-missing': said('流水号 {from} 至 {to} 缺失', 'Trace numbers {from} to {to} are missing', '从收单平台补齐流水', 'Complete the journal from the acquirer’s portal'),
} as const satisfies Record<string, MoneyText>

/** Name of a state of the money. */
export type MoneyState = keyof typeof MONEY_STATES
