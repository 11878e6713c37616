import { useState } from 'preact/hooks'
import type { LogBundle } from '../../../model/configuration.ts'
import type { CommandRow, Contact } from '../../../model/wire.ts'
import { commands, type Failed, send, useAsked } from '../data.ts'
import { detailWords } from '../details.ts'
import { Shown } from '../parts/asked.tsx'
import { later, underWay } from '../parts/command.tsx'
import { Ago } from '../parts/time.tsx'
import { go, place, withQuery } from '../router.ts'
import { clock } from '../words.ts'
import { f, troubleHere } from './words.ts'

const Bundle = ({ terminal, command }: { terminal: string; command: string }) => {
  const path = `/api/terminals/${terminal}/logs/${command}`
  const asked = useAsked<LogBundle>(path, [], { once: true })
  return (
    <Shown asked={asked} words={troubleHere}>
      {({ at, parts }) => (
        <>
          <p class="hint">{f('logs-made', { at: clock(at) })} <a download={`${terminal}-logs.json`} href={path}>{f('download')}</a></p>
          {parts.map((part) => (
            <details class="card" key={part.name} open={parts.length === 1}>
              <summary>{part.name}{part.cut && <small> {f('cut')}</small>}</summary>
              <pre class="log">{part.text}</pre>
            </details>
          ))}
        </>
      )}
    </Shown>
  )
}

/** Asks a terminal for its agent's logs, and shows what it handed over; which is in the address. */
export const Logs = ({ terminal, contact, known }: { terminal: string; contact: Contact; known: readonly CommandRow[] }) => {
  const [given, setGiven] = useState<CommandRow>()
  const [failed, setFailed] = useState<Failed>()
  const shown = place.value.query.get('logs') ?? ''
  const rows = [...(given && !known.some((c) => c.id === given.id) ? [given] : []), ...known.filter((c) => c.type === 'logs')].map((c) => later(commands.value.get(c.id), c) ?? c)
  const ask = async (): Promise<void> => {
    const answer = await send<CommandRow>('POST', `/api/terminals/${terminal}/commands`, { type: 'logs' })
    setFailed(answer.state === 'failed' ? answer : undefined)
    if (answer.state === 'here') setGiven(answer.value)
  }
  const words = (c: CommandRow): string => f(c.state === 'waiting' && contact !== 'online' ? 'logs.waiting-quiet' : `logs.${c.state}`, { detail: detailWords(c.progress?.detail ?? '') })
  return (
    <section class="card logs">
      <h2>{f('logs')}</h2>
      <p class="pages"><button type="button" disabled={rows.some(underWay)} onClick={() => void ask()}>{f('ask-logs')}</button> <span class="hint">{f('logs-hint')}</span></p>
      {failed && <p class="failed" role="alert">{troubleHere(failed)}</p>}
      <ul class="rows" aria-live="polite">
        {rows.map((c) => (
          <li key={c.id}>
            <Ago at={c.createdAt} /> <span>{words(c)}</span>
            {c.state === 'done' && <button type="button" aria-expanded={shown === c.id} onClick={() => go(withQuery({ logs: shown === c.id ? '' : c.id }), 'replace')}>{f(shown === c.id ? 'hide-logs' : 'show-logs')}</button>}
          </li>
        ))}
      </ul>
      {shown && <Bundle terminal={terminal} command={shown} />}
    </section>
  )
}
