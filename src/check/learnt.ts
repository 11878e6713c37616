import type { Fault, Knowledge, RemedyStep } from '../model/fault.ts'
import type { PackBody } from '../model/pack.ts'

/** How many closed faults an estimate of the catalogue weighs as much as. */
const STRENGTH = { remedies: 10, symptoms: 50 } as const

const within = (p: number): number => Math.min(0.99, Math.max(0.001, p))

/** What an estimate becomes with what was counted: the mean of the Beta distribution. */
const mean = (p: number, yes: number, no: number, strength: number): number => (p * strength + yes) / (strength + yes + no)

/** Successes and failures. */
interface Tally { worked: number; failed: number }

/** A device by what may make it unlike others of its kind. */
export interface Unit { model?: string | undefined; firmware?: string | undefined }

/** How near a count is to a device, from 0: of any other, of the same model, of the same model and firmware. */
const NEARNESS = 3
const nearnessOf = (count: Unit, unit: Unit): number =>
  count.model === undefined || count.model !== unit.model ? 0 : count.firmware === undefined || count.firmware !== unit.firmware ? 1 : 2

/** What an estimate becomes with counts from far to near: what is known of all is what one begins with for those of a model, and so on. */
const meanOf = (p: number, tallies: readonly Tally[]): number => tallies.reduce((estimate, { worked, failed }) => mean(estimate, worked, failed, STRENGTH.remedies), p)

const curesWith = (step: RemedyStep, fault: Fault, tallies: readonly Tally[]): RemedyStep => {
  const { cures } = step
  if (cures === undefined) return step
  if (typeof cures === 'number') return { ...step, cures: within(meanOf(cures, tallies)) }
  const all = Object.entries(cures).reduce((sum, [way, p]) => sum + (fault.ways[way] ?? 0) * p, 0)
  // It is not known in which way each counted fault came about: all ways are believed in proportion.
  const factor = all > 0 ? meanOf(all, tallies) / all : 1
  return { ...step, cures: Object.fromEntries(Object.entries(cures).map(([way, p]) => [way, within(p * factor)])) }
}

const key = (a: string, b: string): string => `${a} ${b}`

/** Whether the catalogue gives one estimate for a symptom, and not several by place or connection: then it is not told of which one a count speaks. */
const isOne = (fault: Fault, symptom: string): boolean => new Set(fault.shows.filter((s) => s.symptom === symptom).map((s) => `${s.on} ${String(s.over)}`)).size === 1

/**
 * The catalogue with what a pack has counted; what it does not count stays an estimate, and codes that this catalogue does not have
 * are passed over. Remedies hold for devices in general, or for `unit`, whose model's own counts then weigh most.
 */
export const learnt = (knowledge: Knowledge, pack: PackBody, unit: Unit = {}): Knowledge => {
  const remedies = new Map<string, Tally[]>()
  for (const { fault, remedy, worked, failed, ...counted } of pack.remedies) {
    const tallies = remedies.get(key(fault, remedy)) ?? Array.from({ length: NEARNESS }, () => ({ worked: 0, failed: 0 }))
    const near = nearnessOf(counted, unit)
    remedies.set(key(fault, remedy), tallies.map((t, i) => (i === near ? { worked: t.worked + worked, failed: t.failed + failed } : t)))
  }
  const symptoms = new Map(pack.symptoms.map((s) => [key(s.fault, s.symptom), s]))
  return {
    ...knowledge,
    faults: knowledge.faults.map((fault): Fault => ({
      ...fault,
      remedy: {
        ...fault.remedy,
        steps: fault.remedy.steps.map((step) => {
          const tallies = step.id === undefined ? undefined : remedies.get(key(fault.code, step.id))
          return tallies ? curesWith(step, fault, tallies) : step
        }),
      },
      shows: fault.shows.map((shows) => {
        const counted = symptoms.get(key(fault.code, shows.symptom))
        if (!counted || !isOne(fault, shows.symptom)) return shows
        // It is not known in which way each counted fault came about: all ways are believed in proportion.
        const all = Math.min(0.99, fault.shows.filter((s) => s.symptom === shows.symptom).reduce((sum, s) => sum + s.p * (s.ways?.reduce((share, way) => share + (fault.ways[way] ?? 0), 0) ?? 1), 0))
        return { ...shows, p: within((shows.p * mean(all, counted.shown, counted.hidden, STRENGTH.symptoms)) / all) }
      }),
    })),
  }
}
