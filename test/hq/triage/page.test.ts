import { describe, expect, it } from 'vitest'
import type { Params } from '../../../src/texts/say.ts'
import { noBrowser } from '../browser.ts'
import { chineseOn, expectSound, strangeElements } from '../page-sound.ts'
import { ALONE, COSTLY, DARK, EVIL, en, inTheMorning, type Key, SPREAD, zh } from './page-in-the-morning.ts'

describe.skipIf(noBrowser)('the pages for the morning', () => {
  const at = inTheMorning()

  /** What each page says: texts of its own by key, and, apart from those, words of the reports in Chinese and in English. */
  const PAGES: { name: string; path: () => Promise<string> | string; title: (say: typeof zh) => string; texts: (Key | [Key, Params])[]; zh: string[]; en: string[] }[] = [
    {
      name: 'overview', path: () => '/', title: (say) => (say === zh ? '总览' : 'Overview'),
      texts: ['first', 'kind.outbreak', 'kind.absence', 'whole-store', 'who-goes', 'takes-along', 'over-time', 'map', 'standing.blocked', 'standing.silent', 'top-stores', 'top-models', ['lost', { sum: '¥130' }], ['in-stores', { stores: 12, n: 12 }]],
      zh: ['切刀组件', COSTLY.store ?? '', '挥卡'], en: ['cutter assembly', 'contactless'],
    },
    { name: 'incidents', path: () => '/incidents', title: (say) => say('section.incidents'), texts: ['section.issues', 'tab.suppressed', 'facet.region', 'view.costly', 'export', 'mark-all', 'sureness'], zh: ['打印机缺纸', ALONE, '华东'], en: ['Printer out of paper', '>99%'] },
    {
      name: 'incident', path: async () => `/incidents/${(await at.incident(COSTLY.id, 'PRN-PAPER-OUT')).id}`, title: (say) => `${say === zh ? '打印机缺纸' : 'Printer out of paper'} · ${COSTLY.id}`,
      texts: ['do.acknowledge', 'do.suppress', 'plan-visit', 'activity', 'did.opened', 'elsewhere-none'], zh: ['收银员', 'PRN-PAPER-OUT'], en: ['cashier', 'Diagnosis'],
    },
    { name: 'fault types', path: () => '/issues', title: (say) => say('section.issues'), texts: ['affected', 'trend', 'first-seen', 'issue-state.muted', 'fresh'], zh: [`故障 ${ALONE}`, '12 台'], en: [`Fault ${ALONE}`, 'terminals: 12'] },
    { name: 'fault type', path: () => `/issues/${SPREAD}`, title: (say) => `${say === zh ? `故障 ${SPREAD}` : `Fault ${SPREAD}`} · ${say('section.issues')}`, texts: ['per-day', 'by.firmware', 'by.region', 'issue-do.resolve', 'open-ones', 'figures'], zh: ['华东', 'acquirer-1'], en: ['PX-20'] },
    { name: 'outbreaks', path: () => '/outbreaks', title: (say) => say('section.outbreaks'), texts: ['common', 'outbreak-state.closed', ['affected-now', { now: 12, all: 12 }]], zh: ['地区 华东'], en: ['region 华东'] },
    { name: 'outbreak', path: async () => `/outbreaks/${await at.outbreak()}`, title: (say) => `${say === zh ? `故障 ${SPREAD}` : `Fault ${SPREAD}`} · ${say('section.outbreaks')}`, texts: ['why-common', 'why.chance', 'members', ['why.among', { among: 16, terminals: 12 }]], zh: ['地区 华东', 'W-11'], en: ['Seen in 12 stores'] },
    { name: 'absences', path: () => '/absences', title: (say) => say('section.absences'), texts: ['silent-since', 'why-silent', 'whole-store', 'absence-state.ended'], zh: [DARK, '网络中断'], en: ['link down'] },
    { name: 'absence', path: async () => `/absences/${await at.absence()}`, title: (say) => `${DARK} · ${say('section.absences')}`, texts: ['evidence', 'cause.power', 'speaks-for', 'do.assign'], zh: ['同店所有终端同时静默'], en: ['every terminal of the store fell silent with it'] },
  ]
  const all = (texts: readonly (Key | [Key, Params])[], say: typeof zh): string[] => texts.map((text) => (typeof text === 'string' ? say(text) : say(...text)))

  it.each(PAGES)('show $name in both languages, light and dark, wide and narrow, and axe-core finds nothing wrong', async ({ path, title, texts, ...own }) => {
    await at.open(await path())
    await expectSound(at, { texts: [...all(texts, zh), ...own.zh], title: title(zh) }, { texts: [...all(texts, en), ...own.en], title: title(en) })
    expect(await chineseOn(at, new RegExp([COSTLY.store, DARK, '华东', '华南', '华北', '中文'].join('|'), 'g'))).toEqual([])
    await expect.poll(() => strangeElements(at)).toBe(0)
  }, 30_000)

  it('put first what costs most, and name what stands still, who must go and with what', async () => {
    await at.open('/')
    const lines = at.page.locator('.todo')
    const texts = async (): Promise<string[]> => (await lines.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '))
    await expect.poll(() => lines.count()).toBe(6)
    const [first = '', second = '', third = '', ...rest] = await texts()
    // The lane whose sales are known loses money by both of its faults; then the outbreak, the silent store, and faults by severity.
    for (const line of [first, second]) {
      expect(line).toContain(COSTLY.id)
      expect(line).toContain(`${zh('stands')} ✕ 插卡`)
      expect(line).toMatch(/已损失 ¥\d+ 每小时 ¥\d+/)
    }
    expect(third).toContain(zh('in-stores', { stores: 12, n: 12 }))
    expect(third).toContain('地区 华东')
    expect(third).toContain(`${zh('some-stand')} ✕ 插卡`)
    expect(rest.filter((line) => line.includes(DARK) && line.includes(zh('goes.link')))).toHaveLength(1)
    expect(rest.filter((line) => line.includes('切刀组件') && line.includes(EVIL))).toHaveLength(1)
    expect(rest.at(-1)).toContain('PRN-PAPER-LOW')
    await lines.nth(2).locator('a').first().click()
    await at.waitForText(zh('why-common'))
  })

  it('draw the stores, worst first, to be walked through by arrow keys', async () => {
    await at.open('/')
    const region = at.page.getByRole('region', { name: '华东' })
    await region.locator('a.node').first().waitFor()
    expect(await region.locator('a.node').count()).toBe(16)
    expect(await region.locator('a.node').evaluateAll((nodes) => nodes.map((n) => n.className.split('-')[1]))).toEqual([...Array(12).fill('blocked'), ...Array(4).fill('well')])
    expect(await region.locator('a.node[tabindex="0"]').count()).toBe(1)
    await region.locator('a.node').first().focus()
    await at.page.keyboard.press('ArrowRight')
    await expect.poll(() => at.page.evaluate('document.activeElement.textContent')).toBe(`S-1 · ${zh('standing.blocked')} · ${zh('silent-n', { n: 1 })}`)
    await expect.poll(() => at.page.textContent('.pointed')).toContain('S-1')
    await region.getByRole('link', { name: '华东', exact: true }).click()
    await expect.poll(at.path).toBe(encodeURI('/?region=华东'))
    await expect.poll(() => at.page.locator('section.region').count()).toBe(1)
    await at.page.getByRole('link', { name: zh('map-all') }).click()
    await expect.poll(() => at.page.locator('section.region').count()).toBeGreaterThan(2)
  })

  it('draw time as a chart, with the same figures as a table, in the colours of the theme', async () => {
    await at.open('/')
    await at.page.waitForSelector('.plot canvas')
    const drawn = (): Promise<string> => at.page.evaluate("document.querySelector('.plot canvas').toDataURL()")
    const light = await drawn()
    await at.page.emulateMedia({ colorScheme: 'dark' })
    await expect.poll(async () => (await at.page.locator('.plot canvas').count()) === 1 && (await drawn()) !== light).toBe(true)
    await at.page.locator('.chart summary').click()
    const figures = await at.page.locator('.chart tbody tr').evaluateAll((rows) => rows.map((r) => Number(r.children[1]?.textContent)))
    expect(figures).toHaveLength(24)
    expect(figures.reduce((n, f) => n + f, 0)).toBe(16)
  })

  it('are fetched only when they are opened', async () => {
    const asked: string[] = []
    const note = (request: { url(): string }): void => void asked.push(request.url())
    at.page.on('request', note)
    await at.open('/enrolment')
    at.page.off('request', note)
    expect(asked.filter((url) => /\/(plot|map|overview|incidents)-/.test(url))).toEqual([])
    expect(asked.some((url) => /\/enrolment-/.test(url))).toBe(true)
  })
})
