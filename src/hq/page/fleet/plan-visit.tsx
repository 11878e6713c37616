import { useState } from 'preact/hooks'
import type { VisitRow } from '../../../model/triage.ts'
import type { IncidentRow } from '../../../model/wire.ts'
import { send } from '../data.ts'
import { Field, filled } from '../parts/form.tsx'
import { SeverityMark } from '../parts/marks.tsx'
import { go, withQuery } from '../router.ts'
import { inWords, shared, t } from '../words.ts'
import { f, troubleHere } from './words.ts'

const Choice = ({ incident }: { incident: IncidentRow }) => (
  <li>
    <label>
      <input type="checkbox" name="incidents" value={incident.id} defaultChecked={incident.visit === undefined && incident.actor === 'technician'} disabled={incident.visit !== undefined} />{' '}
      <SeverityMark is={incident.severity} /> {inWords(incident.title)} <small>{incident.terminalId} · {incident.device}{incident.actor && ` · ${shared(`actor.${incident.actor}`)}`}{incident.visit !== undefined && ` · ${f('in-visit')}`}</small>
    </label>
  </li>
)

const close = (): void => go(withQuery({ plan: '' }), 'replace')

/** Bundles what is to be settled at a store into one visit. */
export const PlanVisit = ({ store, incidents }: { store: string; incidents: readonly IncidentRow[] }) => {
  const [trouble, setTrouble] = useState('')
  const submit = async (event: SubmitEvent & { currentTarget: HTMLFormElement }): Promise<void> => {
    event.preventDefault()
    const form = filled(event.currentTarget)
    const chosen = form.all('incidents')
    if (chosen.length === 0) {
      setTrouble(f('choose-incidents'))
      return
    }
    const [assignee, note, planned] = [form.text('assignee'), form.text('note'), Date.parse(form.text('planned'))]
    const answer = await send<VisitRow>('POST', '/api/visits', { store, incidents: chosen, ...(assignee && { assignee }), ...(note && { note }), ...(Number.isNaN(planned) ? {} : { plannedFor: planned }) })
    if (answer.state === 'failed') setTrouble(troubleHere(answer))
    else go(`/visits/${answer.value.id}`)
  }
  return (
    <form class="card" onSubmit={submit}>
      <h2>{f('plan-visit')}</h2>
      <fieldset>
        <legend>{f('to-settle')}</legend>
        {incidents.length === 0 ? <p class="empty">{t('no-incidents')}</p> : <ul class="bare-list">{incidents.map((i) => <Choice key={i.id} incident={i} />)}</ul>}
      </fieldset>
      <div class="fields">
        <Field label={f('assignee')}><input name="assignee" maxLength={100} autoComplete="off" /></Field>
        <Field label={f('planned-for')}><input name="planned" type="datetime-local" /></Field>
        <Field label={f('note')} wide><textarea name="note" rows={2} maxLength={500} /></Field>
      </div>
      <p class="hint">{f('parts-hint')}</p>
      {trouble && <p class="failed" role="alert">{trouble}</p>}
      <p class="pages"><button type="submit" class="primary">{f('make-visit')}</button> <button type="button" onClick={close}>{f('cancel')}</button></p>
    </form>
  )
}
