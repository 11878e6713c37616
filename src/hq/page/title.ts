import { useLayoutEffect } from 'preact/hooks'

/** Names the page in the browser's tab and history, most particular first. */
export const useTitle = (...parts: string[]): void => {
  const title = [...parts, 'posdiag'].filter((part) => part !== '').join(' · ')
  // Before anything is painted: a page and its name change at once.
  useLayoutEffect(() => {
    document.title = title
  }, [title])
}
