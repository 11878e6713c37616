import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Check, Trigger } from '../../src/model/check.ts'
import type { Verdict } from '../../src/model/diagnosis.ts'
import type { Fault, Severity } from '../../src/model/fault.ts'
import { uuidv7 } from '../../src/model/id.ts'
import type { Observation } from '../../src/model/observation.ts'
import { TerminalFile } from '../../src/model/terminal.ts'

/** A shop with one printer. */
export const shop: TerminalFile = TerminalFile.parse({
  terminal: { id: 'T-1', store: 'Lane & Sons', lane: '3' },
  devices: [{ id: 'printer-1', kind: 'printer', transport: { type: 'tcp', host: '127.0.0.1', port: 9100 } }],
})

export const fault = (code: string, severity: Severity = 'block'): Fault => {
  const text = (word: string) => ({ zh: `${word}（${code}）`, en: `${word} of ${code}` })
  return {
    code, severity, subsystem: 'printer', actors: ['cashier'], title: text('标题 title'), signs: text('现象 signs'), causes: text('原因 causes'), detect: 'by test',
    remedy: { steps: [text('步骤 step')], workaround: text('替代 workaround'), verify: text('验证 verify') }, evidence: text('证据 evidence'),
    on: 'printer', prior: { p: 0.01, basis: 'estimate' }, shows: [{ symptom: 'printer.paper-end', p: 0.9, on: 'self', basis: 'estimate' }], ways: {}, impact: { cash: 'degraded' },
  }
}

export const PAPER = 'PRN-PAPER-OUT'
const known = new Map([fault(PAPER), fault('PRN-COVER-OPEN', 'degraded')].map((f) => [f.code, f]))
export const faults = (code: string): Fault | undefined => known.get(code)

export interface Sample {
  by?: Trigger['by']
  detail?: string
  /** present: paper is out; absent: there is paper; unknown: nobody could tell. */
  paper?: 'present' | 'absent' | 'unknown'
  /** The printer was not looked at this time. */
  carried?: boolean
  posterior?: number
  at?: number
  ready?: 'ready' | 'degraded' | 'blocked' | 'unknown'
  transcript?: string
  more?: Partial<Check>
}

/** A check of that shop as the check room would make it. */
export const sampleCheck = ({ by = 'schedule', detail, paper = 'absent', carried = false, posterior = 0.97, at = Date.UTC(2026, 5, 2, 8), ready, transcript, more }: Sample = {}): Check => {
  const source = carried ? ('cached' as const) : ('live' as const)
  const seen = { name: 'printer.paper-end', device: 'printer-1', at, source }
  const observation: Observation = paper === 'unknown' ? { ...seen, absent: 'silent', detail: 'no answer' } : { ...seen, value: paper === 'present' }
  const verdict: Verdict = {
    fault: PAPER, device: 'printer-1', verdict: 'found', posterior,
    for: [{ symptom: 'printer.paper-end', device: 'printer-1', weight: 5 }], against: [], notLookedAt: [],
  }
  return {
    id: uuidv7(at),
    trigger: { by, ...(detail === undefined ? {} : { detail }) },
    startedAt: at,
    ms: 12,
    runs: [{ device: 'printer-1', kind: 'printer', outcome: 'done', ms: 12 }],
    observations: [observation],
    symptoms: [{ id: 'printer.paper-end', device: 'printer-1', is: paper, because: ['printer.paper-end'] }],
    diagnosis: { verdicts: paper === 'present' ? [verdict] : [], unexplained: [], healthy: paper === 'present' ? 0.03 : 0.95 },
    readiness: [{ tender: 'cash', is: ready ?? (paper === 'present' ? 'degraded' : 'ready'), because: paper === 'present' ? [{ fault: PAPER, device: 'printer-1' }] : [], unseen: [] }],
    transcripts: transcript === undefined ? [] : [{ device: 'printer-1', text: transcript }],
    ...more,
  }
}

/** A folder of its own for one test; the second value removes it. */
export const scratch = (): { dir: string; remove: () => void } => {
  const dir = mkdtempSync(join(tmpdir(), 'posdiag-agent-'))
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) }
}
