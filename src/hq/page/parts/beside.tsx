import type { Check } from '../../../model/check.ts'
import { CARD_TEXTS } from '../../../texts/card.ts'
import { seenWords, unseenOf, whyWords } from '../details.ts'
import { inWords, language, listed, shared, t } from '../words.ts'
import { type Known, SymptomWords } from './fault.tsx'

/** What was measured as good - a way of paying, a symptom that was not seen, or a reading - in words, where the report has them. */
const goodWords = (reading: string, { readiness, symptoms, observations }: Check): string => {
  const [name, is] = reading.split(' ')
  const tender = readiness.find((r) => r.tender === name && r.is === is)
  if (tender !== undefined) return `${shared(`tender.${tender.tender}`)} ${shared(`readiness.${tender.is}`)}`
  const meaning = symptoms.find((s) => s.id === name && s.is === is)?.meaning
  if (meaning !== undefined) return `${t('symptom-absent')} · ${inWords(meaning)}`
  return observations.filter((o) => o.name === name).map(seenWords).find((words) => words !== '') ?? reading
}

/** What the cashier is told for a customer who wants to pay by card while that does not work. */
export const DecisionCard = ({ check }: { check: Check }) => !check.card ? null : (
  <section class="card">
    <h2>{inWords(CARD_TEXTS.title)}</h2>
    <p>{check.card.queryFirst && <b>{t('query-first')} </b>}{inWords(check.card.line)}</p>
    {check.card.workarounds.length > 0 && (
      <ol>{check.card.workarounds.map((w) => (
        <li key={w.way}><b>{inWords(w)}</b> {inWords(w.note)} <small>{t('rests-on')} {w.measured.map((reading) => goodWords(reading, check)).join(language.value === 'en' ? '; ' : '；')}</small></li>
      ))}</ol>
    )}
  </section>
)

/** Symptoms that no found fault explains. */
export const Unexplained = ({ known }: { known: Known }) => known.diagnosis.unexplained.length === 0 ? null : (
  <section class="card"><h3>{t('unexplained')}</h3><ul class="plain">{known.diagnosis.unexplained.map((s) => (
    <li key={`${s.symptom} ${s.device}`}><SymptomWords id={s.symptom} device={s.device} known={known} /> <small>{s.device}</small></li>
  ))}</ul></section>
)

/** What could not be looked at, and why. */
export const CannotKnow = ({ check }: { check: Check }) => {
  const groups = unseenOf(check.observations)
  return groups.length === 0 ? null : (
    <section class="card"><h3>{shared('check.cannot-know')}</h3><ul class="plain">{groups.map((group) => (
      <li key={`${group.absent} ${group.detail}`}>{whyWords(group)} <small>{listed(group.devices)}</small></li>
    ))}</ul></section>
  )
}
