import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keptScenarios } from '../../src/cli/score/corpus.ts'
import { Absence } from '../../src/model/observation.ts'
import { absenceIn, DETAILS, detailIn, helpFor, problemIn } from '../../src/texts/details.ts'
import { CODES } from '../../src/texts/details-bench.ts'
import { type Found, sourceDetails, written } from './source-details.ts'

const CHINESE = /[\u4e00-\u9fff]/

const placesOf = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort()

/** Names of things, which no language translates: paths, rights, commands, settings, protocol words. */
const namesIn = (text: string): string[] =>
  (text.match(/[\w./*:+-]+/g) ?? []).map((word) => word.replace(/[.:]+$/, '')).filter((word) => /[a-z0-9*]\/|\/[a-z]|_|[a-z][A-Z]|\d|^[A-Z]{2,}|-[a-z]+-|\.[a-z]/.test(word) && !['POS', 'PIN', 'HQ', 'point-to-point'].includes(word))

/** English that was left standing: two words in a row that are no names of things. */
const leftIn = (text: string, names: readonly string[]): string[] => {
  const rest = names.reduce((done, name) => done.replaceAll(name, '·'), text)
  return (rest.match(/\b[a-z]{2,} [a-z]{2,}/g) ?? []).filter((words) => words !== 'timedatectl set')
}

const sample = (i: number): string => `Q${i + 1}`

const filled = ({ shape }: Found): { text: string; values: string[] } => {
  const holes = shape.filter((part) => typeof part !== 'string')
  return { text: shape.map((part) => (typeof part === 'string' ? part : sample(holes.indexOf(part)))).join(''), values: holes.map((_, i) => sample(i)) }
}

describe('the details that the sources can give', () => {
  const found = sourceDetails().filter(({ shape }) => !written(shape).startsWith('{kind} on {device}: '))

  it('are found in the sources, those put together from several places too', () => {
    const all = found.map(({ shape }) => written(shape).replaceAll(/\{\w+\}/g, '{}'))
    expect(found.length).toBeGreaterThan(120)
    expect(all).toEqual(expect.arrayContaining([
      'no ping program: install iputils-ping',
      'the terminal file does not say which time zone the terminal is in',
      'no answer to DLE EOT; it is off, or this model can only print',
      'the adapter is reported as off, but the battery is charging',
      'GS I {}: text instead of status ({} bytes): another service or another protocol',
      'list of HID devices: no answer within {} ms',
      '{} does not open within {} ms',
      'this host does not show the routing table: {}',
      'own interfaces: {}',
    ]))
  })

  it.each(found.map((one) => [written(one.shape), one] as const))('%s', (_, one) => {
    const { text, values } = filled(one)
    const zh = detailIn('zh-CN', text)
    expect(zh, `no Chinese in src/texts/details-*.ts for what ${one.at} says`).toMatch(CHINESE)
    expect(values.filter((value) => !zh.includes(value))).toEqual([])
    expect(namesIn(text).filter((name) => !zh.includes(name))).toEqual([])
    expect(leftIn(zh, namesIn(text))).toEqual([])
    expect(detailIn('en', text)).toBe(text)
  })
})

describe('a detail in Chinese', () => {
  it.each([
    ['no ping program: install iputils-ping', '没有 ping 程序：请安装 iputils-ping'],
    ['/dev/ttyUSB0: EACCES', '/dev/ttyUSB0：没有权限（EACCES）'],
    ['192.168.1.60:9100: ECONNREFUSED', '192.168.1.60:9100：连接被拒绝（ECONNREFUSED）'],
    ['localhost at 127.0.0.1:53: ETIMEOUT', '向 127.0.0.1:53 查询 localhost：域名服务器没有应答（ETIMEOUT）'],
    ['pay.example.com:443: ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'pay.example.com:443：TLS 握手失败（ERR_SSL_TLSV1_ALERT_UNKNOWN_CA）'],
    ['this host does not show the routing table: /proc/net/route: ENOENT', '本机不显示路由表：/proc/net/route：没有这个文件或设备（ENOENT）'],
    ['list of HID devices: no answer within 3000 ms', 'HID 设备列表：3000 毫秒内没有应答'],
    ['list of HID devices: could not get feature report', 'HID 设备列表：could not get feature report'],
    ['own interfaces: Permission denied', '本机网络接口：没有权限：Permission denied'],
    ['no such thing as this: x', 'no such thing as this: x'],
    ['ping 10.0.0.1: ping: socket: Operation not permitted', 'ping 10.0.0.1 没有成功：没有权限：ping: socket: Operation not permitted'],
    ['Error Resource temporarily unavailable Cannot lock port', '被其他程序占用：Error Resource temporarily unavailable Cannot lock port'],
    ['there is no interface eth7; there are: lo, eth0', '没有网络接口 eth7；现有：lo、eth0'],
    ['USB device 072f:b100 with serial number A2 is not there; there is A1, without serial number', '没有序列号为 A2 的 USB 设备 072f:b100；现有：A1、无序列号'],
    ['DATA-STALE: the NUT driver runs, but the UPS no longer answers it; it has shop, back', 'DATA-STALE：NUT 驱动在运行，但 UPS 不再应答；现有：shop、back'],
    ['pcscd is not running: install and start pcscd; no USB device 072f:b100 on this host', 'pcscd 没有运行：请安装并启动 pcscd；本机没有 USB 设备 072f:b100'],
    ['GS I 67: no ESC/POS status: 41 42: wrong speed or parity, or another protocol', '询问 GS I 67：不是 ESC/POS 状态：41 42：波特率或校验位不对，或是别的协议'],
    ['input.voltage 0 while on line cannot be', '市电供电时 input.voltage 为 0，不可能是真的'],
    ['', ''],
  ])('%s', (en, zh) => {
    expect(detailIn('zh-CN', en)).toBe(zh)
  })

  it('never loses a code, and never throws, whatever the text', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 500 }), fc.tuple(fc.string({ maxLength: 40 }), fc.constantFrom(...Object.keys(CODES))).map(([what, code]) => `${what}: ${code}`)), (text) => {
      const zh = detailIn('zh-CN', text)
      expect(/[A-Z][A-Z0-9_]{2,}$/.exec(text)?.every((code) => zh.includes(code)) ?? true).toBe(true)
      expect(detailIn('en', text)).toBe(text)
    }))
  })
})

describe('the table of details', () => {
  it('says each thing once, with the same places in both languages, in Chinese', () => {
    const shapes = DETAILS.map(({ en }) => en.replaceAll(/\{\w+\}/g, '{}'))
    expect(shapes.filter((shape, i) => shapes.indexOf(shape) !== i)).toEqual([])
    expect(DETAILS.filter(({ zh, en }) => placesOf(zh).join() !== placesOf(en).join()).map(({ en }) => en)).toEqual([])
    expect(DETAILS.filter(({ zh }) => !CHINESE.test(zh)).map(({ en }) => en)).toEqual([])
  })

  it('uses Chinese punctuation', () => {
    expect(DETAILS.filter(({ zh }) => /[\u4e00-\u9fff] ?[,;:!?]|[,;:!?] ?[\u4e00-\u9fff]|[\u4e00-\u9fff]"|"[\u4e00-\u9fff]/.test(zh)).map(({ zh }) => zh)).toEqual([])
  })

  it('says of each detail that names a package or a permission that this would help', () => {
    const silent = DETAILS.filter(({ en, helps }) => helps === undefined && /\binstall\b|\bCAP_|\bpermission\b/.test(en))
    expect(silent.map(({ en }) => en)).toEqual([])
  })
})

describe('what would help', () => {
  it.each([
    ['no ping program: install iputils-ping', { help: 'package', package: 'iputils-ping' }],
    ['pcscd is not running: install and start pcscd', { help: 'package', package: 'pcscd' }],
    ['cannot be looked at without PC/SC (the setting usb-id would let us look on the USB bus): pcscd is not running: install and start pcscd', { help: 'package', package: 'pcscd' }],
    ['USB HID needs a library: install libudev1; no USB device 072f:b100 on this host', { help: 'package', package: 'libudev1' }],
    ['/dev/ttyUSB0: EACCES', { help: 'permission' }],
    ['open files of other users are hidden from the agent: give it CAP_SYS_PTRACE (and CAP_DAC_READ_SEARCH)', { help: 'permission' }],
    ['the driver says "-1"', { help: 'nothing' }],
    ['nothing tells when software or devices were last changed', { help: 'nothing' }],
    ['/dev/ttyUSB0: ENOENT', undefined],
    ['no USB device 072f:b100 on this host', undefined],
    ['what nobody knows', undefined],
  ])('%s', (detail, help) => {
    expect(helpFor(detail)).toEqual(help)
  })
})

describe('a problem of the agent', () => {
  it.each([
    [{ code: 'probe-broke', detail: 'printer on printer-1: the process that looked at it ended by SIGSEGV' }, '打印机 printer-1：查看它的进程意外结束（SIGSEGV）'],
    [{ code: 'probe-broke', detail: 'printer on printer-1: TypeError: x is not a function' }, '打印机 printer-1：TypeError: x is not a function'],
    [{ code: 'reports-lost', detail: '3 reports were pushed out of the outbox by its bounds before HQ had them; 7 in all' }, '待发送的报告超出上限，3 份在送达总部之前被丢弃；累计 7 份'],
    [{ code: 'store-unusable', detail: 'the store cannot be used (full): /x/state.db: ENOSPC; reports are sent without being stored' }, '存储用不了（full）：/x/state.db：磁盘已满（ENOSPC）；报告不经保存直接发送'],
  ])('%o', (problem, zh) => {
    expect(problemIn('zh-CN', problem)).toBe(zh)
    expect(problemIn('en', problem)).toBe(problem.detail)
  })
})

describe('the details of the scenarios', () => {
  // What a program that broke says is its own, and stays as it is.
  const told = keptScenarios().flatMap(({ scenario }) => scenario.observations.flatMap((o) => ('absent' in o && o.absent !== 'broke' && o.detail !== undefined ? [o.detail] : [])))

  it('are words of probes, so that they read in both languages', () => {
    expect(new Set(told).size).toBeGreaterThan(20)
    expect([...new Set(told)].filter((detail) => !CHINESE.test(detailIn('zh-CN', detail)))).toEqual([])
  })
})

describe('an absence', () => {
  it('has words of its own in both languages', () => {
    for (const language of ['zh-CN', 'en'] as const) {
      const words = Absence.options.map((absence) => absenceIn(language, absence))
      expect(new Set(words).size).toBe(Absence.options.length)
      expect(words.every((word) => CHINESE.test(word) === (language === 'zh-CN'))).toBe(true)
    }
  })
})
