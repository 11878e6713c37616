import { type SymptomRule, whenFalse } from '../../src/model/symptom.ts'
import { waysToFail } from '../reader/symptoms.ts'

/** Readings of the PIN pad's observations. */
export const symptoms: readonly SymptomRule[] = [
  ...waysToFail('pinpad', { zh: '密码键盘', en: 'PIN pad' }),
  {
    id: 'pinpad.keys-invalid',
    meaning: { zh: '密码键盘的工作密钥无效或已过期', en: 'the working keys of the PIN pad are invalid or expired' },
    reads: ['pinpad.keys-valid', 'pinpad.condition'],
    read: (see) => (see.value('pinpad.condition') === 'key-corrupted' ? 'present' : whenFalse(see, 'pinpad.keys-valid')),
  },
]
