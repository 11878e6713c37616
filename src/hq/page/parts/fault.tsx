import type { Check } from '../../../model/check.ts'
import type { Evidence, FaultAt, Verdict } from '../../../model/diagnosis.ts'
import type { Fault } from '../../../model/fault.ts'
import { runnerUp } from '../../../model/runner-up.ts'
import { explained, wordingsIn } from '../../../texts/explained.ts'
import { seenWords } from '../details.ts'
import { inWords, language, listed, percent, shared, t } from '../words.ts'
import { SeverityMark } from './marks.tsx'

/** What a report tells around a verdict: its check and the faults that it copies. */
export interface Known extends Pick<Check, 'symptoms' | 'observations' | 'diagnosis' | 'startedAt'> {
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

const titleOf = ({ fault }: FaultAt, known: Known): string | undefined => {
  const title = wordingsIn(known, known.faults).title(fault)
  return title && inWords(title)
}

/** Doubt about something this probable, in nats. */
const doubt = (p: number): number => (p <= 0 || p >= 1 ? 0 : -p * Math.log(p) - (1 - p) * Math.log(1 - p))

/** How much of the doubt about a verdict a look at one more symptom takes away; empty where nobody reckoned it. */
const settling = ({ posterior }: Verdict, settles: number | undefined): string =>
  settles === undefined || doubt(posterior) === 0 ? '' : ` · ${t('settles', { percent: percent(Math.min(1, settles / doubt(posterior))) })}`

/** What a verdict rests on, in sentences. */
const Sentences = ({ verdict, known }: { verdict: Verdict; known: Known }) => {
  // The first one says how sure it is, which the page shows already.
  const [, ...sentences] = explained(verdict, wordingsIn(known, known.faults), language.value)
  return sentences.length === 0 ? null : <p class="sentences">{sentences.join(language.value === 'en' ? ' ' : '')}</p>
}

const Reasons = ({ verdict, known }: { verdict: Verdict; known: Known }) => (
  <div>
    <EvidenceList title={t('evidence-for')} evidence={verdict.for} known={known} tone="for" />
    <EvidenceList title={t('evidence-against')} evidence={verdict.against} known={known} tone="against" />
    {verdict.notLookedAt.length > 0 && (
      <>
        <h4>{t('not-looked-at')}</h4>
        <ul class="plain">{verdict.notLookedAt.slice(0, 5).map((s) => <li key={`${s.symptom} ${s.device}`}><SymptomWords id={s.symptom} device={s.device} known={known} /> <small>{s.device}{settling(verdict, s.settles)}</small></li>)}</ul>
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

/** A fault by its title, code and device. `linked`: the code leads to the catalogue; a summary that folds may hold no link. */
export const Name = ({ verdict, known, linked = false }: { verdict: Verdict; known: Known; linked?: boolean }) => {
  const title = titleOf(verdict, known)
  const code = <code>{verdict.fault}</code>
  return <>{title && `${title} `}{linked ? <a href={`/catalogue/${encodeURIComponent(verdict.fault)}`}>{code}</a> : code} <span class="mark">{verdict.device}</span></>
}

const Sureness = ({ verdict, known }: { verdict: Verdict; known: Known }) => (
  <p class="sureness">
    <span class="weight" aria-hidden="true"><span style={{ width: `${verdict.posterior * 100}%` }} /></span>
    <span>{t('confidence')} <b>{percent(verdict.posterior)}</b> · {shared(`verdict.${verdict.verdict}`)}{verdict.follows && ` · ${t('follows', { fault: titleOf(verdict.follows, known) ?? verdict.follows.fault })}`}</span>
  </p>
)

/** One cause: how sure, what speaks for it and against it, and what to do. */
export const FaultCard = ({ verdict, known }: { verdict: Verdict; known: Known }) => {
  const fault = known.faults.find((f) => f.code === verdict.fault)
  return (
    <section class="card cause">
      <h3><Name verdict={verdict} known={known} linked /> {fault && <SeverityMark is={fault.severity} />} {fault?.layer && <span class="chip">{shared(`layer.${fault.layer}`)}</span>}</h3>
      <Sureness verdict={verdict} known={known} />
      <Sentences verdict={verdict} known={known} />
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
    <summary><Name verdict={verdict} known={known} /> <small>{shared(`verdict.${verdict.verdict}`)} · {percent(verdict.posterior)}</small></summary>
    <Sentences verdict={verdict} known={known} />
    <Reasons verdict={verdict} known={known} />
  </details>
)

/** The fault that came nearest to being found in place of one that was, and why it lost; only that to `winner`, where one is told. */
export const NearMiss = ({ known, winner }: { known: Known; winner?: FaultAt }) => {
  const near = runnerUp(known.diagnosis)
  if (!near || (winner && (near.lost?.fault !== winner.fault || near.lost.device !== winner.device))) return null
  return (
    <section class="card">
      <h3>{shared('check.why-not')}</h3>
      <p><Name verdict={near} known={known} /> <small>{shared(`verdict.${near.verdict}`)} · {percent(near.posterior)}</small></p>
      <Sentences verdict={near} known={known} />
      <details><summary>{t('evidence')}</summary><Reasons verdict={near} known={known} /></details>
    </section>
  )
}
