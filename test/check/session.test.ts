import { describe, expect, it } from 'vitest'
import { begin, type Seen } from '../../src/check/session.ts'
import type { Verdict } from '../../src/model/diagnosis.ts'

const verdict = (fault: string, device: string, more: Partial<Verdict> = {}): Verdict => ({ fault, device, verdict: 'found', posterior: 0.9, for: [], against: [], notLookedAt: [], ...more })
const at = (symptom: string, device: string, weight: number) => ({ symptom, device, weight })
const seen = (...verdicts: Verdict[]): Seen => ({ startedAt: 1, observations: [], symptoms: [], readiness: [], diagnosis: { verdicts, unexplained: [], healthy: 0 } })

const hub = verdict('NET-LINK-DOWN', 'link-1', {
  for: [at('endpoint.silent', 'acquirer-1', 2), at('network.carrier-lost', 'link-1', 6), at('endpoint.silent', 'hq-1', 2)],
  against: [at('endpoint.silent', 'acquirer-2', -1), at('network.loss-high', 'link-1', -0.5)],
})

describe('a new session', () => {
  it('notes what the fault showed, device by device, but for what found it', () => {
    expect(begin(seen(hub), hub, false).repair).toMatchObject({
      foundBy: { symptom: 'network.carrier-lost', device: 'link-1' },
      showed: [{ symptom: 'endpoint.silent', shown: 2, hidden: 1 }, { symptom: 'network.loss-high', shown: 0, hidden: 1 }],
    })
  })

  it('notes nothing of it where another cause was found, and where a mere consequence was, all the same', () => {
    const other = verdict('PRN-OFFLINE', 'printer-1')
    expect(begin(seen(hub, other), hub, false).repair).not.toHaveProperty('showed')
    expect(begin(seen(hub, { ...other, follows: { fault: hub.fault, device: hub.device } }), hub, false).repair.showed).toHaveLength(2)
    expect(begin(seen(hub, { ...other, verdict: 'open' }), hub, false).repair.showed).toHaveLength(2)
  })
})
