import { useState } from 'preact/hooks'
import type { CreateRollout, RolloutDetail, RolloutRow, } from '../../../model/rollout.ts'
import { send } from '../data.ts'
import { Field, type Filled, filled, Odd } from '../parts/form.tsx'
import { go, withQuery } from '../router.ts'
import { f, troubleHere } from './words.ts'

/** Limits as JSON, or a line each as in a terminal file: `name: number`. */
const limitsIn = (text: string): Record<string, number> => {
  if (text.startsWith('{')) {
    let said: unknown
    try {
      said = JSON.parse(text)
    } catch (error) {
      throw new Odd(f('limits-odd', { text: error instanceof Error ? error.message : String(error) }))
    }
    return Object.fromEntries(Object.entries(said as object).map(([name, value]) => {
      if (typeof value !== 'number') throw new Odd(f('limits-odd', { text: `${name}: ${JSON.stringify(value)}` }))
      return [name, value]
    }))
  }
  const lines = text.split('\n').map((line) => line.replace(/#.*$/, '').trim()).filter((line) => line !== '' && line !== 'limits:')
  return Object.fromEntries(lines.map((line) => {
    const [, name, value] = /^([a-z][a-z0-9.-]*)\s*[:=：]\s*(-?\d+(?:\.\d+)?)$/.exec(line) ?? []
    if (name === undefined) throw new Odd(f('limits-odd', { text: line }))
    return [name, Number(value)]
  }))
}

const stagesIn = (text: string): number[] => {
  const stages = text.split(/[\s,，、%→]+/).filter((s) => s !== '').map(Number)
  if (stages.length === 0 || stages.some((s, i) => !(s > (stages[i - 1] ?? 0)) || s > 100)) throw new Odd(f('stages-odd'))
  return stages
}

const rolloutIn = (form: Filled): CreateRollout => {
  const [note, region, pos] = [form.text('note'), form.text('region'), form.text('pos')]
  return { limits: limitsIn(form.text('limits')), stages: stagesIn(form.text('stages')), soakMinutes: form.number('soak'), ...(note && { note }), ...(region && { region }), ...(pos && { posMinimumVersion: pos }) }
}

const close = (): void => go(withQuery({ new: '', from: '' }), 'replace')

/** A form for the next revision; `from` is the one that it begins as, where somebody goes back to it. */
export const NewRollout = ({ from, regions }: { from: RolloutRow | undefined; regions: readonly string[] }) => {
  const [trouble, setTrouble] = useState('')
  const submit = async (event: SubmitEvent & { currentTarget: HTMLFormElement }): Promise<void> => {
    event.preventDefault()
    let said: CreateRollout
    try {
      said = rolloutIn(filled(event.currentTarget))
    } catch (error) {
      if (!(error instanceof Odd)) throw error
      setTrouble(error.message)
      return
    }
    const answer = await send<RolloutDetail>('POST', '/api/rollouts', said)
    if (answer.state === 'failed') setTrouble(troubleHere(answer))
    else go(`/rollouts/${answer.value.rollout.configuration.revision}`)
  }
  const limits = Object.entries(from?.configuration.limits ?? {}).map(([name, value]) => `${name}: ${value}`).join('\n')
  return (
    <form class="card" onSubmit={submit}>
      <h2>{from ? f('back-to', { n: from.configuration.revision }) : f('new-revision')}</h2>
      <p class="hint">{f('revision-hint')}</p>
      <div class="fields">
        <Field label={f('limits')} wide><textarea name="limits" rows={5} class="code" spellcheck={false} placeholder="host.disk-free-percent: 5" defaultValue={limits} /></Field>
        <Field label={f('pos-minimum')}><input name="pos" maxLength={32} autoComplete="off" defaultValue={from?.configuration.posMinimumVersion ?? ''} /></Field>
        <Field label={f('region')}>
          <input name="region" maxLength={100} list="regions" autoComplete="off" placeholder={f('everywhere')} defaultValue={from?.region ?? ''} />
          <datalist id="regions">{regions.map((r) => <option key={r} value={r} />)}</datalist>
        </Field>
        <Field label={f('stages')}><input name="stages" required defaultValue="1, 10, 100" autoComplete="off" /></Field>
        <Field label={f('soak')}><input name="soak" type="number" required min={0} max={10_080} defaultValue="60" /></Field>
        <Field label={f('note')} wide><input name="note" maxLength={500} autoComplete="off" defaultValue={from ? f('back-to', { n: from.configuration.revision }) : ''} /></Field>
      </div>
      {trouble && <p class="failed" role="alert">{trouble}</p>}
      <p class="pages"><button type="submit" class="primary">{f('start-rollout')}</button> <button type="button" onClick={close}>{f('cancel')}</button></p>
    </form>
  )
}
