import { type SymptomRule, whenFalse, whenTrue } from '../../src/model/symptom.ts'
import { missingRule } from '../presence.ts'

/** What a cash drawer's observations mean. */
export const symptoms: readonly SymptomRule[] = [
  missingRule('drawer', '主机检测不到驱动钱箱的设备', 'the host does not see what drives the cash drawer'),
  {
    id: 'drawer.open',
    meaning: { zh: '钱箱开着', en: 'the cash drawer stands open' },
    reads: ['drawer.open', 'drawer.pin-high'],
    read: (see) => whenTrue(see, 'drawer.open'),
  },
  {
    id: 'drawer.stuck',
    meaning: { zh: '钱箱打不开', en: 'the cash drawer does not open' },
    reads: ['drawer.opens'],
    read: (see) => whenFalse(see, 'drawer.opens'),
  },
]
