import type { Text } from '../model/text.ts'

/** What the decision card says. */
export const CARD_TEXTS: {
  queryFirst: Text
  instead: Text
  nothing: Text
  title: Text
  ways: Readonly<Record<'other-lane' | 'other-network' | 'other-entry' | 'qr' | 'cash', { text: Text; note: Text }>>
} = {
  title: { zh: '顾客要刷卡时', en: 'when a customer wants to pay by card' },
  queryFirst: { zh: '有一笔付款结果未知：先查询，查清之前不要再收', en: 'The outcome of a payment is unknown: query it first, and take no money for it before that' },
  instead: { zh: '{tenders}现在不能用。请改用：{ways}', en: 'Not possible now: {tenders}. Instead: {ways}' },
  nothing: { zh: '{tenders}现在不能用，也没有一种别的方式确认可用：请顾客稍候，联系店长', en: 'Not possible now: {tenders}. No other way was measured as good: ask the customer to wait and call the manager' },
  ways: {
    'other-lane': { text: { zh: '到相邻收银台', en: 'go to the next lane' }, note: { zh: '先确认上一笔的状态', en: 'check the state of the last transaction first' } },
    'other-network': { text: { zh: '切换到流量卡', en: 'change to the cellular line' }, note: { zh: '先确认上一笔的状态', en: 'check the state of the last transaction first' } },
    'other-entry': { text: { zh: '同一台换方式：{tenders}', en: 'another way on the same terminal: {tenders}' }, note: { zh: '不得手工输入卡号', en: 'never key in a card number' } },
    qr: { text: { zh: '扫码付款', en: 'pay by QR' }, note: { zh: '使用商户收款码，不用个人码', en: 'use the merchant’s code, never a personal one' } },
    cash: { text: { zh: '收现金', en: 'take cash' }, note: { zh: '双人点验', en: 'two persons count it' } },
  },
}
