import { type Limit, type Presence, type Seen, type SymptomRule, whenAbsent, whenFalse, whenNumber, whenTrue } from '../../src/model/symptom.ts'

type LimitOf = (name: string) => number

/** Limits of the power symptoms, by name. */
export const limits: Readonly<Record<string, Limit>> = {
  'power.battery-low-percent': { standard: 20, unit: 'percent', basis: 'rule of thumb: below a fifth and not charging, an outage of minutes ends the shop\'s day' },
  'power.battery-wear-percent': { standard: 60, unit: 'percent of design capacity', basis: 'rule of thumb of battery makers: below 60 % a pack is at its end' },
  'power.battery-hot-c': { standard: 45, unit: 'degrees Celsius', basis: 'usual upper limit for charging lithium cells' },
  'power.not-charging-percent': { standard: 60, unit: 'percent', basis: 'estimate: charge limiters stop at 60 % or above; below it a battery on mains should charge' },
  'power.voltage-deviation-percent': { standard: 10, unit: 'percent of nominal', basis: 'EN 50160: 230 V within 10 %; GB/T 12325 allows 220 V +7 % and -10 %' },
  'power.load-percent': { standard: 95, unit: 'percent', basis: 'estimate: no reserve left' },
  'power.transfers-24h': { standard: 4, unit: 'changes to battery', basis: 'estimate: one outage and its return are news, four in a day are a bad supply or a UPS set too sensitive' },
  'power.frequency-deviation-hz': { standard: 2, unit: 'Hz from 50 or 60', basis: 'estimate: EN 50160 allows 1 % of a grid; a generator that is overloaded leaves it further' },
  'power.dip-percent': { standard: 30, unit: 'percent below nominal', basis: 'estimate: below 70 % power supplies of the ITIC curve may drop out within half a second' },
  'power.self-test-days': { standard: 180, unit: 'days', basis: 'estimate: makers test every two weeks to three months by themselves' },
  'power.battery-age-days': { standard: 1825, unit: 'days', basis: 'rule of thumb of UPS makers: lead batteries last three to five years' },
  'power.reboots-24h': { standard: 3, unit: 'boots', basis: 'rule of thumb: three within a day are no maintenance' },
}

/** Present if any of these is, absent if one at least is and none is present, unknown otherwise. */
const anyOf = (...readings: Presence[]): Presence =>
  readings.includes('present') ? 'present' : readings.includes('absent') ? 'absent' : 'unknown'

/** A battery that is being filled again is low but on its way; only one that is not counts. */
const batteryLow = (see: Seen, limit: LimitOf): Presence => {
  const level = anyOf(whenNumber(see, 'power.battery-percent', (n) => n < limit('power.battery-low-percent')), whenTrue(see, 'power.ups-low-battery'))
  if (level !== 'present') return level
  if (see.value('power.on-battery') === true) return 'present'
  const charging = see.value('power.battery-charging')
  return charging === undefined ? (see.value('power.on-battery') === false ? 'absent' : 'unknown') : charging === true ? 'absent' : 'present'
}

const health = (see: Seen, bad: RegExp): Presence => {
  const words = see.value('power.battery-health')
  return typeof words !== 'string' ? 'unknown' : bad.test(words) ? 'present' : 'absent'
}

const worn = (see: Seen, limit: LimitOf): Presence => anyOf(
  whenNumber(see, 'power.battery-wear-percent', (n) => n < limit('power.battery-wear-percent')),
  whenTrue(see, 'power.ups-replace-battery'),
  health(see, /^(dead|over ?voltage|unspecified failure)|fail|error|replace/i),
)

const notCharging = (see: Seen, limit: LimitOf): Presence => {
  const fed = see.value('power.mains-online') ?? (see.value('power.on-battery') === false ? true : undefined)
  const [charging, percent] = [see.value('power.battery-charging'), see.number('power.battery-percent')]
  if (fed === undefined || charging === undefined || percent === undefined) return 'unknown'
  return fed === true && charging === false && percent < limit('power.not-charging-percent') ? 'present' : 'absent'
}

/** While the battery feeds, a dead input is the lost mains and not a voltage out of range. */
const voltage = (see: Seen, limit: LimitOf): Presence => {
  const [volts, nominal] = [see.number('power.input-voltage-v'), see.number('power.input-voltage-nominal-v')]
  if (volts === undefined || nominal === undefined) return whenTrue(see, 'power.ups-regulating') === 'present' ? 'present' : 'unknown'
  if (see.value('power.on-battery') === true && volts < nominal / 2) return 'unknown'
  return Math.abs(volts - nominal) > (nominal * limit('power.voltage-deviation-percent')) / 100 ? 'present' : 'absent'
}

/** Of an input that was dead once nothing is said but that there was an outage. */
const dips = (see: Seen, limit: LimitOf): Presence => {
  const [least, nominal] = [see.number('power.input-voltage-least-v'), see.number('power.input-voltage-nominal-v')]
  return least === undefined || nominal === undefined ? 'unknown' : least < nominal * (1 - limit('power.dip-percent') / 100) ? 'present' : 'absent'
}

/** On battery there is no mains whose frequency could be wrong. */
const frequency = (see: Seen, limit: LimitOf): Presence =>
  (see.value('power.on-battery') === true ? 'unknown' : whenNumber(see, 'power.input-frequency-hz', (hz) => Math.min(Math.abs(hz - 50), Math.abs(hz - 60)) > limit('power.frequency-deviation-hz')))

const stale = (see: Seen): boolean => see.value('power.ups-stale') === true

/** Stale data have a symptom of their own: there the server and its driver are well. */
const contactLost = (see: Seen): Presence =>
  stale(see) ? 'absent' : whenAbsent(see, 'power.ups-contact', 'missing', 'silent', 'refused', 'garbled')

/** Readings of the power symptoms. */
export const symptoms: readonly SymptomRule[] = [
  {
    id: 'power.mains-lost',
    meaning: { zh: '市电中断，正在靠电池或 UPS 供电', en: 'mains power is gone: the host or the UPS lives on its battery' },
    reads: ['power.mains-online', 'power.on-battery'],
    read: (see) => anyOf(whenFalse(see, 'power.mains-online'), whenTrue(see, 'power.on-battery')),
  },
  {
    id: 'power.battery-low',
    meaning: { zh: '电池电量低且没有在充电', en: 'the battery is low and is not being charged' },
    reads: ['power.battery-percent', 'power.ups-low-battery', 'power.on-battery', 'power.battery-charging'],
    read: batteryLow,
  },
  {
    id: 'power.battery-worn',
    meaning: { zh: '电池老化或自检未通过，需要更换', en: 'the battery is worn out or failed its self-test' },
    reads: ['power.battery-wear-percent', 'power.ups-replace-battery', 'power.battery-health'],
    read: worn,
  },
  {
    id: 'power.battery-hot',
    meaning: { zh: '电池过热', en: 'the battery is too hot' },
    reads: ['power.battery-temperature-c', 'power.battery-health'],
    read: (see, limit) => anyOf(whenNumber(see, 'power.battery-temperature-c', (n) => n > limit('power.battery-hot-c')), health(see, /^(overheat|hot)$/i)),
  },
  {
    id: 'power.not-charging',
    meaning: { zh: '接着外部电源，电池却不充电', en: 'power comes from outside, but the battery does not charge' },
    reads: ['power.mains-online', 'power.on-battery', 'power.battery-charging', 'power.battery-percent'],
    read: notCharging,
  },
  {
    id: 'power.ups-contact-lost',
    meaning: { zh: '读不到 UPS：它不在 USB 上或不应答，或 NUT 服务没有应答、没有该 UPS、其驱动未运行', en: 'the UPS cannot be read: it is not on USB or does not answer; or no NUT server answers, it does not know the UPS, or the driver is not running' },
    reads: ['power.ups-contact', 'power.ups-stale'],
    read: contactLost,
  },
  {
    id: 'power.ups-stale',
    meaning: { zh: '接口程序在运行，但 UPS 不再回应（数据线松脱或 UPS 无响应）：数据已过时', en: 'the program or interface that reads the UPS runs, but the UPS no longer answers it (data cable out, or UPS hung): the data are stale' },
    reads: ['power.ups-stale'],
    read: (see) => whenTrue(see, 'power.ups-stale'),
  },
  {
    id: 'power.voltage-out-of-range',
    meaning: { zh: '市电电压偏离额定值过多', en: 'the mains voltage is too far from what it should be' },
    reads: ['power.input-voltage-v', 'power.input-voltage-nominal-v', 'power.ups-regulating', 'power.on-battery'],
    read: voltage,
  },
  {
    id: 'power.voltage-dips',
    meaning: { zh: '市电曾出现过低的瞬时电压', en: 'the mains voltage has dipped too low' },
    reads: ['power.input-voltage-least-v', 'power.input-voltage-nominal-v'],
    read: dips,
  },
  {
    id: 'power.mains-flapping',
    meaning: { zh: '24 小时内多次切换到电池供电', en: 'power changed over to the battery again and again within 24 hours' },
    reads: ['power.transfers-24h'],
    read: (see, limit) => whenNumber(see, 'power.transfers-24h', (n) => n >= limit('power.transfers-24h')),
  },
  {
    id: 'power.frequency-out-of-range',
    meaning: { zh: '市电频率偏离 50/60 Hz 过多', en: 'the mains frequency is too far from 50 or 60 Hz' },
    reads: ['power.input-frequency-hz', 'power.on-battery'],
    read: frequency,
  },
  {
    id: 'power.ups-fault',
    meaning: { zh: 'UPS 报告内部故障、过热或没有电池', en: 'the UPS says that a part of it has failed, that it is too hot or that it has no battery' },
    reads: ['power.ups-fault', 'power.ups-hot'],
    read: (see) => anyOf(whenTrue(see, 'power.ups-fault'), whenTrue(see, 'power.ups-hot')),
  },
  {
    id: 'power.unprotected',
    meaning: { zh: 'UPS 在旁路运行，断电时没有保护', en: 'the UPS feeds past its battery: nothing would hold an outage' },
    reads: ['power.ups-bypass'],
    read: (see) => whenTrue(see, 'power.ups-bypass'),
  },
  {
    id: 'power.output-off',
    meaning: { zh: 'UPS 的输出被关闭', en: 'the output of the UPS is switched off' },
    reads: ['power.output-off'],
    read: (see) => whenTrue(see, 'power.output-off'),
  },
  {
    id: 'power.shutdown-imminent',
    meaning: { zh: 'UPS 即将断电', en: 'the UPS is about to switch off' },
    reads: ['power.ups-shutting-down'],
    read: (see) => whenTrue(see, 'power.ups-shutting-down'),
  },
  {
    id: 'power.self-test-overdue',
    meaning: { zh: 'UPS 很久没有做过自检', en: 'the UPS has not tested itself for a long time' },
    reads: ['power.self-test-age-days'],
    read: (see, limit) => whenNumber(see, 'power.self-test-age-days', (days) => days > limit('power.self-test-days')),
  },
  {
    id: 'power.battery-old',
    meaning: { zh: 'UPS 电池使用年限已到', en: 'the battery of the UPS is past its years' },
    reads: ['power.battery-age-days'],
    read: (see, limit) => whenNumber(see, 'power.battery-age-days', (days) => days > limit('power.battery-age-days')),
  },
  {
    id: 'power.undervoltage-earlier',
    meaning: { zh: '开机以来主机供电电压曾不足', en: 'the host\'s own supply has sagged since it was started' },
    reads: ['power.undervoltage-since-boot'],
    read: (see) => whenTrue(see, 'power.undervoltage-since-boot'),
  },
  {
    id: 'power.heat-limited',
    meaning: { zh: '主机因温度过高而降频', en: 'the host is slowed down by heat' },
    reads: ['power.heat-limited'],
    read: (see) => whenTrue(see, 'power.heat-limited'),
  },
  {
    id: 'power.undervoltage',
    meaning: { zh: '主机供电电压不足（电源适配器或线材偏弱）', en: 'the host\'s own supply sags: weak adapter or cable' },
    reads: ['power.undervoltage'],
    read: (see) => whenTrue(see, 'power.undervoltage'),
  },
  {
    id: 'power.overload',
    meaning: { zh: 'UPS 过载', en: 'the UPS is overloaded' },
    reads: ['power.ups-overload', 'power.load-percent'],
    read: (see, limit) => anyOf(whenTrue(see, 'power.ups-overload'), whenNumber(see, 'power.load-percent', (n) => n > limit('power.load-percent'))),
  },
  {
    id: 'power.unclean-shutdown',
    meaning: { zh: '上次运行未正常关机就中断了', en: 'the last run ended without an orderly shutdown' },
    reads: ['power.unclean-shutdown'],
    read: (see) => whenTrue(see, 'power.unclean-shutdown'),
  },
  {
    id: 'power.reboot-loop',
    meaning: { zh: '24 小时内重启次数过多', en: 'the host has restarted too often within 24 hours' },
    reads: ['power.reboots-24h'],
    read: (see, limit) => whenNumber(see, 'power.reboots-24h', (n) => n >= limit('power.reboots-24h')),
  },
  {
    id: 'power.implausible',
    meaning: { zh: '电源上报的数据自相矛盾或不可能，不足为据', en: 'what the power source reports contradicts itself or cannot be: it proves nothing' },
    reads: ['power.plausible'],
    read: (see) => whenFalse(see, 'power.plausible'),
  },
]
