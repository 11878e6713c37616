import { effect, signal } from '@preact/signals'
import { go } from './router.ts'

/** Whether single keys do something; whoever speaks to a computer, or types with help, can turn them off. */
export const keysOn = signal(localStorage.getItem('keys') !== 'off')

effect(() => localStorage.setItem('keys', keysOn.value ? 'on' : 'off'))

/** Whether the list of keys is open. */
export const keysShown = signal(false)

/** Whether the search field takes the keyboard as soon as it is there. */
export const wantsSearch = signal(false)

const ROWS = '#main td.lead a, #main .rows a.lead'

const move = (by: 1 | -1): void => {
  const rows = [...document.querySelectorAll<HTMLElement>(ROWS)]
  const at = rows.indexOf(document.activeElement as HTMLElement)
  const next = at === -1 ? (by === 1 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1)
  rows[next]?.focus()
}

const mark = (): void => document.activeElement?.closest('tr, li')?.querySelector<HTMLInputElement>('input.marks')?.click()

const search = (): void => {
  const field = document.querySelector<HTMLElement>('#main input[type=search]')
  if (field) field.focus()
  else {
    wantsSearch.value = true
    go('/terminals')
  }
}

const ACTIONS: Readonly<Record<string, () => void>> = {
  j: () => move(1),
  k: () => move(-1),
  x: mark,
  '/': search,
  '?': () => {
    keysShown.value = true
  },
}

const writing = (target: EventTarget | null): boolean => target instanceof Element && target.closest('input, select, textarea, dialog') !== null

addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || !keysOn.value || writing(event.target)) return
  const action = ACTIONS[event.key]
  if (!action) return
  event.preventDefault()
  action()
})
