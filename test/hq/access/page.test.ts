import { afterEach, describe, expect, it } from 'vitest'
import { ACCESS_TEXTS } from '../../../src/hq/page/access/texts.ts'
import type { CreatedApiToken } from '../../../src/model/access.ts'
import type { CreatedEnrolmentToken } from '../../../src/model/wire.ts'
import { fill, type Params } from '../../../src/texts/say.ts'
import { axe, noBrowser } from '../browser.ts'
import { until } from '../hq.ts'
import { pageAtHq, zh as pageZh, TROUBLED } from '../page-at-hq.ts'
import { expectSound, strangeElements } from '../page-sound.ts'
import { makeReport } from '../reports.ts'
import { PASSWORD, seated } from './people.ts'
import { signingTerminal } from './terminal.ts'

type Key = keyof typeof ACCESS_TEXTS
const zh = (key: Key, params?: Params): string => fill(ACCESS_TEXTS[key], 'zh-CN', params)
const en = (key: Key, params?: Params): string => fill(ACCESS_TEXTS[key], 'en', params)

const EVIL = '<img src=x onerror=ran("access")>'

describe.skipIf(noBrowser)('the pages about who may what', () => {
  const at = pageAtHq()

  const asOperator = async (): Promise<void> => {
    await at.page.context().clearCookies()
    await at.page.goto(at.hq.hq.operatorUrl)
  }
  /** Signs in by the form. */
  const signIn = async (name: string, password = PASSWORD): Promise<void> => {
    await at.page.context().clearCookies()
    await at.page.goto(at.hq.hq.url)
    await input('name').fill(name)
    await input('password').fill(password)
    await at.page.getByRole('button', { name: zh('sign-in') }).click()
  }
  const input = (name: string) => at.page.locator(`main input[name=${name}]`)
  const nav = (): Promise<string[]> => at.page.locator('header nav a').allInnerTexts()
  // What a browser itself says of an answer that is an error.
  afterEach(() => {
    at.watched.problems.splice(0, at.watched.problems.length, ...at.watched.problems.filter((problem) => !/^console: Failed to load resource/.test(problem)))
  })

  it('lead from the operator token to the first administrator, who then signs in by name', async () => {
    await asOperator()
    await at.open('/access')
    await at.waitForText(zh('first-person'))
    await input('name').fill('陈晨')
    await input('password').fill(PASSWORD)
    await expect.poll(() => at.page.getByLabel(zh('role')).inputValue()).toBe('administrator')
    await at.page.getByRole('button', { name: zh('add'), exact: true }).click()
    await at.waitForText('陈晨', 'table')
    await signIn('陈晨', 'not the password at all')
    await at.waitForText(zh('problem.sign-in'))
    await signIn('陈晨')
    await at.waitForText(pageZh('tenders'))
    await expect.poll(nav).toEqual([pageZh('overview'), pageZh('incidents'), pageZh('fleet'), pageZh('alerts'), pageZh('catalogue'), pageZh('enrolment'), pageZh('access'), pageZh('health')])
    await expect.poll(() => at.page.locator('header .who').textContent()).toBe('陈晨')
  })

  it('add a person for a region, who sees that region and no more', async () => {
    await signIn('陈晨')
    await at.waitForText(pageZh('tenders'))
    await at.open('/access')
    await at.unfold()
    await input('name').fill('north')
    await input('password').fill(PASSWORD)
    await at.page.getByLabel(zh('role')).selectOption('technician')
    await at.page.getByLabel(zh('only-these')).check()
    await at.page.getByRole('textbox', { name: zh('region') }).fill(TROUBLED.region)
    await at.page.getByRole('button', { name: zh('add'), exact: true }).click()
    await at.waitForText(TROUBLED.region, 'table')
    await signIn('north')
    await at.waitForText(pageZh('tenders'))
    await expect.poll(nav).toEqual([pageZh('overview'), pageZh('incidents'), pageZh('fleet'), pageZh('catalogue')])
    await at.open('/terminals')
    await at.waitForText(TROUBLED.id)
    await expect.poll(() => at.page.locator('tbody tr').count()).toBe(1)
    await at.open(`/terminals/${TROUBLED.id}`)
    await at.page.getByRole('button', { name: pageZh('check-now') }).waitFor()
    await expect.poll(() => at.page.getByRole('button', { name: pageZh('revoke-terminal') }).count()).toBe(0)
    await at.page.goto(`${at.hq.hq.url}/access`)
    await at.waitForText(pageZh('problem.role'))
  })

  it('change what a person may, which signs them out everywhere', async () => {
    const li = await seated(at.hq, 'li', 'viewer')
    await signIn('陈晨')
    await at.waitForText(pageZh('tenders'))
    await at.open('/access')
    await at.page.getByRole('button', { name: zh('edit-person', { name: 'li' }) }).click()
    expect(await axe(at.page)).toEqual([])
    await at.page.locator('dialog').getByLabel(zh('role')).selectOption('manager')
    await at.page.getByRole('button', { name: zh('save') }).click()
    await expect.poll(() => at.page.locator('tr', { hasText: 'li' }).first().textContent()).toContain(zh('role.manager'))
    expect((await li.ask('/api/me')).status).toBe(401)
    await at.page.getByRole('button', { name: zh('edit-person', { name: 'li' }) }).click()
    await at.page.getByRole('button', { name: zh('disable') }).click()
    await at.waitForText(zh('disabled'))
  })

  it('say whose session it is, change the password, and let one out', async () => {
    await seated(at.hq, 'wu', 'viewer')
    await signIn('wu')
    await at.waitForText(pageZh('tenders'))
    await at.page.locator('header .who').click()
    await at.waitForText(zh('this-one'))
    await expect.poll(() => at.page.locator('tbody tr').count()).toBe(2)
    await at.page.getByRole('button', { name: zh('sign-out-elsewhere') }).click()
    await expect.poll(() => at.page.locator('tbody tr').count()).toBe(1)
    await input('old').fill('wrong')
    await input('password').fill('another long password')
    await at.page.getByRole('button', { name: zh('save') }).click()
    await at.waitForText(zh('problem.old-password'))
    await input('old').fill(PASSWORD)
    await at.page.getByRole('button', { name: zh('save') }).click()
    await at.waitForText(zh('password-changed'))
    await at.page.getByRole('button', { name: zh('sign-out'), exact: true }).click()
    await at.waitForText(zh('sign-in-hint'))
    await expect.poll(() => at.page.context().cookies()).toEqual([])
  })

  it('show who waits, approve, and say what was refused', async () => {
    await at.hq.operate('/api/admission/policy', 'PUT', { unsigned: 'accept', approval: 'required' })
    await until(async () => {
      const made = (await at.hq.operate<CreatedEnrolmentToken>('/api/enrolment-tokens', 'POST', {})).json.token
      await at.hq.ask('/v1/enrol', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token: made, terminal: { id: `W-${made.slice(-6).replaceAll(/[^A-Za-z0-9]/g, '0')}` }, agentVersion: '1' }) })
      return (await at.hq.operate<{ waiting: unknown[] }>('/api/admission')).json.waiting.length
    }, (n) => n > 0)
    const terminal = await signingTerminal(at.hq, 'NEW-1', { store: EVIL })
    await terminal.send([makeReport({ terminal: 'NEW-1' })], { signature: null })
    await asOperator()
    await at.open('/enrolment')
    await at.waitForText(EVIL)
    await at.page.getByRole('button', { name: `${zh('approve')} NEW-1` }).click()
    await expect.poll(() => at.page.getByRole('button', { name: `${zh('approve')} NEW-1` }).count()).toBe(0)
    await until(() => terminal.send([makeReport({ terminal: 'NEW-1' })], { signature: null }), (a) => a.json.type === 'urn:posdiag:problem:signature-missing')
    await until(() => at.hq.operate<{ refusals: { reason: string }[] }>('/api/admission'), (a) => a.json.refusals.some((r) => r.reason === 'signature-missing'))
    await at.open('/enrolment')
    await at.waitForText(zh('reason.signature-missing'))
    await at.page.getByLabel(zh('policy-approval')).selectOption('none')
    await until(() => at.hq.operate<{ policy: { approval: string } }>('/api/admission'), (a) => a.json.policy.approval === 'none')
  }, 30_000)

  it('show the secret of an API token once', async () => {
    await asOperator()
    await at.open('/access/tokens')
    await at.unfold()
    await input('name').fill(EVIL)
    await at.page.getByRole('button', { name: zh('make-api-token') }).click()
    await at.waitForText('pa_')
    await at.waitForText(EVIL, 'table')
    await at.page.reload()
    await at.waitForText(EVIL, 'table')
    await expect.poll(() => at.words()).not.toContain('pa_')
    await at.page.getByRole('button', { name: `${pageZh('revoke')} ${EVIL}` }).click()
    await at.waitForText(pageZh('token.revoked'))
  })

  it('narrow the audit log by who and what, in the address', async () => {
    await asOperator()
    await at.open('/access/audit')
    await at.page.getByLabel(zh('deed')).selectOption('sign-in')
    await expect.poll(at.path).toBe('/access/audit?action=sign-in')
    await at.page.getByRole('link', { name: '陈晨' }).first().click()
    await expect.poll(at.path).toBe(`/access/audit?action=sign-in&who=${encodeURIComponent('陈晨')}`)
    await at.waitForText(zh('refused'))
    await expect.poll(async () => new Set(await at.page.locator('tbody tr td[data-name="谁"]').allInnerTexts())).toEqual(new Set(['陈晨']))
  })

  const PAGES: { path: string; texts: Key[]; signedOut?: true }[] = [
    { path: '/sign-in?problem=not-invited', texts: ['sign-in', 'name', 'password', 'problem.not-invited'], signedOut: true },
    { path: '/access', texts: ['people', 'add-person', 'role.technician', 'everywhere', 'by-password', 'disabled'] },
    { path: '/access/tokens', texts: ['make-api-token', 'never-used', 'valid-always'] },
    { path: '/access/audit', texts: ['deed.user.add', 'way.operator-token', 'done'] },
    { path: '/account', texts: ['by-operator-token', 'sign-out', 'role.administrator'] },
    { path: '/enrolment', texts: ['policy', 'unsigned.accept', 'refusals', 'reason.signature-missing', 'token-region'] },
  ]
  it.each(PAGES)('are at home at $path in both languages, light and dark, wide and narrow', async ({ path, texts, signedOut }) => {
    await at.hq.operate<CreatedApiToken>('/api/tokens', 'POST', { name: EVIL, role: 'viewer', scope: [{ region: EVIL, store: EVIL }] })
    await asOperator()
    if (signedOut) await at.page.context().clearCookies()
    await at.open(path)
    await at.unfold()
    await expectSound(at, { texts: texts.map((key) => zh(key)) }, { texts: texts.map((key) => en(key)) })
    await expect.poll(() => strangeElements(at)).toBe(0)
  }, 30_000)
})
