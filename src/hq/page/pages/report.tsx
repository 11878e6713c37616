import { useEffect, useState } from 'preact/hooks'
import type { Verdict } from '../../../model/diagnosis.ts'
import type { Report } from '../../../model/report.ts'
import type { StoredReport } from '../../../model/wire.ts'
import { useAsked } from '../data.ts'
import { Shown } from '../parts/asked.tsx'
import { FaultCard } from '../parts/fault.tsx'
import { ReadinessChips } from '../parts/marks.tsx'
import { clock, inWords, percent, shared, t } from '../words.ts'

const Facts = ({ stored }: { stored: StoredReport }) => {
  const { report, receivedAt } = stored
  const masked = Object.values(report.masked).reduce((sum, n) => sum + n, 0)
  return (
    <dl class="facts">
      <div><dt>{t('terminal')}</dt><dd><a href={`/terminals/${report.terminal.id}`}>{report.terminal.id}</a> {report.terminal.store ?? ''}</dd></div>
      <div><dt>{t('made')}</dt><dd>{clock(report.at)}</dd></div>
      <div><dt>{t('received')}</dt><dd>{clock(receivedAt)}</dd></div>
      <div><dt>{t('trigger')}</dt><dd>{t(`trigger.${report.check.trigger.by}`)} {report.check.trigger.detail ?? ''}</dd></div>
      <div><dt>{t('clock-quality')}</dt><dd>{t(`clock.${report.clock}`)}</dd></div>
      <div><dt>{t('version')}</dt><dd>{report.agent.version}</dd></div>
      {masked > 0 && <div><dt>PAN</dt><dd>{t('masked', { n: masked })}</dd></div>}
    </dl>
  )
}

/** Open causes below this probability are named, not told at length. */
const LIKELY = 0.05

const Brief = ({ title, verdicts }: { title: string; verdicts: readonly Verdict[] }) => verdicts.length === 0 ? null : (
  <details class="card">
    <summary>{title} ({verdicts.length})</summary>
    <ul class="columns">{verdicts.map((v) => <li key={`${v.fault}${v.device}`}><code>{v.fault}</code> {v.device} <small>{percent(v.posterior)} · {v.against.slice(0, 2).map((e) => e.symptom).join(', ')}</small></li>)}</ul>
  </details>
)

const Causes = ({ report }: { report: Report }) => {
  const { verdicts, unexplained } = report.check.diagnosis
  const found = verdicts.filter((v) => v.verdict === 'found')
  const open = verdicts.filter((v) => v.verdict === 'open' && v.posterior >= LIKELY)
  const unlikely = verdicts.filter((v) => v.verdict === 'open' && v.posterior < LIKELY)
  const out = verdicts.filter((v) => v.verdict === 'ruled-out')
  const { symptoms, observations } = report.check
  return (
    <>
      <h2>{t('causes')}</h2>
      {found.length === 0 && <p class="headline is-ready">✓ {t('nothing-wrong')}</p>}
      {[...found, ...open].map((v) => <FaultCard key={`${v.fault}${v.device}`} verdict={v} fault={report.faults.find((f) => f.code === v.fault)} faults={report.faults} symptoms={symptoms} observations={observations} />)}
      {unexplained.length > 0 && (
        <section class="card"><h3>{t('unexplained')}</h3><ul>{unexplained.map((s) => {
          const symptom = symptoms.find((x) => x.id === s.symptom && x.device === s.device)
          return <li key={`${s.symptom}${s.device}`}>{symptom?.meaning ? inWords(symptom.meaning) : s.symptom} <small>{s.device}</small></li>
        })}</ul></section>
      )}
      <Brief title={t('considered')} verdicts={unlikely} />
      <Brief title={t('ruled-out')} verdicts={out} />
    </>
  )
}

const Observations = ({ report }: { report: Report }) => {
  const devices = [...new Set(report.check.observations.map((o) => o.device))]
  return (
    <details class="card">
      <summary>{t('observations')} ({report.check.observations.length})</summary>
      {devices.map((device) => (
        <div key={device} class="scroll">
          <h4>{device}</h4>
          <table>
            <thead><tr><th>{t('name')}</th><th>{t('value')}</th></tr></thead>
            <tbody>
              {report.check.observations.filter((o) => o.device === device).map((o) => (
                <tr key={o.name}><td><code>{o.name}</code></td><td>{'value' in o ? String(o.value) : <span class="absent">{o.absent}: {o.detail}</span>} {o.source !== 'live' && <small>({o.source}, {clock(o.at)})</small>}</td></tr>
              ))}
            </tbody>
          </table>
        </div>
      ))}
    </details>
  )
}

const Download = ({ report }: { report: Report }) => {
  const [url, setUrl] = useState('')
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([JSON.stringify(report, null, 2)], { type: 'application/json' }))
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [report.id])
  return <p><a class="button" download={`${report.terminal.id}-${report.id}.json`} href={url}>{t('download-json')}</a></p>
}

const Content = ({ stored }: { stored: StoredReport }) => {
  const { report } = stored
  return (
    <>
      <div class="title">
        <h1>{t('report')} {t('report-number', { n: report.sequence })}</h1>
        <ReadinessChips readiness={report.check.readiness} />
      </div>
      <Facts stored={stored} />
      <Causes report={report} />
      {report.agentProblems.length > 0 && <section class="card"><h3>{t('agent-problems')}</h3><ul>{report.agentProblems.map((p) => <li key={p.code + p.detail}><code>{p.code}</code> {p.detail}</li>)}</ul></section>}
      {report.transactions.length > 0 && (
        <section class="card scroll"><h3>{t('transactions')}</h3>
          <table><tbody>{report.transactions.map((s) => <tr key={`${s.transaction}${s.step}${s.at}`}><td>{clock(s.at)}</td><td>{s.transaction}</td><td>{s.step}</td><td>{s.tender ?? ''}</td><td class="number">{s.amountMinor === undefined ? '' : (s.amountMinor / 100).toFixed(2)}</td><td>{s.responseCode ?? ''} {s.error ?? ''}</td></tr>)}</tbody></table>
        </section>
      )}
      <Observations report={report} />
      {report.check.transcripts.map((tr) => <details class="card" key={tr.device}><summary>{t('transcript')} · {tr.device}</summary><pre>{tr.text}</pre></details>)}
      <details class="card">
        <summary>{t('probes')}</summary>
        <table><tbody>{report.check.runs.map((run) => <tr key={run.device}><td>{run.device}</td><td>{shared(`kind.${run.kind}`)}</td><td>{shared(`outcome.${run.outcome}`)}</td><td class="number">{run.ms.toFixed(0)} ms</td><td>{run.detail ?? ''}</td></tr>)}</tbody></table>
      </details>
      <Download report={report} />
    </>
  )
}

/** One report, whole: ranked causes with their evidence, remedies, what was seen, the bytes. */
export const ReportPage = ({ terminal, id }: { terminal: string; id: string }) => {
  const asked = useAsked<StoredReport>(`/api/reports/${terminal}/${id}`, [])
  return <Shown asked={asked}>{(stored) => <Content stored={stored} />}</Shown>
}
