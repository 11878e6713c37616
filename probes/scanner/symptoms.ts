import { type SymptomRule, whenFalse } from '../../src/model/symptom.ts'
import { missingRule } from '../presence.ts'

/** What a scanner's observations mean. */
export const symptoms: readonly SymptomRule[] = [
  missingRule('scanner', '主机检测不到扫码枪', 'the host does not see the barcode scanner'),
  {
    id: 'scanner.wrong-mode',
    meaning: { zh: '扫码枪的接口模式不是收银程序需要的', en: 'the scanner is set to another mode than the POS application needs' },
    reads: ['scanner.mode-right', 'scanner.mode'],
    read: (see) => whenFalse(see, 'scanner.mode-right'),
  },
  {
    id: 'scanner.no-read',
    meaning: { zh: '扫码枪扫不出条码', en: 'the scanner does not read a good barcode' },
    reads: ['scanner.reads'],
    read: (see) => whenFalse(see, 'scanner.reads'),
  },
]
