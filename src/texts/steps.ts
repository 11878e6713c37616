import type { Text } from '../model/text.ts'
import type { StepName } from '../model/transaction.ts'

/** Steps of transactions, in words. */
export const STEP_TEXTS: Readonly<Record<StepName, Text>> = {
  started: { zh: '开始', en: 'started' }, 'card-presented': { zh: '读卡', en: 'card presented' }, 'authorisation-asked': { zh: '请求授权', en: 'authorisation asked' }, answered: { zh: '主机应答', en: 'host answered' },
  'receipt-printed': { zh: '打印小票', en: 'receipt printed' }, completed: { zh: '完成', en: 'completed' }, failed: { zh: '失败', en: 'failed' }, abandoned: { zh: '中途退出', en: 'abandoned' }, 'send-failed': { zh: '发送失败', en: 'sending failed' },
  'refused-locally': { zh: '终端未接受', en: 'refused by the terminal' }, 'reversal-asked': { zh: '发出冲正', en: 'reversal asked' }, 'reversal-answered': { zh: '冲正应答', en: 'reversal answered' }, 'reversal-dropped': { zh: '放弃冲正', en: 'reversal given up' },
  'stored-offline': { zh: '脱机存储', en: 'stored off-line' }, forwarded: { zh: '脱机上送', en: 'forwarded' }, tendered: { zh: '收银系统记账', en: 'tendered at the till' }, 'drawer-opened': { zh: '打开钱箱', en: 'drawer opened' },
  'batch-settled': { zh: '批结算', en: 'batch settled' }, 'statement-line': { zh: '收单明细', en: 'acquirer’s list' }, 'bank-credit': { zh: '银行入账', en: 'bank credit' }, 'bank-debit': { zh: '银行扣款', en: 'bank debit' }, decided: { zh: '人工核实', en: 'decided by a person' },
}
