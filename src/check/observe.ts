import { BenchError, type LendBench } from '../model/bench.ts'
import type { ProbeRun, Progress } from '../model/check.ts'
import type { Observation } from '../model/observation.ts'
import type { Probe, Sight } from '../model/probe.ts'
import type { Device } from '../model/terminal.ts'

/** One device and the probe that will look at it. */
export interface Look {
  device: Device
  probe: Probe
}

/** What a round of looking brought: everything seen, how each probe went, and the bytes that passed. */
export interface Looked {
  observations: Observation[]
  runs: ProbeRun[]
  /** What passed with each device; rendered only where it is wanted, empty if nothing passed. */
  transcripts: { device: string; text: () => string }[]
}

/** What the runner needs of time; both in milliseconds. */
export interface Timing {
  now(): number
  mono(): number
}

const text = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, 500)

/** Given as the reason, so that no error with a stack is made at the end of every look. */
const OVER = 'over'

const whenAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

const asObservation = (sight: Sight, device: string, at: number): Observation => {
  const seen = { name: sight.name, device, at, source: sight.source ?? ('live' as const) }
  return 'value' in sight ? { ...seen, value: sight.value } : { ...seen, absent: sight.absent, detail: sight.detail.slice(0, 500) }
}

const absences = (probe: Probe, yielded: ReadonlySet<string>, device: string, at: number, error: BenchError): Observation[] =>
  Object.keys(probe.observes)
    .filter((name) => !yielded.has(name) && !probe.told?.includes(name))
    .map((name) => asObservation({ name, absent: error.absence, detail: error.message }, device, at))

interface OneLook {
  observations: Observation[]
  run: ProbeRun
  transcript: Looked['transcripts'][number]
}

/**
 * Lets one probe look at one device until it is done or `deadlineMs` have passed. A probe that never comes back is left behind:
 * what it yielded counts, and its bench is closed under it.
 */
export const lookAt = async ({ device, probe }: Look, lend: LendBench, timing: Timing, deadlineMs: number): Promise<OneLook> => {
  const started = timing.mono()
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(OVER), deadlineMs)
  const lease = lend(device, deadline.signal)
  const observations: Observation[] = []
  const yielded = new Set<string>()
  const ended = (outcome: ProbeRun['outcome'], detail?: string): ProbeRun => ({
    device: device.id,
    kind: device.kind,
    outcome,
    ms: Math.round((timing.mono() - started) * 100) / 100,
    ...(detail === undefined ? {} : { detail }),
  })

  const look = async (): Promise<ProbeRun> => {
    for await (const sight of probe.observe(device, lease.bench)) {
      // Nobody waits for it any more.
      if (deadline.signal.aborted) break
      if (!(sight.name in probe.observes)) return ended('broke', `yielded ${sight.name}, which is not in its vocabulary`)
      yielded.add(sight.name)
      observations.push(asObservation(sight, device.id, timing.now()))
    }
    return ended(deadline.signal.aborted ? 'late' : 'done')
  }

  const run = await Promise.race([look(), whenAborted(deadline.signal).then(() => ended('late'))]).catch((error: unknown): ProbeRun => {
    if (!(error instanceof BenchError)) return ended('broke', text(error))
    observations.push(...absences(probe, yielded, device.id, timing.now(), error))
    return ended(deadline.signal.aborted ? 'late' : 'done', error.message)
  })
  clearTimeout(timer)
  deadline.abort(OVER)
  await lease.release()
  return { observations, run, transcript: { device: device.id, text: lease.transcript } }
}

/**
 * Lets all probes look at once, each inside its own deadline and the check's. The order of the looks decides only who starts first.
 * Never rejects for anything that a probe or a device does.
 */
export const observe = async (looks: readonly Look[], lend: LendBench, timing: Timing, deadlineMs: number, onProgress: (progress: Progress) => void): Promise<Looked> => {
  const looked: Looked = { observations: [], runs: [], transcripts: [] }
  onProgress({ type: 'started', devices: looks.map(({ device }) => ({ id: device.id, kind: device.kind })) })
  await Promise.all(looks.map(async (look) => {
    const one = await lookAt(look, lend, timing, Math.min(look.probe.deadlineMs, deadlineMs))
    looked.observations.push(...one.observations)
    looked.runs.push(one.run)
    looked.transcripts.push(one.transcript)
    onProgress({ type: 'probe', run: one.run, looked: looked.runs.length, total: looks.length })
  }))
  return looked
}
