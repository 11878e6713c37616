import { stringify } from 'yaml'
import type { DeviceKind } from '../../src/model/device.ts'
import type { Report } from '../../src/model/report.ts'
import { NODE } from './bundle.ts'
import type { Machine } from './machine.ts'

/** The built agent, running inside the guest. */
export interface Till {
  /** One check of these kinds by the running agent. Rejects when there is no report in time. */
  check(...only: DeviceKind[]): Promise<Report>
  /** The agent's trigger words of all reports so far, newest first. */
  triggers(): Promise<string[]>
}

const STATE = '/tmp/.guest/state'
const CHECK_MS = 60_000

const documentIn = (output: string): unknown => JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1))

/** Starts `posdiag agent` in the guest for that terminal and waits for its desk. */
export const startTill = async (machine: Machine, terminal: object): Promise<Till> => {
  await machine.run(`cat > /tmp/.guest/terminal.yaml <<'X'\n${stringify(terminal)}X\n`)
  await machine.run(`(${NODE} /opt/posdiag/dist/posdiag.js agent --state ${STATE} --terminal /tmp/.guest/terminal.yaml --round 600s > /tmp/.guest/agent.log 2>&1 &)
    for i in $(seq 120); do [ -e ${STATE}/desk.json ] && exit 0; sleep 0.2; done; cat /tmp/.guest/agent.log; exit 1`, { timeoutMs: 90_000 })
  const address = documentIn((await machine.run(`cat ${STATE}/desk.json`)).output) as { url: string; token: string }
  const ask = async (path: string, body?: object): Promise<unknown> => {
    const post = body === undefined ? '' : ` -X POST -H 'content-type: application/json' -H 'authorization: Bearer ${address.token}' -d '${JSON.stringify(body)}'`
    const { output } = await machine.run(`curl -sS -m ${CHECK_MS / 1000} ${address.url}${path}${post}`, { timeoutMs: CHECK_MS + 10_000 })
    return documentIn(output)
  }
  return {
    check: async (...only) => {
      const answer = await ask('/v1/checks', { wait: CHECK_MS - 5_000, ...(only.length > 0 ? { only } : {}) }) as { document?: Report; state: string; detail?: string }
      if (!answer.document) throw new Error(`no report: ${answer.state} ${answer.detail ?? ''}\n${(await machine.run('tail -5 /tmp/.guest/agent.log')).output}`)
      return answer.document
    },
    triggers: async () => {
      const { rows } = await ask('/v1/reports') as { rows: { trigger: string }[] }
      return rows.map((r) => r.trigger)
    },
  }
}
