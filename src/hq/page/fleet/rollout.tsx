import { useState } from 'preact/hooks'
import type { TerminalFacets } from '../../../model/fleet.ts'
import type { RolloutAction, RolloutDetail, RolloutRow } from '../../../model/rollout.ts'
import { type Failed, send, useAsked } from '../data.ts'
import { detailWords } from '../details.ts'
import { mayAs } from '../me.ts'
import { Shown } from '../parts/asked.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Ago } from '../parts/time.tsx'
import { useTitle } from '../title.ts'
import { lasting, t } from '../words.ts'
import { FleetTabs } from './frame.tsx'
import { History } from './history.tsx'
import { RolloutMark, Settings, Stages, TakenBar } from './rollout-bar.tsx'
import { f, reasonInWords, troubleHere, wordOf } from './words.ts'

type Deed = RolloutAction['do']

const MAY: Record<RolloutRow['state'], readonly Deed[]> = { running: ['pause', 'halt'], paused: ['resume', 'halt'], halted: ['resume'], done: [] }

const Deeds = ({ rollout, done }: { rollout: RolloutRow; done: () => void }) => {
  const [failed, setFailed] = useState<Failed>()
  const { revision } = rollout.configuration
  const act = async (deed: Deed): Promise<void> => {
    if (deed === 'resume' && rollout.state === 'halted' && !confirm(f('resume-sure'))) return
    const answer = await send('POST', `/api/rollouts/${revision}`, { do: deed })
    setFailed(answer.state === 'failed' ? answer : undefined)
    done()
  }
  return (
    <>
      <p class="pages">
        {MAY[rollout.state].map((deed) => <button key={deed} type="button" class={deed === 'halt' ? 'danger' : ''} onClick={() => void act(deed)}>{f(`deed.${deed}`)}</button>)}
        <a class="button" href={`/rollouts?new=1&from=${revision}`}>{f('use-again')}</a>
      </p>
      {failed && <p class="failed" role="alert">{troubleHere(failed)}</p>}
    </>
  )
}

const trouble = (): Column<RolloutDetail['trouble'][number]>[] => [
  { name: t('terminal'), lead: true, show: (row) => <a href={`/terminals/${row.terminalId}`}>{row.terminalId}</a> },
  { name: t('state'), show: (row) => wordOf('trouble', row.state) },
  { name: f('why'), show: (row) => row.detail && detailWords(row.detail) },
  { name: f('tries'), number: true, show: (row) => row.tries },
  { name: t('when'), show: (row) => <Ago at={row.at} /> },
]

/** How many terminals a rollout is for. */
const fleetOf = (facets: TerminalFacets, region: string | undefined): number =>
  region === undefined ? facets.agent.reduce((sum, { terminals }) => sum + terminals, 0) : (facets.region.find((r) => r.value === region)?.terminals ?? 0)

const Content = ({ detail, done }: { detail: RolloutDetail; done: () => void }) => {
  const { rollout } = detail
  const { configuration, region, note, soakMs, reason } = rollout
  const facets = useAsked<TerminalFacets>('/api/terminal-facets', [])
  return (
    <>
      <div class="title"><h1>{f('revision-number', { n: configuration.revision })}</h1><RolloutMark is={rollout.state} /></div>
      {reason && <p class="headline is-blocked">{reasonInWords(reason)}</p>}
      {mayAs('manager') && <Deeds rollout={rollout} done={done} />}
      <section class="card">
        <h2>{f('how-far')}</h2>
        <Stages rollout={rollout} />
        <TakenBar rollout={rollout} fleet={facets.state === 'here' ? fleetOf(facets.value, region) : undefined} />
      </section>
      <section class="card">
        <h2>{f('sets')}</h2>
        <Settings configuration={configuration} />
        <dl class="facts rollout-facts">
          <div><dt>{f('region')}</dt><dd>{region ?? f('everywhere')}</dd></div>
          <div><dt>{f('soak-short')}</dt><dd>{lasting(soakMs)}</dd></div>
          <div><dt>{t('made_at')}</dt><dd><Ago at={rollout.madeAt} /> <small>{rollout.madeBy}</small></dd></div>
          {note && <div><dt>{f('note')}</dt><dd>{note}</dd></div>}
        </dl>
      </section>
      <section class="card table">
        <h2>{f('not-taken')}</h2>
        {detail.trouble.length === 0 ? <p class="empty">{t('none')}</p> : <Table label={f('not-taken')} columns={trouble()} rows={detail.trouble} keyOf={(row) => row.terminalId} />}
      </section>
      <History changes={detail.history} />
    </>
  )
}

/** One revision: how far it has come, who did not take it and why. */
export const RolloutPage = ({ revision }: { revision: string }) => {
  useTitle(f('revision-number', { n: revision }), f('rollouts'))
  const [round, setRound] = useState(0)
  const asked = useAsked<RolloutDetail>(`/api/rollouts/${encodeURIComponent(revision)}`, ['terminals', 'incidents'], { round })
  return (
    <>
      <FleetTabs at="rollouts" />
      <Shown asked={asked} words={troubleHere}>{(detail) => <Content detail={detail} done={() => setRound((n) => n + 1)} />}</Shown>
    </>
  )
}
