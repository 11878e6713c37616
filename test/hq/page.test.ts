import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Params } from '../../src/texts/say.ts'
import { noBrowser } from './browser.ts'
import { en, HOSTILE, type Key, pageAtHq, SILENT, TROUBLED, zh } from './page-at-hq.ts'
import { chineseOn, expectSound, strangeElements } from './page-sound.ts'

describe.skipIf(noBrowser)('the page of HQ', () => {
  const at = pageAtHq()

  /** What each page says: texts of its own by key, and, apart from those, words of the reports in Chinese and in English. */
  const PAGES: { name: string; path: () => string; title: (say: typeof zh) => string; texts: (Key | [Key, Params])[]; zh: string[]; en: string[] }[] = [
    {
      name: 'incident', path: () => `/incidents/${at.paper.id}`, title: () => `${at.paper.title.zh} · SHOP-0001-01`,
      texts: ['evidence-for', 'steps', 'workaround', 'reports-since', ['report-number', { n: 3 }], 'trigger.schedule', 'yes'],
      zh: ['打印机缺纸', '收银员', '使它的可能性提高了', '顾客要刷卡时'], en: ['the printer has no paper', 'cashier', 'likelier.', 'When a customer wants to pay by card'],
    },
    {
      name: 'terminals', path: () => '/terminals', title: (say) => say('terminals'),
      texts: ['contact', 'readiness', 'contact.never', 'last-seen', ['lane', { lane: '1' }]], zh: ['SHOP-0003-01', '华北', '建国路店', '阻断收款'], en: ['SHOP-0002-01', 'blocking'],
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
      name: 'report', path: () => `/reports/${TROUBLED.id}/${at.reportId}`, title: (say) => `${say('report-title', { n: 3 })} · SHOP-0001-01`,
      texts: ['causes', 'evidence-for', 'steps', 'verify', 'considered', 'ruled-out', 'rests-on', 'observations', 'probes', 'trigger.schedule', 'clock.synchronised', 'download-json', 'source.passive'],
      zh: ['问题在收单机构', '为什么不是别的', '它落选，是因为', '顾客要刷卡时', '打印机缺纸', '收银员', '被拒绝', '钱箱', '> 10 04 04', 'printer.cover-open', '打印机'],
      en: ['at the acquirer', 'Why it is not something else', 'It lost, because', 'When a customer wants to pay by card', 'Printer out of paper', 'cashier', 'refused', 'the drawer has no line of its own to the host', '< 7e +8ms', 'cash drawer'],
    },
    {
      name: 'enrolment', path: () => '/enrolment', title: (say) => say('enrolment'),
      texts: ['make-token', 'token-note', ['token.used', { by: 'SHOP-0001-01' }], 'state'], zh: [], en: [],
    },
  ]
  const all = (texts: readonly (Key | [Key, Params])[], say: typeof zh): string[] => texts.map((text) => (typeof text === 'string' ? say(text) : say(...text)))

  it.each(PAGES)('shows $name in both languages, light and dark, wide and narrow, and axe-core finds nothing wrong', async ({ path: where, title, texts, ...own }) => {
    await at.open(where())
    await at.unfold()
    await expectSound(at, { texts: [...all(texts, zh), ...own.zh], title: title(zh) }, { texts: [...all(texts, en), ...own.en] })
  })

  it('says nothing in Chinese to who reads English', async () => {
    await at.open('/')
    await at.toEnglish()
    for (const { path: where } of PAGES) {
      await at.open(where())
      await at.unfold()
      // The button says the other language in its own words.
      expect([where(), await chineseOn(at, /中文|华北|华东|建国路店|人民路店/g)]).toEqual([where(), []])
    }
  })

  it('shows HTML in a report as text, and nothing of it runs', async () => {
    const seen = new Set<string>()
    for (const language of ['zh-CN', 'en']) {
      await at.page.evaluate(`localStorage.setItem('language', '${language}')`)
      for (const where of ['/', '/incidents', `/incidents/${at.hostile.id}`, '/terminals', `/terminals/${HOSTILE.id}`, `/reports/${HOSTILE.id}/${at.hostileReportId}`]) {
        await at.open(where)
        await at.unfold()
        await at.waitForText('<img src=x onerror=')
        await expect.poll(() => strangeElements(at)).toBe(0)
        const said = await at.words()
        for (const place of at.places) if (said.includes(`<script>ran('${place}')</script>`)) seen.add(place)
      }
    }
    const hidden = /^agent\.(node|platform)|^versions|\.(signs|causes|detect|basis)(\.|$)|^terminal\.(lane|merchant)|^faults\.1\.(remedy|evidence)/
    expect(at.places.filter((place) => !seen.has(place) && !hidden.test(place))).toEqual([])
    expect(seen.size).toBeGreaterThan(20)
  })

  it('is small, and comes without the schema library', () => {
    const files = readdirSync(join(at.built, 'assets')).map((name) => ({ name, text: readFileSync(join(at.built, 'assets', name), 'utf8') }))
    const first = readFileSync(join(at.built, 'index.html'), 'utf8')
    expect(files.filter(({ name }) => first.includes(name)).reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(100_000)
    expect(files.filter(({ text }) => /ZodError|safeParse/.test(text)).map(({ name }) => name)).toEqual([])
  })
})
