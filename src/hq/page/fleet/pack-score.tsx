import type { Measured, OfferPack } from '../../../model/pack.ts'
import { MEASURE_TEXTS } from '../../../texts/measures.ts'
import { type Column, Table } from '../parts/table.tsx'
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

const Became = ({ is }: { is: keyof typeof LOOKS }) => <span class={LOOKS[is]}><span aria-hidden="true">{SIGNS[is]}</span> {f(`pack-${is}`)}</span>

const columns = ({ before, after }: OfferPack['measured']): Column<Measure>[] => [
  { name: f('pack-measure'), lead: true, show: (m) => inWords(MEASURE_TEXTS[m]) },
  { name: f('pack-before'), number: true, show: (m) => said(m, before[m]) },
  { name: f('pack-after'), number: true, show: (m) => said(m, after[m]) },
  { name: f('pack-became'), show: (m) => <Became is={becameOf(m, before, after)} /> },
]

/** What the scenarios said of a pack and of what stood before it, as it was recorded when it was offered. */
export const PackScore = ({ measured }: { measured: OfferPack['measured'] }) => (
  <section class="card table">
    <h2>{f('pack-score', { n: measured.after.scenarios })} <small>{f('pack-score-hint')}</small></h2>
    <Table label={f('pack-score', { n: measured.after.scenarios })} columns={columns(measured)} rows={Object.keys(MEASURE_TEXTS) as Measure[]} keyOf={(m) => m} />
  </section>
)
