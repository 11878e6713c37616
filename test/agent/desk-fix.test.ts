import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { probes } from '../../probes/index.ts'
import type { AgentStatus } from '../../src/agent/agent.ts'
import { type Desk, openDesk } from '../../src/agent/desk.ts'
import { createFixer, type Fixer } from '../../src/agent/fixer.ts'
import { SILENT_LOG } from '../../src/agent/log.ts'
import { createQueue } from '../../src/agent/queue.ts'
import { weigh } from '../../src/check/run.ts'
import type { Seen } from '../../src/check/session.ts'
import { guide } from '../../src/faults/guide.ts'
import { catalogue } from '../../src/faults/index.ts'
import { fitted } from '../../src/model/fitted.ts'
import type { Observation } from '../../src/model/observation.ts'
import type { Repair } from '../../src/model/repair.ts'
import { TerminalFile } from '../../src/model/terminal.ts'
import { manualClock } from './manual-clock.ts'
import { scratch } from './sample-check.ts'

const printer = (id: string, host: string) => ({ id, kind: 'printer', transport: { type: 'tcp', host, port: 9100 } })
const terminal = TerminalFile.parse({ terminal: { id: 'T-1' }, devices: [printer('printer-1', '192.0.2.9'), printer('printer-2', '192.0.2.10'), { id: 'reader-1', kind: 'reader', transport: { type: 'serial', path: '/dev/ttyS9' } }] })

const weighed = (observations: Observation[]): Seen => {
  const { symptoms, diagnosis, readiness } = weigh({ terminal, probes, knowledge: catalogue, now: 1 }, fitted(terminal), observations)
  return { startedAt: 1, observations, symptoms, diagnosis, readiness }
}
const printerSees = (device: string, seen: Record<string, string | boolean>): Observation[] => Object.entries({ 'printer.transport': 'tcp', ...seen }).map(([name, value]) => ({ device, at: 1, source: 'live', name, value }))
const link: Observation = { device: 'link-1', at: 1, source: 'live', name: 'network.carrier', value: true }
/** Of two printers one is silent. */
const SILENT = weighed([{ device: 'printer-1', at: 1, source: 'live', name: 'printer.port', absent: 'silent', detail: '' }, ...printerSees('printer-1', {}), ...printerSees('printer-2', { 'printer.port': true, 'printer.answers': true }), link])
const MUTE = weighed([{ device: 'reader-1', at: 1, source: 'live', name: 'reader.port', value: true }, { device: 'reader-1', at: 1, source: 'live', name: 'reader.answers', absent: 'silent', detail: '' }])
/** Both are out of paper. */
const EMPTY = weighed([...['printer-1', 'printer-2'].flatMap((id) => printerSees(id, { 'printer.port': true, 'printer.answers': true, 'printer.paper-end': true })), link])

let dir: string
let remove: () => void
let desk: Desk
let key: string
let look: () => Promise<Seen>
let saleOpen: boolean | undefined
let reported: Repair[]

beforeEach(async () => {
  ({ dir, remove } = scratch())
  look = async () => SILENT
  saleOpen = false
  reported = []
  const clock = manualClock()
  const queue = createQueue({ run: () => Promise.reject(new Error('no check here')), conclude: () => undefined, saleOpen: () => false, clock, log: SILENT_LOG })
  const fixer: Fixer = createFixer({
    stateDir: dir, terminal: () => terminal, knowledge: async () => catalogue, guide: async () => guide, saleOpen: () => saleOpen, regression: () => false, now: () => 1000,
    look: async () => {
      const seen = await look()
      reported.push(...fixer.concludes(seen))
      return seen
    },
    weigh: async (check, told) => weighed([...check.observations, ...told]),
  })
  const status = (): AgentStatus => ({ terminal: terminal.terminal, agent: { version: '1', pid: 1, startedAt: 0 }, readiness: [], incidents: [], spool: { reports: 0, bytes: 0, lost: 0, rejected: 0 }, sequence: 1, saleOpen: false })
  desk = await openDesk({ port: 0, stateDir: dir }, {
    status, last: () => ({ check: undefined, ageMs: 0 }), ask: queue.ask, find: queue.find, boot: () => queue.ask({ trigger: { by: 'boot' }, depth: 'full' }), reports: () => [], report: () => undefined, hear: () => undefined, due: () => [],
    fixer: () => fixer, repairWords: async () => ({ faults: catalogue.faults, tests: guide.tests, meaning: () => undefined }), faults: (code) => catalogue.faults.find((f) => f.code === code), language: 'en', clock, log: SILENT_LOG,
  })
  key = /name="key" value="([^"]+)"/.exec(await (await fetch(`${desk.url}/`)).text())?.[1] ?? ''
})
afterEach(async () => {
  await desk.close()
  remove()
})

/** What stands in the page, without what every page has. */
const shown = async (language = 'en'): Promise<string> => /<main[\s\S]*<\/main>/.exec(await (await fetch(`${desk.url}/fix?lang=${language}`)).text())?.[0] ?? ''
/** The page once the terminal is not being looked at any more. */
const settled = async (): Promise<string> => {
  for (;;) {
    const page = await shown()
    if (!page.includes('Looking at the terminal')) return page
  }
}
const form = (path: string, fields: Record<string, string>): Promise<Response> => fetch(`${desk.url}${path}?lang=en`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ key, ...fields }) })
const view = async () => (await fetch(`${desk.url}/v1/fix`)).json() as Promise<{ is: string; session: { revision: number; repair: Repair; proposal: { id: string; kind: string; confirm?: object; answers: { key: string }[] } } }>
const answer = async (fields: Record<string, string>): Promise<string> => {
  const { session } = await view()
  expect((await form('/fix/reply', { revision: String(session.revision), ...fields })).status).toBe(303)
  return settled()
}

describe('the page of a repair', () => {
  it('begins with the device whose button was pressed, and says meanwhile that it looks', async () => {
    const waiting = Promise.withResolvers<Seen>()
    look = () => waiting.promise
    const pressed = await form('/fix', { fault: 'PRN-PAPER-OUT', device: 'printer-2' })
    expect([pressed.status, pressed.headers.get('location')]).toEqual([303, '/fix?lang=en'])
    expect(await shown()).toContain('Looking at the terminal…')
    expect(await shown('zh-CN')).toContain('正在查看终端……')
    // What else is pressed meanwhile does nothing.
    expect((await form('/fix', { fault: 'PRN-PAPER-OUT', device: 'printer-1' })).status).toBe(303)
    waiting.resolve(EMPTY)
    const page = await settled()
    expect(page).toContain('printer-2 · PRN-PAPER-OUT')
    expect(await view()).toMatchObject({ is: 'open', session: { repair: { device: 'printer-2' } } })
    expect(await (await fetch(`${desk.url}/?lang=en`)).text()).toMatch(/A repair is under way.*printer-2.*Go on with the repair/)
  })

  it('asks to make sure of what nobody knows before a step that it could harm, and does not take the step without', async () => {
    saleOpen = undefined
    look = async () => MUTE
    await form('/fix', { fault: 'CRD-READER-OFFLINE', device: 'reader-1' })
    let page = await settled()
    for (let i = 0; i < 12 && !(await view()).session.proposal.confirm; i += 1) page = await answer({ answer: 'skip' })
    expect(page).toMatch(/<input type="checkbox" name="confirmed" value="yes" required>.*no transaction is in progress/)
    expect(page).toContain('<dt>costs</dt><dd>a restart: this lane stands still for some minutes</dd>')
    expect(page).toMatch(/value="skip" formnovalidate>/)
    expect(page).toMatch(/value="give-up" formnovalidate>/)
    expect(page).not.toMatch(/value="done"[^>]*formnovalidate/)
    const { session } = await view()
    expect(await answer({ answer: 'done' })).toContain('What is listed must be made sure of first.')
    expect((await view()).session.revision).toBe(session.revision)
    await answer({ answer: 'done', confirmed: 'yes' })
    expect((await view()).session.repair.tried.at(-1)).toMatchObject({ id: session.proposal.id, outcome: 'not-cured' })
  })

  it('takes the answers of a test, lists what was tried, and tells that a step has not cured', async () => {
    await form('/fix', { fault: 'PRN-OFFLINE', device: 'printer-1' })
    await settled()
    const seen = { test: false, step: false }
    for (let i = 0; i < 8 && !(seen.test && seen.step); i += 1) {
      const { proposal } = (await view()).session
      const [first] = proposal.answers
      const page = await answer({ answer: first?.key ?? 'done', confirmed: 'yes' })
      if (first) {
        seen.test = true
        const told = guide.tests.find((test) => test.id === proposal.id)?.answers.find((a) => a.key === first.key)
        expect(page).toContain(told?.en)
      } else {
        seen.step = true
        expect(page).toMatch(/Not yet: .* \((&lt;|&gt;)?\d+%\)/)
        expect(page).toContain('did not cure it')
      }
    }
    expect(seen).toEqual({ test: true, step: true })
  })

  it('records the repair that is left for another as given up', async () => {
    look = async () => EMPTY
    await form('/fix', { fault: 'PRN-PAPER-OUT', device: 'printer-1' })
    await settled()
    await form('/fix', { fault: 'PRN-PAPER-OUT', device: 'printer-2' })
    expect(await settled()).toContain('printer-2 · PRN-PAPER-OUT')
    expect(reported).toMatchObject([{ device: 'printer-1', state: 'given-up' }])
  })

  it('says why it could not go on, in both languages, and goes on when asked again', async () => {
    look = () => Promise.reject(new Error('the check did not come about: too many checks are waiting'))
    await form('/fix', { fault: 'PRN-OFFLINE', device: 'printer-1' })
    expect(await settled()).toContain('It could not go on: the check did not come about: too many checks are waiting')
    expect(await shown('zh-CN')).toContain('没能继续：检查没有做成：等待的检查过多')
    look = async () => SILENT
    await form('/fix', { fault: 'PRN-OFFLINE', device: 'printer-1' })
    expect(await settled()).not.toContain('could not go on')
    await form('/fix', { fault: 'PRN-PAPER-OUT', device: 'printer-1' })
    expect(await settled()).toMatch(/“[^”]+” is not found now\./)
  })

  it('does nothing for a form that is not its own, and says so as a page; refuses what no form of its own sends', async () => {
    const foreign = await fetch(`${desk.url}/fix?lang=zh-CN`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ key: 'wrong', fault: 'PRN-OFFLINE', device: 'printer-1' }) })
    expect(foreign.status).toBe(403)
    expect(await foreign.text()).toContain('这个页面已经过时，什么也没有做。')
    expect(await view()).toMatchObject({ is: 'none' })
    expect((await form('/fix', { fault: '<b>', device: 'x' })).status).toBe(422)
    expect((await form('/fix/reply', { revision: '-1', answer: 'done' })).status).toBe(422)
    expect(await shown()).toContain('Nothing is being repaired.')
  })
})
