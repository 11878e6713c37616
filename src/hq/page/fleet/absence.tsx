import type { AbsenceCause, AbsenceRow } from '../../../model/triage.ts'
import { Ago } from '../parts/time.tsx'
import { inWords, listed, percent } from '../words.ts'
import { costInWords, f } from './words.ts'

/** A fact that changes a probability by less than a quarter says little. */
const TELLING = 1.25

const strongest = (factors: Partial<Record<AbsenceCause, number>>): AbsenceCause[] =>
  (Object.entries(factors) as [AbsenceCause, number][]).filter(([, factor]) => factor >= TELLING).toSorted(([, a], [, b]) => b - a).slice(0, 2).map(([cause]) => cause)

/** Why nothing is heard of a store or a terminal: causes with their probabilities, and what speaks for each. */
export const AbsenceCard = ({ absence }: { absence: AbsenceRow }) => {
  const [likeliest] = absence.causes
  return (
    <section class="card absence">
      <h2>{absence.scope === 'store' ? f('store-silent', { n: absence.terminals }) : <>{f('terminal-silent')} <a href={`/terminals/${absence.place}`}>{absence.place}</a></>}{likeliest && <> · {f('probably', { cause: f(`cause.${likeliest.cause}`) })}</>}</h2>
      <p class="hint">{f('silent-since')} <Ago at={absence.since} />{absence.cost && <> · {costInWords(absence.cost)}</>}{absence.care?.assignee && <> · {f('assignee')} {absence.care.assignee}</>}</p>
      <div class="sides">
        <ul class="named-bars">
          {absence.causes.map(({ cause, p }) => (
            <li key={cause}><span class="bar-name">{f(`cause.${cause}`)}</span><span class="bar" aria-hidden="true"><span style={{ width: `${p * 100}%` }} /></span><span class="number">{percent(p)}</span></li>
          ))}
        </ul>
        <div>
          <h3 class="part">{f('because')}</h3>
          <ul class="plain">
            {absence.evidence.map(({ id, text, factors }) => {
              const causes = strongest(factors)
              return <li key={id}>{inWords(text)}{causes.length > 0 && <small> → {listed(causes.map((c) => f(`cause.${c}`)))}</small>}</li>
            })}
          </ul>
        </div>
      </div>
    </section>
  )
}
