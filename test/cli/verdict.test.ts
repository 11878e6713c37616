import { describe, expect, it } from 'vitest'
import { cells, table } from '../../src/cli/columns.ts'
import { verdictLines } from '../../src/cli/verdict.ts'
import type { Language } from '../../src/model/language.ts'
import type { Observation } from '../../src/model/observation.ts'
import type { Report } from '../../src/model/report.ts'
import { faults, sampleCheck } from '../agent/sample-check.ts'

const lacking = (device: string, name: string, absent: 'missing' | 'blocked' | 'busy' | 'silent', detail: string): Observation => ({ name, device, at: 0, source: 'live', absent, detail })

const seen = (device: string, name: string, value: number | boolean): Observation => ({ name, device, at: 0, source: 'live', value })

const reportOf = (more: Parameters<typeof sampleCheck>[0], agentProblems: Report['agentProblems'] = []): Report => {
  const check = sampleCheck(more)
  return {
    schema: 'posdiag.report/1', id: check.id, sequence: 1, bootId: 'b', at: check.startedAt, clock: 'unknown', uptimeMs: 1, terminal: { id: 'T-1' },
    agent: { version: '0', node: '24', platform: 'linux' }, versions: {}, check, faults: check.diagnosis.verdicts.flatMap((v) => faults(v.fault) ?? []), incidents: [], transactions: [], agentProblems, masked: {},
  }
}

const lines = (report: Report, language: Language, width = 80): string[] => verdictLines(report, { language, width, colour: false })

const blind = (observations: Observation[]): Report => reportOf({ more: { observations } })

describe('the verdict for a person', () => {
  it('gives the evidence in the person’s language, with values but without names of observations', () => {
    const report = reportOf({
      paper: 'present',
      more: {
        observations: [seen('printer-1', 'printer.paper-end', true), seen('host', 'host.cpu-percent', 97.26), seen('host', 'host.load-per-core', 1.5)],
        symptoms: [
          { id: 'printer.paper-end', device: 'printer-1', is: 'present', because: ['printer.paper-end'], meaning: { zh: '打印机缺纸', en: 'the printer has no paper' } },
          { id: 'host.cpu-high', device: 'host', is: 'present', because: ['host.cpu-percent', 'host.load-per-core'], meaning: { zh: '处理器持续满负荷', en: 'the processor is busy' } },
        ],
      },
    })
    report.check.diagnosis.unexplained = [{ symptom: 'host.cpu-high', device: 'host' }]
    expect(lines(report, 'zh-CN')).toEqual(expect.arrayContaining(['    +5.0  printer-1  打印机缺纸', '    host  处理器持续满负荷  处理器占用 97.26%；每核负载 1.5']))
    expect(lines(report, 'en')).toContain('    host  the processor is busy  processor 97.26 % busy; load per core 1.5')
    expect(lines(report, 'zh-CN').join('\n')).not.toMatch(/(printer|host)\.[a-z]/)
  })

  it('tells how often the fault was there before, here and on other lanes', () => {
    const report = reportOf({ paper: 'present' })
    const [verdict] = report.check.diagnosis.verdicts
    if (verdict) verdict.recurrence = { days7: 1, days30: 2, lanes: [], elsewhere: { at: report.check.startedAt - 600_000, of: 5, open: 1, days7: { lanes: 2, times: 4 }, days30: { lanes: 2, times: 4 } } }
    const text = lines(report, 'en')
    expect(text.slice(text.indexOf('  before, and on other lanes')).slice(0, 5)).toEqual([
      '  before, and on other lanes', '    It has been found before: 1× in 7 days, 2× in 30 days.', '    Also on 2 of 5 other lanes in the last 7 days (4×) and on 2 in the last 30',
      "    days (4×), by HQ's count 10 min ago.", '    It was open on 1 of them then.',
    ])
    expect(lines(reportOf({ paper: 'present' }), 'en')).not.toContain('  before, and on other lanes')
  })

  it('tells likely faults by their titles, and what would settle them in words; unlikely ones not at all', () => {
    const report = reportOf({ more: { symptoms: [{ id: 'host.hot', device: 'host', is: 'unknown', because: [], meaning: { zh: '主机过热', en: 'the host is too hot' } }] } })
    const open = (fault: string, posterior: number) => ({ fault, device: 'host', verdict: 'open' as const, posterior, for: [], against: [], notLookedAt: [{ symptom: 'host.hot', device: 'host' }] })
    report.check.diagnosis.verdicts = [open('SYS-SLOW-OR-HUNG', 0.24), open('PRN-PAPER-OUT', 0.02)]
    const text = lines(report, 'zh-CN').join('\n')
    expect(text).toContain('也有可能：系统卡顿或无响应  host  SYS-SLOW-OR-HUNG  24%\n    查明这些就能确定：主机过热')
    expect(text).not.toContain('PRN-PAPER-OUT')
  })

  it('tells what could not be looked at where somebody can help, in at most five lines', () => {
    const report = blind([
      ...[1, 2, 3, 4, 5, 6].map((i) => lacking(`printer-${i}`, 'printer.port', 'busy', `/dev/ttyS${i}: EBUSY`)),
      lacking('host', 'host.temperature-c', 'missing', 'this host has no processor temperature sensor that Linux knows (/sys/class/hwmon, /sys/class/thermal)'),
    ])
    const text = lines(report, 'zh-CN')
    const at = text.findIndex((line) => line.includes('没能查看的'))
    expect(text.slice(at + 1, -1)).toEqual([...[1, 2, 3, 4].map((i) => `    printer-${i}  /dev/ttyS${i}：被其他程序占用（EBUSY）`), '    另有 2 项，用 --json 查看'])
    expect(text.join('\n')).not.toContain('传感器')
    expect(lines(blind([lacking('link-1', 'network.speed-mbit', 'missing', 'the driver says "-1"')]), 'zh-CN').join('\n')).not.toContain('没能查看')
  })

  it('says why a way of taking money cannot be told', () => {
    const report = blind([lacking('reader-1', 'reader.port', 'blocked', '/dev/ttyUSB0: EACCES')])
    report.check.readiness = [{ tender: 'chip', is: 'unknown', because: [], unseen: ['reader-1'] }]
    expect(lines(report, 'zh-CN')).toContain('  ? 插卡  无法判断  没能查看 reader-1（/dev/ttyUSB0：没有权限（EACCES））')
  })

  it('keeps to the width, and its columns line up under Chinese text', () => {
    const report = blind([
      lacking('reader-1', 'reader.service', 'missing', 'nothing listens at /run/pcscd/pcscd.comm: pcscd is not running: install and start pcscd'),
      lacking('host', 'host.log-readable', 'blocked', 'no permission to read the kernel log: give the agent CAP_SYSLOG, or put it into group adm and install rsyslog'),
    ])
    for (const language of ['zh-CN', 'en'] as const) expect(lines(report, language, 60).filter((line) => cells(line) > 60)).toEqual([])
  })

  it('says problems of posdiag itself in the person’s language', () => {
    const report = reportOf({}, [{ code: 'probe-broke', detail: 'printer on printer-1: the process that looked at it ended by SIGSEGV' }])
    expect(lines(report, 'zh-CN')).toContain('    probe-broke  打印机 printer-1：查看它的进程意外结束（SIGSEGV）')
  })
})

describe('a table with a width', () => {
  it('wraps the last column under itself', () => {
    expect(table([['甲', 'one two three four five six seven'], ['a', 'x']], 30)).toEqual(['甲  one two three four five', '    six seven', 'a   x'])
  })
})
