import './style.css'
import { NoPage } from '../parts/no-page.tsx'
import { place } from '../router.ts'
import { BootChecksPage } from './boot-checks.tsx'
import { CataloguePage } from './catalogue.tsx'
import { FaultPage } from './fault.tsx'
import { HealthPage } from './health.tsx'
import { PackPage } from './pack.tsx'
import { PacksPage } from './packs.tsx'
import { RolloutPage } from './rollout.tsx'
import { RolloutsPage } from './rollouts.tsx'
import { StorePage } from './store.tsx'
import { StoresPage } from './stores.tsx'
import { TerminalPage } from './terminal.tsx'
import { TerminalsPage } from './terminals.tsx'
import { VisitPage } from './visit.tsx'
import { VisitsPage } from './visits.tsx'

const LISTS = { stores: StoresPage, terminals: TerminalsPage, 'boot-checks': BootChecksPage, visits: VisitsPage, rollouts: RolloutsPage, packs: PacksPage, catalogue: CataloguePage, health: HealthPage } as const

const ones = (first: string, id: string) => {
  if (first === 'stores') return <StorePage store={id} />
  if (first === 'terminals') return <TerminalPage id={id} />
  if (first === 'visits') return <VisitPage id={id} />
  if (first === 'rollouts') return <RolloutPage revision={id} />
  if (first === 'packs' && /^([1-9]\d{0,9}|next)$/.test(id)) return <PackPage sequence={id} />
  if (first === 'catalogue') return <FaultPage code={id} />
  return <NoPage />
}

/** A part of the address as it was meant; what cannot be read stays as it is, and is found nowhere. */
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The pages about the fleet, about faults, and about HQ itself. */
export const FleetPages = () => {
  const [, first = '', id, ...rest] = place.value.path.replace(/\/$/, '').split('/')
  const List = Object.entries(LISTS).find(([name]) => name === first)?.[1]
  if (rest.length > 0 || List === undefined) return <NoPage />
  return id === undefined ? <List /> : ones(first, decoded(id))
}
