import { useState } from 'preact/hooks'
import type { StoreCard } from '../../../model/triage.ts'
import { send } from '../data.ts'
import { mayAs } from '../me.ts'
import { Field, type Filled, filled, Odd, ZoneField } from '../parts/form.tsx'
import { go, place, withQuery } from '../router.ts'
import { t } from '../words.ts'
import { DAYS, dayIn, dayText, holidaysIn, holidaysText } from './hours.ts'
import { f, troubleHere } from './words.ts'

const cardIn = (form: Filled): StoreCard => {
  const timeZone = form.text('timeZone')
  if (!Intl.supportedValuesOf('timeZone').includes(timeZone) && timeZone !== 'UTC') throw new Odd(f('time-zone-odd'))
  const days = DAYS.map((day) => dayIn(form.text(day)))
  const holidays = holidaysIn(form.text('holidays'))
  const known = days.some((spans) => spans.length > 0) || holidays.length > 0
  const texts = (['address', 'contact', 'note'] as const).flatMap((name) => (form.text(name) === '' ? [] : [[name, form.text(name)] as const]))
  return { ...Object.fromEntries(texts), ...(known ? { hours: { timeZone, days, ...(holidays.length > 0 ? { holidays } : {}) } } : {}) }
}

const close = (): void => go(withQuery({ edit: '' }), 'replace')

const CardForm = ({ store, card, saved }: { store: string; card: StoreCard; saved: () => void }) => {
  const [trouble, setTrouble] = useState('')
  const submit = async (event: SubmitEvent & { currentTarget: HTMLFormElement }): Promise<void> => {
    event.preventDefault()
    let said: StoreCard
    try {
      said = cardIn(filled(event.currentTarget))
    } catch (error) {
      if (!(error instanceof Odd)) throw error
      setTrouble(error.message)
      return
    }
    const answer = await send<StoreCard>('PUT', `/api/stores/${encodeURIComponent(store)}`, said)
    if (answer.state === 'failed') {
      setTrouble(troubleHere(answer))
      return
    }
    saved()
    close()
  }
  return (
    <form class="card" onSubmit={submit}>
      <h2>{f('store-card')}</h2>
      <div class="fields">
        <Field label={f('address')}><input name="address" maxLength={300} defaultValue={card.address ?? ''} autoComplete="off" /></Field>
        <Field label={f('contact-person')}><input name="contact" maxLength={200} defaultValue={card.contact ?? ''} autoComplete="off" /></Field>
        <ZoneField label={f('time-zone')} value={card.hours?.timeZone} />
        <Field label={f('note')} wide><textarea name="note" rows={2} maxLength={500} defaultValue={card.note ?? ''} /></Field>
      </div>
      <fieldset>
        <legend>{f('hours')}</legend>
        <p class="hint">{f('hours-hint')}</p>
        <div class="fields">{DAYS.map((day, i) => <Field key={day} label={f(`day.${day}`)}><input name={day} defaultValue={dayText(card.hours?.days[i] ?? [])} autoComplete="off" /></Field>)}</div>
        <Field label={f('holidays')} wide><textarea name="holidays" rows={4} defaultValue={holidaysText(card.hours?.holidays ?? [])} /></Field>
        <p class="hint">{f('holidays-hint')}</p>
      </fieldset>
      {trouble && <p class="failed" role="alert">{trouble}</p>}
      <p class="pages"><button type="submit" class="primary">{f('save')}</button> <button type="button" onClick={close}>{f('cancel')}</button></p>
    </form>
  )
}

const Hours = ({ hours }: { hours: NonNullable<StoreCard['hours']> }) => (
  <>
    <dl class="week">{DAYS.map((day, i) => <div key={day}><dt>{f(`day.${day}`)}</dt><dd>{dayText(hours.days[i] ?? []) || f('closed-all-day')}</dd></div>)}</dl>
    {(hours.holidays?.length ?? 0) > 0 && (
      <>
        <h3 class="part">{f('holidays')}</h3>
        <ul class="plain">{hours.holidays?.map(({ date, spans, note }) => <li key={date}>{date} · {dayText(spans) || f('closed-all-day')}{note && <small> {note}</small>}</li>)}</ul>
      </>
    )}
    <p class="hint">{hours.timeZone}</p>
  </>
)

/** What people know of a store: where it is, whom to ask, when it is open. Managers change it. */
export const CardOf = ({ store, card, saved }: { store: string; card: StoreCard; saved: () => void }) => {
  if (place.value.query.get('edit') === 'card' && mayAs('manager')) return <CardForm store={store} card={card} saved={saved} />
  return (
    <section class="card">
      <h2>{f('store-card')}</h2>
      <dl class="facts">
        <div><dt>{f('address')}</dt><dd>{card.address ?? '–'}</dd></div>
        <div><dt>{f('contact-person')}</dt><dd>{card.contact ?? '–'}</dd></div>
        {card.note && <div><dt>{f('note')}</dt><dd>{card.note}</dd></div>}
      </dl>
      <h3 class="part">{f('hours')}</h3>
      {card.hours ? <Hours hours={card.hours} /> : <p class="empty">{f('no-hours')}</p>}
      {mayAs('manager') && <p class="pages"><a class="button" href={withQuery({ edit: 'card' })}>{f('change-card')}<span class="sr"> {t('store')} {store}</span></a></p>}
    </section>
  )
}
