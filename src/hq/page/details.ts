import { signal } from '@preact/signals'
import type { Observation } from '../../model/observation.ts'
import type { Unseen } from '../../texts/unseen.ts'
import type * as Told from './told.ts'
import { language, shared } from './words.ts'

const told = signal<typeof Told | undefined>(undefined)
let fetching = false

/** The wording of what probes saw, once it has come. */
const wording = (): typeof Told | undefined => {
  if (!told.value && !fetching) {
    fetching = true
    import('./told.ts')
      .then((module) => {
        told.value = module
      })
      .catch((reason: unknown) => {
        fetching = false
        console.warn('the wording of details could not be fetched; they are shown as they were sent', reason)
      })
  }
  return told.value
}

/** A detail in the reader's language; as it was sent until the wording has come. */
export const detailWords = (detail: string): string => wording()?.detailIn(language.value, detail) ?? detail

/** What was seen, for a person; empty where the symptom beside it says it, and until the wording has come. */
export const seenWords = (o: Observation): string => wording()?.seenIn(language.value, o) ?? ''

/** Why there is no value. */
export const whyWords = (o: Pick<Extract<Observation, { absent: string }>, 'absent' | 'detail'>): string => wording()?.whyIn(language.value, o) ?? `${shared(`absence.${o.absent}`)} ${o.detail}`

/** What could not be looked at and is worth a person's while, with the devices that it keeps from being seen; nothing until the wording has come. */
export const unseenOf = (observations: readonly Observation[]): Unseen[] => wording()?.unseen(observations) ?? []
