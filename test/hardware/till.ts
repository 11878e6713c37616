import { setTimeout as pause } from 'node:timers/promises'
import { stringify } from 'yaml'
import type { DeviceKind } from '../../src/model/device.ts'
import type { Report } from '../../src/model/report.ts'
import { NODE } from './bundle.ts'
import type { Shop } from './devices/remote.ts'
import type { Machine } from './machine.ts'

/** The built agent, running inside the guest. */
export interface Till {
  /** One check of these kinds by the running agent. Rejects when there is no report in time. */
  check(...only: DeviceKind[]): Promise<Report>
  /** The first report that the agent makes by itself, as it starts, because devices came or went, or to prove a repair, after report number `after` and in which `sees` holds. Rejects when there is none in time. */
  noticed(after: number, sees: (report: Report) => boolean): Promise<Report>
  /** Number of the newest report. */
  newest(): Promise<number>
}

const STATE = '/tmp/.guest/state'
const ADDRESS = `${STATE}/desk.json`
const CHECK_MS = 60_000
const NOTICED_MS = 180_000
const POLL_MS = 1_000

/** Starts `posdiag agent` in the guest for that terminal and waits for its desk. */
export const startTill = async (machine: Machine, shop: Shop, terminal: object): Promise<Till> => {
  await machine.run(`cat > /tmp/.guest/terminal.yaml <<'X'\n${stringify(terminal)}X
    (${NODE} /opt/posdiag/dist/posdiag.js agent --state ${STATE} --terminal /tmp/.guest/terminal.yaml --round 600s > /tmp/.guest/agent.log 2>&1 &)
    for i in $(seq 300); do [ -e ${ADDRESS} ] && exit 0; sleep 0.2; done; cat /tmp/.guest/agent.log; exit 1`, { timeoutMs: 240_000 })
  const get = async <T>(path: string): Promise<T> => JSON.parse(await shop({ do: 'desk', address: ADDRESS, method: 'GET', path })) as T
  const rows = async (): Promise<{ id: string; sequence: number; trigger: string }[]> => (await get<{ rows: { id: string; sequence: number; trigger: string }[] }>('/v1/reports?limit=5')).rows
  return {
    check: async (...only) => {
      const answer = JSON.parse(await shop({ do: 'desk', address: ADDRESS, method: 'POST', path: '/v1/checks', body: { wait: CHECK_MS, only } })) as { document?: Report; state: string; detail?: string }
      if (!answer.document) throw new Error(`no report: ${answer.state} ${answer.detail ?? ''}\n${(await machine.run('tail -5 /tmp/.guest/agent.log')).output}`)
      return answer.document
    },
    noticed: async (after, sees) => {
      const until = performance.now() + NOTICED_MS
      for (let known = after; ; await pause(POLL_MS)) {
        for (const { id, sequence, trigger } of (await rows()).toReversed()) {
          if (sequence <= known || trigger === 'operator') continue
          known = sequence
          const report = await get<Report>(`/v1/reports/${id}`)
          if (sees(report)) return report
        }
        if (performance.now() > until) throw new Error(`the agent did not notice:\n${(await machine.run('tail -5 /tmp/.guest/agent.log')).output}`)
      }
    },
    newest: async () => Math.max(0, ...(await rows()).map(({ sequence }) => sequence)),
  }
}
