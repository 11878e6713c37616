import type { TerminalFacets } from '../../../model/fleet.ts'
import type { RolloutRow } from '../../../model/rollout.ts'
import { useAsked } from '../data.ts'
import { mayAs } from '../me.ts'
import { Shown } from '../parts/asked.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Ago } from '../parts/time.tsx'
import { place, withQuery } from '../router.ts'
import { useTitle } from '../title.ts'
import { t } from '../words.ts'
import { FleetTabs } from './frame.tsx'
import { NamedBars } from './marks.tsx'
import { NewRollout } from './new-rollout.tsx'
import { RolloutMark, Settings, TakenBar } from './rollout-bar.tsx'
import { f, reasonInWords } from './words.ts'

const columns = (): Column<RolloutRow>[] => [
  { name: f('revision'), lead: true, show: (row) => <a href={`/rollouts/${row.configuration.revision}`}>{f('revision-number', { n: row.configuration.revision })}</a> },
  { name: t('state'), show: (row) => <><RolloutMark is={row.state} />{row.reason && <small class="block">{reasonInWords(row.reason)}</small>}</> },
  { name: f('how-far'), show: (row) => <><TakenBar rollout={row} fleet={undefined} /><small>{f('stage-of', { percent: row.stages[row.stage] ?? 0, all: row.stages.join(' → ') })}{row.region && ` · ${row.region}`}</small></> },
  { name: f('sets'), show: (row) => <Settings configuration={row.configuration} /> },
  { name: f('note'), show: (row) => row.note },
  { name: t('made_at'), show: (row) => <><Ago at={row.madeAt} /> <small>{row.madeBy}</small></> },
]

const Drift = ({ facets }: { facets: TerminalFacets }) => (
  <section class="card">
    <h2>{f('drift')}</h2>
    <p class="hint">{f('drift-hint')}</p>
    {facets.agent.length === 0 ? <p class="empty">{t('none')}</p> : <NamedBars rows={facets.agent.map(({ value, terminals }) => ({ name: value, count: terminals, href: `/terminals?agent=${encodeURIComponent(value)}`, words: t('on-terminals', { n: terminals }) }))} />}
  </section>
)

/** Revisions of the configuration, and which versions of the agent there are. */
export const RolloutsPage = () => {
  useTitle(f('rollouts'))
  const { query } = place.value
  const asked = useAsked<{ rows: RolloutRow[] }>('/api/rollouts', ['terminals'])
  const facets = useAsked<TerminalFacets>('/api/terminal-facets', [])
  const making = query.has('new') && mayAs('manager')
  const from = Number(query.get('from'))
  return (
    <>
      <h1 class="sr">{f('rollouts')}</h1>
      <FleetTabs at="rollouts" />
      {!making && mayAs('manager') && <p class="pages"><a class="button primary" href={withQuery({ new: '1' })}>{f('new-revision')}</a></p>}
      <Shown asked={asked}>
        {({ rows }) => (
          <>
            {making && <NewRollout key={from} from={rows.find((r) => r.configuration.revision === from)} regions={facets.state === 'here' ? facets.value.region.map((r) => r.value) : []} />}
            {rows.length === 0 ? <p class="empty">{f('no-rollouts')}</p> : <div class="card table"><Table label={f('rollouts')} columns={columns()} rows={rows} keyOf={(row) => String(row.configuration.revision)} /></div>}
          </>
        )}
      </Shown>
      <Shown asked={facets}>{(counted) => <Drift facets={counted} />}</Shown>
    </>
  )
}
