import { describe, expect, it } from 'vitest'
import type { Absence, Observation } from '../../src/model/observation.ts'
import { unseen, whyIn, whyUnseen } from '../../src/texts/unseen.ts'

const lacking = (device: string, name: string, absent: Absence, detail: string): Observation => ({ name, device, at: 0, source: 'live', absent, detail })

describe('what could not be looked at', () => {
  it('leaves out what this host does not have, what is not fitted and what the device itself is to blame for', () => {
    expect(unseen([
      lacking('host', 'host.temperature-c', 'missing', 'this host has no processor temperature sensor that Linux knows (/sys/class/hwmon, /sys/class/thermal)'),
      lacking('host', 'host.failed-units', 'blocked', 'the service manager is not asked during a check, as that would start a program'),
      lacking('link-1', 'network.speed-mbit', 'missing', 'the driver says "-1"'),
      lacking('link-1', 'network.dns-system', 'not-fitted', 'the terminal file gives no name to resolve: set network.knownName'),
      lacking('printer-1', 'printer.port', 'missing', '/dev/ttyS9: ENOENT'),
      lacking('printer-2', 'printer.answers', 'silent', 'no answer'),
      { name: 'host.cpu-percent', device: 'host', at: 0, source: 'live', value: 3 },
    ])).toEqual([])
  })

  it('says once what one package would mend, for all devices, in its shortest words', () => {
    expect(unseen([
      lacking('reader-1', 'reader.service', 'missing', 'pcscd is not running: install and start pcscd'),
      lacking('reader-1', 'reader.port', 'blocked', 'cannot be looked at without PC/SC (the setting usb-id would let us look on the USB bus): pcscd is not running: install and start pcscd'),
      lacking('reader-2', 'reader.tool', 'missing', 'pcscd is not running: install and start pcscd'),
    ])).toEqual([{ devices: ['reader-1', 'reader-2'], absent: 'missing', detail: 'pcscd is not running: install and start pcscd' }])
  })

  it('puts first what hides a whole device', () => {
    const groups = unseen([
      lacking('host', 'host.log-readable', 'blocked', '/dev/kmsg: EPERM'),
      lacking('printer-1', 'printer.port', 'busy', '/dev/ttyS0: EBUSY'),
      lacking('scanner-1', 'scanner.serial', 'broke', '/sys/x: EMFILE'),
    ])
    expect(groups.map(({ devices }) => devices.join())).toEqual(['printer-1', 'host', 'scanner-1'])
  })
})

describe('the reason', () => {
  it.each([
    ['busy', '/dev/ttyS0: EBUSY', '/dev/ttyS0：被其他程序占用（EBUSY）', 'held by another program: /dev/ttyS0: EBUSY'],
    ['busy', 'the UPS is testing its battery', 'UPS 正在自检电池', 'the UPS is testing its battery'],
    ['blocked', 'x: EWHATEVER', '不让查看：x: EWHATEVER', 'not allowed to look: x: EWHATEVER'],
    ['missing', 'no ping program: install iputils-ping', '没有 ping 程序：请安装 iputils-ping', 'no ping program: install iputils-ping'],
    ['silent', 'deadline', '到了检查时限，还没有结果', 'no answer: deadline'],
    ['silent', '', '没有应答', 'no answer'],
  ] as const)('%s, %s', (absent, detail, zh, en) => {
    expect(whyIn('zh-CN', { absent, detail })).toBe(zh)
    expect(whyIn('en', { absent, detail })).toBe(en)
  })

  it('of a device is what keeps it from being seen, else whatever is absent, else unknown', () => {
    const late = lacking('reader-1', 'reader.answers', 'silent', 'deadline')
    const busy = lacking('reader-1', 'reader.port', 'busy', '/dev/ttyS0: EBUSY')
    expect(whyUnseen('zh-CN', [late, busy], 'reader-1')).toBe('/dev/ttyS0：被其他程序占用（EBUSY）')
    expect(whyUnseen('zh-CN', [late], 'reader-1')).toBe('到了检查时限，还没有结果')
    expect(whyUnseen('zh-CN', [busy], 'printer-1')).toBeUndefined()
  })
})
