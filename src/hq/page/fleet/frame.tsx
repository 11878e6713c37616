import { me } from '../me.ts'
import { t } from '../words.ts'
import { f } from './words.ts'

const TABS = ['stores', 'terminals', 'boot-checks', 'visits', 'rollouts'] as const

/** Which list of the fleet one is at, and the way to the others. Rollouts are for those whose scope is everywhere. */
export const FleetTabs = ({ at }: { at: (typeof TABS)[number] }) => (
  <nav class="tabs fleet-tabs" aria-label={t('fleet')}>
    {TABS.filter((tab) => tab !== 'rollouts' || (me.value !== undefined && me.value.scope === undefined)).map((tab) => (
      <a key={tab} class="tab" href={`/${tab}`} aria-current={tab === at ? 'page' : undefined}>{tab === 'terminals' ? t('terminals') : f(tab)}</a>
    ))}
  </nav>
)
