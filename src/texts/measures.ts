import type { Measured } from '../model/pack.ts'
import type { Text } from '../model/text.ts'

/** What each measure of a knowledge pack on the scenarios is. */
export const MEASURE_TEXTS: Readonly<Record<Exclude<keyof Measured, 'scenarios'>, Text>> = {
  falseAlarms: { zh: '正常终端误报（个）', en: 'false alarms on healthy terminals' },
  missed: { zh: '在所有场景中都认不出的故障（个）', en: 'faults named first in none of their scenarios' },
  top1: { zh: '首选即正确', en: 'right fault named first' },
  top3: { zh: '前三名内正确', en: 'right fault among two names more' },
  extra: { zh: '多报了不存在的故障', en: 'a fault found that is not there' },
  readiness: { zh: '能否收款判断正确', en: 'readiness as stated' },
  calibration: { zh: '概率校准误差', en: 'expected calibration error' },
  brier: { zh: 'Brier 分数', en: 'Brier score' },
}
