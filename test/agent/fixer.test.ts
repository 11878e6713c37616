import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { probes } from '../../probes/index.ts'
import { createFixer, type Fixer } from '../../src/agent/fixer.ts'
import { weigh } from '../../src/check/run.ts'
import type { Seen } from '../../src/check/session.ts'
import { guide } from '../../src/faults/guide.ts'
import { catalogue } from '../../src/faults/index.ts'
import { fitted } from '../../src/model/fitted.ts'
import type { Observation } from '../../src/model/observation.ts'
import type { Repair } from '../../src/model/repair.ts'
import { TerminalFile } from '../../src/model/terminal.ts'

const terminal = TerminalFile.parse({ terminal: { id: 'T-1' }, devices: [{ id: 'printer-1', kind: 'printer', transport: { type: 'tcp', host: '192.0.2.9', port: 9100 } }] })

const weighed = (observations: Observation[]): Seen => {
  const { symptoms, diagnosis, readiness } = weigh({ terminal, probes, knowledge: catalogue, now: 1 }, fitted(terminal), observations)
  return { startedAt: 1, observations, symptoms, diagnosis, readiness }
}
const at = { device: 'printer-1', at: 1, source: 'live' } as const
const link: Observation = { ...at, device: 'link-1', name: 'network.carrier', value: true }
const GONE = weighed([{ ...at, name: 'printer.transport', value: 'tcp' }, { ...at, name: 'printer.port', absent: 'silent', detail: '' }, link])
const WELL = weighed([{ ...at, name: 'printer.transport', value: 'tcp' }, { ...at, name: 'printer.port', value: true }, { ...at, name: 'printer.answers', value: true }, link])

let dir: string
let now: Seen
let reported: Repair[]
const open = (): Fixer => {
  const fixer: Fixer = createFixer({
    stateDir: dir, terminal: () => terminal, knowledge: async () => catalogue, guide: async () => guide, saleOpen: () => false, regression: () => false, now: () => 1000,
    look: async () => {
      reported.push(...fixer.concludes(now))
      return now
    },
    weigh: async (check, told) => weighed([...check.observations, ...told]),
  })
  return fixer
}
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'posdiag-fixer-'))
  now = GONE
  reported = []
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

/** The session of a view that has one. */
const sessionOf = (view: Awaited<ReturnType<Fixer['view']>>) => {
  if (view.is === 'none') throw new Error('no repair')
  return view.session
}

describe('a fixer', () => {
  it('goes on where it was left by another process, and refuses an answer to an older question', async () => {
    const first = sessionOf(await open().start('PRN-OFFLINE'))
    const again = open()
    expect(await again.view()).toEqual({ is: 'open', session: first })
    const second = sessionOf(await again.reply({ revision: first.revision, answer: 'skip' }))
    expect(second.proposal?.id).not.toBe(first.proposal?.id)
    await expect(again.reply({ revision: first.revision, answer: 'skip' })).rejects.toMatchObject({ type: 'stale' })
    await expect(again.reply({ revision: second.revision, answer: 'nonsense' })).rejects.toMatchObject({ type: 'no-such-answer' })
  })

  it('closes on proof only, and tells it once with the check that proved it', async () => {
    const fixer = open()
    let session = sessionOf(await fixer.start('PRN-OFFLINE'))
    for (let i = 0; session.proposal?.kind === 'test' && i < 9; i += 1) session = sessionOf(await fixer.reply({ revision: session.revision, answer: 'skip' }))
    session = sessionOf(await fixer.reply({ revision: session.revision, answer: 'done' }))
    expect(session.repair).toMatchObject({ state: 'open' })
    expect(session.repair.tried.at(-1)).toMatchObject({ kind: 'remedy', outcome: 'not-cured' })
    now = WELL
    const closed = await fixer.reply({ revision: session.revision, answer: 'done' })
    expect(closed).toMatchObject({ is: 'fixed', session: { repair: { fault: 'PRN-OFFLINE', state: 'fixed' } } })
    expect(sessionOf(closed).repair.tried.at(-1)).toMatchObject({ kind: 'remedy', outcome: 'cured' })
    expect(reported).toEqual([sessionOf(closed).repair])
    expect(fixer.concludes(WELL)).toEqual([])
    await expect(fixer.reply({ revision: sessionOf(closed).revision, answer: 'done' })).rejects.toMatchObject({ type: 'no-repair' })
  })

  it('is closed by any check that proves it, and hands over with a report', async () => {
    const fixer = open()
    const session = sessionOf(await fixer.start('PRN-OFFLINE'))
    expect(fixer.concludes(WELL)).toEqual([expect.objectContaining({ state: 'fixed' })])
    expect((await fixer.view()).is).toBe('fixed')
    now = GONE
    const next = sessionOf(await fixer.start('PRN-OFFLINE'))
    expect(next.repair.id).not.toBe(session.repair.id)
    const over = await fixer.reply({ revision: next.revision, answer: 'escalate' })
    expect(over.is).toBe('escalated')
    expect(reported).toEqual([sessionOf(over).repair])
  })

  it('has nothing to do where nothing is found', async () => {
    now = WELL
    expect(await open().start()).toEqual({ is: 'none', likely: [] })
    expect(await open().start('PRN-OFFLINE')).toEqual({ is: 'none', likely: [] })
  })
})
