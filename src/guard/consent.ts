import type { Text } from '../model/text.ts'

const SLIP: Text = {
  zh: '现在没有顾客在付款吧？要打印一张测试小票吗（约 10 厘米纸，会切纸）？',
  en: 'Is nobody paying at the moment? Print a test slip (10 cm of paper, with a cut)?',
}
const DRAWER: Text = { zh: '要打开钱箱试一次吗？请站在钱箱旁边', en: 'Open the cash drawer once as a test? Please stand by it' }

/** Dialects that move something, and what a person at the terminal must say yes to before a port is opened in one. */
const CONSENTS: ReadonlyMap<string, Text> = new Map([['esc-pos-slip', SLIP], ['star-slip', SLIP], ['esc-pos-drawer', DRAWER], ['star-drawer', DRAWER]])

/** The question that a person must say yes to before a port is opened in this dialect; undefined for those that only ask. */
export const consentFor = (dialect: string): Text | undefined => CONSENTS.get(dialect)

/** What may be answered to it. */
export const YES_OR_NO = [{ key: 'yes', zh: '是', en: 'yes' }, { key: 'no', zh: '否', en: 'no' }] as const
