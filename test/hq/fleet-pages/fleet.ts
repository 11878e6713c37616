import { FLEET_TEXTS } from '../../../src/hq/page/fleet/texts.ts'
import { explainAbsence } from '../../../src/hq/triage/absence.ts'
import { uuidv7 } from '../../../src/model/id.ts'
import type { RolloutDetail } from '../../../src/model/rollout.ts'
import type { VisitRow } from '../../../src/model/triage.ts'
import { fill, type Params } from '../../../src/texts/say.ts'
import { type PageAtHq, TROUBLED, WELL } from '../page-at-hq.ts'

export type FleetKey = keyof typeof FLEET_TEXTS

/** A text of the pages about the fleet as its reader sees it. */
export const zh = (key: FleetKey, params?: Params): string => fill(FLEET_TEXTS[key], 'zh-CN', params)
export const en = (key: FleetKey, params?: Params): string => fill(FLEET_TEXTS[key], 'en', params)

const HOUR = 3_600_000

/** Gives HQ what these pages show beyond reports: a silent store that costs money, a store's hours, a visit, a note, and two rollouts. */
export const furnish = async (at: PageAtHq): Promise<{ visit: string }> => {
  const { hq, store } = at
  const now = Date.now()
  await at.round()
  const days = Array.from({ length: 7 }, (_, day) => (day === 6 ? [] : [[540, 1320]]))
  await hq.operate(`/api/stores/${encodeURIComponent(TROUBLED.store)}`, 'PUT', {
    address: '建国路 1 号', contact: '王店长', hours: { timeZone: 'Asia/Shanghai', days, holidays: [{ date: '2026-10-01', spans: [[600, 1560]], note: '国庆节' }] },
  })
  const { triage } = store
  const reasons = explainAbsence({ now, since: now - HOUR, faults: ['PWR-MAINS-LOST'], stoppedInOrder: false, earlier: [], store: 'silent', regionSilent: false, outage: false })
  await triage.together('an absence', [
    triage.absences.beginning({
      id: uuidv7(now), place: WELL.store, scope: 'store', store: WELL.store, region: WELL.region, terminals: 1, since: now - HOUR, noticed_at: now, back_at: null, cause: 'power', reasons: JSON.stringify(reasons),
      lost: 123_400, per_hour: 56_700, cost: 180_100, currency: 'CNY',
    }),
  ])
  const visit = await hq.operate<VisitRow>('/api/visits', 'POST', { store: TROUBLED.store, incidents: [at.paper.id], assignee: '陈师傅' })
  await hq.operate(`/api/terminals/${TROUBLED.id}/notes`, 'POST', { note: '换过电源' })
  await hq.operate('/api/rollouts', 'POST', { limits: { 'host.disk-free-percent': 5 }, note: '更早发现磁盘将满' })
  for (const state of ['failed', 'expired']) {
    const terminal = state === 'failed' ? TROUBLED.id : WELL.id
    await triage.together('asking', [triage.rollouts.asking(1, terminal, uuidv7(now), 1, now), triage.rollouts.ending(1, terminal, state, now, state === 'failed' ? 'it came after its time was over' : null)])
  }
  await triage.together('halting', [triage.rollouts.changing(1, { state: 'halted', reason: '3 terminals failed to take it' })])
  await hq.operate<RolloutDetail>('/api/rollouts', 'POST', { limits: {}, posMinimumVersion: '2.6.1', stages: [10, 100], soakMinutes: 30 })
  return { visit: visit.json.id }
}
