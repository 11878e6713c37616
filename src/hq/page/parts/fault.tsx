import type { Evidence, FaultAt, Verdict } from '../../../model/diagnosis.ts'
import type { Fault } from '../../../model/fault.ts'
import type { Observation } from '../../../model/observation.ts'
import type { Symptom } from '../../../model/symptom.ts'
import { inWords, percent, shared, t } from '../words.ts'
import { SeverityMark } from './marks.tsx'

/** What was seen, in short: `name = value` or `name (absence)`. */
export const shown = (o: Observation): string => ('value' in o ? `${o.name} = ${o.value}` : `${o.name} (${o.absent})`)

interface Known {
  symptoms: readonly Symptom[]
  observations: readonly Observation[]
}

const EvidenceList = ({ title, evidence, known, tone }: { title: string; evidence: readonly Evidence[]; known: Known; tone: 'for' | 'against' }) => {
  if (evidence.length === 0) return null
  const most = Math.max(...evidence.map((e) => Math.abs(e.weight)))
  return (
    <div class={`evidence ${tone}`}>
      <h4>{title}</h4>
      <ul>
        {evidence.slice(0, 8).map((e) => {
          const symptom = known.symptoms.find((s) => s.id === e.symptom && s.device === e.device)
          const seen = known.observations.filter((o) => o.device === e.device && (symptom?.because.includes(o.name) ?? false)).slice(0, 3)
          return (
            <li key={`${e.symptom}${e.device}`}>
              <span class="weight" aria-hidden="true"><span style={{ width: `${(Math.abs(e.weight) / most) * 100}%` }} /></span>
              <span>{symptom?.meaning ? inWords(symptom.meaning) : <code>{e.symptom}</code>} <small>{e.device} · {e.weight > 0 ? '+' : ''}{e.weight.toFixed(1)}</small>
                {seen.length > 0 && <code class="seen">{seen.map(shown).join(', ')}</code>}</span>
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

/** One cause: how sure, what speaks for it and against it, and what to do. */
export const FaultCard = ({ verdict, fault, symptoms, observations, faults = [] }: { verdict: Verdict; fault: Fault | undefined; faults?: readonly Fault[] } & Known) => {
  const known = { symptoms, observations }
  return (
    <section class="card cause">
      <h3>{fault ? inWords(fault.title) : verdict.fault} <code>{verdict.fault}</code> <span class="mark">{verdict.device}</span> {fault && <SeverityMark is={fault.severity} />}</h3>
      <p class="posterior"><meter min={0} max={1} value={verdict.posterior} aria-label={t('confidence')} /> <b>{percent(verdict.posterior)}</b> {shared(`verdict.${verdict.verdict}`)}{verdict.follows && ` · ${t('follows', { fault: titleOf(verdict.follows, faults) })}`}</p>
      <EvidenceList title={t('evidence-for')} evidence={verdict.for} known={known} tone="for" />
      <EvidenceList title={t('evidence-against')} evidence={verdict.against} known={known} tone="against" />
      {verdict.notLookedAt.length > 0 && <p class="hint">{t('not-looked-at')}: {verdict.notLookedAt.slice(0, 5).map((s) => <code key={`${s.symptom}${s.device}`}>{s.symptom} {s.device} </code>)}</p>}
      {fault && !verdict.follows && (
        <div class="remedy">
          <h4>{t('steps')} <small>{t('who')}: {fault.actors.map((a) => shared(`actor.${a}`)).join(' → ')}</small></h4>
          <ol>{fault.remedy.steps.map((step) => <li key={step.en}>{inWords(step)}</li>)}</ol>
          <dl class="texts">
            <dt>{t('workaround')}</dt><dd>{inWords(fault.remedy.workaround)}</dd>
            <dt>{t('verify')}</dt><dd>{inWords(fault.remedy.verify)}</dd>
            <dt>{t('keep-evidence')}</dt><dd>{inWords(fault.evidence)}</dd>
          </dl>
        </div>
      )}
    </section>
  )
}
