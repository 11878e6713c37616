import { gainOf, type NewExample } from '../knowledge/examples.ts'
import { EXAMPLES_A_DAY } from '../knowledge/store.ts'
import { bigints, texts } from './arrays.ts'
import type { Run } from './open.ts'

const DAY = 86_400_000

const ADD = {
  name: 'add-examples',
  // A statement does not see what itself adds: rows of one terminal are numbered.
  text: `insert into knowledge_example (terminal_id, id, received_at) select terminal_id, id, received_at
    from (select *, row_number() over (partition by terminal_id order by id) as n from unnest($1::text[], $2::text[], $3::bigint[]) as u(terminal_id, id, received_at)) e
    where (select count(*) from knowledge_example k where k.terminal_id = e.terminal_id and k.received_at > e.received_at - ${DAY}) + e.n <= ${EXAMPLES_A_DAY}
    on conflict do nothing returning terminal_id, id`,
}
const REMEDIES = {
  name: 'count-remedies',
  text: `insert into knowledge_remedy (fault, remedy, model, firmware, worked, failed) select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[])
    on conflict (fault, remedy, model, firmware) do update set worked = knowledge_remedy.worked + excluded.worked, failed = knowledge_remedy.failed + excluded.failed`,
}
const SYMPTOMS = {
  name: 'count-symptoms',
  text: `insert into knowledge_symptom (fault, symptom, shown, hidden) select * from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[])
    on conflict (fault, symptom) do update set shown = knowledge_symptom.shown + excluded.shown, hidden = knowledge_symptom.hidden + excluded.hidden`,
}

/**
 * Counts what repairs teach, each once however often it comes. The last thing that a folding transaction does: every process that
 * folds adds to the same few rows, in the same order, and whoever comes second waits for the first to commit.
 */
export const countExamples = async (run: Run, examples: readonly NewExample[]): Promise<void> => {
  if (examples.length === 0) return
  const added = await run<{ terminal_id: string; id: string }>(ADD, [texts(examples.map((e) => e.terminalId)), texts(examples.map((e) => e.example.id)), bigints(examples.map((e) => e.receivedAt))])
  if (added.length === 0) return
  const byKey = new Map(examples.map((e) => [`${e.terminalId} ${e.example.id}`, e.example]))
  const { remedies: r, symptoms: s } = gainOf(added.flatMap((k) => byKey.get(`${k.terminal_id} ${k.id}`) ?? []))
  await run(REMEDIES, [texts(r.map((x) => x.fault)), texts(r.map((x) => x.remedy)), texts(r.map((x) => x.model)), texts(r.map((x) => x.firmware)), bigints(r.map((x) => x.worked)), bigints(r.map((x) => x.failed))])
  await run(SYMPTOMS, [texts(s.map((x) => x.fault)), texts(s.map((x) => x.symptom)), bigints(s.map((x) => x.shown)), bigints(s.map((x) => x.hidden))])
  await run({ name: 'count-repairs', text: 'update knowledge_total set repairs = repairs + $1' }, [added.length])
}
