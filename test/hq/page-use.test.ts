import { afterEach, describe, expect, it } from 'vitest'
import { ACCESS_TEXTS } from '../../src/hq/page/access/texts.ts'
import { uuidv7 } from '../../src/model/id.ts'
import type { CommandProgress, HeartbeatAnswer } from '../../src/model/wire.ts'
import { detailIn } from '../../src/texts/details.ts'
import { say } from '../../src/texts/say.ts'
import { axe, noBrowser, openPage } from './browser.ts'
import { startTestHq, until } from './hq.ts'
import { en, HOSTILE, pageAtHq, SILENT, TROUBLED, WELL, zh } from './page-at-hq.ts'
import { scenarioReport } from './scenario-reports.ts'

describe.skipIf(noBrowser)('who uses the page of HQ', () => {
  const at = pageAtHq()

  describe('run check now', () => {
    const asTerminal = <T>(path: string, body: unknown) =>
      at.hq.ask<T>(path, { method: 'POST', headers: { authorization: `Bearer ${at.token}`, 'content-type': 'application/json' }, body: JSON.stringify(body) })
    const beat = () => asTerminal<HeartbeatAnswer>('/v1/heartbeats', { at: Date.now(), agentVersion: '0.1.0', bootId: 'b', uptimeMs: 1, sequence: 3, spool: { reports: 0, bytes: 0, lost: 0 }, readiness: [], openIncidents: 2 })
    const LATE = 'it came after its time was over'
    const progressOf = async (id: string | undefined, said: Partial<CommandProgress>): Promise<void> => {
      expect((await asTerminal(`/v1/commands/${id}/progress`, said)).status).toBe(204)
    }
    const command = (text: string) => at.waitForText(text, '.check-now')

    it('is shown from the click to the report', async () => {
      await beat()
      await at.open(`/terminals/${TROUBLED.id}`)
      const button = at.page.getByRole('button', { name: zh('check-now') })
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
      await expect.poll(() => at.page.getAttribute('.check-now progress', 'value')).toBe('3')

      // Whoever opens the page now sees the same.
      await at.page.reload()
      await command(zh('command.running', { looked: 3, total: 9 }))
      expect(await button.isDisabled()).toBe(true)
      await progress({ state: 'running', looked: 9, total: 9 })
      await command(zh('command.running', { looked: 9, total: 9 }))
      const report = scenarioReport({ scenario: 'healthy-full-shop', identity: TROUBLED, sequence: 4, at: Date.now(), trigger: 'hq' })
      await at.hq.send(at.token, [report])
      await progress({ state: 'done', looked: 9, total: 9, report: report.id })
      await command(zh('command.done'))
      expect(await button.isDisabled()).toBe(false)
      await at.page.getByRole('link', { name: zh('open-report') }).click()
      await at.waitForText(zh('report-title', { n: 4 }))
      await at.waitForText(zh('trigger.hq'))
      await expect.poll(() => at.path()).toBe(`/reports/${TROUBLED.id}/${report.id}`)
      await at.page.goBack()
      await at.waitForText(zh('report-number', { n: 4 }), 'table')
    })

    it('says what became of it when the terminal refuses, and that a silent one is out of contact', async () => {
      await at.open(`/terminals/${TROUBLED.id}`)
      await at.page.getByRole('button', { name: zh('check-now') }).click()
      const [given] = (await until(beat, ({ json }) => json.commands.length > 0)).json.commands
      await progressOf(given?.id, { state: 'refused', detail: LATE })
      await command(zh('command.refused', { detail: detailIn('zh-CN', LATE) }))
      await at.open(`/terminals/${SILENT}`)
      await at.page.getByRole('button', { name: zh('check-now') }).click()
      await command(zh('command.waiting-quiet').split('{until}')[0] ?? '')
    })
  })

  it('tells the cashier what to do instead, and what that rests on, in words', async () => {
    const report = scenarioReport({ scenario: 'drawn-pair-33-sys-slow-or-hung-and-net-tls-cert-invalid', identity: TROUBLED, sequence: 9, at: Date.now(), trigger: 'schedule' })
    const named = (report.check.card?.workarounds ?? []).flatMap((w) => w.measured).filter((reading) => reading.includes('.'))
    expect(named.length).toBeGreaterThan(1)
    await at.hq.send(at.token, [report])
    await at.open(`/reports/${TROUBLED.id}/${report.id}`)
    for (const [words, language] of [[zh, 'zh-CN'], [en, 'en']] as const) {
      if (language === 'en') await at.toEnglish()
      const card = at.page.locator('section.card', { hasText: words('rests-on') })
      await card.getByText(say(language, 'tender.cash')).first().waitFor()
      const text = (await card.textContent()) ?? ''
      expect(named.filter((reading) => text.includes(reading))).toEqual([])
    }
  })

  it('keeps filters in the address, where they survive reloading, going on and going back', async () => {
    await at.open('/terminals')
    await at.page.getByRole('searchbox').fill('人民路')
    await expect.poll(at.path).toBe(`/terminals?q=${encodeURIComponent('人民路')}`)
    await expect.poll(() => at.page.locator('tbody tr').count()).toBe(1)
    await at.page.getByRole('combobox', { name: zh('contact'), exact: true }).selectOption('never')
    await at.waitForText(zh('no-match'))
    await at.page.reload()
    expect([await at.page.getByRole('searchbox').inputValue(), await at.page.getByRole('combobox', { name: zh('contact'), exact: true }).inputValue()]).toEqual(['人民路', 'never'])
    await at.page.getByRole('searchbox').fill('')
    await expect.poll(at.path).toBe('/terminals?contact=never')
    await at.waitForText(SILENT, 'table')
  })

  it('is used by keys alone', async () => {
    const focused = (): Promise<string> => at.page.evaluate('document.activeElement.textContent || document.activeElement.type || document.activeElement.id')
    await at.open('/terminals')
    await at.page.keyboard.press('Tab')
    expect(await focused()).toBe(zh('skip'))
    await at.page.keyboard.press('Enter')
    await expect.poll(() => at.page.evaluate('document.activeElement.id')).toBe('main')
    await at.page.keyboard.press('j')
    await at.page.keyboard.press('j')
    expect(await focused()).toBe(TROUBLED.id)
    await at.page.keyboard.press('k')
    expect(await focused()).toBe(HOSTILE.id)
    await at.page.keyboard.press('j')
    await at.page.keyboard.press('Enter')
    await at.waitForText(zh('checks'))
    await expect.poll(() => at.path()).toBe(`/terminals/${TROUBLED.id}`)
    await expect.poll(() => at.page.evaluate('document.activeElement.id')).toBe('main')
    await at.page.keyboard.press('/')
    await at.page.waitForSelector('input[type=search]:focus')
    await at.page.keyboard.type('?j')
    await expect.poll(at.path).toBe('/terminals?q=%3Fj')
    await at.page.locator('#main').focus()
    await at.page.keyboard.press('?')
    await at.page.waitForSelector('dialog[open]')
    expect(await axe(at.page)).toEqual([])
    await at.page.getByLabel(zh('keys-on')).uncheck()
    await at.page.keyboard.press('Escape')
    await at.page.waitForSelector('dialog[open]', { state: 'detached' })
    await at.page.locator('#main').focus()
    await at.page.keyboard.press('?')
    await expect.poll(() => at.page.locator('dialog[open]').count()).toBe(0)
  })

  it('makes a token, shows it once, and revokes it', async () => {
    await at.open('/enrolment')
    await at.page.getByLabel(zh('token-for')).fill('不行')
    await at.page.getByRole('button', { name: zh('make-token') }).click()
    await expect.poll(() => at.page.locator('input:invalid').count()).toBe(1)
    await at.page.getByLabel(zh('token-for')).fill('SHOP-0009-01')
    await at.page.getByLabel(zh('token-note')).fill('<b>新店</b>')
    await at.page.getByRole('button', { name: zh('make-token') }).click()
    await at.waitForText(zh('token-once'))
    const made = (await at.page.textContent('.token code')) ?? ''
    expect(made.length).toBeGreaterThan(20)
    await expect.poll(() => at.page.textContent('main pre')).toBe(`posdiag agent --hq ${at.hq.hq.url} --enrol token.txt`)
    const row = at.page.locator('tr', { hasText: 'SHOP-0009-01' })
    await expect.poll(() => row.textContent()).toContain('<b>新店</b>')
    expect(await axe(at.page)).toEqual([])
    await row.getByRole('button', { name: zh('revoke') }).click()
    await row.getByText(zh('token.revoked')).waitFor()
    await expect.poll(() => at.page.locator('.token').count()).toBe(0)
    const answer = await at.hq.ask('/v1/enrol', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token: made, terminal: { id: 'SHOP-0009-01' }, agentVersion: '0.1.0' }) })
    expect(answer.status).toBe(401)
  })

  it('keeps language and theme, and follows the system until one is chosen', async () => {
    const background = (): Promise<string> => at.page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
    await at.page.emulateMedia({ colorScheme: 'dark' })
    await at.open('/')
    const dark = await background()
    await at.page.getByRole('button', { name: zh('theme') }).click()
    expect(await background()).not.toBe(dark)
    await at.toEnglish()
    await at.page.reload()
    await at.waitForText(en('open-incidents'))
    expect(await background()).not.toBe(dark)
    await expect.poll(() => at.page.getByRole('button', { name: `${en('theme')}: ${en('theme.light')}` }).count()).toBe(1)
  })

  it('is no page where there is none, and says so', async () => {
    await at.page.goto(`${at.hq.hq.url}/nothing-here`)
    await at.waitForText(zh('not-found'))
    expect(await axe(at.page)).toEqual([])
  })

  describe('in trouble', () => {
    /** What a browser itself says of an answer that is an error. */
    const told = /^console: Failed to load resource/
    afterEach(() => {
      at.watched.problems.splice(0, at.watched.problems.length, ...at.watched.problems.filter((problem) => !told.test(problem)))
    })

    it('asks whoever is not signed in who they are', async () => {
      await at.page.context().clearCookies()
      await at.page.goto(`${at.hq.hq.url}/terminals`)
      await at.waitForText(ACCESS_TEXTS['sign-in-hint'].zh)
      expect(await axe(at.page)).toEqual([])
      await at.page.goto(at.hq.hq.operatorUrl)
      await at.waitForText(zh('tenders'))
    })

    it('says what is not there, and shows a report as soon as it arrives', async () => {
      await at.page.goto(`${at.hq.hq.url}/terminals/NOBODY`)
      await at.waitForText(zh('problem.terminal'))
      await at.page.goto(`${at.hq.hq.url}/incidents/${'0'.repeat(8)}-0000-7000-8000-${'0'.repeat(12)}`)
      await at.waitForText(zh('problem.incident'))
      const late = { ...scenarioReport({ scenario: 'healthy-full-shop', identity: WELL, sequence: 2, at: Date.now() }), id: uuidv7(Date.now()) }
      await at.page.goto(`${at.hq.hq.url}/reports/${WELL.id}/${late.id}`)
      await at.waitForText(zh('problem.report'))
      await at.waitForText(zh('live'), 'header')
      await at.hq.send(await at.hq.enrol(WELL.id), [late])
      await at.waitForText(zh('report-title', { n: 2 }))
    })

    it('keeps what it showed while HQ is away, says so, and goes on when it is back', async () => {
      const away = await startTestHq({ pageDir: at.built })
      const here = new URL(away.hq.url)
      const other = await openPage(at.browser, away.hq.operatorUrl)
      at.page = other.page
      await at.waitForText(zh('no-terminals'))
      expect(await axe(at.page)).toEqual([])
      const { dataDir } = away
      const terminal = await away.enrol(WELL.id)
      await at.page.goto(`${here.origin}/terminals`)
      await at.waitForText(WELL.id)
      await at.waitForText(zh('live'), 'header')
      await away.hq.stop()
      await at.waitForText(zh('live-cut'), 'header')
      await at.waitForText(zh('stale'))
      await at.waitForText(WELL.id, 'table')
      expect(await axe(at.page)).toEqual([])
      await at.page.getByRole('link', { name: zh('incidents'), exact: true }).click()
      await at.waitForText(zh('offline'))
      await at.page.goBack()
      await at.waitForText(WELL.id, 'table')

      const back = await startTestHq({ pageDir: at.built, dataDir, port: Number(here.port) })
      await at.waitForText(zh('live'), 'header')
      await at.page.waitForSelector('main .warning', { state: 'detached' })
      await back.send(terminal, [scenarioReport({ scenario: 'healthy-full-shop', identity: WELL, sequence: 1, at: Date.now() })])
      await at.waitForText('人民路店', 'table')
      expect(other.problems.filter((problem) => !told.test(problem))).toEqual([])
      await other.close()
      await back.end()
      await away.end()
    })
  })
})
