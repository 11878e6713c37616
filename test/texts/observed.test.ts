import { describe, expect, it } from 'vitest'
import { probes } from '../../probes/index.ts'
import type { Observation } from '../../src/model/observation.ts'
import { READINGS, seenIn } from '../../src/texts/observed.ts'

const seen = (name: string, value: string | number | boolean): Observation => ({ name, device: 'd', at: 0, source: 'live', value })

describe('what was seen, in words', () => {
  it.each([
    ['host.cpu-percent', 97, '处理器占用 97%', 'processor 97 % busy'],
    ['network.duplex', 'half', '半双工', 'half duplex'],
    ['endpoint.tls-problem', 'CERT_HAS_EXPIRED', '证书：CERT_HAS_EXPIRED', 'certificate: CERT_HAS_EXPIRED'],
    ['host.uptime-s', 1_209_600, '主机已运行 14 天', 'host up for 14 days'],
    ['host.pos-age-s', 90, '收银程序已运行 90 秒', 'POS application up for 90 s'],
    ['host.load-per-core', 1.6789, '每核负载 1.68', 'load per core 1.68'],
    ['power.ups-status', 'constructor', 'UPS 状态 constructor', 'UPS status constructor'],
    ['printer.cover-open', true, '', ''],
    ['host.pos-holds', '', '', ''],
    ['printer.model-id', 32, '', ''],
  ])('%s %s', (name, value, zh, en) => {
    expect(seenIn('zh-CN', seen(name, value))).toBe(zh)
    expect(seenIn('en', seen(name, value))).toBe(en)
  })

  it('says why there is nothing', () => {
    const o: Observation = { name: 'printer.port', device: 'printer-1', at: 0, source: 'live', absent: 'busy', detail: '/dev/ttyS0: EBUSY' }
    expect(seenIn('zh-CN', o)).toBe('/dev/ttyS0：被其他程序占用（EBUSY）')
    expect(seenIn('en', { ...o, detail: '' })).toBe('held by another program')
  })

  it('has words for every number that a symptom reads against a limit, and for no name that no probe gives', () => {
    const names = probes.flatMap((p) => Object.keys(p.observes))
    const measured = probes.flatMap((p) => p.symptoms.flatMap((rule) => rule.reads)).filter((name) => /-(percent|ms|s|c|v|mb|mbit|dbm|h|hour|days|left|core|24h)$/.test(name))
    expect(measured.filter((name) => !(name in READINGS))).toEqual([])
    expect(probes.flatMap((p) => Object.keys(p.limits)).filter((name) => names.includes(name) && !(name in READINGS))).toEqual([])
    expect(Object.keys(READINGS).filter((name) => !names.includes(name))).toEqual([])
  })

  it('keeps the value in both languages', () => {
    const places = (text: string): string => (text.match(/\{\w+\}/g) ?? []).join()
    expect(Object.values(READINGS).filter(({ zh, en }) => !/^\{(value|time)\}$/.test(places(zh)) || places(zh) !== places(en))).toEqual([])
  })
})
