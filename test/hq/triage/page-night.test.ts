import { describe, expect, it } from 'vitest'
import { FLEET_TEXTS } from '../../../src/hq/page/fleet/texts.ts'
import { PAGE_TEXTS } from '../../../src/hq/page/texts.ts'
import { fill, type Params } from '../../../src/texts/say.ts'
import { noBrowser } from '../browser.ts'
import { expectSound } from '../page-sound.ts'
import { offerOf, signer } from '../taught.ts'
import { atNight, HEARD, OUT, SHUT } from './page-at-night.ts'
import { type Key, zh } from './page-in-the-morning.ts'

type FleetKey = keyof typeof FLEET_TEXTS
const fleet = (key: FleetKey, params?: Params): string => fill(FLEET_TEXTS[key], 'zh-CN', params)

describe.skipIf(noBrowser)('the pages at night', () => {
  const at = atNight()
  const absence = async (): Promise<string> => (await at.hq.operate<{ rows: { id: string; place: string }[] }>('/api/absences')).json.rows.find((a) => a.place === OUT.store)?.id ?? ''
  const outbreak = async (): Promise<string> => (await at.hq.operate<{ rows: { id: string; factor: string }[] }>('/api/outbreaks')).json.rows.find((o) => o.factor === 'configuration')?.id ?? ''
  const shows = async (expected: readonly string[]): Promise<void> => {
    await expect.poll(async () => {
      const said = await at.words()
      return expected.filter((text) => !said.includes(text))
    }).toEqual([])
  }
  const said = (...keys: Key[]): string[] => keys.map((key) => zh(key))

  /** What each page says, in Chinese and in English. */
  const PAGES: { name: string; path: () => Promise<string> | string; zh: string[]; en: string[] }[] = [
    { name: 'overview', path: () => '/', zh: [...said('last-said', 'boots', 'boots-day', 'boots-week'), 'PWR-AC-LOST', '80%', '35 次中 34 次通过', '配置版本 7'], en: ['Boot self-checks', '4 of 5', 'Last said', 'configuration 7'] },
    { name: 'absence', path: async () => `/absences/${await absence()}`, zh: [zh('last-said'), 'OUT-1', 'OUT-2', '停电'], en: ['Last said', 'power lost'] },
    { name: 'outbreak', path: async () => `/outbreaks/${await outbreak()}`, zh: ['配置版本 7'], en: ['configuration 7'] },
    { name: 'stores', path: () => '/stores', zh: [SHUT.store, '09:00 开门', fleet('silent-count', { n: 2 })], en: ['closed, opens'] },
    { name: 'terminals', path: () => '/terminals?contact=closed', zh: [...SHUT.lanes, '09:00 开门'], en: ['closed, opens', 'at 09:00'] },
    { name: 'boot checks', path: () => '/boot-checks?days=7', zh: [HEARD, '故障 PRN-PAPER-OUT', '不可用'], en: ['Fault PRN-PAPER-OUT', '7 days'] },
    { name: 'terminal', path: () => `/terminals/${HEARD}`, zh: ['04b8:0202', 'USB 口 1-1.4', 'X7QB001234', '0100'], en: ['USB port 1-1.4'] },
    { name: 'packs', path: () => '/packs', zh: ['第 2 号', fleet('pack-on-offer'), fleet('pack-replaced'), '第一周', fleet('pack-learnt'), 'posdiag pack build'], en: ['Number 2', 'on offer', 'Counted so far'] },
    { name: 'pack', path: () => '/packs/2', zh: ['首选即正确', '99.5%', fleet('pack-worse'), '打印机', '4 次中 3 次（75%）', fleet('pack-withdraw-hint')], en: ['right fault named first', '3 of 4 (75%)', 'better'] },
    { name: 'next pack', path: () => '/packs/next', zh: ['第 3 号', fleet('pack-nothing')], en: ['Number 3'] },
  ]

  it.each(PAGES)('show $name in both languages, light and dark, wide and narrow, and axe-core finds nothing wrong', async ({ path, ...words }) => {
    await at.open(await path())
    await expectSound(at, { texts: words.zh }, { texts: words.en })
  }, 30_000)

  it('tell lost power and the silence after it as one line, which leads to both', async () => {
    await at.open('/')
    const lines = at.page.locator('.todo')
    await expect.poll(async () => (await lines.allInnerTexts()).filter((text) => text.includes('PWR-AC-LOST')).length).toBe(1)
    const line = lines.filter({ hasText: 'PWR-AC-LOST' })
    await expect.poll(() => line.textContent()).toContain(`${OUT.store} · ${zh('silent-n', { n: 2 })}`)
    await line.getByRole('link', { name: 'PWR-AC-LOST' }).click()
    await at.page.getByRole('link', { name: zh('explains-absence') }).click()
    await expect.poll(() => at.page.title()).toContain(OUT.store)
  })

  it('count closed terminals apart, and say on the map when their store opens', async () => {
    await at.open('/')
    const closed = fill(PAGE_TEXTS['contact.closed'], 'zh-CN')
    await expect.poll(async () => (await at.page.getByRole('link', { name: closed }).first().textContent())?.trim()).toBe(`${closed} 2`)
    await expect.poll(() => at.page.locator('a.node-closed').allTextContents()).toEqual([expect.stringMatching(/^南京路店 · 已打烊，.*09:00 开门 · 2 台终端$/)])
    await expect.poll(() => at.page.locator('a.node-silent').allTextContents()).toEqual([expect.stringContaining(OUT.store)])
  })

  it('lead from the share of bad starts to those starts', async () => {
    await at.open('/')
    await expect.poll(() => at.page.locator('.boot-days li').allTextContents()).toHaveLength(7)
    await at.page.locator('section', { has: at.page.getByRole('heading', { name: zh('boots') }) }).getByRole('link', { name: '不可用' }).first().click()
    await expect.poll(at.path).toBe('/boot-checks?days=1&is=blocked')
    await expect.poll(() => at.page.locator('tbody tr').count()).toBe(1)
    await at.page.getByRole('link', { name: '受影响', exact: true }).click()
    await shows([fleet('boot-none')])
  })

  it('offer a pack from a file, and withdraw it', async () => {
    await at.open('/packs')
    const give = (text: string) => at.page.locator('input[type=file]').setInputFiles({ name: 'offer.json', mimeType: 'application/json', buffer: Buffer.from(text) })
    await give('no offer')
    await shows([fleet('pack-file-odd')])
    // HQ's refusals are no errors of the page.
    const offer = at.page.getByRole('button', { name: fleet('pack-offer-this', { n: 3 }) })
    await give(JSON.stringify(offerOf(3, undefined, signer())))
    await offer.click()
    await shows([fleet('problem.pack-key')])
    at.watched.problems.splice(0)
    await give(JSON.stringify(offerOf(3, '第三周')))
    await offer.click()
    await expect.poll(at.path).toBe('/packs/3')
    await shows([fleet('pack-on-offer'), '第三周'])
    await at.page.getByRole('button', { name: fleet('pack-withdraw') }).click()
    await shows([fleet('pack-withdrawn')])
    await expect.poll(() => at.page.getByRole('button', { name: fleet('pack-withdraw') }).count()).toBe(0)
    expect((await at.hq.operate<{ rows: { sequence: number; withdrawn?: { by: string } }[] }>('/api/packs')).json.rows[0]).toMatchObject({ sequence: 3, withdrawn: { by: 'operator' } })
  })
})
