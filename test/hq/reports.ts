import { uuidv7 } from '../../src/model/id.ts'
import type { Report } from '../../src/model/report.ts'

/** Options of a made-up report; times in milliseconds since 1970. */
export interface ReportOptions {
  terminal?: string
  sequence?: number
  at?: number
  id?: string
  /** Faults found, all on printer-1 unless written as `fault@device`. */
  found?: string[]
  changes?: { fault: string; device?: string; change: 'opened' | 'changed' | 'closed' }[]
  store?: string
  region?: string
  trigger?: Report['check']['trigger']['by']
  /** Repairs that ended. */
  repairs?: Report['repairs']
}

const fault = (code: string): Report['faults'][number] => ({
  code,
  subsystem: 'printer',
  severity: code.endsWith('LOW') ? 'advisory' : 'block',
  actors: ['cashier'],
  title: { zh: `故障 ${code}`, en: `Fault ${code}` },
  signs: { zh: '不打印', en: 'It does not print' },
  causes: { zh: '纸用完', en: 'The paper is used up' },
  detect: 'DLE EOT 4',
  remedy: { steps: [{ zh: '换纸', en: 'Change the roll' }], workaround: { zh: '用电子小票', en: 'Send receipts by message' }, verify: { zh: '打印测试页', en: 'Print a test slip' } },
  evidence: { zh: '状态字节', en: 'The status bytes' },
  on: 'printer',
  ways: {},
  prior: { p: 0.01, basis: 'estimate' },
  shows: [{ symptom: 'printer.paper-end', p: 0.98, on: 'self', basis: 'estimate' }],
  impact: { chip: 'degraded' },
})

/** A valid report of about 2 KB without faults, 3 KB with one. */
export const makeReport = ({ terminal = 'T-1', sequence = 1, at = Date.now(), id = uuidv7(at), found = [], changes = [], store = 'Store 12', region = 'East', trigger = 'schedule', repairs }: ReportOptions = {}): Report => {
  const seen = (name: string, value: string | number | boolean, device = 'host') => ({ name, device, at, source: 'live' as const, value })
  const places = found.map((f) => ({ fault: f.split('@')[0] ?? f, device: f.split('@')[1] ?? 'printer-1' }))
  return {
    schema: 'posdiag.report/1',
    id,
    sequence,
    bootId: '1f0a8f52-8f1c-4b70-9d2e-0c3a55b7e0aa',
    at,
    clock: 'synchronised',
    uptimeMs: 86_400_000,
    terminal: { id: terminal, merchant: 'M-77', store, region, lane: '3', model: 'PX-20', serial: 'SN0001' },
    agent: { version: '0.1.0', node: '24.21.0', platform: 'linux x64' },
    versions: { 'printer-1': '30.21' },
    check: {
      id: uuidv7(at),
      trigger: { by: trigger },
      startedAt: at - 800,
      ms: 812,
      runs: [{ device: 'host', kind: 'host', outcome: 'done', ms: 12 }, { device: 'printer-1', kind: 'printer', outcome: 'done', ms: 43 }],
      observations: [
        seen('host.cpu-percent', 12.5), seen('host.memory-free-percent', 43), seen('host.disk-free-percent', 61), seen('host.clock-synchronised', true),
        seen('printer.answers', true, 'printer-1'), seen('printer.cover-open', false, 'printer-1'), seen('printer.paper-end', found.length > 0, 'printer-1'),
      ],
      symptoms: [
        { id: 'printer.paper-end', device: 'printer-1', is: found.length > 0 ? 'present' : 'absent', because: ['printer.paper-end'] },
        { id: 'printer.cover-open', device: 'printer-1', is: 'absent', because: ['printer.cover-open'] },
      ],
      diagnosis: {
        verdicts: places.map((p) => ({ ...p, verdict: 'found', posterior: 0.97, for: [{ symptom: 'printer.paper-end', device: p.device, weight: 5.1 }], against: [], notLookedAt: [] })),
        unexplained: [],
        healthy: found.length > 0 ? 0.01 : 0.99,
      },
      readiness: [
        { tender: 'chip', is: found.length > 0 ? 'blocked' : 'ready', because: places, unseen: [] },
        { tender: 'cash', is: 'ready', because: [], unseen: [] },
      ],
      transcripts: [],
    },
    faults: [...new Set(places.map((p) => p.fault))].map(fault),
    incidents: changes.map((c, i) => ({ id: `i${i}`, fault: c.fault, device: c.device ?? 'printer-1', change: c.change })),
    ...(repairs === undefined ? {} : { repairs }),
    transactions: [],
    agentProblems: [],
    masked: {},
  }
}

/** The report in its envelope. */
export const eventOf = (report: Report) => ({ specversion: '1.0', id: report.id, source: `posdiag/${report.terminal.id}`, type: 'posdiag.report.1', datacontenttype: 'application/json', data: report })
