import { useEffect } from 'preact/hooks'

/** Names the page in the browser's tab and history, most particular first. */
export const useTitle = (...parts: string[]): void => {
  const title = [...parts, 'posdiag'].filter((part) => part !== '').join(' · ')
  useEffect(() => {
    document.title = title
  }, [title])
}
