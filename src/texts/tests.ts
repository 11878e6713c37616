import type { Text } from '../model/text.ts'

/** How the results of tests that need a person are said, by observation name; `good` is the value that is as it should be, undefined where there is none. */
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
  'reader.reads-well': { name: { zh: '十次里至少读出九次', en: 'at least nine reads in ten went well' }, good: true },
  'reader.test-way': { name: { zh: '用卡方式', en: 'how the card was presented' } },
  'reader.test-read': { name: { zh: '读出次数', en: 'reads that went well' } },
  'reader.test-failed': { name: { zh: '没读出次数', en: 'reads that failed' } },
  'reader.test-tracks': { name: { zh: '各磁道读出/刷过（只有一道差：擦磁头，或换一张卡再试）', en: 'tracks read of those swiped (one alone is bad: clean the head, or try another card)' } },
  'reader.swipe-movement': { name: { zh: '刷卡动作', en: 'how the card was moved' } },
  'scanner.reads': { name: { zh: '条码扫得对', en: 'the code is read right' }, good: true },
  'scale.weighs': { name: { zh: '重量正确并能归零', en: 'the weight is right, and zero again' }, good: true },
  'keyboard.works': { name: { zh: '每个键都正常', en: 'every key works' }, good: true },
  'keyboard.stuck-key': { name: { zh: '自己冒出字符', en: 'characters come by themselves' }, good: false },
  'display.lit': { name: { zh: '亮着且看得清', en: 'lit and readable' }, good: true },
  'display.touch-works': { name: { zh: '触摸准确', en: 'touches land right' }, good: true },
  'environment.water': { name: { zh: '进过水或受潮', en: 'water got in' }, good: false },
  'environment.magnet': { name: { zh: '附近有强磁场', en: 'a strong magnet is near' }, good: false },
}
