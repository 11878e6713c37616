import { beforeAll, describe, expect, it } from 'vitest'
import { noBrowser } from '../browser.ts'
import { HOSTILE, pageAtHq, en as pageEn, zh as pageZh, TROUBLED, WELL } from '../page-at-hq.ts'
import { chineseOn, expectSound, strangeElements } from '../page-sound.ts'
import { en, type FleetKey, furnish, zh } from './fleet.ts'

describe.skipIf(noBrowser)('the pages of the fleet', () => {
  const at = pageAtHq()
  let visit: string
  beforeAll(async () => {
    ({ visit } = await furnish(at))
  })

  const storeOf = (store: string): string => `/stores/${encodeURIComponent(store)}`

  /** What each page says: texts of its own by key, and, apart from those, words of what it shows in Chinese and in English. */
  const PAGES: { name: string; path: () => string; title: (say: typeof zh, page: typeof pageZh) => string; texts: FleetKey[]; zh: string[]; en: string[] }[] = [
    {
      name: 'stores', path: () => '/stores', title: (say) => say('stores'), texts: ['hours', 'cost', 'region'],
      zh: ['建国路店', '华北', '插卡 0/1', '在线 1/1', '阻断收款'], en: ['人民路店', 'chip 1/1', '1 of 1 online'],
    },
    {
      name: 'store', path: () => storeOf(TROUBLED.store), title: (say) => `建国路店 · ${say('stores')}`, texts: ['plan-visit', 'store-card', 'holidays', 'visits', 'history', 'did.card', 'visit.planned', 'day.sun', 'closed-all-day'],
      zh: ['SHOP-0001-01', '打印机缺纸', '09:00-22:00', '10:00-02:00', '国庆节', '王店长', '陈师傅'], en: ['Printer out of paper', 'Asia/Shanghai'],
    },
    {
      name: 'silent store', path: () => storeOf(WELL.store), title: (say) => `人民路店 · ${say('stores')}`, texts: ['because', 'cause.power', 'cause.closed', 'no-visits', 'no-hours'],
      zh: ['整店失联（1 台）', '最可能是停电', '最后报告时电源有故障', '已损失 ¥1,234，每小时 ¥567', '%'], en: ['probably no power', 'its last report had trouble with the power'],
    },
    {
      name: 'form of a store', path: () => `${storeOf(TROUBLED.store)}?edit=card&plan=visit`, title: (say) => `建国路店 · ${say('stores')}`,
      texts: ['hours-hint', 'holidays-hint', 'time-zone', 'save', 'to-settle', 'make-visit', 'parts-hint', 'in-visit'], zh: ['打印机缺纸'], en: ['Printer out of paper'],
    },
    { name: 'visits', path: () => '/visits', title: (say) => say('visits'), texts: ['visits-hint', 'visit.planned', 'visit.done', 'assignee'], zh: ['上门：建国路店', '热敏纸卷', '陈师傅'], en: ['Visit to 建国路店', 'thermal paper roll'] },
    {
      name: 'visit', path: () => `/visits/${visit}`, title: (say) => `${say('visit')} · ${say('visits')}`, texts: ['do.under-way', 'do.done', 'do.cancelled', 'visit-steps-hint', 'work-order.zh-CN', 'work-order.en', 'parts', 'to-settle'],
      zh: ['1 个中已解决 0 个', '打印机缺纸', '热敏纸卷'], en: ['0 of 1 settled', 'thermal paper roll'],
    },
    {
      name: 'terminals', path: () => '/terminals', title: (_, page) => page('terminals'), texts: ['agent', 'model', 'columns', 'csv', 'select-all', 'select'],
      zh: ['SHOP-0003-01', '检查所选（0）', '收银台 1'], en: ['SHOP-0002-01', 'lane 3', 'Check those selected (0)'],
    },
    {
      name: 'terminal', path: () => `/terminals/${TROUBLED.id}`, title: (_, page) => `SHOP-0001-01 · ${page('terminals')}`,
      texts: ['devices', 'firmware', 'port', 'serial', 'readings', 'chart.way', 'chart.paper', 'reading.network.rtt-ms', 'median', 'logs', 'ask-logs', 'notes', 'enrolled', 'no-key', 'exports', 'no-revision', 'token-counts'],
      zh: ['换过电源', 'printer-1', '打印机', 'PRN-PAPER-OUT', '取自 3 份报告中的 3 份', '是'], en: ['card reader', 'Out of 3 of 3 reports', 'yes'],
    },
    { name: 'rollouts', path: () => '/rollouts', title: (say) => say('rollouts'), texts: ['new-revision', 'drift', 'drift-hint', 'rollout.halted', 'rollout.running', 'how-far'], zh: ['第 1 版', '3 台终端采用失败', 'host.disk-free-percent', '2.6.1', '2 台'], en: ['Revision 2', 'terminals that failed to take it: 3', 'terminals: 2'] },
    {
      name: 'rollout', path: () => '/rollouts/1', title: (say) => `${say('revision-number', { n: 1 })} · ${say('rollouts')}`, texts: ['deed.resume', 'use-again', 'not-taken', 'trouble.failed', 'trouble.expired', 'stage.at', 'stage.ahead', 'not-asked-yet', 'did.start'],
      zh: ['SHOP-0001-01', '3 台终端采用失败', '更早发现磁盘将满'], en: ['it came after its time was over'],
    },
    { name: 'form of a rollout', path: () => '/rollouts?new=1&from=1', title: (say) => say('rollouts'), texts: ['revision-hint', 'limits', 'pos-minimum', 'soak', 'start-rollout'], zh: ['沿用第 1 版的设置'], en: ['As revision 1 set it'] },
    { name: 'catalogue', path: () => '/catalogue', title: (_, page) => page('catalogue'), texts: ['catalogue-hint', 'subsystem', 'subsystem.printer', 'subsystem.security-tamper'], zh: ['打印机缺纸', '红灯亮或闪', 'TXN-'], en: ['Printer out of paper', 'half-printed receipt'] },
    {
      name: 'fault', path: () => '/catalogue/PRN-PAPER-OUT', title: (_, page) => `${page === pageZh ? '打印机缺纸' : 'Printer out of paper'} · ${page('catalogue')}`, texts: ['seen', 'causes', 'shows-as', 'prior', 'detected-by', 'parts', 'see-incidents'],
      zh: ['换上同宽度的热敏纸', '75% 能修好', '约每 170 次检查一次', '热敏纸卷'], en: ['cures 75%', 'about one check in 170', 'printer.paper-end'],
    },
    { name: 'health', path: () => '/health', title: (_, page) => page('health'), texts: ['ingest', 'processes', 'this-one', 'runs', 'database', 'engine.sqlite', 'make-backup', 'no-backups', 'unsent-alerts', 'reports-per-hour', 'commit-p99'], zh: ['9.9.9'], en: ['9.9.9'] },
  ]

  it.each(PAGES)('show $name in both languages, light and dark, wide and narrow, and axe-core finds nothing wrong', async ({ path: where, title, texts, ...own }) => {
    await at.open(where())
    await expectSound(at, { texts: [...texts.map((key) => zh(key)), ...own.zh], title: title(zh, pageZh) }, { texts: [...texts.map((key) => en(key)), ...own.en], title: title(en, pageEn) })
  }, 30_000)

  it('say nothing in Chinese to who reads English', async () => {
    await at.open('/stores')
    await at.toEnglish()
    for (const { path: where } of PAGES) {
      await at.open(where())
      await at.unfold()
      // What people wrote is what it is too; a work order and the button say the other language in its own words.
      expect([where(), await chineseOn(at, /（?中文）?|华北|华东|建国路店|人民路店|建国路 1 号|王店长|陈师傅|换过电源|更早发现磁盘将满|国庆节/g)]).toEqual([where(), []])
    }
  }, 60_000)

  it('show HTML of a terminal as text, and nothing of it runs', async () => {
    const stores = (await at.hq.operate<{ rows: { store: string }[] }>('/api/stores')).json.rows
    const evil = stores.find((row) => row.store.includes('<script>'))
    await at.hq.operate(`/api/terminals/${HOSTILE.id}/notes`, 'POST', { note: '<img src=x onerror=ran("note")>' })
    for (const where of ['/stores', storeOf(evil?.store ?? ''), `/terminals/${HOSTILE.id}`, '/terminals']) {
      await at.open(where)
      await at.unfold()
      await at.waitForText('<img src=x onerror=')
      await expect.poll(() => strangeElements(at)).toBe(0)
    }
  })
})
