// The whole agent in a process of its own, for the kill loop; only the look at the terminal is a ready-made one.
// Arguments: state folder, address of HQ, one-time token, mode. make: checks as fast as it can. drain: delivers what waits and ends.
import { flushCompileCache } from 'node:module'
import { systemClock } from '../../src/agent/clock.ts'
import { SILENT_LOG } from '../../src/agent/log.ts'
import { startAgent } from '../../src/agent/start.ts'
import { faults, sampleCheck, shop } from '../agent/sample-check.ts'

const [stateDir = '', url = '', token = '', mode = 'make'] = process.argv.slice(2)
const DAY_MS = 86_400_000
let looks = 0
const agent = await startAgent({
  stateDir, terminal: shop, faults, version: '0.0.0', desk: { port: 0 }, language: 'en', watchDevices: false, env: {},
  hq: { url, token },
  host: { id: 'one-boot', uptimeMs: () => Math.round(performance.now()) },
  // Waits with jitter become short ones: there is no fleet here to spare.
  clock: { ...systemClock, random: () => 0.004 },
  schedule: { roundMs: DAY_MS, fullMs: mode === 'make' ? 40 : DAY_MS },
  bounds: { outboxBytes: 1 << 30, outboxAgeMs: 365 * DAY_MS, recentReports: 1_000_000, recentBytes: 1 << 30, steps: 10 },
  log: { ...SILENT_LOG, error: (message, fields) => console.error(`agent: ${message}`, fields ?? '') },
  look: async ({ trigger }) => {
    looks += 1
    // Paper comes and goes: some reports leave first, and incidents are written with them.
    return sampleCheck({ by: trigger.by, at: Date.now(), paper: looks % 5 === 0 ? 'present' : 'absent', transcript: `# look ${looks}\n${'> 10 04 04\n< 12 +5ms\n'.repeat(40)}` })
  },
})
// Whoever is killed leaves nothing behind at his end, and the next would compile all of it again.
flushCompileCache()
if (mode === 'drain') {
  await agent.booted
  const end = performance.now() + 60_000
  while (agent.status().spool.reports > 0 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 20))
  console.log(JSON.stringify(agent.status().spool))
  await agent.stop('drained')
}
