import { type Example, gainOf, type NewExample } from '../knowledge/examples.ts'
import { EXAMPLES_A_DAY } from '../knowledge/store.ts'
import type { Database } from './open.ts'

const DAY = 86_400_000

const ADD = `insert into knowledge_example (terminal_id, id, received_at) select ?1, ?2, ?3
  where (select count(*) from knowledge_example where terminal_id = ?1 and received_at > ?3 - ${DAY}) < ${EXAMPLES_A_DAY} on conflict do nothing`

const REMEDY = `insert into knowledge_remedy (fault, remedy, model, firmware, worked, failed) values (?, ?, ?, ?, ?, ?)
  on conflict (fault, remedy, model, firmware) do update set worked = worked + excluded.worked, failed = failed + excluded.failed`

const SYMPTOM = `insert into knowledge_symptom (fault, symptom, shown, hidden) values (?, ?, ?, ?)
  on conflict (fault, symptom) do update set shown = shown + excluded.shown, hidden = hidden + excluded.hidden`

/** Counts what repairs teach, each once however often it comes; within the transaction of the folding. */
export const countExamples = (db: Database, examples: readonly NewExample[]): void => {
  const fresh: Example[] = examples.filter(({ terminalId, receivedAt, example }) => db.statement(ADD).run(terminalId, example.id, receivedAt).changes !== 0).map((e) => e.example)
  if (fresh.length === 0) return
  const { remedies, symptoms } = gainOf(fresh)
  for (const { fault, remedy, model, firmware, worked, failed } of remedies) db.statement(REMEDY).run(fault, remedy, model, firmware, worked, failed)
  for (const { fault, symptom, shown, hidden } of symptoms) db.statement(SYMPTOM).run(fault, symptom, shown, hidden)
  db.statement('update knowledge_total set repairs = repairs + ?').run(fresh.length)
}
