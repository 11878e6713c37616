import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { axe, overflow } from './browser.ts'

/** What a page under test offers: itself, the words on it, and the way to English. */
interface Shown { page: Page; words(): Promise<string>; toEnglish(): Promise<void> }

/** What a page must say in one language, and what it is called, if that is looked at. */
export interface Said { texts: readonly string[]; title?: string }

const NARROW = { width: 390, height: 844 }

const says = async (at: Shown, { texts, title }: Said): Promise<void> => {
  await expect.poll(async () => {
    // What a field holds is no text of the page, and yet to be read there.
    const held = await at.page.evaluate<string>("[...document.querySelectorAll('main :is(input, textarea)')].map((e) => e.value).join('\\n')")
    const said = `${await at.words()}\n${held}`
    return texts.filter((text) => !said.includes(text))
  }).toEqual([])
  if (title !== undefined) await expect.poll(() => at.page.title()).toBe(`${title} · posdiag`)
}

/** Walks the open page, wide and light, from Chinese to English, dark and narrow: it says what it must, keeps within its window, and axe-core finds nothing wrong. */
export const expectSound = async (at: Shown, zh: Said, en: Said): Promise<void> => {
  await says(at, zh)
  expect(await axe(at.page)).toEqual([])
  await at.page.emulateMedia({ colorScheme: 'dark' })
  expect(await axe(at.page)).toEqual([])
  await at.toEnglish()
  await says(at, en)
  await expect.poll(() => at.page.getAttribute('html', 'lang')).toBe('en')
  await expect.poll(() => overflow(at.page)).toBe(0)
  await at.page.setViewportSize(NARROW)
  await expect.poll(() => overflow(at.page)).toBe(0)
  expect(await axe(at.page)).toEqual([])
}

const LABELS = "[...document.querySelectorAll('[title], [aria-label], [placeholder]')].flatMap((e) => ['title', 'aria-label', 'placeholder'].map((name) => e.getAttribute(name) ?? ''))"

/** Lines and labels of the open page that are in Chinese, but for names, which are what they are. */
export const chineseOn = async (at: Shown, names: RegExp): Promise<string[]> => {
  const labels = await at.page.evaluate<string[]>(LABELS)
  return [...(await at.words()).split('\n'), ...labels].filter((line) => /\p{Script=Han}/u.test(line.replaceAll(names, '')))
}

/** How many elements of the open page came from somebody's text and not from the page. */
export const strangeElements = (at: Shown): Promise<number> => at.page.locator('main img, main script, main [onerror]').count()
