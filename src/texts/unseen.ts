import type { Language } from '../model/language.ts'
import type { Absence, Observation } from '../model/observation.ts'
import { absenceIn, detailIn, helpFor, isSentence } from './details.ts'

/** Why something could not be looked at, said once for all devices that it keeps from being seen. */
export interface Unseen {
  devices: string[]
  absent: Absence
  detail: string
}

type Absent = Extract<Observation, { absent: Absence }>

/** Names without which nothing else of the device is seen. */
const FIRST = /\.(port|answers|present|service|ups-contact|interface|pos-running)$/

const isAbsent = (o: Observation): o is Absent => 'absent' in o

/** True if a person can do something about it or must know: not for what this host simply does not have or cannot tell. */
const matters = ({ absent, detail }: Absent): boolean => {
  const help = helpFor(detail)?.help
  if (help === 'nothing') return false
  return ['blocked', 'broke', 'busy'].includes(absent) || (absent === 'missing' && help !== undefined)
}

/** What could not be looked at and is worth a person's while, grouped by what would help; what hides a whole device comes first. */
export const unseen = (observations: readonly Observation[]): Unseen[] => {
  const groups = new Map<string, Unseen & { first: boolean }>()
  for (const o of observations.filter(isAbsent).filter(matters)) {
    const wanted = helpFor(o.detail)?.package
    const key = wanted ?? `${o.absent} ${o.detail}`
    const group = groups.get(key) ?? { devices: [], absent: o.absent, detail: o.detail, first: false }
    groups.set(key, {
      devices: group.devices.includes(o.device) ? group.devices : [...group.devices, o.device],
      absent: group.absent,
      // The package is named by the shortest as well as by those that go on about what follows from it.
      detail: o.detail.length < group.detail.length ? o.detail : group.detail,
      first: group.first || FIRST.test(o.name),
    })
  }
  return [...groups.values()].toSorted((a, b) => Number(b.first) - Number(a.first)).map(({ devices, absent, detail }) => ({ devices, absent, detail }))
}

/** Why there is nothing, as one clause: what the detail says, after the absence in words where it is only a code or a word of the system. */
export const whyIn = (language: Language, { absent, detail }: Pick<Unseen, 'absent' | 'detail'>): string => {
  const [words, said] = [absenceIn(language, absent), detailIn(language, detail)]
  if (said === '') return words
  return isSentence(detail) || said !== detail ? said : `${words}${language === 'en' ? ': ' : '：'}${said}`
}

/** Why a device was not seen, in a clause; undefined if no observation of it says so. */
export const whyUnseen = (language: Language, observations: readonly Observation[], device: string): string | undefined => {
  const told = observations.filter((o) => o.device === device).filter(isAbsent).filter((o) => o.absent !== 'not-fitted')
  const [why] = unseen(told)
  const first = told.toSorted((a, b) => Number(FIRST.test(b.name)) - Number(FIRST.test(a.name)))[0]
  return why ? whyIn(language, why) : first && whyIn(language, first)
}
