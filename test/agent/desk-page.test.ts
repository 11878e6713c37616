import { describe, expect, it } from 'vitest'
import type { AgentStatus } from '../../src/agent/agent.ts'
import { renderPage } from '../../src/agent/desk-page.ts'
import type { Check } from '../../src/model/check.ts'
import type { Readiness } from '../../src/model/diagnosis.ts'
import type { Observation } from '../../src/model/observation.ts'
import { faults, sampleCheck, shop } from './sample-check.ts'

const pageOf = (observations: Observation[], language: 'zh-CN' | 'en'): string => {
  const readiness: Readiness[] = [{ tender: 'chip', is: 'unknown', because: [], unseen: ['reader-1', 'pinpad-1'] }]
  return pageWith({ ...sampleCheck({ more: { observations } }), readiness }, language)
}

const pageWith = (check: Check, language: 'zh-CN' | 'en'): string => {
  const { readiness } = check
  const status: AgentStatus = {
    terminal: shop.terminal, agent: { version: '0', pid: 1, startedAt: 0 }, readiness, incidents: [], spool: { reports: 0, bytes: 0, lost: 0, rejected: 0 }, sequence: 1, saleOpen: false,
  }
  return renderPage({ status, check, ageMs: 1000, faults, due: [], formKey: 'k', guides: false }, language)
}

describe('the cashier’s page, where a device could not be looked at', () => {
  const observations: Observation[] = [{ name: 'reader.port', device: 'reader-1', at: 0, source: 'live', absent: 'busy', detail: '/dev/ttyUSB0: EBUSY' }]

  it('says which, and why, in the reader’s language', () => {
    expect(pageOf(observations, 'zh-CN')).toContain('没能查看 reader-1（/dev/ttyUSB0：被其他程序占用（EBUSY））；没能查看 pinpad-1')
    expect(pageOf(observations, 'en')).toContain('reader-1 not seen (held by another program: /dev/ttyUSB0: EBUSY); pinpad-1 not seen')
  })
})

it('says how often the worst fault was there before, here and on other lanes', () => {
  const check = sampleCheck({ paper: 'present' })
  const [verdict] = check.diagnosis.verdicts
  if (verdict) verdict.recurrence = { days7: 1, days30: 2, lanes: [], elsewhere: { at: check.startedAt - 600_000, of: 5, open: 0, days7: { lanes: 2, times: 4 }, days30: { lanes: 2, times: 4 } } }
  expect(pageWith(check, 'zh-CN')).toContain('<p class="soft">以前也发生过：近 7 天 1 次，近 30 天 2 次。</p><p class="soft">本店其他 5 个收银台中，近 7 天有 2 个也发生过')
  expect(pageWith(sampleCheck({ paper: 'present' }), 'zh-CN')).not.toContain('以前也发生过')
})
