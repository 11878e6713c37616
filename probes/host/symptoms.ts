import { type Limit, type Presence, type Seen, type SymptomRule, whenFalse, whenNumber, whenTrue } from '../../src/model/symptom.ts'

/** When the host probe's numbers mean trouble. */
export const limits: Readonly<Record<string, Limit>> = {
  'host.cpu-percent': { standard: 90, unit: '%', basis: 'estimate' },
  'host.load-per-core': { standard: 1, unit: 'runnable tasks per core over five minutes', basis: 'estimate: above one, work waits' },
  'host.memory-free-percent': { standard: 10, unit: '%', basis: 'estimate' },
  'host.disk-free-percent': { standard: 10, unit: '%', basis: 'estimate' },
  'host.disk-free-mb': { standard: 2048, unit: 'MiB', basis: 'estimate: room for one update and a day of journals' },
  'host.disk-inodes-free-percent': { standard: 5, unit: '%', basis: 'estimate' },
  'host.temperature-c': { standard: 85, unit: '°C', basis: 'estimate: common SoCs throttle from 80 to 85 °C' },
  'host.uptime-d': { standard: 14, unit: 'days', basis: 'estimate' },
  'host.clock-sync-grace-s': { standard: 600, unit: 's after boot', basis: 'estimate: a time service needs the network first' },
  'host.pos-start-grace-s': { standard: 180, unit: 's after boot', basis: 'estimate: the boot check runs before the application starts' },
  'host.pos-restart-s': { standard: 600, unit: 's', basis: 'estimate' },
  'host.usb-disconnects': { standard: 3, unit: 'times in 10 minutes', basis: 'estimate: one replug makes one or two' },
  'host.log-count': { standard: 1, unit: 'times', basis: 'estimate: a sound host logs none of these' },
  'host.backup-age-h': { standard: 24, unit: 'h', basis: 'estimate: one backup a day' },
}

const READABLE = 'host.log-readable'

const logged = (id: string, name: string, zh: string, en: string, limitName = 'host.log-count'): SymptomRule => ({
  id,
  meaning: { zh, en },
  reads: [name, READABLE],
  read: (see, limit) => whenNumber(see, name, (n) => n >= limit(limitName)),
})

const flag = (id: string, name: string, read: (see: Seen, name: string) => Presence, zh: string, en: string): SymptomRule => ({ id, meaning: { zh, en }, reads: [name], read: (see) => read(see, name) })

const below = (id: string, name: string, zh: string, en: string): SymptomRule => ({ id, meaning: { zh, en }, reads: [name], read: (see, limit) => whenNumber(see, name, (n) => n < limit(name)) })

/** Present if all are, absent as soon as one is; the rest is unknown. */
const all = (...parts: Presence[]): Presence => (parts.includes('absent') ? 'absent' : parts.includes('unknown') ? 'unknown' : 'present')

/** Present as soon as one is, absent if all are; the rest is unknown. */
const any = (...parts: Presence[]): Presence => (parts.includes('present') ? 'present' : parts.includes('unknown') ? 'unknown' : 'absent')

/** Present if a text that lists trouble is not empty. */
const listed = (see: Seen, name: string): Presence => {
  const value = see.value(name)
  return typeof value === 'string' ? (value === '' ? 'absent' : 'present') : 'unknown'
}

/** False means trouble only once the host has been up for a while; before that it is too early to tell. */
const falseAfter = (see: Seen, name: string, graceS: number): Presence => {
  const wrong = whenFalse(see, name)
  return wrong === 'present' && (see.number('host.uptime-s') ?? Number.POSITIVE_INFINITY) < graceS ? 'unknown' : wrong
}

const restarted: SymptomRule = {
  id: 'host.pos-restarted',
  meaning: { zh: '收银程序刚刚重启过，而主机没有重启', en: 'the POS application started again a short while ago although the host did not' },
  reads: ['host.pos-age-s', 'host.uptime-s'],
  read: (see, limit) => {
    const young = whenNumber(see, 'host.pos-age-s', (age) => age < limit('host.pos-restart-s'))
    const afterBoot = (see.number('host.uptime-s') ?? Number.NaN) - (see.number('host.pos-age-s') ?? Number.NaN)
    const late = Number.isNaN(afterBoot) ? 'unknown' : afterBoot > limit('host.pos-start-grace-s') ? 'present' : 'absent'
    return all(young, late)
  },
}

/** What the host's observations mean. */
export const symptoms: readonly SymptomRule[] = [
  {
    id: 'host.cpu-high',
    meaning: { zh: '处理器持续满负荷', en: 'the processor is busy and has been for minutes' },
    reads: ['host.cpu-percent', 'host.load-per-core'],
    read: (see, limit) => all(
      whenNumber(see, 'host.cpu-percent', (n) => n > limit('host.cpu-percent')),
      whenNumber(see, 'host.load-per-core', (n) => n > limit('host.load-per-core')),
    ),
  },
  below('host.memory-low', 'host.memory-free-percent', '可用内存不足', 'little memory is left'),
  logged('host.oom', 'host.log-oom', '内存耗尽，内核强行结束了程序', 'memory ran out and the kernel killed a program'),
  {
    id: 'host.disk-low',
    meaning: { zh: '磁盘空间不足', en: 'little disk space is left' },
    reads: ['host.disk-free-percent', 'host.disk-free-mb', 'host.disk-worst'],
    read: (see, limit) => any(
      whenNumber(see, 'host.disk-free-percent', (n) => n < limit('host.disk-free-percent')),
      whenNumber(see, 'host.disk-free-mb', (n) => n < limit('host.disk-free-mb')),
    ),
  },
  below('host.inodes-low', 'host.disk-inodes-free-percent', '磁盘的文件数（inode）即将用尽', 'the disk can hold hardly any more files (inodes)'),
  flag('host.disk-read-only', 'host.disk-read-only', whenTrue, '磁盘变成只读，数据无法保存', 'a disk has become read-only, nothing can be saved'),
  logged('host.disk-errors', 'host.log-io-errors', '磁盘读写出错', 'reading from or writing to a disk failed'),
  logged('host.filesystem-errors', 'host.log-fs-errors', '文件系统损坏', 'a file system is damaged'),
  {
    id: 'host.hot',
    meaning: { zh: '主机过热', en: 'the host is too hot' },
    reads: ['host.temperature-c', 'host.log-thermal'],
    read: (see, limit) => {
      const measured = whenNumber(see, 'host.temperature-c', (n) => n > limit('host.temperature-c'))
      // A kernel that does not complain proves nothing: many hosts have nothing to measure with.
      return see.number('host.log-thermal') ? 'present' : measured
    },
  },
  flag('host.clock-implausible', 'host.clock-plausible', whenFalse, '系统时间明显错误', 'the clock shows a time that cannot be'),
  {
    id: 'host.clock-unsynchronised',
    meaning: { zh: '系统时间没有与时间服务器同步', en: 'the clock is not kept by its time service' },
    reads: ['host.clock-synchronised', 'host.uptime-s'],
    read: (see, limit) => falseAfter(see, 'host.clock-synchronised', limit('host.clock-sync-grace-s')),
  },
  {
    id: 'host.pos-dead',
    meaning: { zh: '收银程序没有运行', en: 'the POS application is not running' },
    reads: ['host.pos-running', 'host.uptime-s'],
    read: (see, limit) => falseAfter(see, 'host.pos-running', limit('host.pos-start-grace-s')),
  },
  restarted,
  {
    // An application that is not running holds nothing; that it is not running is a symptom of its own.
    ...flag('host.pos-port-not-held', 'host.pos-holds', (see, name) => (see.value('host.pos-running') === false ? 'unknown' : listed(see, name)), '收银程序没有打开它应当使用的端口', 'the POS application does not hold a port that it should'),
    reads: ['host.pos-holds', 'host.pos-running'],
  },
  flag('host.port-held-by-other', 'host.port-holder', listed, '设备端口被其他程序占用', "another program holds a device's port"),
  logged('host.usb-flapping', 'host.log-usb-disconnects', '同一个 USB 设备反复断开', 'a USB device keeps disconnecting', 'host.usb-disconnects'),
  logged('host.usb-errors', 'host.log-usb-errors', 'USB 设备无法正常识别', 'a USB device cannot be set up'),
  logged('host.usb-overcurrent', 'host.log-overcurrent', 'USB 端口过流或供电不足', 'a USB port draws too much current'),
  logged('host.emi', 'host.log-emi', 'USB 受到电磁干扰', 'USB suffers from electrical interference'),
  logged('host.hung', 'host.log-hung', '系统曾经卡死（任务长时间无响应）', 'the system stalled: a task was stuck for minutes'),
  {
    id: 'host.uptime-long',
    meaning: { zh: '主机长时间没有重启', en: 'the host has not been restarted for long' },
    reads: ['host.uptime-s'],
    read: (see, limit) => whenNumber(see, 'host.uptime-s', (s) => s > limit('host.uptime-d') * 86_400),
  },
  {
    id: 'host.service-failed',
    meaning: { zh: '有系统服务启动失败', en: 'a system service has failed' },
    reads: ['host.failed-units'],
    read: (see) => listed(see, 'host.failed-units'),
  },
  flag('host.database-error', 'host.database-ok', whenFalse, '收银数据库出错', "the POS application's database is in error"),
  {
    id: 'host.backup-stale',
    meaning: { zh: '备份已过期', en: 'the last good backup is too old' },
    reads: ['host.backup-age-h'],
    read: (see, limit) => whenNumber(see, 'host.backup-age-h', (h) => h > limit('host.backup-age-h')),
  },
]
