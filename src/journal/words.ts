import type { FieldName } from '../model/journal.ts'
import type { StepName, TransactionStep } from '../model/transaction.ts'

/** Usual names, as exports of terminals and portals and SDKs write them; small letters, without blanks, brackets and underscores. */
export const ALIASES: Readonly<Partial<Record<FieldName, readonly string[]>>> = {
  transaction: ['transaction', 'transactionid', 'txnid', 'txid', 'id', '交易编号', '交易标识'],
  step: ['step', 'event', 'kind', '事件', '步骤'],
  at: ['at', 'ts', 'timestamp', 'datetime', 'transtime', 'transactiontime', '交易时间', '交易日期时间'],
  date: ['date', 'transdate', '交易日期', '日期', '清算日期'],
  time: ['time', '时间'],
  type: ['type', 'transtype', 'txntype', 'transactiontype', '交易类型', '交易类别'],
  tender: ['tender', 'paymentmethod', '支付方式'],
  entryMode: ['entrymode', 'entry', 'de22', '输入方式'],
  amountMinor: ['amountminor', 'amount', 'amt', 'transamount', '交易金额', '金额', '金额元', '交易金额元'],
  currency: ['currency', 'cur', 'ccy', '币种'],
  stan: ['stan', 'trace', 'traceno', 'voucherno', '流水号', '凭证号', '终端流水', '终端流水号'],
  batch: ['batch', 'batchno', '批次号', '批次'],
  rrn: ['rrn', 'referno', 'reference', 'refno', 'retrievalreferencenumber', '参考号', '检索参考号', '系统参考号'],
  authCode: ['authcode', 'authno', 'approvalcode', '授权码', '授权号'],
  tid: ['tid', 'terminalid', 'terminalno', '终端号', '终端编号'],
  mid: ['mid', 'merchantid', 'merchantno', '商户号', '商户编号'],
  order: ['order', 'orderid', 'orderno', '订单号', '商户订单号', '对方流水号', '银行流水号', '附言', '摘要'],
  responseCode: ['responsecode', 'rc', 'respcode', 'de39', '应答码', '返回码', '响应码'],
  result: ['result', 'status', '交易状态', '状态', '交易结果'],
  panMasked: ['panmasked', 'maskedpan'],
  card: ['pan', 'cardno', 'cardnumber', '卡号'],
  brand: ['brand', 'cardtype', '卡类型', '卡种'],
  feeMinor: ['fee', 'feeminor', '手续费'],
  originalStan: ['originalstan', 'origtrace', '原流水号', '原凭证号'],
  originalBatch: ['originalbatch', '原批次号'],
  originalRrn: ['originalrrn', 'origref', '原参考号'],
  payout: ['payout', 'payoutstatus', 'settlementstatus', '结算状态', '出款状态', '清算状态'],
  reason: ['reason', 'reversalreason', '冲正原因'],
  error: ['error', 'err', '错误', '错误信息'],
  version: ['version', 'appversion', '版本'],
  prompt: ['prompt', 'display', '提示', '操作提示'],
  equal: ['equal', 'balanced', '对账平'],
}

/** Words for types of transaction in journals, lower case without blanks. */
export const TYPES: Readonly<Record<string, TransactionStep['type']>> = {
  sale: 'sale', purchase: 'sale', 消费: 'sale', void: 'void', cancel: 'void', 消费撤销: 'void', 撤销: 'void', refund: 'refund', return: 'refund', 退货: 'refund', 退款: 'refund',
  preauth: 'preauth', preauthorization: 'preauth', preauthorisation: 'preauth', 预授权: 'preauth', preauthcancel: 'preauth-cancel', 预授权撤销: 'preauth-cancel',
  completion: 'completion', preauthcompletion: 'completion', 预授权完成: 'completion', '预授权完成(请求)': 'completion', completionvoid: 'completion-void', 预授权完成撤销: 'completion-void', completionadvice: 'completion-advice', '预授权完成(通知)': 'completion-advice',
  reversal: 'reversal', 冲正: 'reversal', settlement: 'settlement', 批结算: 'settlement', 结算: 'settlement', signon: 'sign-on', 签到: 'sign-on', balance: 'balance', 余额查询: 'balance', offlinesale: 'offline-sale', 离线消费: 'offline-sale', 脱机消费: 'offline-sale',
  qrpay: 'qr-pay', 扫码支付: 'qr-pay', 扫码: 'qr-pay', cash: 'cash', 现金: 'cash',
}

/** Words for steps in journals, lower case without blanks. */
export const STEPS: Readonly<Record<string, StepName>> = {
  request: 'authorisation-asked', send: 'authorisation-asked', '0200': 'authorisation-asked', '0100': 'authorisation-asked', 请求: 'authorisation-asked', 发送: 'authorisation-asked',
  response: 'answered', receive: 'answered', recv: 'answered', '0210': 'answered', '0110': 'answered', 应答: 'answered', 接收: 'answered',
  '0400': 'reversal-asked', reversal: 'reversal-asked', 冲正: 'reversal-asked', '0410': 'reversal-answered', 冲正应答: 'reversal-answered', 冲正不成功: 'reversal-dropped',
  '0220': 'authorisation-asked', '0230': 'answered', print: 'receipt-printed', receipt: 'receipt-printed', 打印: 'receipt-printed', card: 'card-presented', 刷卡: 'card-presented', begin: 'started', start: 'started', 开始: 'started', cancel: 'abandoned', 取消: 'abandoned', '0510': 'batch-settled', 批结算: 'batch-settled', 结算: 'batch-settled',
}

/** Words for what became of the money on acquirers' lists, lower case without blanks. */
export const PAYOUTS: Readonly<Record<string, TransactionStep['payout']>> = {
  paid: 'paid-out', paidout: 'paid-out', settled: 'paid-out', success: 'paid-out', 已出款: 'paid-out', 已结算: 'paid-out', 出款成功: 'paid-out', 结算成功: 'paid-out', 已到账: 'paid-out',
  pending: 'pending', processing: 'pending', unsettled: 'pending', 待结算: 'pending', 未结算: 'pending', 结算中: 'pending', 待出款: 'pending',
  held: 'held', onhold: 'held', frozen: 'held', underreview: 'held', 延迟结算: 'held', 风控: 'held', 风险核查: 'held', 冻结: 'held', 调单: 'held',
  failed: 'failed', returned: 'failed', rejected: 'failed', 出款失败: 'failed', 结算失败: 'failed', 退回: 'failed', 退票: 'failed',
}

/** ISO 8583 field 22, first two digits: how the card came in. 80 is a chip card that was swiped. */
export const ENTRIES: Readonly<Record<string, TransactionStep['tender']>> = { '01': 'manual', '02': 'swipe', '03': 'qr', '05': 'chip', '07': 'contactless', '80': 'swipe', '90': 'swipe', '91': 'contactless', '95': 'chip' }

/** ISO 4217 numbers of the currencies that journals write so. */
export const CURRENCIES: Readonly<Record<string, string>> = { '156': 'CNY', '344': 'HKD', '446': 'MOP', '840': 'USD', '978': 'EUR', '826': 'GBP', '392': 'JPY', '702': 'SGD', '901': 'TWD', RMB: 'CNY' }
