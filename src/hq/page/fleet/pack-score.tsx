import type { Measured, OfferPack } from '../../../model/pack.ts'
import { MEASURE_TEXTS } from '../../../texts/measures.ts'
import { inWords, number } from '../words.ts'
import { f } from './words.ts'

type Measure = keyof typeof MEASURE_TEXTS

/** Of these less is better, of the others more; the first two are counts, the last two errors, the others shares. */
const LESS: ReadonlySet<Measure> = new Set(['falseAlarms', 'missed', 'extra', 'calibration', 'brier'])
const PLAIN: ReadonlySet<Measure> = new Set(['falseAlarms', 'missed', 'calibration', 'brier'])

const said = (measure: Measure, value: number): string => (PLAIN.has(measure) ? number(value, 4) : `${number(value * 100, 1)}%`)

const becameOf = (measure: Measure, before: Measured, after: Measured): 'better' | 'worse' | 'same' => {
  const more = after[measure] - before[measure]
  return more === 0 ? 'same' : more < 0 === LESS.has(measure) ? 'better' : 'worse'
}

const LOOKS = { better: 'contact-online', worse: 'contact-offline', same: 'soft' } as const
const SIGNS = { better: '▲', worse: '▼', same: '=' } as const

/** What the scenarios said of a pack and of what stood before it, as it was recorded when it was offered. */
export const PackScore = ({ measured: { before, after } }: { measured: OfferPack['measured'] }) => (
  <section class="card table">
    <h2>{f('pack-score', { n: after.scenarios })} <small>{f('pack-score-hint')}</small></h2>
    <div class="scroll"><table class="dense" aria-label={f('pack-score', { n: after.scenarios })}>
      <thead><tr><th scope="col">{f('pack-measure')}</th><th scope="col" class="number">{f('pack-before')}</th><th scope="col" class="number">{f('pack-after')}</th><th scope="col">{f('pack-became')}</th></tr></thead>
      <tbody>{(Object.keys(MEASURE_TEXTS) as Measure[]).map((m) => {
        const became = becameOf(m, before, after)
        return <tr key={m}><td>{inWords(MEASURE_TEXTS[m])}</td><td class="number">{said(m, before[m])}</td><td class="number">{said(m, after[m])}</td><td><span class={LOOKS[became]}><span aria-hidden="true">{SIGNS[became]}</span> {f(`pack-${became}`)}</span></td></tr>
      })}</tbody>
    </table></div>
  </section>
)
