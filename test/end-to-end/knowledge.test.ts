import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { probes } from '../../probes/index.ts'
import type { Agent } from '../../src/agent/agent.ts'
import { createFixer, type Fixer } from '../../src/agent/fixer.ts'
import { SILENT_LOG } from '../../src/agent/log.ts'
import { PACK_FILE, packIn } from '../../src/agent/pack.ts'
import { startAgent } from '../../src/agent/start.ts'
import { runCheck, weigh } from '../../src/check/run.ts'
import type { Seen } from '../../src/check/session.ts'
import { judgePack } from '../../src/cli/judge-pack.ts'
import { knownPack } from '../../src/cli/known-pack.ts'
import { knowledgeWith } from '../../src/cli/look.ts'
import { faultOf } from '../../src/cli/remember.ts'
import { guide } from '../../src/faults/guide.ts'
import { catalogue } from '../../src/faults/index.ts'
import { fitted } from '../../src/model/fitted.ts'
import { uuidv7 } from '../../src/model/id.ts'
import type { Observation } from '../../src/model/observation.ts'
import { OfferPack, type PackBody, type PackList } from '../../src/model/pack.ts'
import type { Repair } from '../../src/model/repair.ts'
import { TerminalFile } from '../../src/model/terminal.ts'
import { manualClock } from '../agent/manual-clock.ts'
import { OPERATOR, startTestHq, type TestHq, until } from '../hq/hq.ts'
import { makeReport } from '../hq/reports.ts'
import { posdiag, type Ran, scratch } from './till.ts'

const terminal = TerminalFile.parse({ terminal: { id: 'T-9' }, devices: [{ id: 'printer-1', kind: 'printer', transport: { type: 'tcp', host: '192.0.2.9', port: 9100 } }] })
const seen = (paperEnd: boolean): Observation[] =>
  Object.entries({ 'printer.port': true, 'printer.answers': true, 'printer.online': !paperEnd, 'printer.paper-end': paperEnd, 'printer.cover-open': false }).map(([name, value]) => ({ name, device: 'printer-1', at: 1, source: 'live', value }))
const OUT = seen(true)
const WELL = seen(false)

/** A repair at a terminal whose state folder is `dir`, guided by the knowledge that lies there. */
const repairAt = (dir: string, observed: () => Observation[]): Fixer => {
  const known = () => knowledgeWith(knownPack(dir, () => undefined))
  const see = async (observations: Observation[]): Promise<Seen> => {
    const { symptoms, diagnosis, readiness } = weigh({ terminal, probes, knowledge: await known(), now: 1 }, fitted(terminal), observations)
    return { startedAt: 1, observations, symptoms, diagnosis, readiness }
  }
  const fixer: Fixer = createFixer({
    stateDir: dir, terminal: () => terminal, knowledge: known, guide: async () => guide, saleOpen: () => false, regression: () => false, now: () => 1000,
    look: async () => {
      const check = await see(observed())
      fixer.concludes(check)
      return check
    },
    weigh: async (check, told) => see([...check.observations, ...told]),
  })
  return fixer
}

/** Steps that are proposed one after the other, all in vain but the one that cures. */
const stepsOf = async (dir: string, cure: string): Promise<{ steps: string[]; repair: Repair }> => {
  let now = OUT
  const fixer = repairAt(dir, () => now)
  const steps: string[] = []
  let view = await fixer.start('PRN-PAPER-OUT')
  while (view.is === 'open' && view.session.proposal && view.session.proposal.kind !== 'escalate') {
    const { proposal, revision } = view.session
    if (proposal.kind === 'remedy') {
      steps.push(proposal.id)
      if (proposal.id === cure) now = WELL
    }
    view = await fixer.reply({ revision, answer: proposal.kind === 'remedy' ? 'done' : 'skip', confirmed: true })
  }
  if (view.is === 'none') throw new Error('there was nothing to repair')
  return { steps, repair: view.session.repair }
}

describe('what repairs teach', () => {
  let hq: TestHq
  let token: string
  let folder: Awaited<ReturnType<typeof scratch>>
  let operate: (...args: string[]) => Promise<Ran>
  const file = (name: string): string => join(folder.path, name)

  beforeAll(async () => {
    folder = await scratch()
    hq = await startTestHq()
    token = await hq.enrol('T-9')
    writeFileSync(file('operator-token'), `${OPERATOR}\n`)
    operate = (...args) => posdiag(['pack', ...args, '--hq', hq.hq.url, '--operator-token', file('operator-token'), '--lang', 'en'])
  })
  afterAll(async () => {
    await hq.end()
    await folder[Symbol.asyncDispose]()
  })

  it('is counted by HQ over the repairs of many terminals', async () => {
    await using till = await scratch()
    const { steps, repair } = await stepsOf(till.path, 'turn-roll')
    expect([steps, repair.state]).toEqual([['load-paper', 'turn-roll'], 'fixed'])
    for (let i = 1; i <= 15; i += 1) {
      const at = await hq.enrol(`T-${100 + i}`)
      await hq.send(at, [makeReport({ terminal: `T-${100 + i}`, repairs: [{ ...repair, id: uuidv7() }, { ...repair, id: uuidv7() }] })])
    }
    await until(async () => (await hq.operate<{ repairs: number }>('/api/knowledge')).json.repairs, (n) => n === 30)
    const built = await operate('build', '--to', file('body.json'))
    expect([built.code, built.err]).toEqual([0, expect.stringContaining('number 1: from 30 repairs, counts of 2 remedies')])
    const body: PackBody = JSON.parse(readFileSync(file('body.json'), 'utf8'))
    expect(body.remedies).toEqual([{ fault: 'PRN-PAPER-OUT', remedy: 'load-paper', worked: 0, failed: 30 }, { fault: 'PRN-PAPER-OUT', remedy: 'turn-roll', worked: 30, failed: 0 }])
    // What found the fault is left out; the cover, say, was looked at and was closed.
    expect(body.symptoms.every((s) => s.fault === 'PRN-PAPER-OUT' && s.symptom !== repair.foundBy.symptom && s.shown + s.hidden === 30)).toBe(true)
  }, 60_000)

  it('is signed with a key that only its owner reads, and that openssl could have made', async () => {
    const signed = await operate('sign', file('body.json'), '--key', file('key.pem'), '--to', file('pack.json'))
    expect([signed.code, signed.err]).toEqual([0, expect.stringContaining('made the signing key')])
    expect(statSync(file('key.pem')).mode & 0o777).toBe(0o600)
    expect(readFileSync(file('key.pem'), 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----\n/)
    expect((await operate('sign', file('body.json'), '--key', file('key.pem'))).err).toBe('')
    expect((await operate('offer', file('body.json'), '--key', file('key.pem'))).code).toBe(64)
  }, 60_000)

  it('is not offered where it makes the scenarios worse', async () => {
    const body: PackBody = JSON.parse(readFileSync(file('body.json'), 'utf8'))
    const lies = catalogue.faults.flatMap((f) => f.shows.map((s) => ({ fault: f.code, symptom: s.symptom, shown: 0, hidden: 1_000_000 })))
    writeFileSync(file('bad.json'), JSON.stringify({ ...body, symptoms: lies }))
    await operate('sign', file('bad.json'), '--key', file('key.pem'), '--to', file('bad-pack.json'))
    const refused = await operate('offer', file('bad-pack.json'), '--key', file('key.pem'))
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('worse, and not to be offered: faults named first in none of their scenarios, right fault named first')])
    expect((await hq.operate<PackList>('/api/packs')).json.rows).toEqual([])
  }, 90_000)

  it('is written as an offer for whoever may make it', async () => {
    const written = await operate('offer', file('pack.json'), '--key', file('key.pem'), '--to', file('offer.json'))
    expect([written.code, written.err]).toEqual([0, expect.stringContaining('an administrator')])
    expect(OfferPack.parse(JSON.parse(readFileSync(file('offer.json'), 'utf8')))).toMatchObject({ pack: { body: { sequence: 1 } }, measured: { after: { top1: 1 } } })
    expect((await hq.operate<PackList>('/api/packs')).json.rows).toEqual([])
  }, 90_000)

  it('is offered with what was measured, and told in the order of the remedies', async () => {
    const offered = await operate('offer', file('pack.json'), '--key', file('key.pem'), '--note', 'thirty rolls')
    expect([offered.code, offered.out]).toEqual([0, expect.stringContaining('PRN-PAPER-OUT: begins with turn-roll, no longer with load-paper')])
    const { rows } = (await hq.operate<PackList>('/api/packs')).json
    expect(rows).toMatchObject([{ sequence: 1, note: 'thirty rolls', measured: { before: { top1: 1, falseAlarms: 0 }, after: { top1: 1, falseAlarms: 0 } } }])
    const again = await operate('offer', file('pack.json'), '--key', file('key.pem'))
    expect([again.code, again.err]).toEqual([64, expect.stringContaining('number 1 is on offer, and number 1 is not newer')])
  }, 90_000)

  it('reaches an agent, which begins its next repair with what worked', async () => {
    const clock = manualClock()
    clock.chance = [0]
    await using till = await scratch()
    const dir = till.path
    let agent: Agent | undefined
    try {
      writeFileSync(join(dir, 'hq.json'), JSON.stringify({ url: hq.hq.url, terminalId: 'T-9', token }))
      expect((await stepsOf(dir, 'turn-roll')).steps).toEqual(['load-paper', 'turn-roll'])
      agent = await startAgent({
        stateDir: dir, terminal, faults: faultOf, version: '1.0.0', desk: { port: 0 }, schedule: { roundMs: 15_000, fullMs: 60_000 }, log: SILENT_LOG, language: 'en', clock, watchDevices: false,
        host: { id: 'boot-1', uptimeMs: () => 60_000 }, env: {}, hq: { url: hq.hq.url }, judgePack,
        look: async ({ trigger }) => {
          const pack = knownPack(dir, () => undefined)
          const check = await runCheck({ terminal, probes: [], knowledge: () => knowledgeWith(pack), lend: () => { throw new Error('there is nothing to touch') }, trigger, deadlineMs: 1000, depth: 'full' })
          return { ...check, ...(pack ? { pack: pack.sequence } : {}) }
        },
      })
      const passing = async <T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> =>
        until(async () => {
          await clock.pass(1_000)
          return ask()
        }, wanted, 170_000)
      await passing(async () => packIn(dir), (read) => read !== undefined)
      expect(packIn(dir)).toMatchObject({ pack: { sequence: 1 } })
      const { standing } = await passing(async () => (await hq.operate<PackList>('/api/packs')).json, (list) => list.standing[0]?.sequence === 1)
      expect(standing).toEqual([{ sequence: 1, terminals: 1, unbelieving: 0 }])
      const { steps } = await stepsOf(dir, 'turn-roll')
      expect(steps).toEqual(['turn-roll'])
      const doctor = await posdiag(['doctor', '--state', dir, '--json'])
      expect(JSON.parse(doctor.out)).toContainEqual(expect.objectContaining({ check: 'knowledge-pack', ok: true, detail: expect.objectContaining({ en: expect.stringContaining('number 1 ') }) }))

      // A pack that is broken where it lies leaves the built-in catalogue standing.
      writeFileSync(join(dir, PACK_FILE), readFileSync(join(dir, PACK_FILE), 'utf8').replace('"failed":30', '"failed":3'))
      expect((await stepsOf(dir, 'turn-roll')).steps).toEqual(['load-paper', 'turn-roll'])
      expect(JSON.parse((await posdiag(['doctor', '--state', dir, '--json'])).out)).toContainEqual(expect.objectContaining({ check: 'knowledge-pack', ok: false }))
    } finally {
      const stopping = agent?.stop('test')
      for (let i = 0; i < 20; i += 1) await clock.pass(1_000)
      await stopping
    }
  }, 240_000)
})
