// A morning at headquarters in ten pictures: a fleet is simulated with an HQ of its own, and its pages are photographed into docs/morning.
// Run: npm run build && npm run bench:morning (it takes some eight minutes; needs /usr/bin/chromium).
import { spawn } from 'node:child_process'
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { FLEET } from '../src/cli/fleet-texts.ts'
import type { AbsenceRow, QueueRow } from '../src/model/triage.ts'
import type { TerminalRow } from '../src/model/wire.ts'
import { openBrowser, openPage } from '../test/hq/browser.ts'
import { bundled } from './process.ts'

const SEED = '7'
const TERMINALS = 2000
const FOLDER = join(import.meta.dirname, '../docs/morning')
/** The story takes four minutes and what comes before it about one on an idle machine; a busy one may take thrice as long. */
const DEADLINE_MS = 15 * 60_000
const HOUR = 3_600_000
const MORNING = { hours: 4, opensAt: 7 } as const

/** The time zone in which the story, which ends in the present, begins at seven o'clock. */
const zoneOf = (now: number): string => {
  const ahead = (MORNING.opensAt - new Date(now - MORNING.hours * HOUR).getUTCHours() + 36) % 24 - 12
  return `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`
}

const began = Date.now()
const fleet = spawn(process.execPath, [bundled(), 'simulate', 'fleet', String(TERMINALS), '--scene', 'morning', '--seed', SEED, '--port', '0', '--lang', 'zh-CN'], { stdio: ['ignore', 'inherit', 'pipe'] })
let said = ''
fleet.stderr.setEncoding('utf8').on('data', (text: string) => {
  process.stderr.write(text)
  said += text
})
const gone = new Promise<void>((resolve) => fleet.once('close', () => resolve()))

const waitFor = async <T>(what: string, ask: () => Promise<T | undefined> | T | undefined): Promise<T> => {
  while (performance.now() < DEADLINE_MS) {
    const found = await ask()
    if (found !== undefined) return found
    if (fleet.exitCode !== null) throw new Error('the simulation ended by itself')
    await pause(500)
  }
  throw new Error(`no ${what} within ${DEADLINE_MS / 60_000} minutes`)
}

const shoot = async (page: Page, name: string): Promise<void> => {
  // What is fetched or drawn after the first answer, and what fades or slides, is there first.
  await page.waitForLoadState('load')
  await pause(1500)
  await page.evaluate('Promise.allSettled(document.getAnimations().map((animation) => animation.finished))')
  const path = join(FOLDER, `${name}.png`)
  await page.screenshot({ path })
  console.log(`${name}.png ${Math.round(statSync(path).size / 1000)} kB`)
}

type Get = <T>(path: string) => Promise<T>

/** A terminal whose clock is wrong by more than an hour. */
const lying = async (get: Get): Promise<string> => {
  for (let cursor = ''; ; ) {
    const { rows, next } = await get<{ rows: TerminalRow[]; next?: string }>(`/api/terminals?limit=200${cursor}`)
    const found = rows.find((r) => Math.abs(r.clockOffsetMs ?? 0) > HOUR)
    if (found !== undefined) return found.terminal.id
    if (next === undefined) throw new Error('no clock lies')
    cursor = `&cursor=${encodeURIComponent(next)}`
  }
}

const pictures = async (operatorUrl: string): Promise<void> => {
  const get: Get = async <T>(path: string): Promise<T> => {
    const url = new URL(operatorUrl)
    const answer = await fetch(url.origin + path, { headers: { authorization: `Bearer ${url.searchParams.get('token')}` }, signal: AbortSignal.timeout(30_000) })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return await answer.json() as T
  }
  const rows = await waitFor('outage and rollout at the head of the queue', async () => {
    const queue = (await get<{ rows: QueueRow[] }>('/api/queue?limit=50')).rows
    const [first, second] = queue
    return first?.kind === 'outbreak' && second?.kind === 'outbreak' ? queue : undefined
  })
  const outbreak = (factor: string): string => {
    const row = rows.find((r) => r.kind === 'outbreak' && r.outbreak.factor === factor)
    if (row?.kind !== 'outbreak') throw new Error(`no outbreak by ${factor}`)
    return row.outbreak.id
  }
  const incident = rows.find((r) => r.kind === 'incident' && r.parts.length > 0)
  if (incident?.kind !== 'incident' || incident.store === undefined) throw new Error('no incident that needs a part')
  const silent = (await get<{ rows: AbsenceRow[] }>('/api/absences?limit=200')).rows.filter((a) => a.scope === 'store' && a.causes[0]?.cause === 'power')
  const [darkest] = silent.toSorted((a, b) => (b.cost?.perHourMinor ?? 0) - (a.cost?.perHourMinor ?? 0))
  if (darkest === undefined) throw new Error('no store without power')
  const liar = await lying(get)

  const browser = await openBrowser()
  const open = async (options: BrowserContextOptions) => {
    const { page, problems, close } = await openPage(browser, operatorUrl, { viewport: { width: 1280, height: 900 }, timezoneId: zoneOf(began), ...options })
    page.setDefaultTimeout(60_000)
    return {
      page,
      to: async (path: string) => {
        await page.goto(new URL(path, operatorUrl).href)
        await page.locator('main h1, main h2').first().waitFor()
        await page.waitForFunction('document.querySelector("[aria-busy=true]") === null')
      },
      done: async () => {
        await close()
        if (problems.length > 0) throw new Error(problems.join('\n'))
      },
    }
  }
  try {
    const { page, to, done } = await open({})
    await to('/')
    await shoot(page, '01')
    await page.getByRole('button', { name: /^显示全部/ }).click()
    await page.getByRole('heading', { name: '先处理这些' }).locator('xpath=following::ol[1]/li[8]').evaluate((row: { scrollIntoView(to: { block: 'center' }): void }) => row.scrollIntoView({ block: 'center' }))
    await shoot(page, '02')
    await to(`/outbreaks/${outbreak('region')}`)
    await shoot(page, '03')
    await to(`/absences/${darkest.id}`)
    await shoot(page, '05')
    await to(`/stores/${encodeURIComponent(incident.store)}?plan=visit`)
    await page.getByRole('checkbox').first().check()
    await page.getByRole('button', { name: '生成上门任务' }).click()
    await page.waitForURL(/\/visits\//)
    await page.waitForFunction('document.querySelector("[aria-busy=true]") === null')
    await shoot(page, '07')
    await to(`/terminals/${liar}`)
    await shoot(page, '08')
    await to('/issues')
    await shoot(page, '09')
    await done()
    const english = await open({ locale: 'en-GB' })
    await english.to(`/outbreaks/${outbreak('pos')}`)
    await shoot(english.page, '04')
    await english.done()
    const dark = await open({ colorScheme: 'dark' })
    await dark.to(`/incidents/${incident.id}`)
    await shoot(dark.page, '06')
    await dark.done()
    const phone = await open({ viewport: { width: 390, height: 844 } })
    await phone.to('/')
    await shoot(phone.page, '10')
    await phone.done()
  } finally {
    await browser.close()
  }
}

try {
  mkdirSync(FOLDER, { recursive: true })
  const url = await waitFor('address of HQ', () => /http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/.exec(said)?.[0])
  await waitFor('end of the story', () => said.includes(FLEET.stays.zh) || undefined)
  await pictures(url)
} finally {
  fleet.kill('SIGINT')
  await gone
}
