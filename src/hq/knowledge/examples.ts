import type { Repair } from '../../model/repair.ts'
import { plain } from '../plain.ts'

/** What one closed repair teaches. Stored as JSON in digests; only additions are allowed. */
export interface Example {
  /** Of the repair: with the terminal it makes the example unique, in however many reports it comes. */
  id: string
  fault: string
  model?: string
  firmware?: string
  /** Steps of the fault's remedy, and whether each took it away. */
  remedies: { remedy: string; worked: boolean }[]
  /** Symptoms of the fault, by the devices on which each was there or looked for in vain. */
  symptoms: { symptom: string; shown: number; hidden: number }[]
}

/** Bounds of an example. Names longer than that are none of a catalogue's. */
const MOST = { remedies: 20, symptoms: 50, name: 64, devices: 50 } as const

/** A fault that no cure has proved counts as having been there from this probability on. */
const SURE = 0.9

const isName = (text: string): boolean => text.length > 0 && text.length <= MOST.name && plain(text) === text

/**
 * What a repair teaches of its fault; undefined if nothing. It was that fault if a step of its own remedy cured it; where nothing
 * did, it counts as that fault if it was all but certain, as else only what went well would ever be counted. Symptoms are counted
 * only where a cure proves the fault.
 */
export const exampleOf = (repair: Repair): Example | undefined => {
  const { id, fault, model, firmware, state, before, tried, showed = [] } = repair
  if (state === 'open' || !isName(fault)) return undefined
  const own = tried.filter((t) => t.kind === 'remedy' && t.fault === fault && t.device === repair.device && isName(t.id))
  const proved = state === 'fixed' && own.some((t) => t.outcome === 'cured')
  const assumed = state !== 'fixed' && before.posterior >= SURE
  const remedies = proved || assumed ? own.flatMap((t) => (t.outcome === 'cured' || t.outcome === 'not-cured' ? [{ remedy: t.id, worked: t.outcome === 'cured' }] : [])).slice(0, MOST.remedies) : []
  const symptoms = proved ? showed.filter((s) => isName(s.symptom)).slice(0, MOST.symptoms).map(({ symptom, shown, hidden }) => ({ symptom, shown: Math.min(shown, MOST.devices), hidden: Math.min(hidden, MOST.devices) })) : []
  if (remedies.length === 0 && symptoms.length === 0) return undefined
  return {
    id: id.toLowerCase(), fault, remedies, symptoms,
    ...(model === undefined ? {} : { model: plain(model) }),
    ...(firmware === undefined ? {} : { firmware: plain(firmware) }),
  }
}

/** An example on its way into the counts. */
export interface NewExample { terminalId: string; receivedAt: number; example: Example }

/** Counts to be added, one row per key, in the order of keys: every process locks them in that order. */
export interface Gain {
  remedies: { fault: string; remedy: string; model: string; firmware: string; worked: number; failed: number }[]
  symptoms: { fault: string; symptom: string; shown: number; hidden: number }[]
}

/** Adds examples up. */
export const gainOf = (examples: readonly Example[]): Gain => {
  const remedies = new Map<string, Gain['remedies'][number]>()
  const symptoms = new Map<string, Gain['symptoms'][number]>()
  for (const { fault, model = '', firmware = '', remedies: tried, symptoms: showed } of examples) {
    for (const { remedy, worked } of tried) {
      const key = JSON.stringify([fault, remedy, model, firmware])
      const row = remedies.get(key) ?? { fault, remedy, model, firmware, worked: 0, failed: 0 }
      remedies.set(key, { ...row, worked: row.worked + Number(worked), failed: row.failed + Number(!worked) })
    }
    for (const { symptom, shown, hidden } of showed) {
      const key = JSON.stringify([fault, symptom])
      const row = symptoms.get(key) ?? { fault, symptom, shown: 0, hidden: 0 }
      symptoms.set(key, { ...row, shown: row.shown + shown, hidden: row.hidden + hidden })
    }
  }
  const inOrder = <T>(rows: ReadonlyMap<string, T>): T[] => [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
  return { remedies: inOrder(remedies), symptoms: inOrder(symptoms) }
}
