import { effect, signal } from '@preact/signals'

type Theme = 'system' | 'light' | 'dark'
const ORDER: Theme[] = ['system', 'light', 'dark']
const kept = localStorage.getItem('theme')

/** Light, dark, or as the system has it. */
export const theme = signal<Theme>(kept === 'light' || kept === 'dark' ? kept : 'system')

/** Goes on to the next theme. */
export const nextTheme = (): void => {
  theme.value = ORDER[(ORDER.indexOf(theme.value) + 1) % ORDER.length] ?? 'system'
}

effect(() => {
  localStorage.setItem('theme', theme.value)
  document.documentElement.dataset.theme = theme.value
})
