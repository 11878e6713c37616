import { readFileSync } from 'node:fs'
import { replayBench } from '../../src/bench/replay.ts'
import { lookAt } from '../../src/check/observe.ts'
import { readSymptoms } from '../../src/check/symptoms.ts'
import type { LendBench } from '../../src/model/bench.ts'
import type { ProbeRun } from '../../src/model/check.ts'
import { hasValue, type Observation, type ObservedValue } from '../../src/model/observation.ts'
import type { Probe } from '../../src/model/probe.ts'
import { Device } from '../../src/model/terminal.ts'

/** What one look at one device brought. */
export interface OneLook {
  run: ProbeRun
  observations: Observation[]
  /** Values by name; an absence is written `!missing`. */
  seen: Record<string, ObservedValue>
  /** Ids of the symptoms that are present, and of those that nobody can tell. */
  present: string[]
  unknown: string[]
}

/** A device as a terminal file would declare it. */
export const device = (kind: string, transport: unknown = { type: 'host' }, settings: Device['settings'] = {}): Device =>
  Device.parse({ id: `${kind}-1`, kind, transport, settings })

const DEADLINE_MS = 20_000

/** Lets a probe look at a device over the given bench and reads the symptoms, as a check would. */
export const lookOver = async (lend: LendBench, probe: Probe, at: Device, limits: Record<string, number> = {}): Promise<OneLook> => {
  const { run, observations } = await lookAt({ device: at, probe }, lend, { now: Date.now, mono: () => performance.now() }, DEADLINE_MS)
  const problems: string[] = []
  const symptoms = readSymptoms([probe], [at], observations, limits, ({ symptom, detail }) => problems.push(`${symptom}: ${detail}`))
  if (problems.length > 0) throw new Error(problems.join('\n'))
  return {
    run,
    observations,
    seen: Object.fromEntries(observations.map((o) => [o.name, hasValue(o) ? o.value : `!${o.absent}`])),
    present: symptoms.filter((s) => s.is === 'present').map((s) => s.id),
    unknown: symptoms.filter((s) => s.is === 'unknown').map((s) => s.id),
  }
}

/** The same over a dialogue of fixtures/dialogues (`host/healthy`). */
export const lookAtDialogue = (name: string, probe: Probe, at: Device, limits: Record<string, number> = {}): Promise<OneLook> => {
  const text = readFileSync(new URL(`../../fixtures/dialogues/${name}.txt`, import.meta.url), 'utf8')
  return lookOver(replayBench({ [at.id]: text }), probe, at, limits)
}
