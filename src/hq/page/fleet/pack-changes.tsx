import type { Fault, RemedyStep } from '../../../model/fault.ts'
import type { PackBody } from '../../../model/pack.ts'
import { type Column, Table } from '../parts/table.tsx'
import { inWords, listed, percent } from '../words.ts'
import { f } from './words.ts'

type RemedyCount = PackBody['remedies'][number]
type SymptomCount = PackBody['symptoms'][number]

const cures = (step: RemedyStep | undefined): string =>
  step?.cures === undefined ? '' : typeof step.cures === 'number' ? percent(step.cures) : listed(Object.entries(step.cures).map(([way, p]) => `${way} ${percent(p)}`))

/** So many of all, in words, with a bar of the same length. */
const Share = ({ yes, no }: { yes: number; no: number }) => {
  const p = yes / Math.max(1, yes + no)
  return <>{f('pack-of', { yes, all: yes + no, p: percent(p) })}<span class="weight" aria-hidden="true"><span style={{ width: `${p * 100}%` }} /></span></>
}

const remedyColumns = (fault: Fault | undefined): Column<RemedyCount>[] => {
  const stepOf = (row: RemedyCount): RemedyStep | undefined => fault?.remedy.steps.find((s) => s.id === row.remedy)
  return [
    { name: f('pack-step'), lead: true, show: (row) => { const step = stepOf(row); return step ? inWords(step) : <><code>{row.remedy}</code> <small>{f('pack-strange')}</small></> } },
    { name: f('model'), show: (row) => [row.model ?? f('pack-all-models'), row.firmware].filter(Boolean).join(' · ') },
    { name: f('pack-estimate'), number: true, show: (row) => cures(stepOf(row)) },
    { name: f('pack-counted'), show: (row) => <Share yes={row.worked} no={row.failed} /> },
  ]
}

const symptomColumns = (fault: Fault | undefined): Column<SymptomCount>[] => [
  { name: f('pack-symptom'), lead: true, show: (row) => <code>{row.symptom}</code> },
  { name: f('pack-estimate'), number: true, show: (row) => listed([...new Set(fault?.shows.filter((s) => s.symptom === row.symptom).map((s) => percent(s.p)) ?? [])]) },
  { name: f('pack-counted'), show: (row) => <Share yes={row.shown} no={row.hidden} /> },
]

const OneFault = ({ code, fault, body }: { code: string; fault: Fault | undefined; body: PackBody }) => {
  const remedies = body.remedies.filter((r) => r.fault === code)
  const symptoms = body.symptoms.filter((s) => s.fault === code)
  return (
    <section class="card table">
      <h2><a href={`/catalogue/${encodeURIComponent(code)}`}>{fault ? inWords(fault.title) : code}</a> <small><code>{code}</code>{!fault && ` · ${f('pack-strange')}`}</small></h2>
      {remedies.length > 0 && <Table label={`${code} ${f('pack-step')}`} columns={remedyColumns(fault)} rows={remedies} keyOf={(r) => `${r.remedy} ${r.model ?? ''} ${r.firmware ?? ''}`} />}
      {symptoms.length > 0 && <Table label={`${code} ${f('pack-symptom')}`} columns={symptomColumns(fault)} rows={symptoms} keyOf={(s) => s.symptom} />}
    </section>
  )
}

/** What a pack changes against the built-in catalogue: by fault, the remedies and symptoms that it has counts of. */
export const PackChanges = ({ body, faults }: { body: PackBody; faults: readonly Fault[] }) => {
  const codes = [...new Set([...body.remedies, ...body.symptoms].map((row) => row.fault))].toSorted()
  return (
    <>
      <h2>{f('pack-changes')} <small>{f('pack-counts-of', { remedies: body.remedies.length, symptoms: body.symptoms.length })}</small></h2>
      <p class="hint">{f('pack-changes-hint')}</p>
      {codes.length === 0 && <p class="empty">{f('pack-nothing')}</p>}
      {codes.map((code) => <OneFault key={code} code={code} fault={faults.find((x) => x.code === code)} body={body} />)}
    </>
  )
}
