import { place } from '../router.ts'
import { useTitle } from '../title.ts'
import { Audit } from './audit.tsx'
import { People } from './people.tsx'
import { ApiTokens } from './tokens.tsx'
import { a } from './words.ts'

const TABS = [
  { part: 'people', path: '/access', show: People },
  { part: 'tokens', path: '/access/tokens', show: ApiTokens },
  { part: 'audit', path: '/access/audit', show: Audit },
] as const

/** Who may what: people, API tokens, and what was done. */
export const AccessPage = () => {
  const tab = TABS.find((one) => one.path === place.value.path) ?? TABS[0]
  useTitle(a(tab.part), a('access'))
  const Part = tab.show
  return (
    <>
      <h1>{a('access')}</h1>
      <div class="filters"><nav class="tabs" aria-label={a('access')}>{TABS.map((one) => <a key={one.part} class="tab" href={one.path} aria-current={one === tab ? 'page' : undefined}>{a(one.part)}</a>)}</nav></div>
      <Part />
    </>
  )
}
