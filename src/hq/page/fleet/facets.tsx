import type { Facet, TerminalFacets } from '../../../model/fleet.ts'
import type { Asked } from '../data.ts'
import { go, place, withQuery } from '../router.ts'
import { t } from '../words.ts'
import { f } from './words.ts'

/** Narrows a list by what terminals report of themselves, with how many report it; the choice is in the address. */
export const FacetField = ({ name, facets }: { name: Facet; facets: Asked<TerminalFacets> }) => {
  const chosen = place.value.query.get(name) ?? ''
  const counted = facets.state === 'here' ? facets.value[name] : []
  // What the address asks for stays to be seen, though nobody reports it any more.
  const values = chosen === '' || counted.some((c) => c.value === chosen) ? counted : [{ value: chosen, terminals: 0 }, ...counted]
  return (
    <label>{f(name)} <select value={chosen} onChange={(e) => go(withQuery({ [name]: e.currentTarget.value, cursor: '' }), 'replace')}>
      <option value="">{t('all')}</option>
      {values.map(({ value, terminals }) => <option key={value} value={value} selected={value === chosen}>{f('counted', { value, n: terminals })}</option>)}
    </select></label>
  )
}
