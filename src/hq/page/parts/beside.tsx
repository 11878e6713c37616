import type { Card } from '../../../model/card.ts'
import type { Check } from '../../../model/check.ts'
import { CARD_TEXTS } from '../../../texts/card.ts'
import { unseenOf, whyWords } from '../details.ts'
import { inWords, listed, shared, t } from '../words.ts'
import { type Known, SymptomWords } from './fault.tsx'

/** What the cashier is told for a customer who wants to pay by card while that does not work. */
export const DecisionCard = ({ card }: { card: Card | undefined }) => !card ? null : (
  <section class="card">
    <h2>{inWords(CARD_TEXTS.title)}</h2>
    <p>{card.queryFirst && <b>{t('query-first')} </b>}{inWords(card.line)}</p>
    {card.workarounds.length > 0 && (
      <ol>{card.workarounds.map((w) => (
        <li key={w.way}><b>{inWords(w)}</b> {inWords(w.note)} <small>{t('measured-good')} <code>{w.measured.join(', ')}</code></small></li>
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
