import * as z from 'zod'
import type { Absence, Observation, ObservedValue } from './observation.ts'
import { Text } from './text.ts'

/** Three-valued: unknown is neither healthy nor faulty and speaks for nothing. */
export const Presence = z.enum(['present', 'absent', 'unknown'])
export type Presence = z.infer<typeof Presence>

/** One symptom read on one device: an observation, or several, held against a limit. */
export const Symptom = z.strictObject({
  id: z.string(),
  device: z.string(),
  is: Presence,
  /** Names of the observations that it was read from; empty if none of them was made. */
  because: z.array(z.string()),
  /** What the symptom means to a technician; given where it is present, so that any reader of a report can show it. */
  meaning: Text.optional(),
})
export type Symptom = z.infer<typeof Symptom>

/** What a symptom rule may look at: the observations of one device, those that broke left out. */
export interface Seen {
  /** The value seen under this name, or undefined if there is none. */
  value(name: string): ObservedValue | undefined
  /** The same, if it is a number. */
  number(name: string): number | undefined
  /** Why there is no value under this name, or undefined if there is one or nobody looked. */
  absence(name: string): Absence | undefined
  /** Every observation of the device whose name starts with this prefix. */
  under(prefix: string): readonly Observation[]
}

/** Reads one symptom of a device kind from what was seen. A pure function of its arguments; `read` must not keep state. */
export interface SymptomRule {
  /** Dotted id, as `printer.paper-out`; unique over all probes. */
  id: string
  /** What it means, as a clause that a technician would accept. */
  meaning: Text
  /** Names of the observations that it reads; a name ending in `.` stands for everything under it. */
  reads: readonly string[]
  read(see: Seen, limit: (name: string) => number): Presence
}

/** A number that decides between healthy and not; every one can be overridden in the terminal file. */
export interface Limit {
  standard: number
  unit: string
  /** Where the standard value comes from, or the word `estimate`. */
  basis: string
}

/** The usual rule: present if the flag is true, absent if false, unknown if it has no boolean value. */
export const whenTrue = (see: Seen, name: string): Presence => {
  const value = see.value(name)
  return typeof value === 'boolean' ? (value ? 'present' : 'absent') : 'unknown'
}

/** The reverse of whenTrue, for observations that say that something works. */
export const whenFalse = (see: Seen, name: string): Presence => {
  const value = see.value(name)
  return typeof value === 'boolean' ? (value ? 'absent' : 'present') : 'unknown'
}

/** Present if the predicate holds for the number seen, unknown if no number was seen. */
export const whenNumber = (see: Seen, name: string, holds: (n: number) => boolean): Presence => {
  const value = see.number(name)
  return value === undefined ? 'unknown' : holds(value) ? 'present' : 'absent'
}

/** Absences that say nothing of the device: it is not there to be looked at, or this host or we ourselves stood in the way. */
const NOT_LOOKED: readonly Absence[] = ['blocked', 'not-fitted', 'busy', 'broke']

/** Present if a look ended with one of these absences, absent if it ended with a value or otherwise, unknown if nobody could look. */
export const whenAbsent = (see: Seen, name: string, ...why: Absence[]): Presence => {
  const absence = see.absence(name)
  if (absence === undefined) return see.value(name) === undefined ? 'unknown' : 'absent'
  return why.includes(absence) ? 'present' : NOT_LOOKED.includes(absence) ? 'unknown' : 'absent'
}
