import type { ProbeRun, Transcript } from '../../../model/check.ts'
import type { Observation } from '../../../model/observation.ts'
import type { TransactionStep } from '../../../model/transaction.ts'
import { detailWords, whyWords } from '../details.ts'
import { clock, shared, t, valueInWords, wordFor } from '../words.ts'
import { type Column, Table } from './table.tsx'

/** An observation older than this, in ms, at the start of its check is shown with its time. */
const OLD_MS = 60_000

const Seen = ({ o, checkedAt }: { o: Observation; checkedAt: number }) => (
  <>
    {'value' in o ? valueInWords(o.value) : <span class="absent">{whyWords(o)}</span>}
    {o.source !== 'live' && <small> {wordFor('source', o.source)}{o.at < checkedAt - OLD_MS && ` ${clock(o.at)}`}</small>}
  </>
)

const observationColumns = (checkedAt: number): Column<Observation>[] => [
  { name: t('name'), lead: true, show: (o) => <code>{o.name}</code> },
  { name: t('value'), show: (o) => <Seen o={o} checkedAt={checkedAt} /> },
]

/** All that was seen, by device. */
export const Observations = ({ observations, checkedAt }: { observations: readonly Observation[]; checkedAt: number }) => (
  <details class="card">
    <summary>{t('observations')} <small>{observations.length}</small></summary>
    {[...new Set(observations.map((o) => o.device))].map((device) => (
      <div key={device} class="observations">
        <h3>{device}</h3>
        <Table label={device} columns={observationColumns(checkedAt)} rows={observations.filter((o) => o.device === device)} keyOf={(o) => `${o.name} ${o.at}`} />
      </div>
    ))}
  </details>
)

/** The bytes and answers exchanged, one folded text per device. */
export const Transcripts = ({ transcripts }: { transcripts: readonly Transcript[] }) => (
  <>
    {transcripts.map((tr) => <details class="card" key={tr.device}><summary>{t('transcript')} · {tr.device}</summary><pre>{tr.text}</pre></details>)}
  </>
)

const runColumns = (): Column<ProbeRun>[] => [
  { name: t('device'), lead: true, show: (run) => run.device },
  { name: t('kind'), show: (run) => shared(`kind.${run.kind}`) },
  { name: t('outcome'), show: (run) => shared(`outcome.${run.outcome}`) },
  { name: t('took'), number: true, show: (run) => `${run.ms.toFixed(0)} ms` },
  { name: t('detail'), show: (run) => run.detail && detailWords(run.detail) },
]

/** How each probe went. */
export const Probes = ({ runs }: { runs: readonly ProbeRun[] }) => (
  <details class="card">
    <summary>{t('probes')} <small>{runs.length}</small></summary>
    <Table label={t('probes')} columns={runColumns()} rows={runs} keyOf={(run) => `${run.device} ${run.kind}`} />
  </details>
)

/** In the smallest unit of its currency, as the wire has it, for a currency that this browser does not know. */
const amount = ({ amountMinor, currency }: TransactionStep): string => {
  if (amountMinor === undefined) return ''
  if (currency === undefined) return String(amountMinor)
  const format = new Intl.NumberFormat(undefined, { style: 'currency', currency, currencyDisplay: 'code' })
  return format.format(amountMinor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 0))
}

const stepColumns = (): Column<TransactionStep>[] => [
  { name: t('transaction'), lead: true, show: (s) => s.transaction },
  { name: t('when'), show: (s) => clock(s.at) },
  { name: t('step'), show: (s) => wordFor('step', s.step) },
  { name: t('tender'), show: (s) => s.tender && tenderWord(s.tender) },
  { name: t('amount'), number: true, show: amount },
  { name: t('answer'), show: (s) => [s.responseCode, s.error].filter(Boolean).join(' ') },
]

const tenderWord = (tender: NonNullable<TransactionStep['tender']>): string => (tender === 'manual' || tender === 'other' ? t(`tender.${tender}`) : shared(`tender.${tender}`))

/** The masked steps of the transactions around the fault. */
export const Transactions = ({ steps }: { steps: readonly TransactionStep[] }) => steps.length === 0 ? null : (
  <section class="card">
    <h2>{t('transactions')}</h2>
    <Table label={t('transactions')} columns={stepColumns()} rows={steps} keyOf={(s) => `${s.transaction} ${s.step} ${s.at}`} />
  </section>
)
