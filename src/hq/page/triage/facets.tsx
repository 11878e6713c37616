import { useState } from 'preact/hooks'
import type { Facets } from '../../../model/triage.ts'
import type { Asked } from '../data.ts'
import { place, withQuery } from '../router.ts'
import { t } from '../words.ts'
import { ALSO, FACETS, narrowingNow, valueInWords } from './narrowing.ts'
import { a } from './words.ts'

const SHOWN = 7
const wide = matchMedia('(min-width: 901px)')

const Facet = ({ name, counts, total, titleOf }: { name: (typeof FACETS)[number]; counts: Facets[keyof Facets]; total: number; titleOf: (fault: string) => string | undefined }) => {
  const [all, setAll] = useState(false)
  const chosen = place.value.query.get(name)
  // What all have is no choice.
  if (chosen === null && (counts.length === 0 || counts[0]?.incidents === total)) return null
  // What is chosen is offered even where nothing has it any more, so that it can be taken out.
  const rows = chosen === null || counts.some((c) => c.value === chosen) ? counts : [{ value: chosen, incidents: 0 }, ...counts]
  const shown = all ? rows : rows.filter((c, i) => i < SHOWN || c.value === chosen)
  return (
    <details class="facet" open={wide.matches || chosen !== null}>
      <summary>{a(`facet.${name}`)}</summary>
      <ul>
        {shown.map(({ value, incidents }) => (
          <li key={value}>
            <a class="bare" href={withQuery({ [name]: value === chosen ? '' : value, cursor: '' })} aria-current={value === chosen ? 'true' : undefined}>
              <span>{name === 'fault' ? (titleOf(value) ?? value) : valueInWords(name, value)}</span> <b>{incidents}</b>
            </a>
          </li>
        ))}
      </ul>
      {rows.length > shown.length && <button type="button" class="quiet" onClick={() => setAll(true)}>{a('facet-more', { n: rows.length - shown.length })}</button>}
    </details>
  )
}

/** What the list may be narrowed by, with how many incidents each leaves. */
export const FacetRail = ({ asked, titleOf }: { asked: Asked<Facets>; titleOf: (fault: string) => string | undefined }) => {
  const all = asked.state === 'here' ? asked.value.severity.reduce((n, c) => n + c.incidents, 0) : 0
  return (
    <aside class="rail" aria-label={a('filters')}>
      {asked.state === 'here' && FACETS.map((name) => <Facet key={name} name={name} counts={asked.value[name]} total={all} titleOf={titleOf} />)}
    </aside>
  )
}

/** What the list is narrowed to, each to be taken out by a click. */
export const Chosen = () => {
  const narrowing = narrowingNow()
  const given = [...FACETS, ...ALSO].flatMap((name) => {
    const value = narrowing.get(name)
    return value === null ? [] : [{ name, value }]
  })
  if (given.length === 0) return null
  return (
    <p class="chips chosen">
      {given.map(({ name, value }) => {
        const words = name === 'outbreak' ? '' : valueInWords(name, value)
        return <a key={name} class="chip" href={withQuery({ [name]: '', cursor: '' })} aria-label={t('filter-off', { name: a(`facet.${name}`), value: words })}>{a(`facet.${name}`)}{words && `${a('colon')}${words}`} <span aria-hidden="true">✕</span></a>
      })}
      {given.length > 1 && <a class="chip" href={withQuery({ ...Object.fromEntries(given.map(({ name }) => [name, ''])), cursor: '' })}>{a('clear')}</a>}
    </p>
  )
}
