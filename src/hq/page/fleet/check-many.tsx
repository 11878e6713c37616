import { useState } from 'preact/hooks'
import type { CommandRow } from '../../../model/wire.ts'
import { commands, send } from '../data.ts'
import { underWay } from '../parts/command.tsx'
import { listed } from '../words.ts'
import { f, troubleHere } from './words.ts'

/** Asks several terminals for a check, one after the other, and tells how many have ended. */
export const CheckMany = ({ ids, all, choose }: { ids: readonly string[]; all: readonly string[]; choose: (ids: readonly string[]) => void }) => {
  const [asked, setAsked] = useState<readonly CommandRow[]>([])
  const [failed, setFailed] = useState<readonly string[]>([])
  const [asking, setAsking] = useState(false)
  const ask = async (): Promise<void> => {
    setAsking(true)
    setAsked([])
    setFailed([])
    for (const id of ids) {
      const answer = await send<CommandRow>('POST', `/api/terminals/${id}/commands`, { type: 'check' })
      if (answer.state === 'failed') setFailed((before) => [...before, `${id} (${troubleHere(answer)})`])
      else setAsked((before) => [...before, answer.value])
    }
    setAsking(false)
  }
  const ended = asked.filter((c) => !underWay(commands.value.get(c.id) ?? c)).length
  return (
    <div class="check-now">
      <label><input type="checkbox" checked={ids.length > 0 && ids.length === all.length} onChange={(e) => choose(e.currentTarget.checked ? all : [])} /> {f('select-all')}</label>
      <button type="button" disabled={ids.length === 0 || asking} onClick={() => void ask()}>{f('check-selected', { n: ids.length })}</button>
      <span role="status">{asked.length > 0 && f('checks-asked', { asked: asked.length, ended })}</span>
      {failed.length > 0 && <p class="failed" role="alert">{f('not-asked', { ids: listed(failed) })}</p>}
    </div>
  )
}
