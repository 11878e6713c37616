import { type Language, wording } from '../model/language.ts'
import type { Observation } from '../model/observation.ts'
import type { Text } from '../model/text.ts'
import { fill } from './say.ts'
import { TERMINAL_WORDS } from './terminal-words.ts'
import { whyIn } from './unseen.ts'

/** How a number or a word that was seen is said, by observation name. What is true or false is said by the symptom that reads it. */
export const READINGS: Readonly<Record<string, Text>> = {
  'reader.losses-per-hour': { zh: '一小时内断开 {value} 次', en: 'gone {value} times within the hour' },
  'pinpad.losses-per-hour': { zh: '一小时内断开 {value} 次', en: 'gone {value} times within the hour' },
  'printer.losses-per-hour': { zh: '一小时内断开 {value} 次', en: 'gone {value} times within the hour' },
  'scanner.losses-per-hour': { zh: '一小时内断开 {value} 次', en: 'gone {value} times within the hour' },
  'keyboard.losses-per-hour': { zh: '一小时内断开 {value} 次', en: 'gone {value} times within the hour' },
  'display.losses-per-hour': { zh: '一小时内断开 {value} 次', en: 'gone {value} times within the hour' },
  'reader.state': { zh: '状态：{value}', en: 'state: {value}' },
  'reader.slot': { zh: '卡槽：{value}', en: 'slot: {value}' },
  'reader.chip-fail-percent': { zh: '插卡失败 {value}%', en: '{value} % of insertions failed' },
  'reader.swipe-fail-percent': { zh: '刷磁条失败 {value}%', en: '{value} % of swipes failed' },
  'reader.tap-fail-percent': { zh: '挥卡失败 {value}%', en: '{value} % of taps failed' },
  'reader.chip-fail-rise': { zh: '插卡失败比过去多 {value} 个百分点', en: 'failed insertions up by {value} points' },
  'reader.swipe-fail-rise': { zh: '刷磁条失败比过去多 {value} 个百分点', en: 'failed swipes up by {value} points' },
  'reader.tap-fail-rise': { zh: '挥卡失败比过去多 {value} 个百分点', en: 'failed taps up by {value} points' },
  'reader.condition': { zh: '终端报告：{value}', en: 'the terminal says: {value}' },
  'reader.atr-problem': { zh: '复位应答：{value}', en: 'answer to reset: {value}' },
  'reader.card-status': { zh: '卡片状态字 {value}', en: 'status word of the card {value}' },
  'reader.driver': { zh: '被内核驱动 {value} 占用', en: 'held by the kernel driver {value}' },
  'reader.last-swipe': { zh: '上一次刷卡：{value}', en: 'last swipe: {value}' },
  'reader.swipe-tracks': { zh: '磁道 1–3：{value}', en: 'tracks 1 to 3: {value}' },
  'reader.swipe-movement': { zh: '刷卡动作：{value}', en: 'movement: {value}' },
  'reader.terminal-printer': { zh: '终端打印机：{value}', en: 'printer of the terminal: {value}' },
  'reader.battery-percent': { zh: '电量 {value}%', en: 'charge {value} %' },
  'reader.unsent-payments': { zh: '未上送交易 {value} 笔', en: '{value} payments not sent' },
  'pinpad.condition': { zh: '终端报告：{value}', en: 'the terminal says: {value}' },
  'reader.collisions': { zh: '多卡相碰 {value} 次', en: 'several cards at once, {value} times' },
  'pinpad.state': { zh: '状态：{value}', en: 'state: {value}' },
  'printer.transport': { zh: '连接方式：{value}', en: 'connected by {value}' },
  'printer.buffer-ms': { zh: '缓冲区往返 {value} 毫秒', en: 'through its buffer in {value} ms' },
  'printer.cuts': { zh: '已切纸 {value} 次', en: '{value} cuts' },
  'printer.head-pulses': { zh: '打印头已通电 {value} 次', en: 'head energised {value} times' },
  'printer.lines-fed': { zh: '已走纸 {value} 行', en: '{value} lines fed' },
  'printer.hours': { zh: '已工作 {value} 小时', en: '{value} h of operation' },
  'printer.agent-state': { zh: 'SNMP 状态：{value}', en: 'by SNMP {value}' },
  'printer.agent-errors': { zh: 'SNMP 报告：{value}', en: 'SNMP says {value}' },
  'printer.alerts': { zh: '告警：{value}', en: 'alerts: {value}' },
  'printer.queue-state': { zh: '打印队列：{value}', en: 'queue {value}' },
  'printer.queue-reasons': { zh: '队列原因：{value}', en: 'queue says {value}' },
  'printer.queue-jobs': { zh: '等待任务 {value} 个', en: '{value} jobs wait' },
  'printer.queue-oldest-s': { zh: '最早的任务已等 {time}', en: 'oldest job waits for {time}' },
  'power.battery-percent': { zh: '电量 {value}%', en: 'charge {value} %' },
  'power.battery-health': { zh: '电池状况：{value}', en: 'battery: {value}' },
  'power.battery-temperature-c': { zh: '电池 {value} °C', en: 'battery at {value} °C' },
  'power.battery-wear-percent': { zh: '满充容量为设计值的 {value}%', en: 'holds {value} % of its design capacity' },
  'power.load-percent': { zh: '负载 {value}%', en: 'load {value} %' },
  'power.runtime-s': { zh: '还能供电 {time}', en: 'lasts {time} more' },
  'power.ups-status': { zh: 'UPS 状态 {value}', en: 'UPS status {value}' },
  'power.ups-alarm': { zh: 'UPS 告警：{value}', en: 'UPS alarm: {value}' },
  'power.input-voltage-v': { zh: '输入 {value} V', en: 'input {value} V' },
  'power.input-voltage-nominal-v': { zh: '额定 {value} V', en: 'nominal {value} V' },
  'power.reboots-24h': { zh: '24 小时内启动 {value} 次', en: '{value} boots in 24 hours' },
  'network.interface': { zh: '接口 {value}', en: 'interface {value}' },
  'network.medium': { zh: '{value}', en: '{value}' },
  'network.operstate': { zh: '接口状态 {value}', en: 'interface {value}' },
  'network.speed-mbit': { zh: '{value} Mbit/s', en: '{value} Mbit/s' },
  'network.duplex': { zh: '{value}', en: '{value}' },
  'network.carrier-changes-per-hour': { zh: '每小时通断 {value} 次', en: 'changes {value} times an hour' },
  'network.address': { zh: '地址 {value}', en: 'address {value}' },
  'network.address-kind': { zh: '地址类型：{value}', en: 'address: {value}' },
  'network.gateway': { zh: '网关 {value}', en: 'gateway {value}' },
  'network.loss-percent': { zh: '丢包 {value}%', en: '{value} % lost' },
  'network.rtt-ms': { zh: '往返 {value} 毫秒', en: 'round trip {value} ms' },
  'network.jitter-ms': { zh: '抖动 {value} 毫秒', en: 'jitter {value} ms' },
  'network.frame-errors-permille': { zh: '每千帧损坏 {value} 帧', en: '{value} of a thousand frames damaged' },
  'network.time-offset-s': { zh: '与时间服务器相差 {value} 秒', en: 'off the time server by {value} s' },
  'network.modem-dbm': { zh: '蜂窝信号 {value} dBm', en: 'cellular level {value} dBm' },
  'network.wifi-dbm': { zh: '信号 {value} dBm', en: 'level {value} dBm' },
  'network.dns-ms': { zh: '解析用时 {value} 毫秒', en: 'resolved in {value} ms' },
  'endpoint.address': { zh: '地址 {value}', en: 'address {value}' },
  'endpoint.dns-ms': { zh: '解析 {value} 毫秒', en: 'name {value} ms' },
  'endpoint.connect-ms': { zh: '连接 {value} 毫秒', en: 'connect {value} ms' },
  'endpoint.tls-ms': { zh: 'TLS 握手 {value} 毫秒', en: 'TLS {value} ms' },
  'endpoint.tls-problem': { zh: '证书：{value}', en: 'certificate: {value}' },
  'endpoint.cert-days-left': { zh: '证书剩余天数 {value}', en: 'days left {value}' },
  'endpoint.cert-age-days': { zh: '证书生效天数 {value}', en: 'days since it became valid {value}' },
  'endpoint.cert-issuer': { zh: '签发者 {value}', en: 'issued by {value}' },
  'endpoint.http-status': { zh: 'HTTP {value}', en: 'HTTP {value}' },
  'endpoint.http-ms': { zh: '应答 {value} 毫秒', en: 'answer {value} ms' },
  'endpoint.http-redirect': { zh: '被转到 {value}', en: 'redirected to {value}' },
  'endpoint.clock-offset-s': { zh: '时钟相差 {value} 秒', en: 'clocks differ by {value} s' },
  'host.cpu-percent': { zh: '处理器占用 {value}%', en: 'processor {value} % busy' },
  'host.load-per-core': { zh: '每核负载 {value}', en: 'load per core {value}' },
  'host.memory-free-percent': { zh: '可用内存 {value}%', en: '{value} % of memory free' },
  'host.disk-free-percent': { zh: '剩余空间 {value}%', en: '{value} % of disk free' },
  'host.disk-free-mb': { zh: '剩余 {value} MiB', en: '{value} MiB free' },
  'host.disk-inodes-free-percent': { zh: '剩余文件数 {value}%', en: '{value} % of inodes free' },
  'host.disk-worst': { zh: '磁盘 {value}', en: 'disk {value}' },
  'host.temperature-c': { zh: '{value} °C', en: '{value} °C' },
  'host.uptime-s': { zh: '主机已运行 {time}', en: 'host up for {time}' },
  'host.pos-age-s': { zh: '收银程序已运行 {time}', en: 'POS application up for {time}' },
  'host.pos-holds': { zh: '没有打开：{value}', en: 'not held: {value}' },
  'host.port-holder': { zh: '占用者 {value}', en: 'held by {value}' },
  'host.log-oom': { zh: '{value} 次', en: '{value} times' },
  'host.log-usb-disconnects': { zh: '断开 {value} 次', en: '{value} disconnects' },
  'host.log-usb-errors': { zh: '{value} 次', en: '{value} times' },
  'host.log-overcurrent': { zh: '{value} 次', en: '{value} times' },
  'host.log-emi': { zh: '{value} 次', en: '{value} times' },
  'host.log-fs-errors': { zh: '{value} 次', en: '{value} times' },
  'host.log-io-errors': { zh: '{value} 次', en: '{value} times' },
  'host.log-hung': { zh: '{value} 次', en: '{value} times' },
  'host.log-thermal': { zh: '过热降频 {value} 次', en: 'throttled {value} times' },
  'host.failed-units': { zh: '失败的服务：{value}', en: 'failed: {value}' },
  'host.backup-age-h': { zh: '上次备份在 {value} 小时前', en: 'last backup {value} h ago' },
  'journal.unknown-outcomes': { zh: '{value} 笔', en: '{value} of them' },
  'journal.reversals-pending': { zh: '{value} 笔', en: '{value} of them' },
  'journal.reversals-failed': { zh: '{value} 笔', en: '{value} of them' },
  'journal.duplicates': { zh: '{value} 笔', en: '{value} of them' },
  'journal.partial-approvals': { zh: '{value} 笔', en: '{value} of them' },
  'journal.slips-missing': { zh: '{value} 笔', en: '{value} of them' },
  'journal.offline-waiting': { zh: '{value} 笔', en: '{value} of them' },
  'journal.not-settled': { zh: '{value} 笔', en: '{value} of them' },
  'journal.disputed': { zh: '{value} 笔', en: '{value} of them' },
  'journal.one-sided': { zh: '{value} 笔', en: '{value} of them' },
  'journal.overdue': { zh: '{value} 笔', en: '{value} of them' },
  'journal.short': { zh: '{value} 笔', en: '{value} of them' },
  'journal.answers-issuer-down': { zh: '{value} 笔', en: '{value} of them' },
  'journal.answers-sign-on': { zh: '{value} 笔', en: '{value} of them' },
  'journal.answers-declined': { zh: '{value} 笔', en: '{value} of them' },
  'journal.answers-funds': { zh: '{value} 笔', en: '{value} of them' },
  'journal.answers-pin': { zh: '{value} 笔', en: '{value} of them' },
  'journal.answers-card': { zh: '{value} 笔', en: '{value} of them' },
  'journal.answers-capture': { zh: '{value} 笔', en: '{value} of them' },
  'journal.receipts-unpaid': { zh: '{value} 笔', en: '{value} of them' },
  'journal.tendered-unpaid': { zh: '{value} 笔', en: '{value} of them' },
  'journal.paid-untendered': { zh: '{value} 笔', en: '{value} of them' },
  'journal.given-up': { zh: '{value} 笔', en: '{value} of them' },
  'journal.wrong-types': { zh: '{value} 笔', en: '{value} of them' },
  'journal.refunds-late': { zh: '{value} 笔', en: '{value} of them' },
  'journal.missed-within-cycle': { zh: '{value} 笔', en: '{value} of them' },
  'journal.held-back': { zh: '{value} 笔', en: '{value} of them' },
  'journal.payouts-failed': { zh: '{value} 笔', en: '{value} of them' },
  'journal.deposits-differ': { zh: '{value} 笔', en: '{value} of them' },
  'journal.deposits-unconfirmed': { zh: '{value} 笔', en: '{value} of them' },
  'journal.deposits-overdue': { zh: '{value} 笔', en: '{value} of them' },
  'journal.completions-rejected': { zh: '{value} 笔', en: '{value} of them' },
  'journal.cancels-failed': { zh: '{value} 笔', en: '{value} of them' },
  'journal.guarantees-failed': { zh: '{value} 笔', en: '{value} of them' },
  'journal.guarantees-differ': { zh: '{value} 笔', en: '{value} of them' },
  'journal.wrong-merchant': { zh: '{value} 笔', en: '{value} of them' },
  'journal.risk-same-card': { zh: '{value} 笔', en: '{value} of them' },
  'journal.risk-declines': { zh: '{value} 笔', en: '{value} of them' },
  'journal.risk-large': { zh: '{value} 笔', en: '{value} of them' },
  'journal.risk-round': { zh: '{value} 笔', en: '{value} of them' },
  'journal.fees-overdue': { zh: '{value} 项', en: '{value} of them' },
  'journal.papers-expired': { zh: '{value} 项', en: '{value} of them' },
  'journal.exposed-lines': { zh: '{value} 行', en: '{value} lines' },
  'journal.hold-days': { zh: '最早的已 {value} 天', en: 'the oldest is {value} days old' },
  'journal.idle-days': { zh: '{value} 天没有批准的交易', en: 'no approval for {value} days' },
  'journal.refused-in-row': { zh: '连续拒绝 {value} 次', en: 'refused {value} times in a row' },
  'journal.authorisation-ms': { zh: '近来批准用时 {value} 毫秒', en: 'approvals of late took {value} ms' },
  'journal.authorisation-usual-ms': { zh: '平时 {value} 毫秒', en: 'usually {value} ms' },
  'environment.temperature-c': { zh: '{value} °C', en: '{value} °C' },
  'environment.humidity-percent': { zh: '湿度 {value}%', en: 'humidity {value} %' },
  'configuration.pos-version': { zh: '版本 {value}', en: 'version {value}' },
  'configuration.changed-hours-ago': { zh: '{value} 小时前变更', en: 'changed {value} h ago' },
}

/** Words that probes give as values. */
const WORDS: Readonly<Record<string, Text>> = {
  ...TERMINAL_WORDS,
  ready: { zh: '就绪', en: 'ready' },
  'not-ready': { zh: '未就绪', en: 'not ready' },
  idle: { zh: '空闲', en: 'idle' },
  talking: { zh: '正在通信', en: 'talking' },
  none: { zh: '无', en: 'none' },
  present: { zh: '有卡', en: 'card present' },
  mute: { zh: '卡不应答', en: 'card does not answer' },
  'in-use': { zh: '使用中', en: 'in use' },
  unavailable: { zh: '不可用', en: 'unavailable' },
  wired: { zh: '有线', en: 'wired' },
  wifi: { zh: 'Wi-Fi', en: 'Wi-Fi' },
  cellular: { zh: '蜂窝网络', en: 'cellular' },
  half: { zh: '半双工', en: 'half duplex' },
  full: { zh: '全双工', en: 'full duplex' },
  'self-assigned': { zh: '自分配', en: 'self-assigned' },
  routable: { zh: '正常分配', en: 'routable' },
  serial: { zh: '串口', en: 'serial port' },
  tcp: { zh: '网络', en: 'network' },
  usblp: { zh: 'USB 打印口', en: 'USB printer port' },
  usb: { zh: 'USB', en: 'USB' },
  host: { zh: '打印队列', en: 'print queue' },
  processing: { zh: '正在处理', en: 'processing' },
  stopped: { zh: '已停止', en: 'stopped' },
  printing: { zh: '正在打印', en: 'printing' },
  warmup: { zh: '正在预热', en: 'warming up' },
  other: { zh: '其他', en: 'other' },
  unknown: { zh: '不明', en: 'unknown' },
  up: { zh: '已启用', en: 'up' },
  down: { zh: '未接通', en: 'down' },
  lowerlayerdown: { zh: '下层未接通', en: 'lower layer down' },
}

const wordIn = (language: Language, word: string): string | undefined => {
  const text = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined
  return text && wording(text, language)
}

/** A value in words: a word of a probe, or several of them; anything else as it is. */
const wordsIn = (language: Language, value: string): string => {
  const words = value.split(', ').map((word) => wordIn(language, word))
  return words.every((word) => word !== undefined) ? words.join(language === 'en' ? ', ' : '、') : value
}

type Time = readonly [least: number, unit: number, text: Text]
const SECONDS: Time = [0, 1, { zh: '{n} 秒', en: '{n} s' }]
const TIMES: readonly Time[] = [
  [172_800, 86_400, { zh: '{n} 天', en: '{n} days' }],
  [7200, 3600, { zh: '{n} 小时', en: '{n} h' }],
  [120, 60, { zh: '{n} 分钟', en: '{n} min' }],
]

const timeIn = (language: Language, seconds: number): string => {
  const [, unit, text] = TIMES.find(([least]) => seconds >= least) ?? SECONDS
  return fill(text, language, { n: Math.round(seconds / unit) })
}

/**
 * What was seen, for a person: a reading with its unit, or why there is none. Empty for what is true or false, which the symptom
 * beside it says, and for a reading without words of its own, which is for machines.
 */
export const seenIn = (language: Language, o: Observation): string => {
  if ('absent' in o) return whyIn(language, o)
  const reading = READINGS[o.name]
  if (!reading || typeof o.value === 'boolean' || o.value === '') return ''
  if (typeof o.value === 'number') return fill(reading, language, { value: Math.round(o.value * 100) / 100, time: timeIn(language, o.value) })
  return fill(reading, language, { value: wordsIn(language, o.value) })
}
