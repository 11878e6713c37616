import type { Absence } from '../../src/model/observation.ts'
import { type Limit, type Presence, type Seen, type SymptomRule, whenFalse, whenNumber, whenTrue } from '../../src/model/symptom.ts'

/** Numbers that decide between a healthy printer and a faulty one. */
export const limits: Readonly<Record<string, Limit>> = {
  'printer.queue-oldest-s': { standard: 60, unit: 's', basis: 'estimate: a receipt takes seconds; a job that waits a minute is stuck' },
  'printer.cuts': { standard: 1_500_000, unit: 'cuts', basis: 'estimate: makers give one to three million cuts; a profile knows its own' },
  'printer.head-pulses': { standard: 100_000_000, unit: 'pulses', basis: 'estimate: makers give a hundred to two hundred million pulses; a profile knows its own' },
  'printer.lines-fed': { standard: 20_000_000, unit: 'lines', basis: 'estimate: makers give fifteen to seventy million lines; a profile knows its own' },
}

/** The port is tried before the answer: what lies behind the first rung that failed is unknown, what lies before it is healthy. */
const port = (see: Seen): 'open' | Absence | undefined => (see.value('printer.port') === true ? 'open' : see.absence('printer.port'))

const viaNetwork = (see: Seen): boolean | undefined => {
  const transport = see.value('printer.transport')
  return typeof transport === 'string' ? transport === 'tcp' : undefined
}

const wentAway = (see: Seen): boolean => see.absence('printer.answers') === 'missing'

/** It prints for somebody else: that it does not answer us is then no sign of anything. */
const servesOthers = (see: Seen): boolean => see.value('printer.printing') === true && see.value('printer.answers') !== true

const portMissing = (see: Seen): Presence => {
  if (viaNetwork(see) !== false || port(see) === undefined) return 'unknown'
  if (port(see) === 'missing') return 'present'
  return port(see) === 'open' || port(see) === 'busy' || port(see) === 'blocked' ? 'absent' : 'unknown'
}

const unreachable = (see: Seen): Presence => {
  const at = port(see)
  if (viaNetwork(see) !== true || at === undefined || servesOthers(see)) return 'unknown'
  if (at === 'open') return wentAway(see) ? 'present' : 'absent'
  return at === 'refused' || at === 'silent' || at === 'missing' ? 'present' : 'unknown'
}

const portIs = (absence: Absence) => (see: Seen): Presence => {
  const at = port(see)
  return at === absence ? 'present' : at === 'open' ? 'absent' : 'unknown'
}

const silent = (see: Seen): Presence => {
  if (port(see) !== 'open' || servesOthers(see)) return 'unknown'
  const why = see.absence('printer.answers')
  if (why === 'silent') return 'present'
  return why === 'garbled' || see.value('printer.answers') === true ? 'absent' : 'unknown'
}

const garbled = (see: Seen): Presence => {
  if (see.absence('printer.answers') === 'garbled') return 'present'
  return see.value('printer.answers') === true ? 'absent' : 'unknown'
}

/** What the class status of a USB printer refuses to take, the printer itself does not want; and a printer that tells only that there is an error does not print either. */
const offline = (see: Seen): Presence => {
  const refuses = see.absence('printer.answers') === 'refused' && port(see) === 'open'
  const onlyError = see.value('printer.online') === undefined && see.value('printer.error') === true
  return refuses || onlyError ? 'present' : whenFalse(see, 'printer.online')
}

const any = (see: Seen, ...names: string[]): Presence => {
  const read = names.map((name) => whenTrue(see, name))
  return read.find((presence) => presence === 'present') ?? read.find((presence) => presence === 'absent') ?? 'unknown'
}

const busy = (see: Seen): Presence => {
  const printing = see.value('printer.printing')
  return typeof printing !== 'boolean' ? 'unknown' : servesOthers(see) ? 'present' : 'absent'
}

/** On-line, and yet what it is sent does not come through its buffer: it hangs within a command, as in the middle of a picture. */
const bufferBlocked = (see: Seen): Presence => {
  if (see.value('printer.online') !== true) return 'unknown'
  if (see.absence('printer.buffer-ms') === 'silent') return 'present'
  return see.number('printer.buffer-ms') === undefined ? 'unknown' : 'absent'
}

const headWorn = (see: Seen, limit: (name: string) => number): Presence => {
  const read = [whenTrue(see, 'printer.part-worn'), ...['printer.head-pulses', 'printer.lines-fed'].map((name) => whenNumber(see, name, (count) => count > limit(name)))]
  return read.find((presence) => presence === 'present') ?? read.find((presence) => presence === 'absent') ?? 'unknown'
}

/** While the cover is open the paper hangs free of its sensors. */
const paper = (name: string) => (see: Seen): Presence => (see.value('printer.cover-open') === true ? 'unknown' : whenTrue(see, name))

/** Readings of the printer's observations. */
export const symptoms: readonly SymptomRule[] = [
  { id: 'printer.port-missing', meaning: { zh: '打印机的端口不存在，或用着用着消失了', en: 'the port of the printer is not there, or vanished while in use' }, reads: ['printer.transport', 'printer.port'], read: portMissing },
  { id: 'printer.port-busy', meaning: { zh: '打印机端口被另一个程序占用', en: 'another program holds the port of the printer' }, reads: ['printer.port'], read: portIs('busy') },
  { id: 'printer.port-denied', meaning: { zh: '本机没有权限打开打印机端口', en: 'this host does not let us open the port of the printer' }, reads: ['printer.port'], read: portIs('blocked') },
  { id: 'printer.unreachable', meaning: { zh: '连不上网络打印机（无应答、被拒绝或没有路由）', en: 'the network printer cannot be connected to (no answer, refused, or no route)' }, reads: ['printer.transport', 'printer.port', 'printer.answers', 'printer.printing'], read: unreachable },
  { id: 'printer.silent', meaning: { zh: '端口能打开，但打印机对状态询问没有任何应答', en: 'the port opens, but the printer answers no status question' }, reads: ['printer.port', 'printer.answers', 'printer.printing'], read: silent },
  { id: 'printer.garbled', meaning: { zh: '打印机端口有数据返回，但不是有效的状态应答', en: 'bytes come back from the port of the printer, but they are no valid status' }, reads: ['printer.answers'], read: garbled },
  { id: 'printer.offline', meaning: { zh: '打印机报告自己处于脱机状态', en: 'the printer says that it is off-line' }, reads: ['printer.online', 'printer.error', 'printer.answers', 'printer.port'], read: offline },
  { id: 'printer.cover-open', meaning: { zh: '打印机上盖打开', en: 'the cover of the printer is open' }, reads: ['printer.cover-open'], read: (see) => whenTrue(see, 'printer.cover-open') },
  { id: 'printer.paper-end', meaning: { zh: '打印机缺纸', en: 'the printer has no paper' }, reads: ['printer.paper-end', 'printer.cover-open'], read: paper('printer.paper-end') },
  { id: 'printer.paper-low', meaning: { zh: '打印纸即将用完', en: 'the paper roll is nearly used up' }, reads: ['printer.paper-near-end', 'printer.cover-open'], read: paper('printer.paper-near-end') },
  { id: 'printer.cutter-error', meaning: { zh: '打印机报告切刀卡住', en: 'the printer says that its cutter is stuck' }, reads: ['printer.cutter-error'], read: (see) => whenTrue(see, 'printer.cutter-error') },
  { id: 'printer.mechanical-error', meaning: { zh: '打印机报告机械故障（多为卡纸）', en: 'the printer reports a mechanical error (mostly a paper jam)' }, reads: ['printer.mechanical-error'], read: (see) => whenTrue(see, 'printer.mechanical-error') },
  {
    id: 'printer.head-hot',
    meaning: { zh: '打印头过热，打印机正在自行冷却', en: 'the print head is too hot and the printer waits for it to cool down' },
    reads: ['printer.auto-recoverable-error', 'printer.cover-open'],
    // Some models set the same bit when the cover is opened while printing.
    read: (see) => (see.value('printer.cover-open') === true ? 'unknown' : whenTrue(see, 'printer.auto-recoverable-error')),
  },
  { id: 'printer.hardware-error', meaning: { zh: '打印机报告不可恢复的硬件故障（电压、存储器或打印头传感器）', en: 'the printer reports an unrecoverable hardware error (voltage, memory or head sensor)' }, reads: ['printer.unrecoverable-error'], read: (see) => whenTrue(see, 'printer.unrecoverable-error') },
  { id: 'printer.status-contradicts', meaning: { zh: '打印机的状态应答自相矛盾，不可信', en: 'the status answers of the printer contradict each other and cannot be relied on' }, reads: ['printer.status-consistent'], read: (see) => whenFalse(see, 'printer.status-consistent') },
  { id: 'printer.feed-held', meaning: { zh: '走纸键一直被按住', en: 'the feed button is being held down' }, reads: ['printer.feed-button', 'printer.feeding'], read: (see) => any(see, 'printer.feed-button', 'printer.feeding') },
  { id: 'printer.queue-stuck', meaning: { zh: '打印任务积压，迟迟没有打印', en: 'print jobs are waiting and are not being printed' }, reads: ['printer.queue-oldest-s'], read: (see, limit) => whenNumber(see, 'printer.queue-oldest-s', (age) => age > limit('printer.queue-oldest-s')) },
  { id: 'printer.queue-paused', meaning: { zh: '打印队列被暂停，或不接受新任务', en: 'the print queue is paused or takes no jobs' }, reads: ['printer.queue-paused'], read: (see) => whenTrue(see, 'printer.queue-paused') },
  { id: 'printer.queue-unreached', meaning: { zh: '打印队列连不上打印机', en: 'the print queue does not reach the printer' }, reads: ['printer.queue-reaches'], read: (see) => whenFalse(see, 'printer.queue-reaches') },
  { id: 'printer.busy', meaning: { zh: '打印机正在为别的程序或收银台打印，此刻问不了它', en: 'the printer is printing for somebody else and cannot be asked at the moment' }, reads: ['printer.printing', 'printer.answers'], read: busy },
  { id: 'printer.buffer-blocked', meaning: { zh: '打印机联机，但接收缓冲区里的内容一直不动（卡在某条指令里）', en: 'the printer is on-line, but what it was sent does not come through its buffer (it hangs within a command)' }, reads: ['printer.online', 'printer.buffer-ms'], read: bufferBlocked },
  { id: 'printer.line-errors', meaning: { zh: '打印机报告收到的数据有误（线路受干扰、线缆不良或波特率不对）或缓冲区溢出', en: 'the printer reports damaged data (disturbed line, bad cable or wrong speed) or an overflow of its buffer' }, reads: ['printer.line-errors', 'printer.buffer-overflow'], read: (see) => any(see, 'printer.line-errors', 'printer.buffer-overflow') },
  { id: 'printer.waiting', meaning: { zh: '打印机在等人：取走小票或标签，或按键恢复', en: 'the printer waits for somebody: to take a slip or label away, or to press a button' }, reads: ['printer.waiting-recovery', 'printer.label-waiting', 'printer.switched-offline'], read: (see) => any(see, 'printer.waiting-recovery', 'printer.label-waiting', 'printer.switched-offline') },
  { id: 'printer.battery-low', meaning: { zh: '打印机自带的电池电量低，已脱机', en: 'the battery of the printer itself is low, and it went off-line' }, reads: ['printer.battery-low'], read: (see) => whenTrue(see, 'printer.battery-low') },
  { id: 'printer.ink-low', meaning: { zh: '打印机墨水或色带将尽、用完或没有装好', en: 'ink or ribbon of the printer is low, used up or not fitted' }, reads: ['printer.ink-low', 'printer.ink-end', 'printer.ink-missing', 'printer.ink-two-low', 'printer.ink-two-end', 'printer.ink-two-missing'], read: (see) => any(see, 'printer.ink-low', 'printer.ink-end', 'printer.ink-missing', 'printer.ink-two-low', 'printer.ink-two-end', 'printer.ink-two-missing') },
  { id: 'printer.black-mark', meaning: { zh: '打印机找不到纸上的黑标', en: 'the printer does not find the black mark of its paper' }, reads: ['printer.black-mark-error'], read: (see) => whenTrue(see, 'printer.black-mark-error') },
  { id: 'printer.cutter-worn', meaning: { zh: '切刀的切纸次数超过设计寿命', en: 'the cutter has made more cuts than it is built for' }, reads: ['printer.cuts'], read: (see, limit) => whenNumber(see, 'printer.cuts', (cuts) => cuts > limit('printer.cuts')) },
  { id: 'printer.head-worn', meaning: { zh: '打印头的使用量超过设计寿命', en: 'the print head has done more than it is built for' }, reads: ['printer.head-pulses', 'printer.lines-fed', 'printer.part-worn'], read: headWorn },
  { id: 'printer.cleaning-due', meaning: { zh: '打印机提示该清洁了', en: 'the printer says that it should be cleaned' }, reads: ['printer.cleaning-due'], read: (see) => whenTrue(see, 'printer.cleaning-due') },
  { id: 'printer.print-faded', meaning: { zh: '有人反映打印字迹变淡', en: 'a person says that the print is faded' }, reads: ['printer.print-faded'], read: (see) => whenTrue(see, 'printer.print-faded') },
]
