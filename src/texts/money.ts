import type { ContactRole } from '../model/service.ts'
import type { Text } from '../model/text.ts'

/** What is said of the money of one transaction, what is done next, and who is asked, where it is nobody in the shop. */
export type MoneyText = { tell: Text; next: Text; ask?: ContactRole }

const said = (zh: string, en: string, nextZh: string, nextEn: string, ask?: ContactRole): MoneyText => ({ tell: { zh, en }, next: { zh: nextZh, en: nextEn }, ...(ask === undefined ? {} : { ask }) })

/** States of the money of one transaction, by the name that the journal gives them; `{date}`, `{by}` and `{amount}` are filled in. */
export const MONEY_STATES = {
  'in-progress': said('正在处理', 'In progress', '等待结果', 'Wait for the result'),
  'not-started': said('未收款，可重新收款', 'Not charged; may be charged again', '无需操作', 'Nothing to do'),
  'not-sent': said('未送达主机，未扣款（以查询为准）', 'It did not reach the host; nothing charged (a query decides)', '网络恢复后重新收款', 'Charge again once the network is back'),
  unknown: said('结果未知，请勿重刷', 'Result unknown: do not charge again yet', '一分钟内查询结果，或等自动冲正', 'Query within a minute, or wait for the automatic reversal', 'acquirer'),
  'reversal-pending': said('等冲正完成，请勿重刷', 'A reversal is on its way: do not charge again yet', '每分钟看一次；五分钟未完成或当日打烊前联系收单机构', 'Look every minute; after five minutes, or before closing, call the acquirer', 'acquirer'),
  reversed: said('已冲正，未收款；已扣的款由银行退回', 'Reversed, not charged; the bank returns what was debited', '次日账单中不应有这笔', 'It must not be on the next day’s statement'),
  'reversal-failed': said('冲正失败，可能出现单边账，请勿重刷', 'The reversal failed; it may be booked on one side: do not charge again', '联系收单机构人工核实，并登记', 'Have the acquirer check it by hand and keep a record', 'acquirer'),
  'unknown-answer': said('主机没有给出结果，请勿重刷', 'The host gave no result: do not charge again yet', '先按流水号查询', 'Query by trace number first', 'acquirer'),
  'not-paid': said('未收款', 'Not paid', '换卡或换支付方式', 'Another card or another way of paying'),
  'refused-locally': said('主机已批准，终端未接受，等冲正', 'The host approved and the terminal refused; a reversal must follow', '等冲正完成；未完成则联系收单机构', 'Wait for the reversal; if it does not come, call the acquirer', 'acquirer'),
  cancelled: said('已撤销或已退货', 'Voided or refunded', '核对退款到账', 'See that the refund is credited'),
  held: said('仅冻结，未收款', 'Only held, not collected', '到期前完成或撤销预授权', 'Complete or cancel it before it expires'),
  'offline-pending': said('脱机交易未上送，不会到账', 'Taken off-line and not uploaded: it will not be credited', '恢复网络并上送', 'Restore the network and upload'),
  'offline-refused': said('脱机交易上送被拒，款未收到', 'Refused at upload: the money was not received', '联系顾客补款并登记', 'Ask the customer to pay and keep a record', 'customer'),
  verify: said('按成功处理，次日核对', 'Treat as paid, check it the next day', '次日对账单', 'Check the statement the next day', 'acquirer'),
  partial: said('只批准了部分金额', 'Only a part was approved', '收差额', 'Collect the rest'),
  'not-settled': said('已收款，批次未结算', 'Collected, but its batch is not settled', '做批结算', 'Settle the batch'),
  disputed: said('批次结算不平，这笔待核对', 'Its batch did not agree at settlement', '与收单平台逐笔核对', 'Compare item by item with the acquirer’s portal', 'acquirer'),
  'within-cycle': said('正常结算中，预计 {date} 到账', 'Being settled; expected on {date}', '到期再看', 'Look again on that day'),
  overdue: said('应于 {date} 到账，尚未到账', 'Was due on {date} and has not come', '查结算状态，联系收单机构', 'Check the settlement status, call the acquirer', 'acquirer'),
  'held-back': said('结算款被风控延迟', 'Held back by risk control', '按通知备齐材料，在截止前从官方渠道提交；不要交钱解冻', 'Gather what the notice asks for and hand it in by the official way before its date; never pay for a release', 'acquirer'),
  'payout-failed': said('出款失败，被退回', 'The payout failed and was returned', '核对户名、账号和账户状态，更正后申请重新出款', 'Compare name, number and state of the account, then ask for it to be paid again', 'bank'),
  'payout-missing': said('应于 {date} 到账的 {amount} 尚未到账', '{amount} was due on {date} and has not come', '先看是否已出款：已出款问开户行，未出款问收单机构', 'See whether it was paid out: if so ask the bank, if not the acquirer', 'acquirer'),
  'payout-short': said('{date} 的到账少 {amount}', 'The credit of {date} is {amount} short', '按“消费－退货－手续费”核对，不明扣款要求书面说明', 'Check payments less refunds less fees; ask for a written reason of any other deduction', 'acquirer'),
  'refund-late': said('退货超过约定时限，应于 {date} 前到顾客账户', 'The refund is late: it was to reach the customer by {date}', '凭退货参考号请收单机构查询，并告知顾客', 'Ask the acquirer with the reference of the refund, and tell the customer', 'acquirer'),
  'completion-rejected': said('预授权完成被拒，款未收到', 'The completion was rejected: nothing was collected', '核对授权码、日期、金额上限和是否已完成，再做一次', 'Check code, date, ceiling and whether it was completed before, then once more', 'acquirer'),
  'cancel-failed': said('预授权撤销失败，额度仍被冻结', 'The cancellation failed: the hold stands', '用原授权码和原金额重做撤销', 'Cancel again with the original code and amount', 'acquirer'),
  'guarantee-failed': said('担保校验未通过', 'The guarantee check failed', '看应答码：51/61 换卡或减额，40/57/58 查是否开通', 'Read the code: 51/61 another card or less, 40/57/58 is it enabled?', 'acquirer'),
  'wrong-type': said('交易类型或支付方式与订单不符', 'Type or way of paying is not that of the order', '不要补做“平账”；先弄清原交易，再由店长更正', 'Do not balance it with another; find out the state, then let the manager correct it', 'manager'),
  'deposit-differs': said('押金金额不一致', 'The sums of the deposit differ', '列出合同、收据、系统、银行四个数，请对方更正', 'List contract, receipt, system and bank, and ask for a correction', 'provider'),
  'deposit-unconfirmed': said('押金已交，对方未确认', 'The deposit was paid and is not confirmed', '提供流水号、时间、金额，要求给出确认时间', 'Give reference, time and sum, and ask when it will be confirmed', 'provider'),
  'deposit-refund-overdue': said('押金应于 {date} 退还，尚未退还', 'The deposit was to be returned on {date} and was not', '对照合同核对条件，提交退还申请，逾期书面催告', 'Check the conditions, apply for it, then remind in writing', 'provider'),
  'guarantee-differs': said('担保合同与对方记录不一致', 'The guarantee differs from what was agreed', '逐项核对金额、期限、费率，要求更正', 'Compare sum, term and rate item by item, ask for a correction', 'provider'),
  credited: said('已到账', 'Credited', '无需操作', 'Nothing to do'),
  approved: said('已收款', 'Paid', '无需操作', 'Nothing to do'),
  cash: said('现金', 'Cash', '无需操作', 'Nothing to do'),
  'decided-paid': said('经 {by} 核实：已收款', 'Checked by {by}: paid', '无需操作', 'Nothing to do'),
  'decided-not-paid': said('经 {by} 核实：未收款', 'Checked by {by}: not paid', '可重新收款', 'May be charged again'),
  'wrong-merchant': said('终端号或商户号与登记不符', 'Terminal or merchant number is not the registered one', '停用这台终端并向收单机构核实', 'Stop this terminal and check with the acquirer', 'acquirer'),
  'host-only': said('对账单有、终端无记录', 'On the statement, but not in the journal', '向收单机构提交差错处理', 'Report it to the acquirer', 'acquirer'),
  duplicate: said('疑似重复收款', 'Suspected double charge', '与顾客确认；属实则撤销或退货', 'Ask the customer; if so, void or refund', 'customer'),
  short: said('到账少 {amount}', 'Credited {amount} short', '核对手续费和押金条款', 'Compare fee and deposit terms'),
  'slip-missing': said('已收款，没有打出小票', 'Paid, but no slip was printed', '重打小票', 'Print the slip again'),
  'record-missing': said('流水号 {from} 至 {to} 缺失', 'Trace numbers {from} to {to} are missing', '从收单平台补齐流水', 'Complete the journal from the acquirer’s portal', 'acquirer'),
} as const satisfies Record<string, MoneyText>

/** Name of a state of the money. */
export type MoneyState = keyof typeof MONEY_STATES
