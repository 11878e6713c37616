import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { loadProfiles, withProfile } from '../../probes/profiles.ts'
import { replayBench } from '../../src/bench/replay.ts'
import { lookAt } from '../../src/check/observe.ts'
import { readSymptoms } from '../../src/check/symptoms.ts'
import type { ProbeRun } from '../../src/model/check.ts'
import { hasValue } from '../../src/model/observation.ts'
import type { Probe } from '../../src/model/probe.ts'
import type { Presence } from '../../src/model/symptom.ts'
import { Device } from '../../src/model/terminal.ts'

/** Folder of the project, with a slash at its end. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const FOLDER = `${ROOT}fixtures/dialogues/`

/** Names of the dialogues of a kind, without `.txt`. */
export const dialoguesOf = async (kind: string): Promise<string[]> => (await readdir(`${FOLDER}${kind}`)).map((name) => name.replace(/\.txt$/, '')).sort()

/** Text of one dialogue, as `printer/cover-open`. */
export const dialogue = (name: string): Promise<string> => readFile(`${FOLDER}${name}.txt`, 'utf8')

/** One line of a dialogue's head, as `expect` in `# expect: nothing`. */
export const head = (text: string, word: string): string | undefined => new RegExp(`^# ${word}: (.*)$`, 'm').exec(text)?.[1]?.trim()

/** Symptoms that a dialogue says must be present, sorted. */
export const expectedOf = (text: string): string[] => {
  const told = head(text, 'expect')
  if (told === undefined) throw new Error('the dialogue has no line `# expect:`')
  return told === 'nothing' ? [] : told.split(',').map((id) => id.trim()).sort()
}

/** What a probe made of a dialogue. */
export interface Played {
  run: ProbeRun
  /** Values by observation name; an absence is given as `!silent`. */
  seen: Record<string, string | number | boolean>
  /** Details of the absences. */
  why: Record<string, string>
  symptoms: Record<string, Presence>
  present: string[]
  transcript: string
  /** Duration on the clock of the replay, ms. */
  ms: number
}

/** Plays a dialogue to a probe and reads the symptoms; the device may leave out what it does not need. */
export const playTo = async (probe: Probe, text: string, device: object): Promise<Played> => {
  const fitted = Device.parse({ id: `${probe.kind}-1`, kind: probe.kind, ...device })
  const lend = replayBench({ [fitted.id]: text })
  let ms = 0
  const { observations, run, transcript } = await lookAt({ device: fitted, probe }, (of, signal) => {
    const lease = lend(of, signal)
    return { ...lease, release: () => { ms = lease.bench.clock.mono(); return lease.release() } }
  }, { now: () => 0, mono: () => 0 }, 60_000)
  const problems: string[] = []
  const symptoms = readSymptoms([probe], [fitted], observations, {}, ({ detail }) => problems.push(detail))
  if (problems.length > 0) throw new Error(problems.join('; '))
  return {
    run,
    seen: Object.fromEntries(observations.map((o) => [o.name, hasValue(o) ? o.value : `!${o.absent}`])),
    why: Object.fromEntries(observations.flatMap((o) => (hasValue(o) ? [] : [[o.name, o.detail]]))),
    symptoms: Object.fromEntries(symptoms.map(({ id, is }) => [id, is])),
    present: symptoms.filter(({ is }) => is === 'present').map(({ id }) => id).sort(),
    transcript: transcript.text(),
    ms,
  }
}

/** A device at a serial port, as a dialogue's head (`# device:`, `# profile:`) and then `device` change it. */
export const deviceOf = async (text: string, device: object = {}): Promise<object> => {
  const described: object = { transport: { type: 'serial', path: '/dev/ttyS0' }, ...JSON.parse(head(text, 'device') ?? '{}') }
  const profile = head(text, 'profile')
  const kind = /^# ([a-z]+)/.exec(text)?.[1]
  const fitted = profile === undefined ? undefined : withProfile(Device.parse({ id: `${kind}-1`, kind, ...described, profile }), await loadProfiles(ROOT))
  return { ...described, ...(fitted ? { settings: fitted.settings, limits: fitted.limits } : {}), ...device }
}

/** Plays a dialogue of the folder of the probe's kind. */
export const playFixture = async (probe: Probe, name: string, device: object = {}): Promise<Played> => {
  const text = await dialogue(`${probe.kind}/${name}`)
  return playTo(probe, text, await deviceOf(text, device))
}
