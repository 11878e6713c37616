import { useState } from 'preact/hooks'
import { me } from '../me.ts'
import { place } from '../router.ts'
import { byName } from './narrowing.ts'
import { a } from './words.ts'

/** A list as somebody wants to come back to it: its name and the query of its address. */
interface View { name: string; query: string }

const KEY = 'incident-views'
const MOST = 20

const isView = (one: unknown): one is View => typeof one === 'object' && one !== null && 'name' in one && typeof one.name === 'string' && 'query' in one && typeof one.query === 'string'

const kept = (): View[] => {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(read) ? read.filter(isView).slice(0, MOST) : []
  } catch (error) {
    console.warn('the saved views cannot be read; they are as if there were none', error)
    return []
  }
}

const offered = (): View[] => [
  { name: a('view.blocking'), query: 'severity=block' },
  { name: a('view.costly'), query: 'sort=cost' },
  { name: a('view.technician'), query: 'actor=technician' },
  ...(me.value ? [{ name: a('view.mine'), query: new URLSearchParams({ assignee: me.value.name }).toString() }] : []),
]

const now = (): string => {
  const query = new URLSearchParams(place.value.query)
  query.delete('cursor')
  return query.toString()
}

/** Views of the list: some that everybody has, and those that the reader saved in this browser. */
export const Views = () => {
  const [own, setOwn] = useState(kept)
  const [naming, setNaming] = useState(false)
  const here = now()
  const keep = (views: View[]): void => {
    localStorage.setItem(KEY, JSON.stringify(views))
    setOwn(views)
  }
  const save = (event: SubmitEvent & { currentTarget: HTMLFormElement }): void => {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget).get('name') ?? '').trim()
    if (name === '') return
    keep([...own.filter((v) => v.name !== name), { name, query: here }].toSorted((x, y) => byName(x.name, y.name)).slice(0, MOST))
    setNaming(false)
  }
  const known = [...offered(), ...own].some((v) => v.query === here)
  return (
    <nav class="views" aria-label={a('views')}>
      {offered().map((v) => <a key={v.query} class="chip" href={`/incidents?${v.query}`} aria-current={v.query === here ? 'true' : undefined}>{v.name}</a>)}
      {own.map((v) => (
        <span key={v.name} class="chips own">
          <a class="chip" href={`/incidents?${v.query}`} aria-current={v.query === here ? 'true' : undefined}>★ {v.name}</a>
          <button type="button" class="quiet" aria-label={a('view-drop', { name: v.name })} onClick={() => keep(own.filter((o) => o.name !== v.name))}>✕</button>
        </span>
      ))}
      {here !== '' && !known && !naming && <button type="button" class="quiet" onClick={() => setNaming(true)}>☆ {a('view-save')}</button>}
      {naming && (
        <form class="chips" onSubmit={save}>
          <input name="name" required maxLength={40} aria-label={a('view-name')} placeholder={a('view-name')} autoComplete="off" ref={(field) => field?.focus()} />
          <button type="submit" class="primary">{a('save')}</button>
          <button type="button" onClick={() => setNaming(false)}>{a('cancel')}</button>
        </form>
      )}
    </nav>
  )
}
