import { type SymptomRule, whenFalse, whenTrue } from '../../src/model/symptom.ts'
import { missingRule } from '../presence.ts'

/** What a keyboard's or touch screen's observations mean. */
export const symptoms: readonly SymptomRule[] = [
  missingRule('keyboard', '主机检测不到键盘', 'the host does not see the keyboard'),
  {
    id: 'keyboard.stuck-key',
    meaning: { zh: '键盘有按键卡住，不停重复输入', en: 'a key is stuck and keeps repeating' },
    reads: ['keyboard.stuck-key'],
    read: (see) => whenTrue(see, 'keyboard.stuck-key'),
  },
  {
    id: 'keyboard.dead',
    meaning: { zh: '键盘按键没有反应', en: 'the keys do nothing' },
    reads: ['keyboard.works'],
    read: (see) => whenFalse(see, 'keyboard.works'),
  },
]
