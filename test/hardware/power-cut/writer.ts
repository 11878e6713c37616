// Runs inside the guest until its power is cut: keeps reports in the agent's store, delivers them in batches, and says on a port what is durable.
import { openSync, readdirSync, readFileSync, writeSync } from 'node:fs'
import { nextBatch, settle } from '../../../src/agent/outbox.ts'
import { makeReport } from '../../../src/agent/report.ts'
import { openStore } from '../../../src/agent/store.ts'
import { faults, sampleCheck, shop } from '../../agent/sample-check.ts'

const BATCH = 20
const [path = '', synchronous = ''] = process.argv.slice(2)
const ports = '/sys/class/virtio-ports'
const port = readdirSync(ports).find((name) => readFileSync(`${ports}/${name}/name`, 'utf8').trim() === 'lab.words')
const words = openSync(`/dev/${port}`, 'w')
const store = openStore(path)
if (synchronous !== '') store.db.exec(`PRAGMA synchronous = ${synchronous}`)
for (let count = 1; ; count++) {
  const at = Date.UTC(2026, 5, 2, 8) + count
  const report = makeReport(sampleCheck({ at, paper: count % 2 === 0 ? 'present' : 'absent' }), {
    at, bootId: 'boot', uptimeMs: count, clock: 'unknown', identity: shop.terminal, version: '0', faults, incidents: [], transactions: [], problems: [],
  })
  const kept = store.keep(report, { critical: count % 7 === 0, deliver: true, clockTrusted: false })
  writeSync(words, `kept ${kept.sequence} ${kept.id}\n`)
  if (count % BATCH === 0) {
    const batch = nextBatch(store, BATCH)
    writeSync(words, batch.map(({ id }) => `delivered ${id}\n`).join(''))
    settle(store, batch, batch.map(({ id }) => ({ id, status: 'stored' as const })), at)
  }
}
