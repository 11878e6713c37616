import type { DeliveryRow, Scope } from '../../../model/alerts.ts'
import { fill, type Params } from '../../../texts/say.ts'
import type { Failed } from '../data.ts'
import { language, listed, shared, trouble } from '../words.ts'
import { ALERT_TEXTS } from './texts.ts'

export type AlertKey = keyof typeof ALERT_TEXTS

/** A text of the alert pages. */
export const a = (key: AlertKey, params?: Params): string => fill(ALERT_TEXTS[key], language.value, params)

/** What went wrong, in the reader's language; of a form HQ says which part. */
export const alertTrouble = (failed: Failed): string => {
  const key = `problem.${failed.kind}`
  return Object.hasOwn(ALERT_TEXTS, key) ? a(key as AlertKey, { detail: failed.detail }) : trouble(failed)
}

/** Why a message did not go out, with what the other side said. */
export const problemInWords = ({ kind, detail }: NonNullable<DeliveryRow['problem']>): string => [a(`trouble.${kind}`), detail].filter(Boolean).join(language.value === 'en' ? ': ' : '：')

/** A scope in words. */
export const scopeInWords = ({ severities = [], faults = [], regions = [], stores = [], terminals = [] }: Scope): string => {
  const parts = [severities.map((s) => shared(`severity.${s}`)), faults, regions, stores, terminals].filter((p) => p.length > 0)
  return parts.length === 0 ? a('scope.all') : parts.map(listed).join(' · ')
}
