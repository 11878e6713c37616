import { type SymptomRule, whenFalse } from '../../src/model/symptom.ts'
import { missingRule } from '../presence.ts'

/** What a scanner's observations mean. */
export const symptoms: readonly SymptomRule[] = [
  missingRule('scanner', '主机检测不到扫码枪', 'the host does not see the barcode scanner'),
  {
    id: 'scanner.no-read',
    meaning: { zh: '扫码枪扫不出条码', en: 'the scanner does not read a good barcode' },
    reads: ['scanner.reads'],
    read: (see) => whenFalse(see, 'scanner.reads'),
  },
]
