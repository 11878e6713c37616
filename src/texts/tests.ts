import type { Text } from '../model/text.ts'

/** How the results of tests that print or open something are said, by observation name; `good` is the value that is as it should be, undefined where there is none. */
export const TEST_RESULTS: Readonly<Record<string, { name: Text; good?: boolean }>> = {
  'printer.slip-sent': { name: { zh: '测试小票已发出', en: 'test slip sent' }, good: true },
  'printer.slip-done': { name: { zh: '打印机确认已打完', en: 'the printer says that it is through' }, good: true },
  'printer.slip-printed': { name: { zh: '小票打出来了', en: 'the slip came out' }, good: true },
  'printer.print-faded': { name: { zh: '字迹太淡或有白线', en: 'faded, or with white lines' }, good: false },
  'printer.slip-chinese': { name: { zh: '中文能看清', en: 'the Chinese can be read' }, good: true },
  'printer.slip-cut': { name: { zh: '切断了', en: 'cut off' }, good: true },
  'printer.drawer-pulsed': { name: { zh: '开钱箱的脉冲已发出', en: 'pulse for the drawer sent' }, good: true },
  'printer.drawer-opened': { name: { zh: '钱箱弹开了', en: 'the drawer opened' }, good: true },
  'printer.drawer-open-level': { name: { zh: '钱箱打开时的电平（设置 drawer-open-when）', en: 'level while the drawer is open (the setting drawer-open-when)' } },
}
