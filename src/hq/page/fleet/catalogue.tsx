import type { Fault } from '../../../model/fault.ts'
import { useAsked } from '../data.ts'
import { Shown } from '../parts/asked.tsx'
import { SEVERITIES, SeverityMark } from '../parts/marks.tsx'
import { Search } from '../parts/search.tsx'
import { go, place, withQuery } from '../router.ts'
import { useTitle } from '../title.ts'
import { inWords, listed, shared, t } from '../words.ts'
import { findFaults } from './find-faults.ts'
import { f } from './words.ts'

/** GET /api/catalogue. */
export interface Catalogue { faults: Fault[] }

const Entry = ({ fault }: { fault: Fault }) => (
  <li class="entry">
    <h3><a class="lead" href={`/catalogue/${encodeURIComponent(fault.code)}`}>{inWords(fault.title)}</a> <SeverityMark is={fault.severity} /></h3>
    <p>{inWords(fault.signs)}</p>
    <p class="hint"><code>{fault.code}</code> · {t('who', { actors: listed(fault.actors.map((a) => shared(`actor.${a}`))) })}</p>
  </li>
)

const Choose = ({ name, values, said }: { name: 'subsystem' | 'severity'; values: readonly string[]; said: (value: string) => string }) => {
  const chosen = place.value.query.get(name) ?? ''
  return (
    <label>{name === 'severity' ? t('severity') : f('subsystem')} <select value={chosen} onChange={(e) => go(withQuery({ [name]: e.currentTarget.value }), 'replace')}>
      <option value="">{t('all')}</option>
      {values.map((value) => <option key={value} value={value} selected={value === chosen}>{said(value)}</option>)}
    </select></label>
  )
}

const List = ({ faults }: Catalogue) => {
  const { query } = place.value
  const [q, subsystem, severity] = [query.get('q') ?? '', query.get('subsystem') ?? '', query.get('severity') ?? '']
  const found = findFaults(faults.filter((x) => (subsystem === '' || x.subsystem === subsystem) && (severity === '' || x.severity === severity)), q)
  const subsystems = [...new Set(faults.map((x) => x.subsystem))]
  const groups: [string, Fault[]][] = q === '' ? [...Map.groupBy(found, (x) => x.subsystem)].map(([name, all]) => [f(`subsystem.${name}`), all]) : [[f('found', { n: found.length }), found]]
  return (
    <>
      <div class="filters fleet-filters">
        <Search label={f('search-faults')} value={q} onSearch={(text) => go(withQuery({ q: text }), 'replace')} />
        <Choose name="subsystem" values={subsystems} said={(value) => { const known = subsystems.find((s) => s === value); return known ? f(`subsystem.${known}`) : value }} />
        <Choose name="severity" values={SEVERITIES} said={(value) => { const known = SEVERITIES.find((s) => s === value); return known ? shared(`severity.${known}`) : value }} />
      </div>
      {faults.length === 0 && <p class="empty">{f('no-catalogue')}</p>}
      {faults.length > 0 && found.length === 0 && <p class="empty">{t('no-match')}</p>}
      {groups.filter(([, all]) => all.length > 0).map(([name, all]) => (
        <section class="card" key={name}>
          <h2>{name}</h2>
          <ul class="rows entries">{all.map((fault) => <Entry key={fault.code} fault={fault} />)}</ul>
        </section>
      ))}
    </>
  )
}

/** Every fault that HQ knows, found by what somebody sees; what is looked for is in the address. */
export const CataloguePage = () => {
  useTitle(t('catalogue'))
  const asked = useAsked<Catalogue>('/api/catalogue', [], { once: true })
  return (
    <>
      <h1>{t('catalogue')}</h1>
      <p class="hint">{f('catalogue-hint')}</p>
      <Shown asked={asked}>{({ faults }) => <List faults={faults} />}</Shown>
    </>
  )
}
