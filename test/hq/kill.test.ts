import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { openSqliteStore } from '../../src/hq/sqlite/store.ts'
import { type HqChild, kill, startChild, terminate } from './child.ts'
import { enrol, sender } from './senders.ts'

/** How often HQ is killed; more by hand with POSDIAG_KILLS. */
const KILLS = Number(process.env.POSDIAG_KILLS ?? 15)
const SENDERS = 6

it(`loses nothing that it acknowledged and stores nothing twice, killed ${KILLS} times while reports come in`, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'posdiag-kill-'))
  const sent = new Set<string>()
  const acknowledged = new Set<string>()
  let acks = 0
  let child: HqChild | undefined = await startChild(dataDir)
  let wake: (() => void) | undefined
  const senders = []
  for (let i = 0; i < SENDERS; i++) senders.push(sender(`T-${i}`, await enrol(child.url, `T-${i}`), sent, acknowledged, () => { acks++; wake?.() }))

  for (let round = 0; round < KILLS; round++) {
    child ??= await startChild(dataDir)
    const { url } = child
    const dieAt = acks + 3 + ((round * 17) % 40)
    const enough = new Promise<void>((resolve) => {
      wake = () => { if (acks >= dieAt) resolve() }
    })
    const sending = senders.map(async (send) => {
      while (await send(url));
    })
    await enough
    await kill(child)
    await Promise.all(sending)
    child = undefined
  }
  child = await startChild(dataDir)
  for (const send of senders) expect(await send(child.url)).toBe(true)
  expect(await terminate(child)).toBe(0)

  // Opened by a store first: what was left unfolded is folded by whoever comes next.
  const store = await openSqliteStore(join(dataDir, 'hq.sqlite'))
  const { fold } = await import('../../src/hq/fold.ts')
  while ((await store.foldNext(1000, fold)).folded > 0);
  await store.close()
  const db = new DatabaseSync(join(dataDir, 'hq.sqlite'), { readOnly: true })
  const inDatabase = (db.prepare('select id from report').all() as { id: string }[]).map((r) => r.id)
  expect(inDatabase.length).toBe(new Set(inDatabase).size)
  expect([...acknowledged].filter((id) => !inDatabase.includes(id))).toEqual([])
  expect(inDatabase.filter((id) => !sent.has(id))).toEqual([])
  // Every sender ended with an empty hand, so all that was sent is there.
  expect(inDatabase.length).toBe(sent.size)
  expect(db.prepare('select count(*) as n from terminal_report').get()).toEqual({ n: sent.size })
  expect(db.prepare('select sum(reports) as n from report_hour').get()).toEqual({ n: sent.size })
  expect(db.prepare('select terminal_id, count(*) as n from incident group by terminal_id having n > 1').all()).toEqual([])
  const folded = db.prepare("select id, json_extract(fold_state, '$.sequence') as last from terminal order by id").all() as { id: string; last: number }[]
  const highest = db.prepare('select terminal_id as id, max(sequence) as last from report group by terminal_id order by 1').all()
  expect(folded).toEqual(highest)
  db.close()
  rmSync(dataDir, { recursive: true })
}, 60_000 + KILLS * 8000)
