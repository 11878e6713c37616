import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { noPostgres, startCluster } from '../../fixtures/servers/postgres.ts'
import { KEPT_BACKUPS } from '../../src/hq/backups.ts'
import type { MadeBackup } from '../../src/model/health.ts'
import type { Overview, Problem, TerminalDetail } from '../../src/model/wire.ts'
import { startTestHq, type TestHq, until } from './hq.ts'
import { makeReport } from './reports.ts'

const batch = (first: number, n: number) =>
  Array.from({ length: n }, (_, i) => makeReport({ sequence: first + i, found: ['PRN-PAPER-OUT'], ...(first + i === 1 ? { changes: [{ fault: 'PRN-PAPER-OUT', change: 'opened' as const }] } : {}) }))

const detail = async (hq: TestHq): Promise<TerminalDetail> => (await hq.operate<TerminalDetail>('/api/terminals/T-1')).json

/** What must be as it was: reports, incident, the terminal's own token, and that a replay is known. */
const expectRestored = async (hq: TestHq, token: string, reports: ReturnType<typeof batch>): Promise<void> => {
  const known = await detail(hq)
  expect(reports.filter((sent) => !known.reports.some((r) => r.id === sent.id))).toEqual([])
  expect(known.incidents).toHaveLength(1)
  expect((await hq.send(token, reports)).json.items.every((i) => i.status === 'duplicate')).toBe(true)
  const next = batch(1000, 1)
  expect((await hq.send(token, next)).json.items.map((i) => i.status)).toEqual(['stored'])
  await until(() => detail(hq), (d) => d.reports.some((r) => r.id === next[0]?.id))
  expect((await hq.operate<Overview>('/api/overview')).json.incidents.block).toBe(1)
}

describe('a restore from backup', () => {
  it('on SQLite: the file that HQ writes while reports come in, put in the place of the lost one', async () => {
    const hq = await startTestHq()
    const kept = mkdtempSync(join(tmpdir(), 'posdiag-kept-'))
    const token = await hq.enrol('T-1')
    const before = batch(1, 50)
    await hq.send(token, before)
    await until(() => detail(hq), (d) => d.reports.length === 50)
    const meanwhile = Promise.all(Array.from({ length: 10 }, (_, i) => hq.send(token, batch(51 + i * 10, 10))))
    const made = await hq.operate<MadeBackup>('/api/backups', 'POST')
    expect(made.status).toBe(201)
    expect((await meanwhile).every((a) => a.status === 202)).toBe(true)
    copyFileSync(made.json.file, join(kept, 'hq.sqlite'))
    await hq.end()

    let later = 0
    const again = await startTestHq({ dataDir: kept, now: () => Date.now() + later })
    await expectRestored(again, token, before)
    const files: string[] = []
    for (let i = 1; i <= KEPT_BACKUPS + 2; i++, later += 1000) files.push((await again.operate<MadeBackup>('/api/backups', 'POST')).json.file)
    expect(readdirSync(join(kept, 'backups')).map((name) => join(kept, 'backups', name)).toSorted()).toEqual(files.slice(-KEPT_BACKUPS).toSorted())
    await again.end()
    rmSync(kept, { recursive: true, force: true })
  })

  it.skipIf(noPostgres)('on PostgreSQL: a dump of the running database, loaded into a new one', async () => {
    const cluster = await startCluster()
    const url = await cluster.database()
    const hq = await startTestHq({ database: { url } })
    const token = await hq.enrol('T-1')
    const before = batch(1, 50)
    await hq.send(token, before)
    await until(() => detail(hq), (d) => d.reports.length === 50 && d.incidents.length === 1)
    const refused = await hq.operate<Problem>('/api/backups', 'POST')
    expect([refused.status, refused.json.detail]).toEqual([409, expect.stringContaining('pg_dump')])
    cluster.program('pg_dump', '-Fc', '-f', join(cluster.folder, 'hq.dump'), 'hq1')
    await hq.end()

    const fresh = await cluster.database()
    cluster.program('pg_restore', '--exit-on-error', '-d', 'hq2', join(cluster.folder, 'hq.dump'))
    const again = await startTestHq({ database: { url: fresh } })
    await expectRestored(again, token, before)
    await again.end()
    await cluster.end()
  }, 60_000)
})
