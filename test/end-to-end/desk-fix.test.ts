import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Agent } from '../../src/agent/agent.ts'
import { FixView } from '../../src/agent/fixer.ts'
import { SILENT_LOG } from '../../src/agent/log.ts'
import { startHere } from '../../src/cli/agent.ts'
import { TerminalFile } from '../../src/model/terminal.ts'
import { axe, noBrowser, openBrowser, openPage, overflow } from '../hq/browser.ts'
import { darkHub, type FixCase, looseCable, wrongClock } from './fix-cases.ts'

/** Rounds and whole checks by schedule, in milliseconds: none within a test, so that nothing but the person moves the repair on. */
const NEVER_MS = 3_600_000
const MOST_STEPS = 15

let browser: Browser

beforeAll(async () => {
  if (!noBrowser) browser = await openBrowser()
})
afterAll(() => browser?.close())

const start = (shop: FixCase, stateDir: string): Promise<Agent> => startHere({ stateDir, terminal: TerminalFile.parse(shop.terminal), log: SILENT_LOG, roundMs: NEVER_MS, fullMs: NEVER_MS })

const viewOf = async (agent: Agent): Promise<FixView> => FixView.parse(await (await fetch(`${agent.desk.url}/v1/fix`)).json())

const proposalOf = async (agent: Agent) => {
  const view = await viewOf(agent)
  if (view.is !== 'open' || !view.session.proposal) throw new Error(`there is no step to do: ${JSON.stringify(view).slice(0, 200)}`)
  return view.session.proposal
}

/** Everybody can use it, on any width. */
const sound = async (page: Page): Promise<void> => {
  expect(await axe(page)).toEqual([])
  await expect.poll(() => overflow(page)).toBe(0)
}

/** Reaches a control as somebody without a mouse does. */
const tabTo = async (page: Page, value: string): Promise<void> => {
  for (let i = 0; i < 40; i += 1) {
    await page.keyboard.press('Tab')
    if ((await page.evaluate<string | undefined>('document.activeElement?.value || document.activeElement?.textContent')) === value) return
  }
  throw new Error(`${value} cannot be reached by the keyboard`)
}

/** Does what the page asks until the repair ends, by keyboard alone or by mouse. */
const goThrough = async (page: Page, shop: FixCase, agent: Agent, keyboard: boolean): Promise<string[]> => {
  const done: string[] = []
  for (let i = 0; i < MOST_STEPS; i += 1) {
    await page.waitForSelector('#step:not([hidden]) button, #end:not([hidden]) dl', { timeout: 30_000 })
    if (await page.isVisible('#end')) return done
    const proposal = await proposalOf(agent)
    done.push(proposal.id)
    const revision = await page.inputValue('#step input[name=revision]')
    if (proposal.kind === 'remedy') await shop.does(proposal.id)
    const answer = proposal.kind === 'remedy' ? 'done' : (shop.sees[proposal.id] ?? 'skip')
    if (proposal.confirm && answer !== 'skip') await page.check('input[name=confirmed]')
    if (keyboard) {
      await tabTo(page, answer)
      await page.keyboard.press('Enter')
    } else await page.click(`button[value=${answer}]`)
    await page.waitForSelector(`input[name=revision][value="${revision}"]`, { state: 'detached', timeout: 30_000 })
  }
  throw new Error(`it goes on and on: ${done.join(', ')}`)
}

describe.skipIf(noBrowser)('a repair on the page at the desk', () => {
  it.each([
    { name: 'in Chinese, on a telephone, in the dark, by hand', language: 'zh-CN', scheme: 'dark', width: 390, keyboard: false, case: looseCable, words: ['一步步修理', '修好了，并已验证', '谁来做', '为什么'] },
    { name: 'in English, on a wide screen, in the light, by keyboard', language: 'en', scheme: 'light', width: 1280, keyboard: true, case: wrongClock, words: ['Repair step by step', 'Repaired and proved', 'who', 'why'] },
  ] as const)('goes from the fault to the proof $name', async ({ language, scheme, width, keyboard, words, ...of }) => {
    const stateDir = await mkdtemp(join(tmpdir(), 'posdiag-desk-'))
    const shop = await of.case()
    await shop.break()
    const agent = await start(shop, stateDir)
    await agent.booted
    const { page, problems, close } = await openPage(browser, `${agent.desk.url}/?lang=${language}`, { locale: language, colorScheme: scheme, viewport: { width, height: 844 } })
    try {
      await page.waitForSelector('#fault:not([hidden])')
      await sound(page)
      const [begin = '', proved = '', who = '', why = ''] = words
      if (keyboard) {
        await tabTo(page, begin)
        await page.keyboard.press('Enter')
      } else await page.click(`#fault button:has-text("${begin}")`)
      await page.waitForSelector('#step:not([hidden])', { timeout: 30_000 })
      await sound(page)
      const text = await page.textContent('#step')
      for (const word of [who, why]) expect(text).toContain(word)
      // It is the same after loading again, and a person may look away and come back.
      const before = await page.textContent('main')
      await page.reload()
      await expect.poll(() => page.textContent('main')).toBe(before)
      const done = await goThrough(page, shop, agent, keyboard)
      await sound(page)
      await expect.poll(() => page.textContent('#said')).toContain(proved)
      expect(await viewOf(agent)).toMatchObject({ is: 'fixed', session: { repair: { fault: shop.fault, tried: expect.arrayContaining([expect.objectContaining({ id: done.at(-1), outcome: 'cured' })]) } } })
      expect(problems).toEqual([])
    } finally {
      await close()
      await agent.stop('test')
      await shop.stop()
      await rm(stateDir, { recursive: true, force: true })
    }
  })

  it('is left and taken up with the next agent, goes on in one window only, and is handed over', async () => {
    const stateDir = await mkdtemp(join(tmpdir(), 'posdiag-desk-'))
    const shop = await darkHub()
    await shop.break()
    const first = await start(shop, stateDir)
    await first.booted
    let agent = first
    const { page, close } = await openPage(browser, `${agent.desk.url}/?lang=en`, { locale: 'en' })
    try {
      await page.click('#fault button:has-text("Repair step by step")')
      await page.waitForSelector('#step button', { timeout: 30_000 })
      const asked = await page.textContent('#step')
      expect(asked).toContain('USB hub')
      await first.stop('test')
      await page.waitForSelector('#lost:not([hidden])', { timeout: 20_000 })

      agent = await start(shop, stateDir)
      await agent.booted
      // The page that stayed open finds it at the same address.
      expect(agent.desk.url).toBe(first.desk.url)
      await page.waitForSelector('#lost', { state: 'hidden', timeout: 20_000 })
      await expect.poll(() => page.textContent('#step')).toBe(asked)
      await page.click('#leave a')
      await page.click('#repair a')
      await expect.poll(() => page.textContent('#step')).toBe(asked)

      const other = await page.context().newPage()
      await other.goto(`${agent.desk.url}/fix?lang=en`)
      await other.click('button[value=skip]')
      await other.waitForSelector('#tried li')
      // The window that nobody touched is renewed by itself; its old answer, sent before that, is refused.
      const old = await other.inputValue('#step input[name=revision]')
      await page.waitForSelector(`#step input[name=revision][value="${old}"]`, { state: 'attached' })
      await other.click('button[value=skip]')
      await page.evaluate(`document.querySelector('#step input[name=revision]').value = '0'`)
      await page.click('button[value=skip]')
      await page.waitForSelector('#said:has-text("That step was answered before")')
      await sound(page)

      await page.click('button[value=escalate]')
      await page.waitForSelector('#said:has-text("Handed over")', { timeout: 30_000 })
      await sound(page)
      expect(await viewOf(agent)).toMatchObject({ is: 'escalated', session: { repair: { fault: shop.fault } } })
      await page.click('#leave a')
      await expect.poll(() => page.isHidden('#repair')).toBe(true)
    } finally {
      await close()
      await agent.stop('test')
      await shop.stop()
      await rm(stateDir, { recursive: true, force: true })
    }
  })
})
