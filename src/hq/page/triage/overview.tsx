import './style.css'
import type { Overview } from '../../../model/wire.ts'
import { useAsked } from '../data.ts'
import { fetched } from '../fetched.tsx'
import { Shown } from '../parts/asked.tsx'
import { Ago } from '../parts/time.tsx'
import { useTitle } from '../title.ts'
import { t } from '../words.ts'
import { BootsCard } from './boots.tsx'
import { Headline, IncidentsCard, OverTime, TerminalsCard } from './cards.tsx'
import { Queue } from './queue.tsx'
import { Tops } from './tops.tsx'
import { a } from './words.ts'

const StoresMap = fetched(async () => (await import('./map.tsx')).StoresMap)

/** The first screen: what to do first, and how the fleet is. */
export const OverviewPage = () => {
  useTitle(t('overview'))
  const asked = useAsked<Overview>('/api/overview', ['terminals', 'reports', 'incidents'])
  return (
    <>
      <h1 class="sr">{t('overview')}</h1>
      {asked.state === 'here' && <Headline overview={asked.value} />}
      <Queue />
      <Shown asked={asked}>
        {(overview) => (
          <>
            <div class="cards thirds">
              <TerminalsCard overview={overview} />
              <IncidentsCard overview={overview} />
              <BootsCard overview={overview} />
            </div>
            <OverTime overview={overview} />
            <StoresMap />
            <Tops overview={overview} />
            <p class="hint">{a('as-of')} <Ago at={overview.at} /></p>
          </>
        )}
      </Shown>
    </>
  )
}
