import { type Seen, type SymptomRule, whenAbsent, whenFalse } from '../../src/model/symptom.ts'
import { missingRule } from '../presence.ts'

const stateIs = (id: string, zh: string, en: string, ...states: string[]): SymptomRule => ({
  id,
  meaning: { zh, en },
  reads: ['scale.state'],
  read: (see: Seen) => {
    const state = see.value('scale.state')
    return typeof state !== 'string' ? 'unknown' : states.includes(state) ? 'present' : 'absent'
  },
})

/** What a scale's observations mean. */
export const symptoms: readonly SymptomRule[] = [
  missingRule('scale', '主机检测不到电子秤', 'the host does not see the scale'),
  {
    id: 'scale.silent',
    meaning: { zh: '电子秤不上报数据', en: 'the scale reports nothing' },
    reads: ['scale.state'],
    read: (see) => whenAbsent(see, 'scale.state', 'silent'),
  },
  stateIs('scale.fault', '电子秤报告故障', 'the scale reports a fault', 'fault'),
  stateIs('scale.not-zeroed', '电子秤没有归零：秤盘上有东西，或需要去皮归零', 'the scale is not at zero: something leans on it or holds it up, or it must be zeroed', 'under-zero', 'needs-zeroing', 'over-limit'),
  stateIs('scale.needs-calibration', '电子秤要求校准', 'the scale asks to be calibrated', 'needs-calibration'),
  {
    id: 'scale.wrong-weight',
    meaning: { zh: '电子秤显示的重量不对', en: 'the scale shows a wrong weight' },
    reads: ['scale.weighs'],
    read: (see) => whenFalse(see, 'scale.weighs'),
  },
]
