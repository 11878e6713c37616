import { useEffect, useRef } from 'preact/hooks'
import { wantsSearch } from '../keys.ts'

const PAUSE_MS = 250

/** A search field that tells what was typed when the typing pauses; half-composed Chinese is not yet typed. */
export const Search = ({ label, value, onSearch }: { label: string; value: string; onSearch: (text: string) => void }) => {
  const field = useRef<HTMLInputElement>(null)
  const due = useRef<number | undefined>(undefined)
  const tell = (): void => {
    clearTimeout(due.current)
    if (field.current && field.current.value !== value) onSearch(field.current.value)
  }
  const soon = (event: Event): void => {
    clearTimeout(due.current)
    if (!(event instanceof InputEvent && event.isComposing)) due.current = setTimeout(tell, PAUSE_MS)
  }
  useEffect(() => {
    if (wantsSearch.value) field.current?.focus()
    wantsSearch.value = false
    return () => clearTimeout(due.current)
  }, [])
  // Going back changes the address without a key; what is being typed stays.
  useEffect(() => {
    if (field.current && field.current !== document.activeElement) field.current.value = value
  }, [value])
  return <input ref={field} type="search" aria-label={label} placeholder={label} defaultValue={value} onInput={soon} onCompositionEnd={soon} onChange={tell} />
}
