import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { PAGE_TEXTS } from '../../src/hq/page/texts.ts'
import { uuidv7 } from '../../src/model/id.ts'
import type { CommandProgress, HeartbeatAnswer, IncidentRow } from '../../src/model/wire.ts'
import { detailIn } from '../../src/texts/details.ts'
import { fill, type Params } from '../../src/texts/say.ts'
import { axe, buildPage, noBrowser, openBrowser, openPage, overflow, type Watched } from './browser.ts'
import { startTestHq, type TestHq, until } from './hq.ts'
import { hostileReport, scenarioReport } from './scenario-reports.ts'

/** A counter with two things wrong, one where all is well, and one that never reported. */
const TROUBLED = { id: 'SHOP-0001-01', merchant: 'M100001', store: '建国路店', region: '华北', lane: '1', model: 'POS-PC' }
const WELL = { id: 'SHOP-0002-01', store: '人民路店', region: '华东', lane: '3' }
const SILENT = 'SHOP-0003-01'
const HOSTILE = { id: 'EVIL-1' }

type Key = keyof typeof PAGE_TEXTS
const zh = (key: Key, params?: Params): string => fill(PAGE_TEXTS[key], 'zh-CN', params)
const en = (key: Key, params?: Params): string => fill(PAGE_TEXTS[key], 'en', params)

describe.skipIf(noBrowser)('the page of HQ', () => {
  let built: Awaited<ReturnType<typeof buildPage>>
  let browser: Browser
  let hq: TestHq
  let token: string
  let reportId: string
  let incidents: IncidentRow[]
  let places: string[]
  let watched: Watched
  let page: Page

  beforeAll(async () => {
    ;[built, browser] = await Promise.all([buildPage(), openBrowser()])
    hq = await startTestHq({ pageDir: built.dir })
    const now = Date.now()
    token = await hq.enrol(TROUBLED.id)
    await hq.enrol(SILENT)
    const bad = (sequence: number, at: number, opens: boolean) => scenarioReport({ scenario: 'paper-out-and-acquirer-down', identity: TROUBLED, sequence, at, opens })
    const sent = [
      scenarioReport({ scenario: 'healthy-full-shop', identity: TROUBLED, sequence: 1, at: now - 3_600_000, trigger: 'boot' }),
      bad(2, now - 1_800_000, true),
      bad(3, now - 60_000, false),
    ]
    reportId = sent[2]?.id ?? ''
    const evil = hostileReport(HOSTILE, now)
    places = evil.places
    for (const [who, reports] of [[token, sent], [await hq.enrol(WELL.id), [scenarioReport({ scenario: 'healthy-full-shop', identity: WELL, sequence: 1, at: now, trigger: 'boot' })]], [await hq.enrol(HOSTILE.id), [evil.report]]] as const) {
      const { json } = await hq.send(who, [...reports])
      expect(json.items.map((item) => item.status)).toEqual(reports.map(() => 'stored'))
    }
    const open = await until(() => hq.operate<{ rows: IncidentRow[] }>('/api/incidents'), ({ json }) => json.rows.length === 3)
    incidents = open.json.rows
    watched = await openPage(browser, hq.hq.operatorUrl)
    await watched.page.addInitScript({ content: 'globalThis.ran = (place) => { console.error("ran: " + place) }' })
  })
  afterAll(async () => {
    await browser?.close()
    await hq?.end()
    built?.remove()
  })
  beforeEach(async () => {
    page = watched.page
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize({ width: 1280, height: 800 })
  })
  afterEach(async () => {
    await watched.page.evaluate('localStorage.clear()')
    expect(watched.problems.splice(0)).toEqual([])
  })

  const open = async (path: string): Promise<void> => {
    await page.goto(hq.hq.url + path)
    await page.waitForSelector('main h1')
    await page.waitForSelector('main .loading', { state: 'detached' })
  }
  const path = (): Promise<string> => page.evaluate('location.pathname + location.search')
  const words = (): Promise<string> => page.evaluate('document.body.innerText')
  const waitForText = async (text: string, within = 'main'): Promise<void> => {
    await page.locator(within).getByText(text).first().waitFor()
  }
  const unfold = (): Promise<void> => page.evaluate('document.querySelectorAll("details").forEach((d) => { d.open = true })')
  const toEnglish = (): Promise<void> => page.getByRole('button', { name: zh('other-language') }).click()
  const paper = (): IncidentRow | undefined => incidents.find((i) => i.fault === 'PRN-PAPER-OUT' && i.terminalId === TROUBLED.id)

  /** What each page says: texts of its own by key, and, apart from those, words of the reports in Chinese and in English. */
  const PAGES: { name: string; path: () => string; title: (say: typeof zh) => string; texts: (Key | [Key, Params])[]; zh: string[]; en: string[] }[] = [
    {
      name: 'overview', path: () => '/', title: (say) => say('overview'),
      texts: [['cannot-pay', { n: 2 }], 'blocked-terminals', 'contact.never', 'tenders', 'last-24h', 'worst-first', ['on-terminals', { n: 2 }]],
      zh: ['SHOP-0001-01', '打印机缺纸', '阻断收款', '不可用'], en: ['Printer out of paper', 'blocking', 'contactless'],
    },
    {
      name: 'incidents', path: () => '/incidents', title: (say) => say('incidents'),
      texts: ['state.open', 'severity', 'duration', 'confidence', ['minutes', { n: 30 }]], zh: ['HST-UNREACHABLE', '建国路店', '>99%'], en: ['PRN-PAPER-OUT', 'acquirer-1'],
    },
    {
      name: 'incident', path: () => `/incidents/${paper()?.id}`, title: () => `${paper()?.title.zh} · SHOP-0001-01`,
      texts: ['evidence-for', 'steps', 'workaround', 'reports-since', ['report-number', { n: 3 }], 'trigger.schedule', 'yes', 'elsewhere'],
      zh: ['打印机缺纸', '收银员'], en: ['the printer has no paper', 'cashier'],
    },
    {
      name: 'terminals', path: () => '/terminals', title: (say) => say('terminals'),
      texts: ['contact', 'readiness', 'contact.never', 'last-seen', ['lane', { lane: '1' }]], zh: ['SHOP-0003-01', '华北 · 建国路店', '阻断收款'], en: ['SHOP-0002-01', 'blocking'],
    },
    {
      name: 'terminal', path: () => `/terminals/${TROUBLED.id}`, title: (say) => `SHOP-0001-01 · ${say('terminals')}`,
      texts: ['check-now', 'merchant', 'checks', 'trigger.boot', 'revoke-terminal'], zh: ['现在不能用', 'M100001', 'HST-UNREACHABLE acquirer-1'], en: ['Not possible now: chip', 'Printer out of paper'],
    },
    {
      name: 'terminal without a report', path: () => `/terminals/${SILENT}`, title: (say) => `SHOP-0003-01 · ${say('terminals')}`,
      texts: ['never-checked', 'no-incidents', 'contact.never', 'none'], zh: [], en: [],
    },
    {
      name: 'report', path: () => `/reports/${TROUBLED.id}/${reportId}`, title: (say) => `${say('report-title', { n: 3 })} · SHOP-0001-01`,
      texts: ['causes', 'evidence-for', 'steps', 'verify', 'considered', 'ruled-out', 'observations', 'probes', 'trigger.schedule', 'clock.synchronised', 'download-json', 'source.passive'],
      zh: ['打印机缺纸', '收银员', '被拒绝', '钱箱', '> 10 04 04', 'printer.cover-open', '打印机'],
      en: ['Printer out of paper', 'cashier', 'refused', 'the drawer has no line of its own to the host', '< 7e +8ms', 'cash drawer'],
    },
    {
      name: 'enrolment', path: () => '/enrolment', title: (say) => say('enrolment'),
      texts: ['make-token', 'token-note', ['token.used', { by: 'SHOP-0001-01' }], 'state'], zh: [], en: [],
    },
  ]
  const all = (texts: readonly (Key | [Key, Params])[], say: typeof zh): string[] => texts.map((text) => (typeof text === 'string' ? say(text) : say(...text)))
  const shows = async (expected: readonly string[]): Promise<void> => {
    await expect.poll(async () => {
      const said = await words()
      return expected.filter((text) => !said.includes(text))
    }).toEqual([])
  }

  it.each(PAGES)('shows $name in both languages, light and dark, wide and narrow, and axe-core finds nothing wrong', async ({ path: where, title, texts, ...own }) => {
    await open(where())
    await unfold()
    await shows([...all(texts, zh), ...own.zh])
    expect(await page.title()).toBe(`${title(zh)} · posdiag`)
    expect(await axe(page)).toEqual([])
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await axe(page)).toEqual([])
    await toEnglish()
    await shows([...all(texts, en), ...own.en])
    expect(await page.getAttribute('html', 'lang')).toBe('en')
    expect(await overflow(page)).toBe(0)
    await page.setViewportSize({ width: 390, height: 844 })
    expect(await overflow(page)).toBe(0)
    expect(await axe(page)).toEqual([])
  })

  it('says nothing in Chinese to who reads English', async () => {
    const han = /\p{Script=Han}/u
    await open('/')
    await toEnglish()
    for (const { path: where } of PAGES) {
      await open(where())
      await unfold()
      // Names of stores are what they are; the button says the other language in its own words.
      const said = (await words()).split('\n').filter((line) => han.test(line.replace(/中文|华北|华东|建国路店|人民路店/g, '')))
      expect([where(), said]).toEqual([where(), []])
    }
  })

  describe('run check now', () => {
    const asTerminal = <T>(path: string, body: unknown) =>
      hq.ask<T>(path, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(body) })
    const beat = () => asTerminal<HeartbeatAnswer>('/v1/heartbeats', { at: Date.now(), agentVersion: '0.1.0', bootId: 'b', uptimeMs: 1, sequence: 3, spool: { reports: 0, bytes: 0, lost: 0 }, readiness: [], openIncidents: 2 })
    const LATE = 'it came after its time was over'
    const progressOf = async (id: string | undefined, said: Partial<CommandProgress>): Promise<void> => {
      expect((await asTerminal(`/v1/commands/${id}/progress`, said)).status).toBe(204)
    }
    const command = (text: string) => waitForText(text, '.check-now')

    it('is shown from the click to the report', async () => {
      await beat()
      await open(`/terminals/${TROUBLED.id}`)
      const button = page.getByRole('button', { name: zh('check-now') })
      await button.click()
      await command(zh('command.waiting'))
      expect(await button.isDisabled()).toBe(true)
      const [given] = (await until(beat, ({ json }) => json.commands.length > 0)).json.commands
      await command(zh('command.sent'))
      const progress = (said: Partial<CommandProgress>) => progressOf(given?.id, said)
      await progress({ state: 'running', looked: 0, total: 9, detail: 'waits until the customer has paid' })
      await command(zh('command.deferred', { detail: '' }))
      await progress({ state: 'running', looked: 3, total: 9 })
      await command(zh('command.running', { looked: 3, total: 9 }))
      expect(await page.getAttribute('.check-now progress', 'value')).toBe('3')

      // Whoever opens the page now sees the same.
      await page.reload()
      await command(zh('command.running', { looked: 3, total: 9 }))
      expect(await button.isDisabled()).toBe(true)
      await progress({ state: 'running', looked: 9, total: 9 })
      await command(zh('command.running', { looked: 9, total: 9 }))
      const report = scenarioReport({ scenario: 'healthy-full-shop', identity: TROUBLED, sequence: 4, at: Date.now(), trigger: 'hq' })
      await hq.send(token, [report])
      await progress({ state: 'done', looked: 9, total: 9, report: report.id })
      await command(zh('command.done'))
      expect(await button.isDisabled()).toBe(false)
      await page.getByRole('link', { name: zh('open-report') }).click()
      await waitForText(zh('report-title', { n: 4 }))
      await waitForText(zh('trigger.hq'))
      expect(await path()).toBe(`/reports/${TROUBLED.id}/${report.id}`)
      await page.goBack()
      await waitForText(zh('report-number', { n: 4 }), 'table')
    })

    it('says what became of it when the terminal refuses, and that a silent one is out of contact', async () => {
      await open(`/terminals/${TROUBLED.id}`)
      await page.getByRole('button', { name: zh('check-now') }).click()
      const [given] = (await until(beat, ({ json }) => json.commands.length > 0)).json.commands
      await progressOf(given?.id, { state: 'refused', detail: LATE })
      await command(zh('command.refused', { detail: detailIn('zh-CN', LATE) }))
      await open(`/terminals/${SILENT}`)
      await page.getByRole('button', { name: zh('check-now') }).click()
      await command(zh('command.waiting-quiet').split('{until}')[0] ?? '')
    })
  })

  it('keeps filters in the address, where they survive reloading, going on and going back', async () => {
    await open('/incidents')
    await page.getByRole('combobox').selectOption('block')
    await expect.poll(path).toBe('/incidents?severity=block')
    const block = incidents.filter((i) => i.severity === 'block').length
    await expect.poll(() => page.locator('tbody tr').count()).toBe(block)
    await page.reload()
    await expect.poll(() => page.locator('tbody tr').count()).toBe(block)
    expect(await page.getByRole('combobox').inputValue()).toBe('block')
    await page.getByRole('link', { name: zh('state.closed') }).click()
    await waitForText(zh('no-match'))
    expect(await path()).toBe('/incidents?severity=block&state=closed')
    await page.goBack()
    await expect.poll(() => page.locator('tbody tr').count()).toBe(block)
    await open('/incidents?fault=PRN-PAPER-OUT')
    await page.getByRole('link', { name: zh('filter-off', { name: zh('fault'), value: 'PRN-PAPER-OUT' }) }).click()
    expect(await path()).toBe('/incidents')

    await open('/terminals')
    await page.getByRole('searchbox').fill('人民路')
    await expect.poll(path).toBe(`/terminals?q=${encodeURIComponent('人民路')}`)
    await expect.poll(() => page.locator('tbody tr').count()).toBe(1)
    await page.getByRole('combobox').selectOption('never')
    await waitForText(zh('no-match'))
    await page.reload()
    expect([await page.getByRole('searchbox').inputValue(), await page.getByRole('combobox').inputValue()]).toEqual(['人民路', 'never'])
    await page.getByRole('searchbox').fill('')
    await expect.poll(path).toBe('/terminals?contact=never')
    await waitForText(SILENT, 'table')
  })

  it('shows HTML in a report as text, and nothing of it runs', async () => {
    const evil = incidents.find((i) => i.terminalId === HOSTILE.id)
    const { json: terminal } = await hq.operate<{ reports: { id: string }[] }>(`/api/terminals/${HOSTILE.id}`)
    const seen = new Set<string>()
    for (const language of ['zh-CN', 'en']) {
      await page.evaluate(`localStorage.setItem('language', '${language}')`)
      for (const where of ['/', '/incidents', `/incidents/${evil?.id}`, '/terminals', `/terminals/${HOSTILE.id}`, `/reports/${HOSTILE.id}/${terminal.reports[0]?.id}`]) {
        await open(where)
        await unfold()
        await waitForText('<img src=x onerror=')
        expect(await page.locator('main img, main script, main [onerror]').count()).toBe(0)
        const said = await words()
        for (const place of places) if (said.includes(`<script>ran('${place}')</script>`)) seen.add(place)
      }
    }
    const hidden = /^agent\.(node|platform)|^versions|\.(signs|causes|detect|basis)(\.|$)|^terminal\.(lane|merchant)|^faults\.1\.(remedy|evidence)/
    expect(places.filter((place) => !seen.has(place) && !hidden.test(place))).toEqual([])
    expect(seen.size).toBeGreaterThan(20)
  })

  it('is used by keys alone', async () => {
    const focused = (): Promise<string> => page.evaluate('document.activeElement.textContent || document.activeElement.type || document.activeElement.id')
    await open('/terminals')
    await page.keyboard.press('Tab')
    expect(await focused()).toBe(zh('skip'))
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement.id')).toBe('main')
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    expect(await focused()).toBe(TROUBLED.id)
    await page.keyboard.press('k')
    expect(await focused()).toBe(HOSTILE.id)
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await waitForText(zh('checks'))
    expect(await path()).toBe(`/terminals/${TROUBLED.id}`)
    expect(await page.evaluate('document.activeElement.id')).toBe('main')
    await page.keyboard.press('/')
    await page.waitForSelector('input[type=search]:focus')
    await page.keyboard.type('?j')
    await expect.poll(path).toBe('/terminals?q=%3Fj')
    await page.locator('#main').focus()
    await page.keyboard.press('?')
    await page.waitForSelector('dialog[open]')
    expect(await axe(page)).toEqual([])
    await page.getByLabel(zh('keys-on')).uncheck()
    await page.keyboard.press('Escape')
    await page.waitForSelector('dialog[open]', { state: 'detached' })
    await page.locator('#main').focus()
    await page.keyboard.press('?')
    expect(await page.locator('dialog[open]').count()).toBe(0)
  })

  it('makes a token, shows it once, and revokes it', async () => {
    await open('/enrolment')
    await page.getByLabel(zh('token-for')).fill('不行')
    await page.getByRole('button', { name: zh('make-token') }).click()
    expect(await page.locator('input:invalid').count()).toBe(1)
    await page.getByLabel(zh('token-for')).fill('SHOP-0009-01')
    await page.getByLabel(zh('token-note')).fill('<b>新店</b>')
    await page.getByRole('button', { name: zh('make-token') }).click()
    await waitForText(zh('token-once'))
    const made = (await page.textContent('.token code')) ?? ''
    expect(made.length).toBeGreaterThan(20)
    expect(await page.textContent('main pre')).toBe(`posdiag agent --hq ${hq.hq.url} --enrol token.txt`)
    const row = page.locator('tr', { hasText: 'SHOP-0009-01' })
    expect(await row.textContent()).toContain('<b>新店</b>')
    expect(await axe(page)).toEqual([])
    await row.getByRole('button', { name: zh('revoke') }).click()
    await row.getByText(zh('token.revoked')).waitFor()
    expect(await page.locator('.token').count()).toBe(0)
    const answer = await hq.ask('/v1/enrol', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token: made, terminal: { id: 'SHOP-0009-01' }, agentVersion: '0.1.0' }) })
    expect(answer.status).toBe(401)
  })

  it('keeps language and theme, and follows the system until one is chosen', async () => {
    const background = (): Promise<string> => page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
    await page.emulateMedia({ colorScheme: 'dark' })
    await open('/')
    const dark = await background()
    await page.getByRole('button', { name: zh('theme') }).click()
    expect(await background()).not.toBe(dark)
    await toEnglish()
    await page.reload()
    await waitForText(en('open-incidents'))
    expect(await background()).not.toBe(dark)
    expect(await page.getByRole('button', { name: `${en('theme')}: ${en('theme.light')}` }).count()).toBe(1)
  })

  it('is no page where there is none, and says so', async () => {
    await page.goto(`${hq.hq.url}/nothing-here`)
    await waitForText(zh('not-found'))
    expect(await axe(page)).toEqual([])
  })

  it('is small, and comes without the schema library', () => {
    const files = readdirSync(join(built.dir, 'assets')).map((name) => ({ name, text: readFileSync(join(built.dir, 'assets', name), 'utf8') }))
    const first = readFileSync(join(built.dir, 'index.html'), 'utf8')
    expect(files.filter(({ name }) => first.includes(name)).reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(100_000)
    expect(files.filter(({ text }) => /ZodError|safeParse/.test(text)).map(({ name }) => name)).toEqual([])
  })

  describe('in trouble', () => {
    /** What a browser itself says of an answer that is an error. */
    const told = /^console: Failed to load resource/
    afterEach(() => {
      watched.problems.splice(0, watched.problems.length, ...watched.problems.filter((problem) => !told.test(problem)))
    })

    it('asks whoever is not signed in to open the right address', async () => {
      await page.context().clearCookies()
      await page.goto(`${hq.hq.url}/terminals`)
      await waitForText(zh('sign-in'))
      expect(await axe(page)).toEqual([])
      await page.goto(hq.hq.operatorUrl)
      await waitForText(zh('tenders'))
    })

    it('says what is not there, and shows a report as soon as it arrives', async () => {
      await page.goto(`${hq.hq.url}/terminals/NOBODY`)
      await waitForText(zh('problem.terminal'))
      await page.goto(`${hq.hq.url}/incidents/${'0'.repeat(8)}-0000-7000-8000-${'0'.repeat(12)}`)
      await waitForText(zh('problem.incident'))
      const late = { ...scenarioReport({ scenario: 'healthy-full-shop', identity: WELL, sequence: 2, at: Date.now() }), id: uuidv7(Date.now()) }
      await page.goto(`${hq.hq.url}/reports/${WELL.id}/${late.id}`)
      await waitForText(zh('problem.report'))
      await waitForText(zh('live'), 'header')
      await hq.send(await hq.enrol(WELL.id), [late])
      await waitForText(zh('report-title', { n: 2 }))
    })

    it('keeps what it showed while HQ is away, says so, and goes on when it is back', async () => {
      const port = Number(new URL(hq.hq.url).port)
      const away = await startTestHq({ pageDir: built.dir })
      const here = new URL(away.hq.url)
      expect(Number(here.port)).not.toBe(port)
      const other = await openPage(browser, away.hq.operatorUrl)
      page = other.page
      const { dataDir } = away
      const terminal = await away.enrol(WELL.id)
      await page.goto(`${here.origin}/terminals`)
      await waitForText(WELL.id)
      await waitForText(zh('live'), 'header')
      await away.hq.stop()
      await waitForText(zh('live-cut'), 'header')
      await waitForText(zh('stale'))
      await waitForText(WELL.id, 'table')
      expect(await axe(page)).toEqual([])
      await page.getByRole('link', { name: zh('incidents'), exact: true }).click()
      await waitForText(zh('offline'))
      await page.goBack()
      await waitForText(WELL.id, 'table')

      const back = await startTestHq({ pageDir: built.dir, dataDir, port: Number(here.port) })
      await waitForText(zh('live'), 'header')
      await page.waitForSelector('main .warning', { state: 'detached' })
      await back.send(terminal, [scenarioReport({ scenario: 'healthy-full-shop', identity: WELL, sequence: 1, at: Date.now() })])
      await waitForText('人民路店', 'table')
      expect(other.problems.filter((problem) => !told.test(problem))).toEqual([])
      await other.close()
      await back.end()
      await away.end()
    })
  })
})
