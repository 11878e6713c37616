import type { Check } from '../model/check.ts'
import type { Diagnosis, Lost, Verdict } from '../model/diagnosis.ts'
import type { Fault } from '../model/fault.ts'
import { type Language, wording } from '../model/language.ts'
import type { Text } from '../model/text.ts'
import { say, type TextKey } from './say.ts'
import { WAYS } from './ways.ts'

type SymptomAt = Diagnosis['unexplained'][number]

/** Where an explanation finds its words: titles of faults and meanings of symptoms; undefined where there are none. */
export interface Wordings {
  title(fault: string): Text | undefined
  meaning(symptom: SymptomAt): Text | undefined
  /** Wall time of the diagnosis in milliseconds since 1970, against which the age of a change is said. */
  now: number
}

/** The words that a check itself brings, with these faults' titles; the title of a fault that was not found is in its verdict. */
export const wordingsIn = ({ symptoms, diagnosis, startedAt }: Pick<Check, 'symptoms' | 'diagnosis' | 'startedAt'>, faults: readonly Fault[]): Wordings => ({
  title: (code) => faults.find((f) => f.code === code)?.title ?? diagnosis.verdicts.find((v) => v.fault === code && v.title)?.title,
  meaning: ({ symptom, device }) => symptoms.find((s) => s.id === symptom && s.device === device)?.meaning,
  now: startedAt,
})

const MOST_CLAUSES = 3
/** Nats below which evidence is not worth a clause. */
const FELT = 0.5
/** Nats from which on a thing is common, or telling, enough to be called so: three times. */
const CLEAR = 1

const listed = (clauses: readonly string[], language: Language): string => clauses.join(language === 'en' ? '; ' : '；')

const titleOf = ({ title }: Wordings, fault: string, language: Language): string => {
  const text = title(fault)
  return text ? wording(text, language) : fault
}

/** The symptoms as clauses: one for each, with all the devices that show it. */
const clauses = ({ meaning }: Wordings, of: readonly SymptomAt[], language: Language): string => {
  const devices = new Map<string, { text: Text | undefined; at: string[] }>()
  for (const one of of) {
    const known = devices.get(one.symptom) ?? { text: meaning(one), at: [] }
    devices.set(one.symptom, { text: known.text ?? meaning(one), at: [...known.at, one.device] })
  }
  const each = [...devices].map(([symptom, { text, at }]) => say(language, 'explain.at', { device: at.join(language === 'en' ? ', ' : '、'), meaning: text ? wording(text, language) : symptom }))
  return listed(each.slice(0, MOST_CLAUSES), language)
}

/** How many times likelier so many nats make something, in a number that people say. */
const times = (nats: number, language: Language): string => {
  const factor = Math.exp(Math.abs(nats))
  if (factor > 1000) return say(language, 'explain.times-most')
  const round = factor >= 100 ? Math.round(factor / 100) * 100 : factor >= 20 ? Math.round(factor / 10) * 10 : factor >= 3 ? Math.round(factor) : Math.round(factor * 2) / 2
  return say(language, 'explain.times', { n: round })
}

const ageOf = (ms: number, language: Language): string => {
  const minutes = Math.max(1, Math.round(ms / 60_000))
  return minutes < 90 ? say(language, 'explain.minutes', { n: minutes }) : say(language, 'explain.hours', { n: Math.round(minutes / 60) })
}

const percent = (p: number): string => `${p > 0.995 && p < 1 ? '>99' : p > 0 && p < 0.005 ? '<1' : Math.round(p * 100)}%`

const wayOf = (verdict: Verdict, language: Language): string[] => {
  const [first] = verdict.ways ?? []
  const text = first && (WAYS[`${verdict.fault} ${first.way}`] ?? WAYS[first.way])
  if (!first || !text) return []
  const how = say(language, 'explain.way', { way: wording(text, language), percent: percent(first.posterior / Math.max(verdict.posterior, first.posterior)) })
  return first.devices ? [how, say(language, 'explain.together', { devices: first.devices.join(language === 'en' ? ', ' : '、') })] : [how]
}

const changes = (verdict: Verdict, { now }: Wordings, language: Language): string[] =>
  (verdict.changes ?? []).filter(({ weight }) => Math.abs(weight) >= FELT).map(({ what, at, weight }) => {
    const change = say(language, `change.${what}` satisfies TextKey)
    if (at === undefined) return say(language, 'explain.no-change', { change, times: times(weight, language) })
    return say(language, weight > 0 ? 'explain.change' : 'explain.change-against', { change, ago: ageOf(now - at, language), times: times(weight, language) })
  })

const elsewhere = ({ at, of, open, days7, days30 }: NonNullable<NonNullable<Verdict['recurrence']>['elsewhere']>, now: number, language: Language): string[] => {
  const ago = ageOf(now - at, language)
  if (days30.lanes === 0) return [say(language, 'explain.elsewhere-none', { of, ago })]
  const also = say(language, 'explain.elsewhere', { of, ago, lanes7: days7.lanes, times7: days7.times, lanes30: days30.lanes, times30: days30.times })
  return open === 0 ? [also] : [also, say(language, 'explain.elsewhere-open', { open })]
}

/** How often it was found before, here and on other lanes, in sentences; `now` is the wall time of the check. */
export const recurrence = ({ recurrence: again }: Verdict, now: number, language: Language): string[] =>
  again === undefined ? [] : [
    ...(again.days30 > 0 ? [say(language, 'explain.again', { days7: again.days7, days30: again.days30 })] : []),
    ...(again.lanes.length > 0 ? [say(language, 'explain.lanes', { lanes: again.lanes.join(language === 'en' ? ', ' : '、') })] : []),
    ...(again.elsewhere ? elsewhere(again.elsewhere, now, language) : []),
  ]

/** Why one fault lost to another, in sentences. */
const whyLost = (loser: string, lost: Lost, words: Wordings, language: Language): string[] => {
  const names = { loser: titleOf(words, loser, language), winner: titleOf(words, lost.fault, language) }
  const left = lost.by.filter(({ leaves }) => leaves === true)
  const missing = lost.by.filter(({ is }) => is === 'absent')
  const better = lost.by.filter(({ is, leaves }) => is === 'present' && leaves !== true)
  const told = (of: Lost['by']): string => clauses(words, of, language)
  const reasons = [
    ...(left.length > 0 ? [say(language, 'explain.leaves', { ...names, clauses: told(left) })] : []),
    ...(missing.length > 0 ? [say(language, 'explain.expected', { ...names, clauses: told(missing) })] : []),
    ...(better.length > 0 ? [say(language, 'explain.better', { ...names, clauses: told(better), times: times(better.reduce((sum, { weight }) => sum + weight, 0), language) })] : []),
    ...(lost.prior <= -CLEAR ? [say(language, 'explain.rarer', { ...names, times: times(lost.prior, language) })] : []),
  ]
  return [say(language, 'explain.lost', names), ...(reasons.length > 0 ? reasons : [say(language, 'explain.no-need', names)])]
}

/** What a verdict rests on, in sentences that a technician can check one by one: what was seen, how it came about, what changed before, why it lost if it lost, and what would settle it. */
export const explained = (verdict: Verdict, words: Wordings, language: Language): string[] => {
  const title = titleOf(words, verdict.fault, language)
  const told = (of: readonly SymptomAt[]): string => clauses(words, of, language)
  const telling = (evidence: Verdict['for']) => evidence.filter(({ weight }) => Math.abs(weight) >= FELT)
  const [pro, contra] = [telling(verdict.for), telling(verdict.against)]
  const head = say(language, verdict.lost ? 'explain.considered' : (`explain.${verdict.verdict}` satisfies TextKey), { title, device: verdict.device, percent: percent(verdict.posterior) })
  if (verdict.verdict === 'ruled-out' || verdict.lost) {
    const why = verdict.lost ? whyLost(verdict.fault, verdict.lost, words, language) : contra.length > 0 ? [say(language, 'explain.not-seen', { title, clauses: told(contra) })] : []
    return [head, ...why, ...(verdict.verdict === 'open' ? settling(verdict, words, language) : [])]
  }
  return [
    head,
    ...(pro.length > 0 ? [say(language, 'explain.seen', { clauses: told(pro), times: times(pro.reduce((sum, { weight }) => sum + weight, 0), language) })] : []),
    ...(contra.length > 0 ? [say(language, 'explain.but', { clauses: told(contra), times: times(contra.reduce((sum, { weight }) => sum + weight, 0), language) })] : []),
    ...wayOf(verdict, language),
    ...changes(verdict, words, language),
    ...recurrence(verdict, words.now, language),
    ...(verdict.follows ? [say(language, 'explain.follows', { title, cause: titleOf(words, verdict.follows.fault, language) })] : []),
    ...(verdict.verdict === 'open' ? settling(verdict, words, language) : []),
  ]
}

/** Nats below which a look at a symptom settles nothing worth the walk. */
const SETTLES = 0.05

const settling = (verdict: Verdict, words: Wordings, language: Language): string[] => {
  const worth = verdict.notLookedAt.filter(({ settles }) => settles === undefined || settles >= SETTLES)
  return worth.length === 0 ? [] : [say(language, 'explain.would-settle', { clauses: clauses(words, worth, language) })]
}
