import { signal } from '@preact/signals'

/** Where the reader is: path and query of the page's address. It holds all state that a link should carry. */
export const place = signal(read())

function read(): { path: string; query: URLSearchParams } {
  return { path: location.pathname, query: new URLSearchParams(location.search) }
}

// The page's lists come after the browser would have put the scroll position back.
history.scrollRestoration = 'manual'

/** Puts the keyboard, and what a screen reader reads next, at the start of the content. */
const toContent = (): void => document.getElementById('main')?.focus({ preventScroll: true })

addEventListener('popstate', (event) => {
  const state: unknown = event.state
  const y = typeof state === 'object' && state !== null && 'y' in state && typeof state.y === 'number' ? state.y : 0
  place.value = read()
  toContent()
  requestAnimationFrame(() => scrollTo(0, y))
})

/** Goes to a path of the page without loading it anew. */
export const go = (to: string, how: 'push' | 'replace' = 'push'): void => {
  if (how === 'replace') {
    history.replaceState(history.state, '', to)
    place.value = read()
    return
  }
  const before = place.value.path
  history.replaceState({ y: scrollY }, '')
  history.pushState(null, '', to)
  place.value = read()
  if (place.value.path !== before) toContent()
  scrollTo(0, 0)
}

/** The present path with some query values changed; empty ones are taken out. */
export const withQuery = (changes: Readonly<Record<string, string>>): string => {
  const query = new URLSearchParams(place.value.query)
  for (const [key, value] of Object.entries(changes)) {
    if (value) query.set(key, value)
    else query.delete(key)
  }
  const text = query.toString()
  return place.value.path + (text ? `?${text}` : '')
}

// A click on a link of this page changes the place; with a modifier key, to a spot within the page, or to elsewhere, the browser does what it always does.
addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a') : null
  if (!link || link.origin !== location.origin || link.target || link.hash || link.hasAttribute('download')) return
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  event.preventDefault()
  go(link.pathname + link.search)
})

/** The page of a store. */
export const storePath = (store: string): string => `/stores/${encodeURIComponent(store)}`
