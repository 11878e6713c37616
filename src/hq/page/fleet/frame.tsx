import { useEffect, useRef } from 'preact/hooks'
import { mayAs, me } from '../me.ts'
import { t } from '../words.ts'
import { f } from './words.ts'

const TABS = ['stores', 'terminals', 'boot-checks', 'visits', 'rollouts', 'packs'] as const

/** Those for people whose scope is everywhere, and packs for managers. */
const mayOpen = (tab: (typeof TABS)[number]): boolean =>
  (tab !== 'rollouts' && tab !== 'packs') || (me.value !== undefined && me.value.scope === undefined && (tab === 'rollouts' || mayAs('manager')))

/** Which list of the fleet one is at, and the way to the others. */
export const FleetTabs = ({ at }: { at: (typeof TABS)[number] }) => {
  const tabs = useRef<HTMLElement>(null)
  // On a phone they are wider than the screen.
  useEffect(() => tabs.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' }), [at, me.value])
  return (
    <nav ref={tabs} class="tabs fleet-tabs" aria-label={t('fleet')}>
      {TABS.filter(mayOpen).map((tab) => (
        <a key={tab} class="tab" href={`/${tab}`} aria-current={tab === at ? 'page' : undefined}>{tab === 'terminals' ? t('terminals') : f(tab)}</a>
      ))}
    </nav>
  )
}
