import { type Limit, type Presence, type Seen, type SymptomRule, whenFalse, whenNumber } from '../../src/model/symptom.ts'

/** When the configuration's numbers mean trouble. */
export const limits: Readonly<Record<string, Limit>> = {
  'configuration.inspection-days': { standard: 31, unit: 'days', basis: 'estimate: PCI DSS 4.0, 9.5.1.2 asks for periodic inspection at intervals of the shop\'s own risk analysis' },
  'configuration.changed-hours': { standard: 24, unit: 'h', basis: 'estimate: most trouble after a change shows within a day' },
}

/** Present if names are given, absent if the list is empty. */
const whenNamed = (see: Seen, name: string): Presence => {
  const names = see.value(name)
  return typeof names !== 'string' ? 'unknown' : names === '' ? 'absent' : 'present'
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
  rule('configuration.payment-unit-swapped', 'configuration.payment-units-swapped', whenNamed, '读卡器或密码键盘的序列号与上次检查时不同', 'a reader or PIN pad is another unit than at the last inspection'),
  rule('configuration.unit-swapped', 'configuration.units-swapped', whenNamed, '外设与上次检查时不是同一台', 'a peripheral is another unit than at the last inspection'),
  {
    id: 'configuration.inspection-overdue',
    meaning: { zh: '终端很久没有做防拆换检查', en: 'nobody has inspected the terminal for a long time' },
    reads: ['configuration.inspected-days-ago'],
    read: (see, limit) => whenNumber(see, 'configuration.inspected-days-ago', (days) => days > limit('configuration.inspection-days')),
  },
  rule('configuration.incompatible', 'configuration.compatible', whenFalse, '软件与设备或系统版本不兼容', 'software and devices do not fit together'),
]
