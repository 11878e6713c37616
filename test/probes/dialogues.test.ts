import { describe, expect, it } from 'vitest'
import { display } from '../../probes/display/probe.ts'
import { drawer } from '../../probes/drawer/probe.ts'
import { environment } from '../../probes/environment/probe.ts'
import { keyboard } from '../../probes/keyboard/probe.ts'
import { pinpad } from '../../probes/pinpad/probe.ts'
import { power } from '../../probes/power/probe.ts'
import { printer } from '../../probes/printer/probe.ts'
import { loadProfiles, marksOf, recognise } from '../../probes/profiles.ts'
import { reader } from '../../probes/reader/probe.ts'
import { scale } from '../../probes/scale/probe.ts'
import { scanner } from '../../probes/scanner/probe.ts'
import { dialogue, dialoguesOf, expectedOf, head, playFixture, ROOT } from './play.ts'

/** Every file below fixtures/dialogues of these kinds is a test case: its head says what must be seen. */
const CASES = (await Promise.all([printer, reader, pinpad, power, scanner, scale, keyboard, display, drawer, environment].map(async (probe) => (await dialoguesOf(probe.kind)).map((name) => ({ probe, name, called: `${probe.kind}/${name}` }))))).flat()

describe.each(CASES)('$called', ({ probe, name, called }) => {
  it('leads to the symptoms that it says', async () => {
    const { run, present, ms } = await playFixture(probe, name)
    expect(run.outcome, run.detail).toBe('done')
    expect(ms).toBeLessThan(probe.deadlineMs)
    expect(present).toEqual(expectedOf(await dialogue(called)))
  })

  it('says what it shows and on what it rests', async () => {
    const text = await dialogue(called)
    expect(text).toMatch(new RegExp(`^# ${probe.kind} · \\S`))
    expect(head(text, 'basis')).toMatch(/\S{3}/)
  })
})

const named = (await Promise.all(CASES.map(async (one) => ({ ...one, profile: head(await dialogue(one.called), 'profile') })))).filter(({ profile }) => profile !== undefined)

describe.each(named)('$called', ({ probe, name, profile }) => {
  it('is recognised as the model that it names, where it tells its name', async () => {
    const { seen } = await playFixture(probe, name)
    const marks = marksOf(Object.entries(seen).filter(([, value]) => !String(value).startsWith('!')).map(([of, value]) => ({ name: of, value })))
    const [best] = recognise((await loadProfiles(ROOT)).filter(({ kind }) => kind === probe.kind), marks)
    if (marks.length > 0) expect(best?.profile.id).toBe(profile)
  })
})
