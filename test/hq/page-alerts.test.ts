import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ALERT_TEXTS } from '../../src/hq/page/alerts/texts.ts'
import type { AlertSettings } from '../../src/model/alerts.ts'
import { fill, type Params } from '../../src/texts/say.ts'
import { http, httpReceiver, type Receiver } from './alerts/receivers.ts'
import { noBrowser } from './browser.ts'
import { until } from './hq.ts'
import { en, pageAtHq, zh } from './page-at-hq.ts'
import { chineseOn, expectSound } from './page-sound.ts'

const a = (key: keyof typeof ALERT_TEXTS, params?: Params): string => fill(ALERT_TEXTS[key], 'zh-CN', params)

describe.skipIf(noBrowser)('the alert pages of HQ', () => {
  const at = pageAtHq()
  let receiver: Receiver
  let ill = false
  beforeAll(async () => {
    receiver = await httpReceiver(() => http('200 OK', ill ? '{"errcode":310000,"errmsg":"keywords not in content"}' : '{"errcode":0}'))
  })
  afterAll(() => receiver.close())

  const settings = async (): Promise<AlertSettings> => (await at.hq.operate<AlertSettings>('/api/alerts/settings')).json
  const openTab = (tab: string, more = ''): Promise<void> => at.open(`/alerts?tab=${tab}${more}`)
  const fillIn = (label: string, text: string): Promise<void> => at.page.getByLabel(label, { exact: true }).first().fill(text)
  const save = (): Promise<void> => at.page.getByRole('button', { name: a('save') }).click()

  it('lead from nothing to an alert that arrived: a channel, its test, a rule, and what became of it', async () => {
    await openTab('rules')
    await at.waitForText(a('no-rules'))
    await at.page.getByRole('link', { name: a('tab.channels') }).click()
    await at.page.getByRole('link', { name: a('add.channel') }).click()
    await expect.poll(() => at.path()).toBe('/alerts?tab=channels&edit=new')
    await fillIn(a('name'), '值班群')
    await fillIn(a('gather'), '0')
    await fillIn(a('url.robot'), `${receiver.url}/robot/send?access_token=t0ken-t0ken`)
    await fillIn(a('secret'), 'SECtestsecret')
    await save()
    await at.waitForText('值班群', 'table')
    await expect.poll(() => at.words()).not.toContain('t0ken-t0ken')
    await at.page.getByRole('button', { name: `${a('test')} 值班群` }).click()
    await at.waitForText(a('test.sent'))
    expect(receiver.heard).toHaveLength(1)
    ill = true
    await at.page.getByRole('button', { name: `${a('test')} 值班群` }).click()
    await at.waitForText('keywords not in content')
    await at.waitForText(a('state.failed'), 'table')
    ill = false

    await at.page.getByRole('link', { name: a('tab.rules') }).click()
    await at.page.getByRole('link', { name: a('add.rule') }).click()
    await fillIn(a('name'), '阻断收款')
    await fillIn(a('minutes'), '0')
    await at.page.getByLabel('阻断收款').check()
    await fillIn(a('stores'), '建国路店，人民路店')
    await at.page.getByLabel('值班群').check()
    await save()
    await at.waitForText('建国路店、人民路店', 'table')
    expect((await settings()).rules).toMatchObject([{ rule: { on: 'incident', minutes: 0, enabled: true, scope: { severities: ['block'], stores: ['建国路店', '人民路店'] } } }])

    await until(async () => receiver.heard.length, (n) => n > 2)
    expect(receiver.heard.at(-1)?.body).toContain('建国路店')
    await at.page.getByRole('link', { name: a('tab.messages') }).click()
    await at.waitForText(a('state.sent'), 'table')
    await at.page.getByRole('link', { name: a('tab.alerts') }).click()
    await at.waitForText(a('told.yes'), 'table')
    await at.waitForText('SHOP-0001-01', 'table')
  })

  it('set a silence and opening hours with holidays, and say what was typed wrong', async () => {
    await openTab('silences', '&edit=new')
    await fillIn(a('name'), '盘点')
    await fillIn(a('from'), '2026-10-01T08:00')
    await fillIn(a('until'), '2026-10-01T07:00')
    await save()
    await at.waitForText(a('until-order'))
    await fillIn(a('until'), '2026-10-01T12:00')
    await save()
    await at.waitForText('盘点', 'table')
    // The browser is in Shanghai.
    expect((await settings()).silences[0]?.silence).toMatchObject({ from: Date.parse('2026-10-01T08:00+08:00'), until: Date.parse('2026-10-01T12:00+08:00') })

    await openTab('windows', '&edit=new')
    await fillIn(a('name'), '营业时间')
    await at.page.getByLabel(a('holds')).selectOption('outside')
    await fillIn(a('time-zone'), 'Mars')
    await fillIn(a('day.mon'), '9:00-12:00，13:00至21:30')
    await fillIn(a('dates'), '2026-10-01 国庆节\n2026-10-10 09:00-18:00 调休上班\n')
    await save()
    await at.waitForText(a('time-zone-odd'))
    await fillIn(a('time-zone'), 'Asia/Shanghai')
    await fillIn(a('day.tue'), 'all day')
    await save()
    await at.waitForText(a('spans-odd', { text: 'all day' }))
    await fillIn(a('day.tue'), '22:00-06:00')
    await save()
    await at.waitForText('周一 09:00-12:00, 13:00-21:30 · 周二 22:00-06:00', 'table')
    const made = (await settings()).windows[0]
    expect(made?.window).toEqual({
      name: '营业时间', scope: {}, holds: 'outside', timeZone: 'Asia/Shanghai',
      weekly: { mon: [{ from: '09:00', to: '12:00' }, { from: '13:00', to: '21:30' }], tue: [{ from: '22:00', to: '06:00' }] },
      dates: [{ date: '2026-10-01', spans: [], note: '国庆节' }, { date: '2026-10-10', spans: [{ from: '09:00', to: '18:00' }], note: '调休上班' }],
    })
    // What is saved unchanged stays what it was.
    await at.page.getByRole('link', { name: '营业时间' }).click()
    await save()
    await at.waitForText('营业时间', 'table')
    expect((await settings()).windows[0]?.window).toEqual(made?.window)
  })

  it('change a channel without its secrets, and do not remove one that a rule names', async () => {
    await openTab('channels')
    await at.page.getByRole('link', { name: '值班群' }).click()
    await fillIn(a('name'), '值班二群')
    await save()
    await at.waitForText('值班二群', 'table')
    await at.page.getByRole('button', { name: `${a('test')} 值班二群` }).click()
    await at.waitForText(a('test.sent'))
    expect(receiver.heard.at(-1)?.line).toContain('access_token=t0ken-t0ken')
    await at.page.getByRole('button', { name: `${a('remove')} 值班二群` }).click()
    await at.waitForText(a('problem.alert-channel-used'))
    // The browser says of itself that an answer was an error.
    expect(at.watched.problems.splice(0)).toEqual([expect.stringContaining('409')])
  })

  const TABS = ['alerts', 'closed', 'rules', 'silences', 'windows', 'channels', 'messages']
  const FORMS = ['rules', 'silences', 'windows', 'channels'].map((tab) => `${tab}&edit=new`)

  it.each([...TABS, ...FORMS])('are sound in both languages, light and dark, wide and narrow: %s', async (tab) => {
    await openTab(tab)
    await expectSound(at, { texts: [] }, { texts: [en('alerts')] })
    expect(await chineseOn(at, /中文|华北|建国路店|人民路店|阻断收款|值班二?群|盘点|营业时间|简体中文|国庆节|调休上班/g)).toEqual([])
  })

  it('are fetched only when they are opened', async () => {
    const asked: string[] = []
    at.page.on('request', (request) => asked.push(request.url()))
    await at.open('/terminals')
    expect(asked.filter((url) => /frame-/.test(url))).toEqual([])
    expect(zh('alerts')).toBe('告警')
  })
})
