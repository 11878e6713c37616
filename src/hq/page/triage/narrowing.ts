import type { Facets } from '../../../model/triage.ts'
import { place } from '../router.ts'
import { language, shared } from '../words.ts'
import { wordOf } from './words.ts'

/** What a list of incidents may be narrowed by and is counted by, in the order in which it is offered. */
export const FACETS = ['severity', 'region', 'fault', 'actor', 'assignee', 'model', 'agentVersion'] as const satisfies readonly (keyof Facets)[]

/** What it may be narrowed by besides: links from elsewhere do. */
export const ALSO = ['terminal', 'store', 'outbreak'] as const

/** States of the list as its tabs have them: each sets these values of the address, and takes the others out. */
export const TABS = [
  { key: 'open', set: {} },
  { key: 'new', set: { care: 'new' } },
  { key: 'acknowledged', set: { care: 'acknowledged' } },
  { key: 'regressed', set: { regression: 'true' } },
  { key: 'suppressed', set: { care: 'silenced' } },
  { key: 'resolved', set: { state: 'closed' } },
] as const

const STATE = ['state', 'care', 'regression'] as const

/** The tab that the address shows. */
export const tabNow = (): (typeof TABS)[number]['key'] => {
  const { query } = place.value
  if (query.get('state') === 'closed') return 'resolved'
  if (query.get('regression') === 'true') return 'regressed'
  const care = query.get('care')
  return care === 'new' || care === 'acknowledged' ? care : care === 'silenced' ? 'suppressed' : 'open'
}

/** What the address narrows the list to, as HQ is asked. */
export const narrowingNow = (): URLSearchParams => {
  const asking = new URLSearchParams()
  for (const name of [...STATE, ...FACETS, ...ALSO]) {
    const value = place.value.query.get(name)
    if (value) asking.set(name, value)
  }
  return asking
}

/** A value of a facet, as the reader knows it. */
export const valueInWords = (facet: string, value: string): string =>
  facet === 'severity' || facet === 'actor' ? shared(`${facet}.${value}` as Parameters<typeof shared>[0]) : wordOf(facet, value)

/** Changes of the address that leave a tab for another one. */
export const tabChange = (set: Readonly<Record<string, string>>): Record<string, string> => ({ ...Object.fromEntries(STATE.map((name) => [name, ''])), cursor: '', ...set })

/** Names in the order of the reader's language. */
export const byName = (x: string, y: string): number => x.localeCompare(y, language.value)
