import { setTimeout as pause } from 'node:timers/promises'
import { lookHere } from '../src/cli/look.ts'
import type { Check } from '../src/model/check.ts'
import type { DeviceKind } from '../src/model/device.ts'
import { hasValue } from '../src/model/observation.ts'
import { type Figure, median, spread } from './figures.ts'
import { type StandIns, startStandIns } from './standins.ts'

const ANSWER_MS = 10
const AIM = 1.1
const DEADLINE_MS = 10_000
/** The first rounds load what later ones find loaded. */
const WARM_UP = 3
const PAUSE_MS = 30

/** What must have been seen for a figure to mean anything. */
const SEEN = ['printer.answers', 'endpoint.http-status', 'power.ups-contact']

/** Throws if a check of the stand-ins did not really look: a probe that gives up at once makes any check quick. */
export const assertLooked = (check: Pick<Check, 'runs' | 'observations'>, kinds: readonly DeviceKind[] | undefined): void => {
  const unfinished = check.runs.filter((run) => run.outcome !== 'done')
  if (unfinished.length > 0) throw new Error(`not measured: ${unfinished.map((run) => `${run.device} ${run.outcome} ${run.detail ?? ''}`).join('; ')}`)
  for (const name of SEEN) {
    const asked = kinds === undefined || kinds.some((kind) => name.startsWith(`${kind}.`))
    if (asked && !check.observations.some((o) => o.name === name && hasValue(o))) throw new Error(`not measured: ${name} was not seen`)
  }
}

/** The probe that took longest in a check, and for how long in milliseconds. */
export const slowest = (check: Pick<Check, 'runs'>): { device: string; kind: DeviceKind; ms: number } =>
  check.runs.reduce((worst, run) => (run.ms > worst.ms ? run : worst))

/** Kinds that wait for nothing but answers. The host samples its processor for a tenth of a second and the link spaces its pings: behind that much could hide. */
export const ASKED: readonly DeviceKind[] = ['reader', 'printer', 'power', 'endpoint', 'environment', 'configuration', 'keyboard', 'scanner', 'display', 'drawer']

interface Round { wall: number; slow: number; alone: number; device: string }

const rounds = async ({ terminal }: StandIns, count: number, only: readonly DeviceKind[] | undefined): Promise<Round[]> => {
  const look = async (kinds: readonly DeviceKind[] | undefined): Promise<{ check: Check; wall: number }> => {
    const began = performance.now()
    const check = await lookHere({ terminal, trigger: { by: 'operator' }, depth: 'full', deadlineMs: DEADLINE_MS, ...(kinds ? { only: kinds } : {}) }, () => undefined)
    return { check, wall: performance.now() - began }
  }
  const measured: Round[] = []
  for (let i = 0; i < count + WARM_UP; i += 1) {
    const { check, wall } = await look(only)
    assertLooked(check, only)
    const { device, kind, ms } = slowest(check)
    await pause(PAUSE_MS)
    const alone = slowest((await look([kind])).check).ms
    await pause(PAUSE_MS)
    if (i >= WARM_UP) measured.push({ wall, slow: ms, alone, device })
  }
  return measured
}

const figures = (what: string, measured: readonly Round[]): Figure[] => {
  const within = measured.map((r) => r.wall / r.slow)
  const alone = measured.map((r) => r.wall / r.alone)
  const devices = [...new Set(measured.map((r) => r.device))].join(', ')
  return [
    { what: `${what}: check ÷ its slowest probe (${devices})`, got: `${median(within).toFixed(3)} (${spread(within, 3)})`, aim: `≤ ${AIM.toFixed(2)}`, reached: median(within) <= AIM },
    { what: `${what}: check ÷ that probe on its own`, got: `${median(alone).toFixed(3)} (${spread(alone, 3)})   check ${spread(measured.map((r) => r.wall))} ms, probe alone ${spread(measured.map((r) => r.alone))} ms` },
  ]
}

/** Whole checks in a warm process against stand-ins, each measured against its slowest single probe. */
export const measureCheck = async ({ quick }: { quick: boolean }): Promise<Figure[]> => {
  const standIns = await startStandIns(ANSWER_MS)
  const count = quick ? 12 : 25
  try {
    return [
      ...figures('everything', await rounds(standIns, count, undefined)),
      ...figures('without host and link, which wait on purpose', await rounds(standIns, count, ASKED)),
    ]
  } finally {
    await standIns.stop()
  }
}
