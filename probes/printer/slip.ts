import { type Bench, BenchError, type PortAddress } from '../../src/model/bench.ts'
import { looked, missed, type Probe, type Sight } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import type { Text } from '../../src/model/text.ts'
import { decodeStatus, isStatusByte, statusQuery } from './esc-pos.ts'
import { PROCESS_QUERY, readProcess } from './frames.ts'
import { gb18030 } from './gb18030.ts'
import { addressOf } from './line.ts'

const observes = {
  'printer.slip-sent': 'true: the test slip was sent to the printer',
  'printer.slip-done': 'true: the printer told that it is through with the slip',
  'printer.slip-printed': 'a person says that the slip came out',
  'printer.slip-chinese': 'a person says that the Chinese on it can be read',
  'printer.slip-cut': 'a person says that it was cut off',
  'printer.print-faded': 'a person says that the print is faded',
  'printer.drawer-pulsed': 'true: the pulse for the drawer was sent',
  'printer.drawer-opened': 'a person says that the drawer opened',
  'printer.drawer-open-level': 'level of the drawer connector while the drawer is open: high or low (the setting drawer-open-when), or none if it did not change',
} as const

const LINES: readonly { text: string; bold?: true }[] = [
  { text: 'posdiag', bold: true },
  { text: '打印测试 Printer test' },
  { text: '--------------------------------' },
  { text: '中文：收银小票 一二三四五六七八九十' },
  { text: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ' },
  { text: 'abcdefghijklmnopqrstuvwxyz' },
  { text: '0123456789 !"#$%&()*+,-./:;<=>?' },
  { text: '################################' },
  { text: '这不是收据 This is not a receipt' },
]

/** The bytes of the test slip in a dialect, with a feed and a cut at its end; on a Star printer in English only, as its Chinese modes differ from model to model. */
export const slipBytes = (dialect: string, cut: boolean): Uint8Array => {
  if (dialect === 'star') {
    const text = LINES.map((line) => line.text.replaceAll(/[^\x20-\x7e]+/g, '').trim()).join('\n')
    return Uint8Array.from([...gb18030(`${text}\n\n\n`), ...(cut ? [0x1b, 0x64, 0x03] : [0x0a])])
  }
  const lines = LINES.flatMap(({ text, bold }) => [...(bold ? [0x1b, 0x45, 1] : []), ...gb18030(text), 0x0a, ...(bold ? [0x1b, 0x45, 0] : [])])
  return Uint8Array.from([0x1b, 0x61, 0, 0x1c, 0x26, ...lines, 0x1c, 0x2e, 0x1b, 0x64, 3, ...(cut ? [0x1d, 0x56, 0x42, 0x00] : [0x1b, 0x64, 2])])
}

const PULSE: Readonly<Record<string, Uint8Array>> = { 'esc-pos': Uint8Array.of(0x1b, 0x70, 0, 0x19, 0xfa), star: Uint8Array.of(0x07) }

/** A slip takes a few seconds at 9600 baud, and a printer that is full takes none. */
const SEND_MS = 10_000
const DONE_MS = 10_000
/** From the pulse until the switch of a drawer has moved. */
const OPENS_MS = 700

const OPTIONS = { yes: { key: 'yes', zh: '是', en: 'yes' }, no: { key: 'no', zh: '否', en: 'no' } } as const

/** What a person says of the slip, as an observation. */
async function* asked(bench: Bench, name: keyof typeof observes, question: Text): AsyncGenerator<Sight, boolean> {
  const answer = await looked(bench.operator.ask(question, [OPTIONS.yes, OPTIONS.no]))
  const value = 'value' in answer && answer.value === 'yes'
  yield 'absent' in answer ? missed(name, answer, 'operator') : { name, value, source: 'operator' }
  return value
}

/** Sends bytes through a port of its own, which the bench opens only if a person agrees; then waits for the process id, if it is to. */
const send = async (address: PortAddress, bytes: Uint8Array, done: boolean, bench: Bench): Promise<boolean> => {
  const port = await bench.open(address)
  try {
    await port.write(bytes, SEND_MS)
    if (!done) return false
    await port.write(PROCESS_QUERY)
    return readProcess(await port.read(DONE_MS, (got) => readProcess(got).is === 'whole')).is === 'whole'
  } finally {
    await port.close()
  }
}

async function* print(address: PortAddress, dialect: string, { settings }: Device, bench: Bench): AsyncIterable<Sight> {
  const cutter = settings.cutter !== false
  const proves = dialect === 'esc-pos' && settings['process-id'] === true
  const sent = await looked(send({ ...address, dialect: `${dialect}-slip` }, slipBytes(dialect, cutter), proves, bench))
  if ('absent' in sent) {
    yield missed('printer.slip-sent', sent)
    return
  }
  yield { name: 'printer.slip-sent', value: true }
  if (proves) yield { name: 'printer.slip-done', value: sent.value }
  if (!(yield* asked(bench, 'printer.slip-printed', { zh: '小票打出来了吗？', en: 'Did the slip come out?' }))) return
  yield* asked(bench, 'printer.print-faded', { zh: '字迹是不是太淡，或有竖向白线？', en: 'Is the print faded, or are there white lines along it?' })
  if (dialect === 'esc-pos') yield* asked(bench, 'printer.slip-chinese', { zh: '中文能看清、没有乱码吗？', en: 'Can the Chinese be read, without strange characters?' })
  if (cutter) yield* asked(bench, 'printer.slip-cut', { zh: '小票被切断了吗？', en: 'Was the slip cut off?' })
}

/** Level of the drawer connector: high, low, or undefined where the printer does not tell. */
const drawerLevel = async (address: PortAddress, bench: Bench): Promise<boolean | undefined> => {
  const port = await bench.open({ ...address, dialect: 'esc-pos' })
  try {
    await port.write(statusQuery(1))
    const byte = (await port.read(1000, (got) => got.some(isStatusByte))).find(isStatusByte)
    return byte === undefined ? undefined : decodeStatus(1, byte)['drawer-pin-high']
  } finally {
    await port.close()
  }
}

const levelSight = (closed: boolean | undefined, open: boolean | undefined): Sight =>
  closed === undefined || open === undefined
    ? { name: 'printer.drawer-open-level', absent: 'silent', detail: 'the printer does not tell the level of its drawer connector' }
    : { name: 'printer.drawer-open-level', value: closed === open ? 'none' : open ? 'high' : 'low' }

async function* openDrawer(address: PortAddress, dialect: string, bench: Bench): AsyncIterable<Sight> {
  const pulse = PULSE[dialect] ?? new Uint8Array()
  const levels = dialect === 'esc-pos'
  const before = levels ? await looked(drawerLevel(address, bench)) : undefined
  const sent = await looked(send({ ...address, dialect: `${dialect}-drawer` }, pulse, false, bench))
  if ('absent' in sent) {
    yield missed('printer.drawer-pulsed', sent)
    return
  }
  yield { name: 'printer.drawer-pulsed', value: true }
  await bench.clock.sleep(OPENS_MS)
  const after = levels ? await looked(drawerLevel(address, bench)) : undefined
  const opened = yield* asked(bench, 'printer.drawer-opened', { zh: '钱箱弹开了吗？', en: 'Did the drawer open?' })
  if (opened && before && after && 'value' in before && 'value' in after) yield levelSight(before.value, after.value)
}

async function* observe(device: Device, bench: Bench): AsyncIterable<Sight> {
  const told = device.settings.dialect
  const dialect = typeof told === 'string' ? told : 'esc-pos'
  const address = addressOf(device, dialect)
  if (!address || !(dialect in PULSE)) throw new BenchError('blocked', `a test slip goes to a printer at serial, tcp or usblp that speaks ${Object.keys(PULSE).join(' or ')}`)
  yield* print(address, dialect, device, bench)
  if (device.settings['drawer-pin'] !== false && device.settings['drawer-pin'] !== 'battery') yield* openDrawer(address, dialect, bench)
}

/** Prints a test slip, and then opens the drawer once; each only after a person at the terminal has agreed to it. Waits for answers as long as somebody needs to look. */
export const printerSlip: Probe = { kind: 'printer', touch: 'moves', isolate: true, deadlineMs: 600_000, observes, limits: {}, symptoms: [], observe }
