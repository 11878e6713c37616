import { useState } from 'preact/hooks'
import type { Knowing, PackAnswer, PackBody, PackList, PackRow } from '../../../model/pack.ts'
import { type Failed, send, useAsked } from '../data.ts'
import { mayAs } from '../me.ts'
import { Shown } from '../parts/asked.tsx'
import { Ago } from '../parts/time.tsx'
import { useTitle } from '../title.ts'
import type { Catalogue } from './catalogue.tsx'
import { PackChanges } from './pack-changes.tsx'
import { PackScore } from './pack-score.tsx'
import { f, troubleHere } from './words.ts'

/** How a pack stands: the latest is on offer unless it was withdrawn. */
export const PackMark = ({ row, latest }: { row: PackRow; latest: boolean }) => {
  const is = row.withdrawn ? 'withdrawn' : latest ? 'on-offer' : 'replaced'
  return <span class={`chip is-${is === 'on-offer' ? 'ready' : is === 'withdrawn' ? 'degraded' : 'unknown'}`}><span aria-hidden="true">{is === 'on-offer' ? '✓' : is === 'withdrawn' ? '✕' : '–'}</span> {f(`pack-${is}`)}</span>
}

const Withdraw = ({ sequence, done }: { sequence: number; done: () => void }) => {
  const [failed, setFailed] = useState<Failed>()
  const withdraw = async (): Promise<void> => {
    if (!confirm(f('pack-withdraw-sure', { n: sequence }))) return
    const answer = await send('DELETE', `/api/packs/${sequence}`)
    setFailed(answer.state === 'failed' ? answer : undefined)
    if (answer.state === 'here') done()
  }
  return (
    <section class="card">
      <p class="hint">{f('pack-withdraw-hint')}</p>
      <button type="button" class="danger" onClick={() => void withdraw()}>{f('pack-withdraw')}</button>
      {failed && <p class="failed" role="alert">{troubleHere(failed)}</p>}
    </section>
  )
}

const Facts = ({ row, taken }: { row: PackRow; taken: number }) => (
  <dl class="facts">
    <div><dt>{f('pack-offered-at')}</dt><dd><Ago at={row.offeredAt} /> {row.offeredBy}</dd></div>
    {row.withdrawn && <div><dt>{f('pack-withdrawn')}</dt><dd><Ago at={row.withdrawn.at} /> {row.withdrawn.by}</dd></div>}
    <div><dt>{f('pack-taken')}</dt><dd>{taken}</dd></div>
    {row.note && <div><dt>{f('note')}</dt><dd>{row.note}</dd></div>}
    <div><dt>{f('pack-signature')}</dt><dd title={f('pack-signature-hint')}><code class="fingerprint">{row.fingerprint}</code></dd></div>
  </dl>
)

const Changes = ({ body }: { body: PackBody }) => {
  const catalogue = useAsked<Catalogue>('/api/catalogue', [], { once: true })
  return <Shown asked={catalogue}>{({ faults }) => <PackChanges body={body} faults={faults} />}</Shown>
}

const Offered = ({ sequence }: { sequence: number }) => {
  const [round, setRound] = useState(0)
  const list = useAsked<PackList>('/api/packs', ['terminals'], { round })
  const asked = useAsked<PackAnswer>(`/api/packs/${sequence}`, [], { once: true })
  return (
    <>
      <Shown asked={list} words={troubleHere}>{({ rows, standing }) => {
        const row = rows.find((r) => r.sequence === sequence)
        const latest = rows[0]?.sequence === sequence
        return row && (
          <>
            <div class="title"><h1>{f('pack-number', { n: sequence })}</h1><PackMark row={row} latest={latest} /></div>
            <Facts row={row} taken={standing.find((s) => s.sequence === sequence)?.terminals ?? 0} />
            {latest && !row.withdrawn && mayAs('administrator') && <Withdraw sequence={sequence} done={() => setRound(round + 1)} />}
            <PackScore measured={row.measured} />
          </>
        )
      }}</Shown>
      <Shown asked={asked} words={troubleHere}>{({ pack }) => <Changes body={pack.body} />}</Shown>
    </>
  )
}

const Candidate = () => {
  const asked = useAsked<Knowing>('/api/knowledge', ['reports'])
  return <Shown asked={asked}>{({ repairs, candidate }) => (
    <>
      <h1>{f('pack-number', { n: candidate.sequence })} <small>{f('pack-next')}</small></h1>
      <p>{f('pack-learnt-of', { n: repairs })} · {f('pack-no-score')}</p>
      <Changes body={candidate} />
    </>
  )}</Shown>
}

/** One knowledge pack: how it stands, what the scenarios said of it, and what it changes; `next` is what HQ would make of what it has counted. */
export const PackPage = ({ sequence }: { sequence: string }) => {
  const next = sequence === 'next'
  useTitle(next ? f('pack-next') : f('pack-number', { n: sequence }), f('packs'))
  return (
    <>
      <p><a href="/packs">← {f('packs')}</a></p>
      {next ? <Candidate /> : <Offered sequence={Number(sequence)} />}
    </>
  )
}
