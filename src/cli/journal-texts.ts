import type { Text } from '../model/text.ts'

/** What `posdiag journal` says. */
export const JOURNAL = {
  actions: { zh: '用法：posdiag journal import 文件 | follow | reconcile | decide 交易号 --paid|--not-paid --by 姓名', en: 'use posdiag journal import FILE | follow | reconcile | decide TRANSACTION --paid|--not-paid --by NAME' },
  'how-to-read': { zh: '不知道怎么读这个文件：用 --source 指明终端文件 journals 里的名称，或写 --format jsonl|csv，日志用 --pattern 写带命名组的正则', en: 'how to read this file is not plain: name a journal of the terminal file with --source, or give --format jsonl|csv, or for logs --pattern with named groups' },
  'no-source': { zh: '终端文件的 journals 里没有 {name}', en: 'the terminal file declares no journal {name}' },
  'bad-pattern': { zh: '--pattern 不是正确的正则表达式：{why}', en: 'the pattern is no regular expression: {why}' },
  'no-store': { zh: '不能使用存储：{why}', en: 'the store cannot be used: {why}' },
  'no-system': { zh: '不认识 {system} 的数据库；可用 odoo、unicenta、floreant', en: 'the databases of {system} are not known; known are odoo, unicenta and floreant' },
  'no-database': { zh: '不能读取数据库：{why}', en: 'the database cannot be read: {why}' },
  'bad-statement': { zh: '{file} 不是可读的银行对账单（camt.053）：{why}', en: '{file} is no statement of a bank that can be read (camt.053): {why}' },
  ask: { zh: '找：{who}', en: 'ask: {who}' },
  'sum-contract': { zh: '合同', en: 'contract' },
  'sum-receipt': { zh: '收据', en: 'receipt' },
  'sum-shown': { zh: '系统显示', en: 'shown by their system' },
  'sum-bank': { zh: '银行实扣', en: 'debited by the bank' },
  imported: { zh: '读了 {lines} 行：新增 {fresh} 步，已有 {known} 步，与交易无关 {silent} 行，看不懂 {bad} 行', en: 'read {lines} lines: {fresh} new steps, {known} known before, {silent} lines that say nothing of a transaction, {bad} not understood' },
  'bad-line': { zh: '{file} 第 {at} 行：{why}', en: '{file}, line {at}: {why}' },
  sum: { zh: '共 {n} 笔交易，已收款 {amount}', en: '{n} transactions, {amount} collected' },
  unknown: { zh: '结果未知，请勿重刷（{n}）', en: 'Outcome unknown, do not charge again yet ({n})' },
  attention: { zh: '需要处理（{n}）', en: 'To be dealt with ({n})' },
  more: { zh: '还有更多，用 --json 看全部', en: 'there is more; --json shows all' },
  'nothing-to-follow': { zh: '终端文件没有写要跟踪的流水（journals 下的 path）', en: 'the terminal file names no journal to follow (path under journals)' },
  'agent-follows': { zh: '守护程序正在运行，流水已由它跟踪', en: 'the agent is running and follows the journals already' },
  'who-decides': { zh: '写明结论和姓名：--paid 或 --not-paid，以及 --by 姓名', en: 'say what was found and who decides: --paid or --not-paid, and --by NAME' },
  'not-open': { zh: '{transaction} 不在结果未知的交易里；posdiag journal reconcile 列出它们', en: '{transaction} is none of the unknown outcomes; posdiag journal reconcile lists them' },
  decided: { zh: '已登记：{transaction}，由 {by} 核实', en: 'recorded: {transaction}, decided by {by}' },
} as const satisfies Record<string, Text>
