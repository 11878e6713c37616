import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { simulateFleet } from '../../src/cli/simulate-fleet.ts'
import { diceOf } from '../../src/fleet/dice.ts'
import { ATTACKS, attack } from '../../src/fleet/hostile.ts'
import { bodyOf, newTerminal, type Terminal } from '../../src/fleet/terminal.ts'
import { openWire } from '../../src/fleet/wire.ts'
import { Report } from '../../src/model/report.ts'
import { type IncidentRow, Overview, type TerminalRow } from '../../src/model/wire.ts'
import { POSDIAG } from '../end-to-end/till.ts'
import { OPERATOR, startTestHq, type TestHq } from '../hq/hq.ts'
import { plan } from './plan.ts'

const AT = Date.parse('2026-11-22T08:00:00Z')

describe('what a virtual terminal says', () => {
  const { lanes, story, voice } = plan(300, 4)
  const faulty = story.lives.findIndex((l) => l.episodes.length > 0 && l.clockErrorMs === 0 && l.silence === undefined)
  const lane = lanes[faulty]
  const life = story.lives[faulty]
  if (lane === undefined || life === undefined) throw new Error('nothing happens to anybody in this story')
  const terminal: Terminal = newTerminal(lane, life, '', 0, story.lengthMs)
  const [episode] = life.episodes
  if (episode === undefined) throw new Error('no episode')
  const made = (change: 'opened' | 'closed', at: number) => bodyOf(voice(AT), terminal, { at, trigger: 'device', change, ...(change === 'opened' ? { scenario: episode.scenario } : {}), bootedAt: life.bootsAt, sequence: 7, sent: false })

  it('is a report by the contract, as the agent makes it of what the scenario shows', () => {
    const report = Report.parse(JSON.parse(made('opened', episode.from)))
    expect(report).toMatchObject({ sequence: 7, at: Math.floor(AT + episode.from), terminal: { id: lane.identity.id }, agent: { version: life.agent.version } })
    expect(report.check.observations.every((o) => o.at === report.at)).toBe(true)
    const found = report.check.diagnosis.verdicts.filter((v) => v.verdict === 'found')
    expect(report.incidents.map((i) => [i.fault, i.change])).toEqual(found.filter((v) => v.follows === undefined).map((v) => [v.fault, 'opened']))
    expect(report.faults.map((f) => f.code)).toEqual(expect.arrayContaining(found.map((v) => v.fault)))
  })

  it('closes what it opened, under the same ids', () => {
    const opened = Report.parse(JSON.parse(made('opened', episode.from)))
    const closed = Report.parse(JSON.parse(made('closed', episode.to)))
    expect(closed.check.diagnosis.verdicts.filter((v) => v.verdict === 'found')).toEqual([])
    expect(closed.incidents).toEqual(opened.incidents.map((i) => ({ ...i, change: 'closed' })))
  })

  it('is the same whenever it is said', () => {
    expect(made('opened', episode.from)).toBe(made('opened', episode.from))
  })
})

describe('at an HQ', () => {
  let hq: TestHq
  let folder: string
  beforeEach(async () => {
    hq = await startTestHq()
    folder = mkdtempSync(join(tmpdir(), 'posdiag-fleet-test-'))
    writeFileSync(join(folder, 'token'), `${OPERATOR}\n`)
  })
  afterEach(async () => {
    await hq.end()
    rmSync(folder, { recursive: true })
  })

  const simulate = async (count: string | undefined, more: Parameters<typeof simulateFleet>[1], language: 'en' | 'zh-CN' = 'en') => {
    const said = { out: '', err: '' }
    const context = { language, width: 80, colour: false, out: (text: string) => { said.out += `${text}\n` }, err: (text: string) => { said.err += `${text}\n` } }
    const code = await simulateFleet(count, { hq: hq.hq.url, operatorToken: join(folder, 'token'), ...more }, context)
    return { code, ...said }
  }

  it('a fleet enrols, reports, and agrees with HQ on how much there is', async () => {
    const { code, out } = await simulate('25', { hours: '0.5', speed: '600', seed: 'test', hostile: '1', json: true })
    const summary = JSON.parse(out) as Record<string, number>
    expect(summary).toMatchObject({ terminals: 25, rejected: 0, unanswered: 0, waiting: 0, lost: 0, hostile: { passed: 0 } })
    expect(summary.made).toBeGreaterThanOrEqual(25)
    expect([summary.sent, summary.delivered, summary.storedAtHq]).toEqual([summary.made, summary.made, summary.made])
    expect(code).toBe(0)
    const { rows } = (await hq.operate<{ rows: TerminalRow[] }>('/api/terminals?limit=200')).json
    expect(rows).toHaveLength(25)
  })

  it('a morning shows what happened: what the rollout broke, and whose clock is wrong', async () => {
    const { out } = await simulate('60', { scene: 'morning', speed: '1000', seed: 'test', hostile: '0', json: true })
    expect(JSON.parse(out)).toMatchObject({ terminals: 60, rejected: 0, unanswered: 0 })
    const faults = async (): Promise<string[]> => (await hq.operate<{ rows: IncidentRow[] }>('/api/incidents?limit=200')).json.rows.map((r) => r.fault)
    await expect.poll(faults, { timeout: 20_000 }).toEqual(expect.arrayContaining(['CFG-UPDATE-FAILED']))
    const { rows } = (await hq.operate<{ rows: TerminalRow[] }>('/api/terminals?limit=200')).json
    const wrong = rows.map((r) => r.clockOffsetMs ?? 0).filter((ms) => Math.abs(ms) > 60_000)
    expect(wrong.map((ms) => Math.round(ms / 60_000)).toSorted((a, b) => a - b)).toEqual([-1560, 41, 184])
    expect(Overview.parse((await hq.operate('/api/overview')).json).incidents.block).toBeGreaterThan(1)
  })

  it('no attack gets through, and each has a clear answer', async () => {
    const wire = openWire({ urls: [hq.hq.url], operatorToken: OPERATOR, sockets: 4, version: 'test' })
    const ownToken = await hq.enrol('EC-00001-1')
    const dice = diceOf('attacks')
    const tried = new Map<string, boolean>()
    for (let i = 0; i < 200 && tried.size < ATTACKS; i++) {
      const { name, ask, passed } = attack({ ownToken, foreign: '{"specversion":"1.0","id":"x","source":"x","type":"posdiag.report.1","data":{"terminal":{"id":"EC-00002-1"},"sequence":1}}' }, dice)
      const answer = await wire.ask(ask, 0)
      expect(answer, name).toMatchObject({ ok: true })
      tried.set(name, passed(answer))
    }
    wire.close()
    expect(tried.size).toBe(ATTACKS)
    expect([...tried].filter(([, passed]) => passed)).toEqual([])
    expect((await hq.ask('/readyz')).status).toBe(200)
  })

  it.each([
    ['0', {}, 64, /1 to 1000000/],
    ['many', {}, 64, /many/],
    ['5', { speed: 'fast' }, 64, /--speed .* fast/],
    ['5', { hours: '-1' }, 64, /--hours/],
    ['5', { hq: 'hq.example' }, 64, /hq\.example/],
    ['5', { operatorToken: '/nowhere/token' }, 66, /\/nowhere\/token/],
  ])('%s %j is refused with %i', async (count, more, code, said) => {
    await expect(simulate(count, more)).rejects.toMatchObject({ code, message: expect.stringMatching(said) })
  })

  it('a fleet with malicious senders ends by itself, though nothing else keeps its program alive', async () => {
    const args = ['simulate', 'fleet', '5', '--lang', 'en', '--hours', '0.01', '--speed', '1000', '--hostile', '20', '--hq', hq.hq.url, '--operator-token', join(folder, 'token')]
    const ended = await new Promise<{ code: number; err: string; out: string }>((resolve) => {
      execFile(process.execPath, [POSDIAG, ...args], { timeout: 50_000 }, (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err }))
    })
    expect(ended.err).not.toContain('Warning')
    expect(ended).toMatchObject({ code: 0, out: expect.stringMatching(/let through: [1-9]\d*\/0$/m) })
  })

  it('a wrong operator token ends it with the words of HQ, in the language of who asks', async () => {
    writeFileSync(join(folder, 'token'), 'not the operator token\n')
    const failure = await simulate('3', {}, 'zh-CN').catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 69, text: { zh: expect.stringMatching(/总部不接受注册：401/), en: expect.stringMatching(/does not enrol/) } })
  })
})
