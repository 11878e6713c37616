import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { buildPage, openBrowser, openPage, type Watched } from './browser.ts'

/** A browser at the page of an HQ, and what a person does there. Everything is there once the tests run. */
export interface Browsing {
  /** Folder of the built page. */
  built: string
  browser: Browser
  watched: Watched
  page: Page
  /** Loads a path of the page anew, and waits for its content. */
  open(path: string): Promise<void>
  path(): Promise<string>
  words(): Promise<string>
  waitForText(text: string, within?: string): Promise<void>
  unfold(): Promise<void>
  toEnglish(): Promise<void>
}

/** An HQ that was started for tests: what they want to know of it, how to come in, and how to end it. */
export interface Started<T> { known: T; url: string; operatorUrl: string; end(): Promise<void> }

/** Starts an HQ with the built page and a browser for the tests around it. After each of them the page must have done nothing that it ought not to do. */
export const browsing = <T extends object>(start: (built: string) => Promise<Started<T>>): Browsing & T => {
  let url = ''
  let close = async (): Promise<void> => undefined
  const ways: Omit<Browsing, 'built' | 'browser' | 'watched' | 'page'> = {
    open: async (path) => {
      await at.page.goto(url + path)
      await at.page.waitForSelector('main h1', { state: 'attached' })
      await at.page.waitForSelector('main .loading', { state: 'detached' })
    },
    path: () => at.page.evaluate('location.pathname + location.search'),
    words: () => at.page.evaluate('document.body.innerText'),
    waitForText: (text, within = 'main') => at.page.locator(within).getByText(text).filter({ visible: true }).first().waitFor(),
    unfold: () => at.page.evaluate('document.querySelectorAll("details").forEach((d) => { d.open = true })'),
    toEnglish: () => at.page.getByRole('button', { name: 'English' }).click(),
  }
  // Whoever asks for a part before it is there is told so by its absence; the hooks below run first.
  const at = { ...ways } as Browsing & T
  beforeAll(async () => {
    const [built, browser] = await Promise.all([buildPage(), openBrowser()])
    const started = await start(built.dir)
    close = async () => {
      await browser.close()
      await started.end()
      built.remove()
    }
    url = started.url
    const watched = await openPage(browser, started.operatorUrl)
    await watched.page.addInitScript({ content: 'globalThis.ran = (place) => { console.error("ran: " + place) }' })
    Object.assign(at, { built: built.dir, browser, watched }, started.known)
  }, 60_000)
  afterAll(() => close())
  beforeEach(async () => {
    at.page = at.watched.page
    await at.page.emulateMedia({ colorScheme: 'light' })
    await at.page.setViewportSize({ width: 1280, height: 800 })
  })
  afterEach(async () => {
    await at.watched.page.evaluate('localStorage.clear()')
    expect(at.watched.problems.splice(0)).toEqual([])
  })
  return at
}
