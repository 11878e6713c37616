import { uuidv7 } from '../../../src/model/id.ts'
import type { Report } from '../../../src/model/report.ts'
import { type Browsing, browsing } from '../browsing.ts'
import type { TestHq } from '../hq.ts'
import { makeReport } from '../reports.ts'
import { offerOf } from '../taught.ts'
import { startMorning } from './page-in-the-morning.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A store that told of lost power and fell silent, and its lanes. */
export const OUT = { store: '中山路店', lanes: ['OUT-1', 'OUT-2'] }
/** A store that is closed and opens in the morning, and a store of one lane that told nobody its hours and is heard. */
export const SHUT = { store: '南京路店', lanes: ['SHUT-1', 'SHUT-2'] }
export const HEARD = 'HEARD-1'

/** HQ at night, and a browser at its page. */
export interface Night extends Browsing { hq: TestHq }

const seen = (report: Report, device: string, facts: Record<string, string>): Report => ({
  ...report,
  check: { ...report.check, observations: [...report.check.observations, ...Object.entries(facts).map(([name, value]) => ({ name, device, at: report.at, source: 'passive' as const, value }))] },
})

/** One store without power, one that is closed, one lane with a bad start, an outbreak of a revision that does harm, and two packs. */
const fill = async ({ store, clock, began, send, round }: Awaited<ReturnType<typeof startMorning>>): Promise<void> => {
  const region = '华东'
  const hours = { timeZone: 'UTC', days: Array.from({ length: 7 }, (): [number, number][] => []), holidays: [] as { date: string; spans: [number, number][] }[] }
  // Open until twenty minutes from the beginning, and again tomorrow at nine.
  const at = new Date(began + 20 * MINUTE)
  const minutes = at.getUTCHours() * 60 + at.getUTCMinutes()
  const dateOf = (time: number): string => new Date(time).toISOString().slice(0, 10)
  hours.holidays.push({ date: dateOf(at.getTime()), spans: minutes > 0 ? [[0, minutes]] : [] }, { date: dateOf(at.getTime() + DAY), spans: [[540, 1320]] })
  await store.triage.together('hours', [store.triage.stores.noting(SHUT.store, { hours })])
  const boot = (terminal: string, name: string, when: number, sequence: number, found: string[] = []) => makeReport({ terminal, store: name, region, at: when, sequence, trigger: 'boot', found, changes: found.map((fault) => ({ fault, change: 'opened' as const })) })
  for (let day = 6; day >= 0; day--) {
    for (const [i, terminal] of [HEARD, ...SHUT.lanes, ...OUT.lanes].entries()) {
      const name = terminal === HEARD ? '淮海路店' : i < 3 ? SHUT.store : OUT.store
      const report = boot(terminal, name, began - day * DAY - HOUR + i * MINUTE, 7 - day, terminal === HEARD && day === 0 ? ['PRN-PAPER-OUT'] : [])
      await send(terminal === HEARD ? seen(report, 'printer-1', { 'printer.usb-id': '04b8:0202', 'printer.usb-path': '1-1.4', 'printer.usb-release': '0100', 'printer.serial': 'X7QB001234' }) : report)
    }
  }
  clock.now = began + 15 * MINUTE
  for (const terminal of OUT.lanes) await send(makeReport({ terminal, store: OUT.store, region, at: clock.now, sequence: 8, found: ['PWR-AC-LOST@ups-1'], changes: [{ fault: 'PWR-AC-LOST', device: 'ups-1', change: 'opened' }] }))
  for (const terminal of SHUT.lanes) await send(makeReport({ terminal, store: SHUT.store, region, at: clock.now, sequence: 8 }))
  const { rollouts } = store.triage
  for (let i = 0; i < 40; i++) await send(makeReport({ terminal: `R-${i}`, store: `R-${i}`, region: i % 2 === 0 ? region : '华南', at: clock.now - 5 * MINUTE, sequence: 1 }))
  await store.triage.together('rolling out', [rollouts.making({ configuration: { revision: 7, limits: { 'host.disk-free-percent': 5 } }, madeAt: began, madeBy: 'Li', stages: [50], soakMs: HOUR, state: 'running', stage: 0, stageAt: began }),
    ...Array.from({ length: 20 }, (_, i) => [rollouts.asking(7, `R-${i}`, uuidv7(began), 1, began), rollouts.ending(7, `R-${i}`, 'done', began + 10 * MINUTE, null)]).flat()])
  clock.now = began + 38 * MINUTE
  for (let i = 0; i < 40; i++) await send(makeReport({ terminal: `R-${i}`, store: `R-${i}`, region: i % 2 === 0 ? region : '华南', at: clock.now, sequence: 2, ...(i < 12 ? { found: ['SYS-DISK-LOW@host'], changes: [{ fault: 'SYS-DISK-LOW', device: 'host', change: 'opened' as const }] } : {}) }))
  await send(makeReport({ terminal: HEARD, store: '淮海路店', region, at: clock.now, sequence: 9, found: ['PRN-PAPER-OUT'] }))
  await round()
  clock.now = began + 40 * MINUTE
  await round()
  for (const offer of [offerOf(1, '第一周'), offerOf(2, '第二周')]) await store.knowledge.packs.offer({ ...offer, measured: { before: offer.measured.before, after: { ...offer.measured.after, top1: 0.995, brier: 0.012 } } }, 'Li', clock.now)
}

/** Starts the night for the tests around it. */
export const atNight = (): Night => browsing(async (pageDir) => {
  const started = await startMorning(pageDir)
  await fill(started)
  return { ...started, known: { hq: started.hq } }
})
