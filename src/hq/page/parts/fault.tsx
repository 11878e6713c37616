import type { Evidence, FaultAt, Verdict } from '../../../model/diagnosis.ts'
import type { Fault } from '../../../model/fault.ts'
import type { Observation } from '../../../model/observation.ts'
import type { Symptom } from '../../../model/symptom.ts'
import { seenWords } from '../details.ts'
import { inWords, listed, percent, shared, t } from '../words.ts'
import { SeverityMark } from './marks.tsx'

/** What a report tells around a verdict; all empty where the report is not at hand. */
export interface Known {
  symptoms: readonly Symptom[]
  observations: readonly Observation[]
  faults: readonly Fault[]
}

/** A symptom by what it means, its id beside it; the id alone where the report does not tell. */
export const SymptomWords = ({ id, device, known }: { id: string; device: string; known: Pick<Known, 'symptoms'> }) => {
  const meaning = known.symptoms.find((s) => s.id === id && s.device === device)?.meaning
  return meaning ? <span title={id}>{inWords(meaning)}</span> : <code>{id}</code>
}

/** Evidence below this weight, in nats, changes no mind. */
const TELLING = 0.2
const MOST = 8

const EvidenceList = ({ title, evidence, known, tone }: { title: string; evidence: readonly Evidence[]; known: Known; tone: 'for' | 'against' }) => {
  const telling = evidence.filter((e) => Math.abs(e.weight) >= TELLING).slice(0, MOST)
  if (telling.length === 0) return null
  const most = Math.max(...telling.map((e) => Math.abs(e.weight)))
  return (
    <div class={`evidence ${tone}`}>
      <h4>{title}</h4>
      <ul>
        {telling.map((e) => {
          const symptom = known.symptoms.find((s) => s.id === e.symptom && s.device === e.device)
          const seen = known.observations.filter((o) => o.device === e.device && (symptom?.because.includes(o.name) ?? false)).map(seenWords).filter((words) => words !== '')
          return (
            <li key={`${e.symptom} ${e.device}`}>
              <span class="weight" aria-hidden="true"><span style={{ width: `${(Math.abs(e.weight) / most) * 100}%` }} /></span>
              <span>
                {symptom?.is === 'absent' && <span class="mark">{t('symptom-absent')} · </span>}<SymptomWords id={e.symptom} device={e.device} known={known} /> <small>{e.device} · <span title={t('weight')}>{e.weight > 0 ? '+' : '−'}{Math.abs(e.weight).toFixed(1)}</span></small>
                {seen.length > 0 && <span class="seen">{listed(seen.slice(0, 3))}</span>}
              </span>
            </li>
          )
        })}
      </ul>
    </div>
  )
}

const titleOf = (at: FaultAt, faults: readonly Fault[]): string => {
  const fault = faults.find((f) => f.code === at.fault)
  return fault ? inWords(fault.title) : at.fault
}

const Reasons = ({ verdict, known }: { verdict: Verdict; known: Known }) => (
  <div>
    <EvidenceList title={t('evidence-for')} evidence={verdict.for} known={known} tone="for" />
    <EvidenceList title={t('evidence-against')} evidence={verdict.against} known={known} tone="against" />
    {verdict.notLookedAt.length > 0 && (
      <>
        <h4>{t('not-looked-at')}</h4>
        <ul class="plain">{verdict.notLookedAt.slice(0, 5).map((s) => <li key={`${s.symptom} ${s.device}`}><SymptomWords id={s.symptom} device={s.device} known={known} /> <small>{s.device}</small></li>)}</ul>
      </>
    )}
  </div>
)

const RemedyWords = ({ fault }: { fault: Fault }) => (
  <div class="remedy">
    <h4>{t('steps')} <small>{t('who', { actors: fault.actors.map((a) => shared(`actor.${a}`)).join(' → ') })}</small></h4>
    <ol>{fault.remedy.steps.map((step) => <li key={step.en}>{inWords(step)}</li>)}</ol>
    <dl class="texts">
      <dt>{t('workaround')}</dt><dd>{inWords(fault.remedy.workaround)}</dd>
      <dt>{t('verify')}</dt><dd>{inWords(fault.remedy.verify)}</dd>
      <dt>{t('keep-evidence')}</dt><dd>{inWords(fault.evidence)}</dd>
    </dl>
  </div>
)

const Name = ({ verdict, faults }: { verdict: Verdict; faults: readonly Fault[] }) => {
  const fault = faults.find((f) => f.code === verdict.fault)
  return <>{fault && `${inWords(fault.title)} `}<code>{verdict.fault}</code> <span class="mark">{verdict.device}</span></>
}

const Sureness = ({ verdict, known }: { verdict: Verdict; known: Known }) => (
  <p class="sureness">
    <span class="weight" aria-hidden="true"><span style={{ width: `${verdict.posterior * 100}%` }} /></span>
    <span>{t('confidence')} <b>{percent(verdict.posterior)}</b> · {shared(`verdict.${verdict.verdict}`)}{verdict.follows && ` · ${t('follows', { fault: titleOf(verdict.follows, known.faults) })}`}</span>
  </p>
)

/** One cause: how sure, what speaks for it and against it, and what to do. */
export const FaultCard = ({ verdict, known }: { verdict: Verdict; known: Known }) => {
  const fault = known.faults.find((f) => f.code === verdict.fault)
  return (
    <section class="card cause">
      <h3><Name verdict={verdict} faults={known.faults} /> {fault && <SeverityMark is={fault.severity} />}</h3>
      <Sureness verdict={verdict} known={known} />
      <div class="sides">
        <Reasons verdict={verdict} known={known} />
        {fault && !verdict.follows && <RemedyWords fault={fault} />}
      </div>
    </section>
  )
}

/** A cause that is possible, its evidence folded away. */
export const OpenCause = ({ verdict, known }: { verdict: Verdict; known: Known }) => (
  <details class="card">
    <summary><Name verdict={verdict} faults={known.faults} /> <small>{shared(`verdict.${verdict.verdict}`)} · {percent(verdict.posterior)}</small></summary>
    <Reasons verdict={verdict} known={known} />
  </details>
)
