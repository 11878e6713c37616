import type { Fault, RemedyStep } from '../../../model/fault.ts'
import { PARTS, PARTS_FOR } from '../../../texts/parts.ts'
import { useAsked } from '../data.ts'
import { Shown } from '../parts/asked.tsx'
import { SeverityMark } from '../parts/marks.tsx'
import { useTitle } from '../title.ts'
import { inWords, language, lasting, listed, number, percent, shared, t } from '../words.ts'
import type { Catalogue } from './catalogue.tsx'
import { f } from './words.ts'

/** A small probability as people grasp it: one in so many. */
const oneIn = (p: number): string => f('one-in', { n: new Intl.NumberFormat(language.value).format(Number((1 / p).toPrecision(2))) })

const chance = (cures: NonNullable<RemedyStep['cures']>): string => (typeof cures === 'number' ? percent(cures) : listed(Object.entries(cures).map(([way, p]) => `${way} ${percent(p)}`)))

const Step = ({ step }: { step: RemedyStep }) => {
  const said = [
    step.by && shared(`actor.${step.by}`), step.seconds !== undefined && (step.seconds < 90 ? t('seconds', { n: step.seconds }) : lasting(step.seconds * 1000)),
    step.cures !== undefined && f('cures', { p: chance(step.cures) }), ...(step.disturbs ?? []).map((d) => f(`disturbs.${d}`)),
  ].filter((words) => typeof words === 'string')
  return <li class={step.id === undefined ? 'caution' : ''}>{inWords(step)}{said.length > 0 && <small class="block">{said.join(' · ')}</small>}{step.undo && <small class="block">{f('undo')} {inWords(step.undo)}</small>}</li>
}

const Shows = ({ fault }: { fault: Fault }) => (
  <section class="card">
    <h2>{f('shows-as')}</h2>
    <p class="hint">{f('shows-hint')}</p>
    {fault.shows.length === 0 ? <p class="empty">{f('shows-nothing')}</p> : (
      <ul class="named-bars wide-names">
        {fault.shows.toSorted((a, b) => b.p - a.p).map((s) => (
          <li key={`${s.symptom} ${s.on} ${s.ways?.join() ?? ''} ${s.over?.join() ?? ''}`}><span class="bar-name"><code>{s.symptom}</code> <small>{f(`on.${s.on}`)}{s.ways && ` · ${s.ways.join(', ')}`}</small></span><span class="bar" aria-hidden="true"><span style={{ width: `${s.p * 100}%` }} /></span><span class="number">{percent(s.p)}</span></li>
        ))}
      </ul>
    )}
    <h3 class="part">{f('prior')}</h3>
    <p>{oneIn(fault.prior.p)} <small>({number(fault.prior.p, 6)}; {fault.prior.basis === 'estimate' ? f('estimate') : fault.prior.basis})</small></p>
    {Object.keys(fault.ways).length > 0 && <p>{f('ways')} {Object.entries(fault.ways).map(([way, p]) => `${way} ${percent(p)}`).join(' · ')}</p>}
    <h3 class="part">{f('detected-by')}</h3>
    <p lang="en">{fault.detect}</p>
  </section>
)

const Content = ({ fault }: { fault: Fault }) => {
  const parts = PARTS_FOR[fault.code] ?? []
  const impact = Object.entries(fault.impact) as [Parameters<typeof tenderOf>[0], 'degraded' | 'blocked'][]
  return (
    <>
      <div class="title"><h1>{inWords(fault.title)}</h1><SeverityMark is={fault.severity} /><code>{fault.code}</code></div>
      <dl class="facts">
        <div><dt>{f('subsystem')}</dt><dd><a href={`/catalogue?subsystem=${fault.subsystem}`}>{f(`subsystem.${fault.subsystem}`)}</a></dd></div>
        <div><dt>{f('affects')}</dt><dd>{impact.length === 0 ? t('none') : <span class="chips">{impact.map(([tender, is]) => <span key={tender} class={`chip is-${is}`}>{tenderOf(tender)} {shared(`readiness.${is}`)}</span>)}</span>}</dd></div>
        <div><dt>{f('happens-on')}</dt><dd>{shared(`kind.${fault.on}`)}</dd></div>
        <div><dt>{t('incidents')}</dt><dd><a href={`/incidents?fault=${encodeURIComponent(fault.code)}`}>{f('see-incidents')}</a></dd></div>
      </dl>
      <section class="card">
        <dl class="texts"><dt>{f('seen')}</dt><dd>{inWords(fault.signs)}</dd><dt>{f('causes')}</dt><dd>{inWords(fault.causes)}</dd></dl>
      </section>
      <section class="card remedy">
        <h2>{t('steps')} <small>{t('who', { actors: fault.actors.map((a) => shared(`actor.${a}`)).join(' → ') })}</small></h2>
        <ol>{fault.remedy.steps.map((step) => <Step key={step.en} step={step} />)}</ol>
        <dl class="texts">
          <dt>{t('workaround')}</dt><dd>{inWords(fault.remedy.workaround)}</dd>
          <dt>{t('verify')}</dt><dd>{inWords(fault.remedy.verify)}</dd>
          <dt>{t('keep-evidence')}</dt><dd>{inWords(fault.evidence)}</dd>
          {parts.length > 0 && <><dt>{f('parts')}</dt><dd>{listed(parts.map((id) => inWords(PARTS[id])))}</dd></>}
        </dl>
      </section>
      <Shows fault={fault} />
    </>
  )
}

const tenderOf = (tender: keyof Fault['impact']): string => shared(`tender.${tender}`)

/** One fault: what people see, why it comes about, what to do, and how it is recognised. */
export const FaultPage = ({ code }: { code: string }) => {
  const asked = useAsked<Catalogue>('/api/catalogue', [], { once: true })
  const fault = asked.state === 'here' ? asked.value.faults.find((x) => x.code === code) : undefined
  useTitle(fault ? inWords(fault.title) : code, t('catalogue'))
  return (
    <>
      <p><a href="/catalogue">← {t('catalogue')}</a></p>
      <Shown asked={asked}>{() => (fault ? <Content fault={fault} /> : <><h1>{code}</h1><p class="empty">{f('no-such-fault')}</p></>)}</Shown>
    </>
  )
}
