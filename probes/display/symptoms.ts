import { type SymptomRule, whenFalse } from '../../src/model/symptom.ts'
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
    reads: ['display.lit'],
    read: (see) => whenFalse(see, 'display.lit'),
  },
]
