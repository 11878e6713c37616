import { type Limit, type Presence, type Seen, type SymptomRule, whenFalse, whenNumber } from '../../src/model/symptom.ts'

/** When the configuration's numbers mean trouble. */
export const limits: Readonly<Record<string, Limit>> = {
  'configuration.changed-hours': { standard: 24, unit: 'h', basis: 'estimate: most trouble after a change shows within a day' },
}

const rule = (id: string, name: string, read: (see: Seen, name: string) => Presence, zh: string, en: string): SymptomRule => ({ id, meaning: { zh, en }, reads: [name], read: (see) => read(see, name) })

/** What the configuration's observations mean. */
export const symptoms: readonly SymptomRule[] = [
  {
    ...rule('configuration.version-old', 'configuration.version-current', whenFalse, '收银程序版本过旧', 'the POS application is older than it should be'),
    reads: ['configuration.version-current', 'configuration.pos-version'],
  },
  rule('configuration.time-zone-wrong', 'configuration.time-zone-right', whenFalse, '系统时区设置不正确', 'the host is set to another time zone than the terminal file says'),
  rule('configuration.parameter-drift', 'configuration.parameters-unchanged', whenFalse, '参数文件与标准配置不一致', 'a parameter file differs from what it should be'),
  rule('configuration.update-failed', 'configuration.update-ok', whenFalse, '最近一次更新失败', 'the last update did not succeed'),
  {
    id: 'configuration.changed-recently',
    meaning: { zh: '软件或设备最近有过变更', en: 'software or devices were changed a short while ago' },
    reads: ['configuration.changed-hours-ago'],
    read: (see, limit) => whenNumber(see, 'configuration.changed-hours-ago', (h) => h <= limit('configuration.changed-hours')),
  },
  rule('configuration.incompatible', 'configuration.compatible', whenFalse, '软件与设备或系统版本不兼容', 'software and devices do not fit together'),
]
