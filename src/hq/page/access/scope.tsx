import type { Place, Scope } from '../../../model/access.ts'
import { t } from '../words.ts'
import { a } from './words.ts'

/** Places in words; nothing stands for everywhere. */
export const scopeInWords = (scope: Scope | undefined): string =>
  scope === undefined ? a('everywhere') : scope.map(({ region, store }) => (store === undefined ? region : region === undefined ? a('one-store', { store }) : a('in-region', { region, store }))).join('; ')

/** Rows of region and store as they are typed; undefined stands for everywhere. */
export type TypedScope = readonly { region: string; store: string }[] | undefined

/** What was typed, as it is sent: rows without a word are left out. */
export const scopeOf = (typed: TypedScope): Scope | undefined => {
  const places = typed?.map(({ region, store }): Place => ({ ...(region.trim() && { region: region.trim() }), ...(store.trim() && { store: store.trim() }) })).filter((p) => p.region ?? p.store)
  return typed === undefined ? undefined : (places ?? [])
}

/** A scope as it is typed. */
export const typedOf = (scope: Scope | undefined): TypedScope => scope?.map(({ region = '', store = '' }) => ({ region, store }))

const EMPTY = { region: '', store: '' }

/** Asks for a scope: everywhere, or regions and stores, one row each. */
export const ScopeFields = ({ value, onChange }: { value: TypedScope; onChange: (value: TypedScope) => void }) => {
  const set = (i: number, change: Partial<typeof EMPTY>): void => onChange(value?.map((row, at) => (at === i ? { ...row, ...change } : row)))
  return (
    <fieldset class="scope">
      <legend>{a('scope')}</legend>
      <label><input type="radio" checked={value === undefined} onChange={() => onChange(undefined)} /> {a('everywhere')}</label>
      <label><input type="radio" checked={value !== undefined} onChange={() => onChange([EMPTY])} /> {a('only-these')}</label>
      {value?.map((row, i) => (
        // Rows have no name but their place.
        <p key={i} class="filters">
          <label>{a('region')} <input value={row.region} maxLength={100} autoComplete="off" onInput={(e) => set(i, { region: e.currentTarget.value })} /></label>
          <label>{t('store')} <input value={row.store} maxLength={100} autoComplete="off" onInput={(e) => set(i, { store: e.currentTarget.value })} /></label>
          {value.length > 1 && <button type="button" onClick={() => onChange(value.filter((_, at) => at !== i))}>{a('remove')}</button>}
        </p>
      ))}
      {value && value.length < 50 && <button type="button" onClick={() => onChange([...value, EMPTY])}>{a('add-place')}</button>}
    </fieldset>
  )
}
