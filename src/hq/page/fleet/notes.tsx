import { useState } from 'preact/hooks'
import type { Change } from '../../../model/triage.ts'
import { type Failed, send } from '../data.ts'
import { mayAs } from '../me.ts'
import { Field, filled } from '../parts/form.tsx'
import { Ago } from '../parts/time.tsx'
import { t } from '../words.ts'
import { f, troubleHere } from './words.ts'

/** What people wrote about a terminal, newest first; technicians write more. */
export const Notes = ({ terminal, notes, noted }: { terminal: string; notes: readonly Change[]; noted: () => void }) => {
  const [failed, setFailed] = useState<Failed>()
  const write = async (event: SubmitEvent & { currentTarget: HTMLFormElement }): Promise<void> => {
    event.preventDefault()
    const form = event.currentTarget
    const answer = await send('POST', `/api/terminals/${terminal}/notes`, { note: filled(form).text('note') })
    setFailed(answer.state === 'failed' ? answer : undefined)
    if (answer.state === 'failed') return
    form.reset()
    noted()
  }
  return (
    <section class="card">
      <h2>{f('notes')}</h2>
      {notes.length === 0 ? <p class="empty">{t('none')}</p> : <ul class="rows">{notes.map(({ id, at, who, detail }) => <li key={id}><Ago at={at} /> <span>{who}</span> <span class="said">{detail}</span></li>)}</ul>}
      {mayAs('technician') && (
        <form onSubmit={write}>
          <Field label={f('write-note')}><textarea name="note" rows={2} maxLength={500} required /></Field>
          {failed && <p class="failed" role="alert">{troubleHere(failed)}</p>}
          <p class="pages"><button type="submit">{f('save')}</button></p>
        </form>
      )}
    </section>
  )
}
