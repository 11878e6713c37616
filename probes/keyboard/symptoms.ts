import { type Limit, type SymptomRule, whenFalse, whenNumber, whenTrue } from '../../src/model/symptom.ts'
import { missingRule } from '../presence.ts'

/** When a keyboard's numbers mean trouble. */
export const limits: Readonly<Record<string, Limit>> = {
  'keyboard.held-s': { standard: 1.4, unit: 's', basis: 'estimate: of two seconds watched; keys begin to repeat after a quarter to half a second' },
}

/** What a keyboard's observations mean. */
export const symptoms: readonly SymptomRule[] = [
  missingRule('keyboard', '主机检测不到键盘', 'the host does not see the keyboard'),
  {
    id: 'keyboard.stuck-key',
    meaning: { zh: '键盘有按键卡住，不停重复输入', en: 'a key is stuck and keeps repeating' },
    reads: ['keyboard.stuck-key', 'keyboard.held-s'],
    read: (see, limit) => {
      const said = whenTrue(see, 'keyboard.stuck-key')
      return said === 'unknown' ? whenNumber(see, 'keyboard.held-s', (s) => s >= limit('keyboard.held-s')) : said
    },
  },
  {
    id: 'keyboard.dead',
    meaning: { zh: '键盘按键没有反应', en: 'the keys do nothing' },
    reads: ['keyboard.works'],
    read: (see) => whenFalse(see, 'keyboard.works'),
  },
]
