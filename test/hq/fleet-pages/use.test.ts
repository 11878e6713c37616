import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { piecesOf } from '../../../src/hq/page/fleet/find-faults.ts'
import type { LogBundle } from '../../../src/model/configuration.ts'
import type { StoreCard, VisitRow } from '../../../src/model/triage.ts'
import type { CommandRow, HeartbeatAnswer, TerminalDetail } from '../../../src/model/wire.ts'
import { seated } from '../access/people.ts'
import { axe, noBrowser } from '../browser.ts'
import { until } from '../hq.ts'
import { pageAtHq, zh as pageZh, TROUBLED, WELL } from '../page-at-hq.ts'
import { type FleetKey, furnish, zh } from './fleet.ts'

describe('what is looked for in the catalogue', () => {
  it('is taken in words, and in Chinese in pairs of characters', () => {
    expect(piecesOf('')).toEqual([])
    expect(piecesOf('缺纸')).toEqual(['缺纸'])
    expect(piecesOf('Paper out，打印机 PRN-1')).toEqual(['paper', 'out', '打印', '印机', 'prn-1'])
  })
})

describe.skipIf(noBrowser)('who uses the pages of the fleet', () => {
  const at = pageAtHq()
  let visit: string
  beforeAll(async () => {
    ({ visit } = await furnish(at))
  })
  // What a browser itself says of an answer that is an error.
  afterEach(() => {
    at.watched.problems.splice(0, at.watched.problems.length, ...at.watched.problems.filter((problem) => !/^console: Failed to load resource/.test(problem)))
  })

  const press = (key: FleetKey, params?: Record<string, string | number>): Promise<void> => at.page.getByRole('button', { name: zh(key, params), exact: true }).click()
  const follow = (name: string): Promise<void> => at.page.getByRole('link', { name, exact: true }).first().click()
  const asTerminal = <T>(path: string, body: unknown) =>
    at.hq.ask<T>(path, { method: 'POST', headers: { authorization: `Bearer ${at.token}`, 'content-type': 'application/json' }, body: JSON.stringify(body) })
  const beat = () => asTerminal<HeartbeatAnswer>('/v1/heartbeats', { at: Date.now(), agentVersion: '0.1.0', bootId: 'b', uptimeMs: 1, sequence: 3, spool: { reports: 0, bytes: 0, lost: 0 }, readiness: [], openIncidents: 2, takes: ['check', 'logs'] })
  const storeOf = (store: string): string => `/stores/${encodeURIComponent(store)}`

  it('says when a store is open, is told what cannot be read, and sees it counted', async () => {
    await at.open(storeOf(WELL.store))
    await at.page.getByRole('link', { name: new RegExp(zh('change-card')) }).click()
    await at.page.getByLabel(zh('day.fri')).fill('九点到十点')
    await press('save')
    await at.waitForText(zh('spans-odd', { text: '九点到十点' }))
    await at.page.getByLabel(zh('day.fri')).fill('18:00-2:00')
    await at.page.getByLabel(zh('time-zone')).fill('Asia/Nowhere')
    await press('save')
    await at.waitForText(zh('time-zone-odd'))
    await at.page.getByLabel(zh('time-zone')).fill('Asia/Shanghai')
    for (const day of ['mon', 'tue', 'wed', 'thu', 'sat', 'sun'] as const) await at.page.getByLabel(zh(`day.${day}`)).fill('0:00-24:00')
    await at.page.getByLabel(zh('holidays')).fill('2027-02-06 春节\n2027-02-07 10:00-18:00')
    await at.page.getByLabel(zh('address')).fill('<b>人民路</b> 2 号')
    await press('save')
    await at.waitForText('18:00-02:00')
    await at.waitForText('<b>人民路</b> 2 号')
    await expect.poll(() => at.path()).toBe(storeOf(WELL.store))
    const { card } = (await at.hq.operate<{ card: StoreCard }>(`/api${storeOf(WELL.store)}`)).json
    expect(card.hours).toMatchObject({ timeZone: 'Asia/Shanghai', holidays: [{ date: '2027-02-06', spans: [], note: '春节' }, { date: '2027-02-07', spans: [[600, 1080]] }] })
    expect([card.hours?.days[0], card.hours?.days[4]]).toEqual([[[0, 1440]], [[1080, 1560]]])
  })

  it('plans a visit from a store, prints its work order, and brings it to its end', async () => {
    await at.open(storeOf(TROUBLED.store))
    await follow(zh('plan-visit'))
    const choices = at.page.locator('main form input[name=incidents]')
    // What is part of a visit already cannot be chosen again.
    await expect.poll(() => at.page.locator('main form input[name=incidents]:disabled').count()).toBe(1)
    for (const box of await choices.all()) if (await box.isEnabled()) await box.uncheck()
    await press('make-visit')
    await at.waitForText(zh('choose-incidents'))
    await at.page.locator('main form input[name=incidents]:enabled').first().check()
    await at.page.getByLabel(zh('assignee')).fill('李工')
    await at.page.getByLabel(zh('planned-for')).fill('2026-12-01T09:30')
    await press('make-visit')
    await at.waitForText('李工')
    const made = (await at.path()).split('/').at(-1) ?? ''
    expect((await at.hq.operate<{ visit: VisitRow }>(`/api/visits/${made}`)).json.visit).toMatchObject({ store: TROUBLED.store, assignee: '李工', plannedFor: Date.parse('2026-12-01T09:30+08:00'), state: 'planned' })
    for (const [lang, words] of [['zh-CN', '上门工单'], ['en', 'Work order']] as const) {
      const [order] = await Promise.all([at.page.context().waitForEvent('page'), at.page.getByRole('link', { name: zh(`work-order.${lang}`) }).click()])
      await order.waitForLoadState()
      expect(await order.locator('h1').textContent()).toContain(words)
      await order.close()
    }
    await press('do.under-way')
    await at.waitForText(zh('visit.under-way'))
    await press('do.done')
    await expect.poll(() => at.page.getByRole('button', { name: zh('do.done'), exact: true }).count()).toBe(0)
    await at.waitForText(zh('visit.done'), '.title')
    expect((await at.hq.operate<TerminalDetail>(`/api/terminals/${TROUBLED.id}`)).json.commands.filter((c) => c.type === 'check')).toHaveLength(1)

    await at.open('/visits')
    await follow(zh('visit.done'))
    await expect.poll(() => at.path()).toBe('/visits?state=done')
    await expect.poll(() => at.page.locator('tbody tr').count()).toBe(1)
    await at.open(`/visits/${visit}`)
    await press('do.cancelled')
    await at.waitForText(zh('visit.cancelled'))
  })

  it('asks for logs, sees them arrive and reads them', async () => {
    await at.open(`/terminals/${TROUBLED.id}`)
    await press('ask-logs')
    await at.waitForText(zh('logs.waiting'), '.logs')
    await expect.poll(() => at.page.getByRole('button', { name: zh('ask-logs') }).isDisabled()).toBe(true)
    const { commands } = (await until(beat, ({ json }) => json.commands.some((c) => c.type === 'logs'))).json
    const id = commands.find((c) => c.type === 'logs')?.id ?? ''
    await at.waitForText(zh('logs.sent'), '.logs')
    const bundle: LogBundle = { schema: 'posdiag.logs/1', at: Date.now(), parts: [{ name: 'agent.log', text: '纸用完 <img src=x>', cut: true }] }
    expect((await asTerminal(`/v1/commands/${id}/bundle`, bundle)).status).toBe(204)
    await asTerminal(`/v1/commands/${id}/progress`, { state: 'done' })
    await at.waitForText(zh('logs.done'), '.logs')
    await press('show-logs')
    await at.waitForText('纸用完 <img src=x>')
    await at.waitForText(zh('cut'))
    await expect.poll(() => at.path()).toBe(`/terminals/${TROUBLED.id}?logs=${id}`)
    expect(await axe(at.page)).toEqual([])
    // What a check tells of itself is not told of logs.
    await expect.poll(() => at.page.locator('.check-now').textContent()).not.toContain(pageZh('command.done'))
  })

  it('writes a note, and looks at more days of what was measured', async () => {
    await at.open(`/terminals/${TROUBLED.id}?days=7`)
    await at.page.getByLabel(zh('write-note')).fill('钥匙在店长处')
    await at.page.locator('form', { has: at.page.getByLabel(zh('write-note')) }).getByRole('button').click()
    await at.waitForText('钥匙在店长处', '.rows')
    await expect.poll(() => at.page.getByLabel(zh('write-note')).inputValue()).toBe('')
    await expect.poll(() => at.page.locator('.readings-plot canvas').count()).toBeGreaterThan(3)
    const paper = at.page.getByRole('table', { name: zh('chart.paper') })
    expect(await paper.getByRole('row', { name: zh('reading.printer.paper-end') }).textContent()).toContain(pageZh('yes'))
    const drawn = (): Promise<number> => at.page.evaluate("(() => { const c = document.querySelector('.readings-plot canvas'); return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.filter((v, i) => i % 4 === 3 && v > 0).length })()")
    await expect.poll(drawn).toBeGreaterThan(100)
    await follow(zh('last-days', { n: 30 }))
    await expect.poll(() => at.path()).toBe(`/terminals/${TROUBLED.id}?days=30`)
  })

  it('narrows the list of terminals, keeps the columns it likes, and checks those it picks', async () => {
    await at.open('/terminals')
    await at.page.getByRole('combobox', { name: zh('region'), exact: true }).selectOption('华北')
    await expect.poll(at.path).toBe(`/terminals?region=${encodeURIComponent('华北')}`)
    await expect.poll(() => at.page.locator('tbody tr').count()).toBe(1)
    await expect.poll(() => at.page.getByRole('link', { name: zh('csv') }).getAttribute('href')).toBe(`/api/export/terminals?region=${encodeURIComponent('华北')}&format=csv`)
    await at.page.reload()
    await expect.poll(() => at.page.locator('tbody tr').count()).toBe(1)
    await expect.poll(() => at.page.getByRole('combobox', { name: zh('region'), exact: true }).inputValue()).toBe('华北')

    const heads = (): Promise<string[]> => at.page.locator('thead th').allInnerTexts()
    expect(await heads()).not.toContain(pageZh('merchant'))
    await at.page.getByText(zh('columns'), { exact: true }).first().click()
    await at.page.getByLabel(pageZh('merchant'), { exact: true }).check()
    await at.page.getByLabel(pageZh('last-seen'), { exact: true }).uncheck()
    await at.page.reload()
    await expect.poll(heads).toContain(pageZh('merchant'))
    expect(await heads()).not.toContain(pageZh('last-seen'))

    await at.open('/terminals')
    await at.page.getByLabel(zh('select-one', { id: WELL.id })).check()
    await at.page.getByLabel(zh('select-one', { id: TROUBLED.id })).check()
    await press('check-selected', { n: 2 })
    await at.waitForText(zh('checks-asked', { asked: 2, ended: 0 }))
    const { commands } = (await at.hq.operate<TerminalDetail>(`/api/terminals/${WELL.id}`)).json
    expect(commands.map((c: CommandRow) => [c.type, c.state])).toEqual([['check', 'waiting']])
  })

  it('makes a revision, halts it, goes on, and goes back to the one before', async () => {
    await at.open('/rollouts/2')
    await press('deed.pause')
    await at.waitForText(zh('rollout.paused'))
    await press('deed.resume')
    await at.waitForText(zh('rollout.running'))
    await press('deed.halt')
    await at.waitForText(zh('reason.by', { what: 'operator' }))
    await at.open('/rollouts/1')
    await follow(zh('use-again'))
    const limits = at.page.getByLabel(zh('limits'))
    expect(await limits.inputValue()).toBe('host.disk-free-percent: 5')
    await limits.fill('host.disk-free-percent five')
    await press('start-rollout')
    await at.waitForText(zh('limits-odd', { text: 'host.disk-free-percent five' }))
    await limits.fill('{"host.disk-free-percent": 7, "network.loss-percent": 2.5}')
    await at.page.getByLabel(zh('stages')).fill('10, 5')
    await press('start-rollout')
    await at.waitForText(zh('stages-odd'))
    await at.page.getByLabel(zh('stages')).fill('5, 100')
    await press('start-rollout')
    await at.waitForText(zh('revision-number', { n: 3 }))
    await expect.poll(() => at.path()).toBe('/rollouts/3')
    await at.waitForText('network.loss-percent')
    await at.open('/rollouts?new=1')
    await press('start-rollout')
    await at.waitForText(zh('problem.rollout-running'))
  })

  it('finds a fault by what is seen, and by its code, and comes to it from a diagnosis', async () => {
    await at.open('/catalogue')
    await at.page.getByRole('searchbox').fill('小票打一半没纸')
    await expect.poll(at.path).toBe(`/catalogue?q=${encodeURIComponent('小票打一半没纸')}`)
    await expect.poll(() => at.page.locator('.entries h3 a').first().textContent()).toBe('打印机缺纸')
    await at.page.getByRole('searchbox').fill('qqq')
    await at.waitForText(pageZh('no-match'))
    await at.open('/catalogue?q=CRD-NFC&severity=degraded')
    await expect.poll(() => at.page.locator('.entries code').allInnerTexts()).toEqual(expect.arrayContaining([expect.stringContaining('CRD-NFC')]))
    await at.open(`/incidents/${at.paper.id}`)
    await at.page.locator('.cause h3 a').click()
    await at.waitForText(zh('shows-as'))
    await expect.poll(() => at.path()).toMatch(/^\/catalogue\/PRN-PAPER-OUT/)
    await at.open('/catalogue/XXX-NOTHING')
    await at.waitForText(zh('no-such-fault'))
  })

  it('makes a backup, and sees it listed', async () => {
    await at.open('/health')
    await press('make-backup')
    await at.waitForText('.sqlite')
    await expect.poll(() => at.page.locator('main li code').allInnerTexts()).toEqual([expect.stringMatching(/^hq-\d{8}T\d{6}Z\.sqlite$/)])
  })

  it('is told where there is nothing', async () => {
    for (const [where, words] of [['/stores/nowhere', zh('problem.store')], ['/visits/01a20261-d37b-7709-9b30-e86a0be65321', zh('problem.visit')], ['/rollouts/99', zh('problem.rollout')], ['/stores/a/b', pageZh('not-found')]] as const) {
      await at.page.goto(at.hq.hq.url + where)
      await at.waitForText(words)
    }
    // A dot in a name makes no file of it.
    await at.page.goto(`${at.hq.hq.url}/stores/Main.St`)
    await at.waitForText(zh('problem.store'))
  })

  it('sees and may no more than role and scope allow', async () => {
    const north = await seated(at.hq, 'viewer-north', 'viewer', [{ region: TROUBLED.region }])
    await at.page.context().clearCookies()
    await at.page.context().addCookies([{ name: 'posdiag_session', value: north.cookie.split('=')[1] ?? '', url: at.hq.hq.url }])
    await at.open('/stores')
    await expect.poll(() => at.page.locator('td.lead').allInnerTexts()).toEqual([TROUBLED.store])
    await expect.poll(() => at.page.locator('.fleet-tabs a').allInnerTexts()).toEqual([zh('stores'), pageZh('terminals'), zh('boot-checks'), zh('visits')])
    await expect.poll(() => at.page.locator('header nav a').allInnerTexts()).not.toContain(pageZh('health'))
    await at.open(`${storeOf(TROUBLED.store)}?edit=card&plan=visit`)
    await at.waitForText(zh('store-card'))
    await expect.poll(() => at.page.locator('main form').count()).toBe(0)
    await at.open(`/terminals/${TROUBLED.id}`)
    await at.waitForText(zh('devices'))
    await expect.poll(async () => await at.page.getByRole('button', { name: zh('ask-logs') }).count() + (await at.page.locator('main form').count())).toBe(0)
    await at.page.goto(at.hq.hq.url + storeOf(WELL.store))
    await at.waitForText(zh('problem.store'))
    for (const [where, words] of [['/rollouts', 'problem.scope'], ['/health', 'problem.role']] as const) {
      await at.page.goto(at.hq.hq.url + where)
      await at.waitForText(pageZh(words))
    }
    await at.page.context().clearCookies()
    await at.page.goto(at.hq.hq.operatorUrl)
  })
})
