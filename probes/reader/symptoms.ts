import { type Limit, type Presence, type Seen, type SymptomRule, whenFalse, whenNumber, whenTrue } from '../../src/model/symptom.ts'
import type { Text } from '../../src/model/text.ts'
import type { EnqKind } from './enq-look.ts'

/** Numbers that decide between a healthy reader and a failing one. */
export const limits: Readonly<Record<string, Limit>> = {
  'reader.chip-fail-percent': { standard: 10, unit: '%', basis: 'estimate: as for swipes' },
  'reader.swipe-fail-percent': { standard: 10, unit: '%', basis: 'estimate: usual practice calls a success rate below 90 % over a week a failing head' },
  'reader.tap-fail-percent': { standard: 10, unit: '%', basis: 'estimate: as for swipes' },
  'reader.fail-rise-points': { standard: 5, unit: 'percentage points', basis: 'estimate: half of the 10 points below its own baseline that count as failing, so that a head is cleaned before it fails' },
  'reader.battery-percent': { standard: 15, unit: '%', basis: 'estimate: a payment terminal asks for its charger from 10 to 20 % on' },
  'reader.unsent-payments': { standard: 3, unit: 'payments', basis: 'estimate: one or two are on their way' },
  'reader.collisions': { standard: 2, unit: 'taps', basis: 'estimate: one or two are customers\' wallets, more is a habit or a device near the field' },
}

/**
 * There and not there are told only where we could look. Blocked (no permission, or the library or service for looking is not
 * there) and everything else leave it unknown.
 */
const missing = (kind: EnqKind) => (see: Seen): Presence => {
  const absence = see.absence(`${kind}.port`)
  if (absence === 'missing' || see.absence(`${kind}.answers`) === 'missing') return 'present'
  return see.value(`${kind}.port`) === true || absence === 'busy' ? 'absent' : 'unknown'
}

const busy = (kind: EnqKind) => (see: Seen): Presence => {
  if (see.absence(`${kind}.port`) === 'busy') return 'present'
  return see.value(`${kind}.port`) === true ? 'absent' : 'unknown'
}

const cannotLook = (kind: EnqKind, see: Seen): boolean => see.absence(`${kind}.tool`) === 'missing' || see.absence(`${kind}.service`) === 'missing'

const denied = (kind: EnqKind) => (see: Seen): Presence => {
  const blocked = [see.absence(`${kind}.port`), see.absence(`${kind}.tool`), see.absence(`${kind}.service`)].includes('blocked')
  if (blocked && !cannotLook(kind, see)) return 'present'
  return see.value(`${kind}.port`) === true ? 'absent' : 'unknown'
}

/** A TCP device that takes no connection is as silent as one that takes it and says nothing. */
const silent = (kind: EnqKind) => (see: Seen): Presence => {
  const port = see.absence(`${kind}.port`)
  if (port === 'silent' || port === 'refused' || see.absence(`${kind}.answers`) === 'silent') return 'present'
  return see.value(`${kind}.answers`) === true || see.absence(`${kind}.answers`) === 'garbled' ? 'absent' : 'unknown'
}

const garbled = (kind: EnqKind) => (see: Seen): Presence => {
  if (see.absence(`${kind}.answers`) === 'garbled') return 'present'
  return see.value(`${kind}.answers`) === true ? 'absent' : 'unknown'
}

const notReady = (kind: EnqKind) => (see: Seen): Presence => {
  const state = see.value(`${kind}.state`)
  return typeof state !== 'string' ? 'unknown' : state === 'not-ready' ? 'present' : 'absent'
}

/** The symptoms that readers and PIN pads share; `called` is the device in both languages. */
export const waysToFail = (kind: EnqKind, called: Text): SymptomRule[] => [
  { id: `${kind}.missing`, meaning: { zh: `在终端配置指定的位置找不到${called.zh}`, en: `the ${called.en} is not where the terminal file says` }, reads: [`${kind}.port`, `${kind}.answers`], read: missing(kind) },
  { id: `${kind}.busy`, meaning: { zh: `${called.zh}的端口被另一个程序占用`, en: `another program holds the port of the ${called.en}` }, reads: [`${kind}.port`], read: busy(kind) },
  { id: `${kind}.denied`, meaning: { zh: `本机没有权限访问${called.zh}`, en: `this host does not let us reach the ${called.en}` }, reads: kind === 'reader' ? ['reader.port', 'reader.tool', 'reader.service'] : [`${kind}.port`, `${kind}.tool`], read: denied(kind) },
  { id: `${kind}.silent`, meaning: { zh: `${called.zh}没有任何应答`, en: `the ${called.en} does not answer` }, reads: [`${kind}.port`, `${kind}.answers`], read: silent(kind) },
  { id: `${kind}.garbled`, meaning: { zh: `${called.zh}有数据返回，但不是有效应答`, en: `the ${called.en} sends bytes that are no valid answer` }, reads: [`${kind}.answers`], read: garbled(kind) },
  { id: `${kind}.not-ready`, meaning: { zh: `${called.zh}已连接，但报告未就绪`, en: `the ${called.en} is connected but not ready` }, reads: [`${kind}.state`], read: notReady(kind) },
]

const serviceDown = (see: Seen): Presence => {
  const absence = see.absence('reader.service')
  if (absence === 'missing' || absence === 'refused') return 'present'
  return see.value('reader.service') === true ? 'absent' : 'unknown'
}

/** An empty slot says nothing of how cards are read, and a card that another program took while it was asked says nothing either. */
const cardMute = (see: Seen): Presence => {
  const slot = see.value('reader.slot')
  if (slot === 'mute' || see.value('reader.atr-valid') === false || see.absence('reader.card-answers') === 'silent') return 'present'
  return see.value('reader.atr-valid') === true ? 'absent' : 'unknown'
}

/** Only where the reader is plugged in and PC/SC does not list it is there anything to be held. */
const claimed = (see: Seen): Presence => {
  if (see.value('reader.driver') !== undefined) return 'present'
  return see.value('reader.service') === true && see.value('reader.port') === true ? 'absent' : 'unknown'
}

const failing = (way: 'chip' | 'swipe' | 'tap', meaning: Text): SymptomRule => ({
  id: `reader.${way}-reads-fail`,
  meaning,
  reads: [`reader.${way}-fail-percent`],
  read: (see, limit) => whenNumber(see, `reader.${way}-fail-percent`, (percent) => percent > limit(`reader.${way}-fail-percent`)),
})

const worsening = (way: 'chip' | 'swipe' | 'tap', meaning: Text): SymptomRule => ({
  id: `reader.${way}-reads-worsen`,
  meaning,
  reads: [`reader.${way}-fail-rise`],
  read: (see, limit) => whenNumber(see, `reader.${way}-fail-rise`, (points) => points > limit('reader.fail-rise-points')),
})

/** Conditions that payment terminals tell in which a part of theirs is broken. */
const DEFECTS: readonly unknown[] = ['card-reader-defective', 'card-mechanism-defective', 'card-lock-defective', 'shutter-closed', 'pin-pad-defective', 'part-missing', 'out-of-order', 'system-error', 'voltage-low']

const partDefective = (see: Seen): Presence => {
  const told = [see.value('reader.card-reader-ok'), see.value('reader.pin-pad-ok')]
  if (told.includes(false) || DEFECTS.includes(see.value('reader.condition'))) return 'present'
  return told.includes(true) || see.value('reader.condition') !== undefined ? 'absent' : 'unknown'
}

const hostsUnreachable = (see: Seen): Presence => {
  const told = [see.value('reader.communication-ok'), see.value('reader.hosts-reachable')]
  if (told.includes(false) || see.value('reader.condition') === 'host-unreachable') return 'present'
  return told.includes(true) ? 'absent' : 'unknown'
}

const batteryLow = (see: Seen, limit: (name: string) => number): Presence => {
  const told = whenTrue(see, 'reader.battery-low')
  return told === 'unknown' ? whenNumber(see, 'reader.battery-percent', (percent) => percent < limit('reader.battery-percent')) : told
}

const printerIs = (...words: readonly string[]) => (see: Seen): Presence => {
  const told = see.value('reader.terminal-printer')
  return typeof told !== 'string' ? 'unknown' : words.includes(told) ? 'present' : 'absent'
}

/** Readings of the reader's observations. */
export const symptoms: readonly SymptomRule[] = [
  ...waysToFail('reader', { zh: '读卡器', en: 'card reader' }),
  { id: 'reader.service-down', meaning: { zh: '本机的智能卡服务（PC/SC）没有运行', en: 'the smart card service (PC/SC) of this host does not run' }, reads: ['reader.service'], read: serviceDown },
  { id: 'reader.card-mute', meaning: { zh: '卡槽里的卡没有应答，或应答不完整', en: 'the card in the slot does not answer, or its answer is not whole' }, reads: ['reader.slot', 'reader.atr-valid', 'reader.card-answers'], read: cardMute },
  { id: 'reader.claimed', meaning: { zh: '内核驱动占用了读卡器，PC/SC 无法使用它', en: 'a driver of the kernel holds the reader, so that PC/SC cannot have it' }, reads: ['reader.driver', 'reader.service', 'reader.port'], read: claimed },
  failing('chip', { zh: '插卡读取失败过多', en: 'too many chip cards cannot be read' }),
  failing('swipe', { zh: '刷卡读取失败过多', en: 'too many swipes cannot be read' }),
  failing('tap', { zh: '挥卡读取失败过多', en: 'too many taps cannot be read' }),
  worsening('chip', { zh: '插卡读取失败比过去明显增多', en: 'chip cards fail to be read more often than they used to' }),
  worsening('swipe', { zh: '刷卡读取失败比过去明显增多（磁头可能脏了）', en: 'swipes fail more often than they used to, as with a head that gets dirty' }),
  worsening('tap', { zh: '挥卡读取失败比过去明显增多', en: 'taps fail more often than they used to' }),
  { id: 'reader.test-swipe-fails', meaning: { zh: '检修时刷的测试卡没有读出来', en: 'a card swiped for a test could not be read' }, reads: ['reader.swipe-read'], read: (see) => whenFalse(see, 'reader.swipe-read') },
  { id: 'reader.layout-wrong', meaning: { zh: '读卡器键入的符号不对：主机的键盘布局与读卡器不一致', en: 'what the reader types arrives in wrong signs: the keyboard layout of the host is not that of the reader' }, reads: ['reader.layout-right'], read: (see) => whenFalse(see, 'reader.layout-right') },
  { id: 'reader.part-defective', meaning: { zh: '支付终端报告自身部件故障', en: 'the payment terminal calls a part of itself defective' }, reads: ['reader.card-reader-ok', 'reader.pin-pad-ok', 'reader.condition'], read: partDefective },
  { id: 'reader.hosts-unreachable', meaning: { zh: '支付终端连不上收单机构', en: 'the payment terminal does not reach its acquirers' }, reads: ['reader.communication-ok', 'reader.hosts-reachable', 'reader.condition'], read: hostsUnreachable },
  { id: 'reader.unsent', meaning: { zh: '支付终端里积压了未上送的交易', en: 'payments wait in the terminal that it has not sent' }, reads: ['reader.unsent-payments'], read: (see, limit) => whenNumber(see, 'reader.unsent-payments', (n) => n > limit('reader.unsent-payments')) },
  { id: 'reader.battery-low', meaning: { zh: '读卡设备电量低', en: 'the battery of the reader or payment terminal is low' }, reads: ['reader.battery-low', 'reader.battery-percent'], read: batteryLow },
  { id: 'reader.terminal-paper-out', meaning: { zh: '支付终端自带的打印机缺纸或不能打印', en: 'the printer of the payment terminal has no paper or cannot print' }, reads: ['reader.terminal-printer'], read: printerIs('NoPaper', 'PaperJam', 'OutOfOrder') },
  { id: 'reader.terminal-paper-low', meaning: { zh: '支付终端自带的打印机纸将用尽', en: 'the printer of the payment terminal is low on paper' }, reads: ['reader.terminal-printer'], read: printerIs('PaperLow') },
  { id: 'reader.collision', meaning: { zh: '感应区内多次同时出现两张以上的卡', en: 'more than one card was in the contactless field, repeatedly' }, reads: ['reader.collisions'], read: (see, limit) => whenNumber(see, 'reader.collisions', (taps) => taps > limit('reader.collisions')) },
  { id: 'reader.emv-parameters-missing', meaning: { zh: 'EMV 参数缺失或未下载', en: 'EMV parameters are missing or were not loaded' }, reads: ['reader.emv-parameters-ok'], read: (see) => whenFalse(see, 'reader.emv-parameters-ok') },
  { id: 'reader.tamper', meaning: { zh: '读卡器报告被拆动或篡改', en: 'the reader says that it was tampered with' }, reads: ['reader.tamper'], read: (see) => whenTrue(see, 'reader.tamper') },
]
