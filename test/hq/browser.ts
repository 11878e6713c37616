import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { AxeResults } from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const CHROMIUM = '/usr/bin/chromium'

/** Without a browser the tests of the page are skipped by name when run by hand; where all tools must be there, they fail. */
export const noBrowser = !existsSync(CHROMIUM) && process.env.CI !== 'true'

/** Nothing that a browser does by itself, so that whatever it asks for is the page's doing. */
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

export const openBrowser = (): Promise<Browser> => chromium.launch({ executablePath: CHROMIUM, args: QUIET })

const BUILD = "const { build } = await import('vite'); await build({ configFile: process.argv[1], logLevel: 'warn', build: { outDir: process.argv[2], emptyOutDir: true } })"

/** HQ's page, built as it is published, into a folder of its own; in a process of its own, as builders heed the NODE_ENV that tests run in. */
export const buildPage = async (): Promise<{ dir: string; remove: () => void }> => {
  const dir = mkdtempSync(join(tmpdir(), 'posdiag-page-'))
  const { NODE_ENV: _, ...env } = process.env
  const config = join(import.meta.dirname, '../../src/hq/page/vite.config.ts')
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', BUILD, config, dir], { env, timeout: 30_000 })
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) }
}

/** A page of the browser that keeps what it ought not to have done. */
export interface Watched {
  page: Page
  /** Errors and warnings of the console, exceptions, breaches of the policy, and requests to anybody but HQ. */
  problems: string[]
  close(): Promise<void>
}

const DEADLINE_MS = 10_000

/** Opens a page that is signed in to HQ by `operatorUrl`; the language is Chinese unless told. */
export const openPage = async (browser: Browser, operatorUrl: string, options: BrowserContextOptions = {}): Promise<Watched> => {
  const context = await browser.newContext({ locale: 'zh-CN', timezoneId: 'Asia/Shanghai', viewport: { width: 1280, height: 800 }, ...options })
  context.setDefaultTimeout(DEADLINE_MS)
  const page = await context.newPage()
  const problems: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => problems.push(`exception: ${error.message}`))
  page.on('dialog', (dialog) => void dialog.accept())
  page.on('request', (request) => {
    if (!request.url().startsWith(new URL(operatorUrl).origin) && !/^(blob|data):/.test(request.url())) problems.push(`request: ${request.url()}`)
  })
  await page.addInitScript({ content: "document.addEventListener('securitypolicyviolation', (e) => console.error('policy: ' + e.violatedDirective + ' ' + e.blockedURI))" })
  await page.goto(operatorUrl)
  return { page, problems, close: () => context.close() }
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe-core finds wrong with the page as it is now, as `rule: selector`. */
export const axe = async (page: Page): Promise<string[]> => {
  await page.evaluate(AXE)
  // Whatever fades or slides has its final colours first.
  await page.evaluate('Promise.allSettled(document.getAnimations().map((animation) => animation.finished))')
  const { violations } = await page.evaluate<AxeResults>('axe.run(document, { resultTypes: ["violations"] })')
  return violations.flatMap((v) => v.nodes.map((node) => `${v.id}: ${node.target.join(' ')} ${node.failureSummary?.split('\n').slice(1).join(' ').slice(0, 200) ?? ''}`))
}

/** By how many pixels the page is wider than its window; what scrolls by itself does not count. */
export const overflow = (page: Page): Promise<number> => page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
