import { type SymptomRule, whenFalse, whenNumber } from '../../src/model/symptom.ts'
import { isMissing } from '../presence.ts'

/** What a display's observations mean. */
export const symptoms: readonly SymptomRule[] = [
  {
    id: 'display.missing',
    meaning: { zh: '主机检测不到显示屏', en: 'the host does not see the display' },
    reads: ['display.present', 'display.connected'],
    read: (see) => (see.value('display.connected') === false ? 'present' : isMissing(see, 'display')),
  },
  {
    id: 'display.dark',
    meaning: { zh: '显示屏不亮', en: 'the display stays dark' },
    reads: ['display.lit', 'display.backlight-percent'],
    read: (see) => {
      const said = whenFalse(see, 'display.lit')
      return said === 'unknown' ? whenNumber(see, 'display.backlight-percent', (percent) => percent === 0) : said
    },
  },
  {
    id: 'display.touch-missing',
    meaning: { zh: '主机检测不到触摸屏', en: 'the host does not see the touch panel' },
    reads: ['display.touch-present'],
    read: (see) => whenFalse(see, 'display.touch-present'),
  },
  {
    id: 'display.touch-off',
    meaning: { zh: '触摸没有反应或点位偏移', en: 'touches do nothing or land beside the finger' },
    reads: ['display.touch-works'],
    read: (see) => whenFalse(see, 'display.touch-works'),
  },
]
