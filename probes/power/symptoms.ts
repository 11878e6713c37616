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
    meaning: { zh: '读不到 UPS：NUT 服务没有应答、没有该 UPS，或其驱动未运行', en: 'the UPS cannot be read: no NUT server answers, it does not know the UPS, or the driver is not running' },
    reads: ['power.ups-contact', 'power.ups-stale'],
    read: contactLost,
  },
  {
    id: 'power.ups-stale',
    meaning: { zh: 'NUT 在运行，但 UPS 不再回应（数据线松脱或 UPS 无响应）', en: 'NUT runs, but the UPS no longer answers it (data cable out, or UPS hung)' },
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
