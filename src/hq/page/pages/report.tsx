import { useEffect, useState } from 'preact/hooks'
import type { Verdict } from '../../../model/diagnosis.ts'
import type { Report } from '../../../model/report.ts'
import { runnerUp } from '../../../model/runner-up.ts'
import type { StoredReport } from '../../../model/wire.ts'
import { useAsked } from '../data.ts'
import { Shown } from '../parts/asked.tsx'
import { CannotKnow, DecisionCard, Unexplained } from '../parts/beside.tsx'
import { FaultCard, type Known, Name, NearMiss, OpenCause, SymptomWords } from '../parts/fault.tsx'
import { ReadinessChips, ReadinessLine } from '../parts/marks.tsx'
import { Observations, Probes, Transactions, Transcripts } from '../parts/record.tsx'
import { Made } from '../parts/time.tsx'
import { useTitle } from '../title.ts'
import { clock, percent, t, wordFor } from '../words.ts'

const Facts = ({ stored }: { stored: StoredReport }) => {
  const { report, receivedAt } = stored
  const masked = Object.values(report.masked).reduce((sum, n) => sum + n, 0)
  return (
    <dl class="facts">
      <div><dt>{t('terminal')}</dt><dd><a href={`/terminals/${report.terminal.id}`}>{report.terminal.id}</a> {report.terminal.store}</dd></div>
      <div><dt>{t('made')}</dt><dd><Made at={report.at} redated={stored.redated} /></dd></div>
      <div><dt>{t('received')}</dt><dd>{clock(receivedAt)}</dd></div>
      <div><dt>{t('trigger')}</dt><dd>{wordFor('trigger', report.check.trigger.by)} {report.check.trigger.by !== 'hq' && report.check.trigger.detail && <small>{report.check.trigger.detail}</small>}</dd></div>
      <div><dt>{t('clock-quality')}</dt><dd>{wordFor('clock', report.clock)}</dd></div>
      <div><dt>{t('version')}</dt><dd>{report.agent.version}</dd></div>
      <div><dt>{t('signature')}</dt><dd>{stored.signedBy === undefined ? t('not-signed') : <span title={stored.signedBy}>✓ {t('signed')}</span>}</dd></div>
      {masked > 0 && <div><dt>{t('card-data')}</dt><dd>{t('masked', { n: masked })}</dd></div>}
    </dl>
  )
}

/** Open causes below this probability are named, not told at length. */
const LIKELY = 0.05

const Brief = ({ title, verdicts, known }: { title: string; verdicts: readonly Verdict[]; known: Known }) => verdicts.length === 0 ? null : (
  <details class="card">
    <summary>{title} <small>{verdicts.length}</small></summary>
    <ul class="columns">{verdicts.map((v) => (
      <li key={`${v.fault} ${v.device}`}><Name verdict={v} known={known} /> <small>{percent(v.posterior)}{v.against.length > 0 && <> · {t('evidence-against')} {v.against.slice(0, 2).map((e) => <span class="clause" key={`${e.symptom} ${e.device}`}><SymptomWords id={e.symptom} device={e.device} known={known} /></span>)}</>}</small></li>
    ))}</ul>
  </details>
)

const Causes = ({ report }: { report: Report }) => {
  const { verdicts } = report.check.diagnosis
  const found = verdicts.filter((v) => v.verdict === 'found')
  const near = runnerUp(report.check.diagnosis)
  const open = verdicts.filter((v) => v.verdict === 'open' && v.posterior >= LIKELY && v !== near)
  const known = { ...report.check, faults: report.faults }
  const keyOf = (v: Verdict): string => `${v.fault} ${v.device}`
  return (
    <section aria-labelledby="causes">
      <h2 id="causes">{t('causes')}</h2>
      {found.length === 0 && <p class="card">{t('nothing-wrong')}</p>}
      {found.map((v) => <FaultCard key={keyOf(v)} verdict={v} known={known} />)}
      <NearMiss known={known} />
      <Unexplained known={known} />
      {open.map((v) => <OpenCause key={keyOf(v)} verdict={v} known={known} />)}
      <CannotKnow check={report.check} />
      <Brief title={t('considered')} verdicts={verdicts.filter((v) => v.verdict === 'open' && v.posterior < LIKELY)} known={known} />
      <Brief title={t('ruled-out')} verdicts={verdicts.filter((v) => v.verdict === 'ruled-out')} known={known} />
    </section>
  )
}

const Download = ({ report }: { report: Report }) => {
  const [url, setUrl] = useState('')
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([JSON.stringify(report, null, 2)], { type: 'application/json' }))
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [report.id])
  return <p class="pages"><a class="button" download={`${report.terminal.id}-${report.id}.json`} href={url}>{t('download-json')}</a></p>
}

const Content = ({ stored }: { stored: StoredReport }) => {
  const { report } = stored
  const { check, agentProblems } = report
  return (
    <>
      <div class="title">
        <h1>{t('report-title', { n: report.sequence })}</h1>
        <ReadinessChips readiness={check.readiness} />
      </div>
      <ReadinessLine readiness={check.readiness} />
      <Facts stored={stored} />
      <DecisionCard check={check} />
      <Causes report={report} />
      {agentProblems.length > 0 && <section class="card"><h3>{t('agent-problems')}</h3><ul class="plain">{agentProblems.map((p) => <li key={p.code + p.detail}><code>{p.code}</code> {p.detail}</li>)}</ul></section>}
      <Transactions steps={report.transactions} />
      <Observations observations={check.observations} checkedAt={check.startedAt} />
      <Transcripts transcripts={check.transcripts} />
      <Probes runs={check.runs} />
      <Download report={report} />
    </>
  )
}

/** One report, whole: ranked causes with their evidence, remedies, what was seen, the bytes. */
export const ReportPage = ({ terminal, id }: { terminal: string; id: string }) => {
  const asked = useAsked<StoredReport>(`/api/reports/${terminal}/${id}`, ['reports'], { once: true })
  useTitle(...(asked.state === 'here' ? [t('report-title', { n: asked.value.report.sequence })] : [t('report')]), terminal)
  return (
    <>
      <Shown asked={asked}>{(stored) => <Content stored={stored} />}</Shown>
      {asked.state === 'failed' && <p><a class="button" href={`/terminals/${terminal}`}>{terminal}</a></p>}
    </>
  )
}
