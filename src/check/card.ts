import { moneyOf } from '../guard/money.ts'
import type { Card, Workaround } from '../model/card.ts'
import type { Tender } from '../model/device.ts'
import type { FaultAt, Readiness } from '../model/diagnosis.ts'
import { hasValue, type Observation } from '../model/observation.ts'
import type { Symptom } from '../model/symptom.ts'
import type { Text } from '../model/text.ts'
import { CARD_TEXTS } from '../texts/card.ts'
import { fill, say } from '../texts/say.ts'

const CARD: readonly Tender[] = ['chip', 'contactless', 'swipe']
/** Symptoms of a cellular modem that must all have been looked for and be absent before it is offered. */
const MODEM = ['network.modem-not-registered', 'network.modem-silent', 'network.modem-detached', 'network.sim-problem', 'network.modem-weak'] as const

/** What the card is made of. */
export interface CardFacts {
  readiness: readonly Readiness[]
  symptoms: readonly Symptom[]
  observations: readonly Observation[]
}

const both = (text: Text, params: (language: 'zh-CN' | 'en') => Record<string, string> = () => ({})): Text => ({ zh: fill(text, 'zh-CN', params('zh-CN')), en: fill(text, 'en', params('en')) })

const names = (tenders: readonly Tender[]) => (language: 'zh-CN' | 'en'): Record<string, string> => ({ tenders: tenders.map((t) => say(language, `tender.${t}`)).join(language === 'en' ? ', ' : '、') })

const usable = (r: Readiness | undefined): r is Readiness => r !== undefined && (r.is === 'ready' || r.is === 'degraded') && r.unseen.length === 0

/**
 * The decision card; undefined where every card tender can be used and no payment's outcome is unknown. A workaround is offered only
 * if its own precondition was measured as good: what was not looked at is not offered.
 */
export const cardOf = ({ readiness, symptoms, observations }: CardFacts): Card | undefined => {
  const cards = readiness.filter((r) => CARD.includes(r.tender))
  const blocked = cards.filter((r) => r.is === 'blocked')
  const queryFirst = moneyOf(symptoms)['unknown-outcome'] === true
  if (blocked.length === 0 && !queryFirst) return undefined
  const because = [...new Map(blocked.flatMap((r) => r.because).map((at): [string, FaultAt] => [`${at.fault} ${at.device}`, at])).values()]
  const offers: (Workaround | undefined)[] = []
  const offer = (way: keyof typeof CARD_TEXTS.ways, measured: readonly string[], tenders: readonly Tender[] = []): void => {
    const { text, note } = CARD_TEXTS.ways[way]
    offers.push({ way, ...both(text, names(tenders)), note, measured: [...measured] })
  }
  const lanes = observations.find((o) => o.name === 'endpoint.other-lanes-well')
  if (lanes && hasValue(lanes) && lanes.value === true) offer('other-lane', ['endpoint.other-lanes-well'])
  const modem = MODEM.map((id) => symptoms.filter((s) => s.id === id))
  const modemGood = modem.every((found) => found.length > 0 && found.every((s) => s.is === 'absent'))
  if (modemGood && because.some((at) => at.fault.startsWith('NET-'))) offer('other-network', MODEM.map((id) => `${id} absent`))
  const others = cards.filter(usable)
  if (blocked.length > 0 && others.length > 0) offer('other-entry', others.map((r) => `${r.tender} ${r.is}`), others.map((r) => r.tender))
  for (const way of ['qr', 'cash'] as const) {
    const tender = readiness.find((r) => r.tender === way)
    if (usable(tender)) offer(way, [`${way} ${tender.is}`])
  }
  const workarounds = offers.filter((one) => one !== undefined)
  const list = (language: 'zh-CN' | 'en'): Record<string, string> => ({ ways: workarounds.map((w) => fill(w, language)).join(language === 'en' ? '; ' : '；'), ...names(blocked.map((r) => r.tender))(language) })
  const line = queryFirst ? CARD_TEXTS.queryFirst : workarounds.length > 0 ? CARD_TEXTS.instead : CARD_TEXTS.nothing
  return { line: both(line, list), because, queryFirst, workarounds }
}
