// A child process of kill.test.ts: the agent's real store, outbox and link to HQ, making reports as fast as it can until it is killed.
import { writeSync } from 'node:fs'
import { systemClock } from '../../src/agent/clock.ts'
import { createHq } from '../../src/agent/hq.ts'
import { createHttpClient } from '../../src/agent/http.ts'
import { createKeeper } from '../../src/agent/keeper.ts'
import { SILENT_LOG } from '../../src/agent/log.ts'
import { createOutbox, spoolOf } from '../../src/agent/outbox.ts'
import { makeReport } from '../../src/agent/report.ts'
import { faults, sampleCheck, shop } from './sample-check.ts'

const [dir = '', url = '', mode = 'make'] = process.argv.slice(2)
const clock = { ...systemClock, random: () => 0 }
const keeper = createKeeper(dir, { clock, log: SILENT_LOG })
const client = createHttpClient(url, { version: '1', env: {}, now: clock.now })
const hq = createHq({ url, token: 'one-time-token-0001' }, client, { stateDir: dir, identity: shop.terminal, version: '1', now: clock.now, clock: () => ({ at: clock.now(), bootId: 'b', uptimeMs: 1 }) })
const outbox = createOutbox({ keeper, send: hq.send, clock, log: SILENT_LOG })

const make = (): void => {
  const report = makeReport(sampleCheck({ paper: 'present', at: clock.now() }), {
    at: clock.now(), bootId: 'b', uptimeMs: 1, clock: 'unknown', identity: shop.terminal, version: '1', faults, incidents: [], transactions: [], problems: [],
  })
  const { sequence, id } = keeper.use((store) => store.keep(report, { critical: sequenceIsOdd(), deliver: true, clockTrusted: true }))
  writeSync(1, `${sequence} ${id}\n`)
  outbox.poke(0, true)
  setImmediate(make)
}
const sequenceIsOdd = (): boolean => keeper.use((store) => store.sequence()) % 2 === 1

const drain = (): void => {
  if (keeper.use(spoolOf).reports === 0) process.exit(0)
  outbox.poke(0, true)
  setImmediate(drain)
}
if (mode === 'make') make()
else drain()
