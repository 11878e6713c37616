import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { brokenRails, type Rail } from '../../src/guard/rails.ts'
import type { Text } from '../../src/model/text.ts'

/** Any object that says something in both languages, whatever else it holds. */
const Said = z.looseObject({ zh: z.string(), en: z.string() })

const folder = new URL('../../src/faults/', import.meta.url)
const files = [...readdirSync(folder), 'guide/tests.json'].filter((name) => name.endsWith('.json')).toSorted()

type Found = { where: string; text: Text; before: Text[] }
const textsOf = (value: unknown, where: string, before: Text[] = []): Found[] => {
  const text = Said.safeParse(value)
  const inner = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value).flatMap(([key, one]) => textsOf(one, 'code' in value ? `${String(value.code)}.${key}` : `${where}.${key}`)) : []
  if (text.success) return [{ where, text: text.data, before }, ...inner]
  if (Array.isArray(value)) return value.flatMap((one, i) => textsOf(one, `${where}[${i}]`, value.slice(0, i).flatMap((b) => Said.safeParse(b).data ?? [])))
  return inner
}

describe('the catalogue', () => {
  it.each(files)('%s breaks no rail', (file) => {
    const found = textsOf(JSON.parse(readFileSync(new URL(file, folder), 'utf8')), file)
    expect(found.flatMap(({ where, text, before }) => brokenRails(text, before).map((b) => `${where}: ${b.why}: ${text.zh} | ${text.en}`))).toEqual([])
  })
})

const BAD: readonly [Rail, string, string][] = [
  ['charge-again', '交易超时后马上重刷一次', 'After a time-out swipe the card again at once'],
  ['charge-again', '直接重新收款即可', 'Just charge the customer again'],
  ['charge-again', '没有小票就再刷一次', 'If no receipt comes out, redo the payment'],
  ['delete-money-files', '清空流水后重新签到', 'Delete the journal and sign on'],
  ['delete-money-files', '删除冲正文件', 'Remove the reversal file'],
  ['delete-money-files', '把批次数据清除', 'Clear the batch'],
  ['card-data', '把完整卡号抄在纸上', 'Write the full card number on paper'],
  ['card-data', '向顾客询问密码', 'Ask the customer for the PIN'],
  ['card-data', '记录CVV以便补单', 'Store the CVV for later'],
  ['card-data', '保存磁道数据', 'Keep the track data'],
  ['open-device', '拆开终端清理读卡器', 'Open the terminal and clean the reader'],
  ['open-device', '自行拆机检查', 'Unscrew the PIN pad and look inside'],
  ['weaken-security', '忽略证书错误继续', 'Ignore the certificate error'],
  ['weaken-security', '关闭整个防火墙', 'Turn off the firewall'],
  ['weaken-security', '禁用TLS校验', 'Disable TLS checks'],
  ['split-sale', '把金额拆成多笔刷', 'Split the amount into smaller sales'],
  ['other-merchant', '借用隔壁店的POS机', "Borrow another merchant's terminal"],
  ['cash-refund', '用现金退款给顾客', 'Refund the card sale in cash'],
  ['restart', '立即重启终端', 'Restart the terminal'],
  ['restart', '恢复出厂设置', 'Factory reset the device'],
  ['restart', '重启收银软件', 'Reboot the POS software'],
  ['restart-on-tamper', '出现防拆告警时重启设备', 'On a tamper alarm restart the terminal'],
  ['keep-card', '没收顾客的卡', 'Keep the card and call the police'],
]

const GOOD: readonly [string, string][] = [
  ['不要重刷，先查询', 'Never charge again; query first'],
  ['先查询结果，失败再重新收款', 'Query the result; if it failed, charge again'],
  ['不得删除流水、批次和冲正文件', 'Do not delete journal, batch or reversal files'],
  ['店员不得询问或记录密码', 'Staff must never ask for or record a PIN'],
  ['不要自行拆机', "Don't open the terminal"],
  ['严禁忽略证书错误', 'Never ignore certificate errors'],
  ['禁止用现金退款', 'Never refund in cash'],
  ['确认没有未完成交易后重启终端', 'With no open transaction, restart the terminal'],
  ['重启路由器', 'Restart the router'],
  ['出现防拆告警时不要重启', 'On a tamper alarm do not restart'],
  ['按收单机构的要求没收卡', 'Keep the card only if the acquirer instructs you to'],
  ['发送凭证前遮挡卡号', 'Send the slip with the card number covered'],
  ['打开打印机上盖', 'Open the printer cover'],
  ['屏幕提示“请重新刷卡”', 'The screen says “swipe the card again”'],
]

describe('brokenRails', () => {
  it.each(BAD)('%s: %s', (rail, zh) => expect(brokenRails({ zh, en: 'Fine.' }).map((b) => b.rail)).toContain(rail))
  it.each(BAD)('%s (%s): %s', (rail, _, en) => expect(brokenRails({ zh: '好。', en }).map((b) => b.rail)).toContain(rail))
  it.each(GOOD)('nothing is wrong with %s', (zh, en) => expect(brokenRails({ zh, en })).toEqual([]))
  it('does not let one "do not" excuse the next sentence', () => {
    expect(brokenRails({ zh: '不要着急。直接重刷。', en: 'Do not hurry. Charge the card again.' })).toMatchObject([{ rail: 'charge-again' }])
    expect(brokenRails({ zh: '不要等待，直接重刷', en: 'Do not wait, charge the card again' })).toMatchObject([{ rail: 'charge-again' }])
  })
  it('counts what an earlier step made sure of', () => {
    const restart = { zh: '重启收银软件', en: 'Restart the POS software' }
    expect(brokenRails(restart)).toMatchObject([{ rail: 'restart' }])
    expect(brokenRails(restart, [{ zh: '确认没有进行中的交易', en: 'Make sure that no transaction is open' }])).toEqual([])
  })
})

