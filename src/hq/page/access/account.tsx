import { useState } from 'preact/hooks'
import type { SessionRow } from '../../../model/access.ts'
import { type Failed, send, useAsked } from '../data.ts'
import { me } from '../me.ts'
import { Shown } from '../parts/asked.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Ago } from '../parts/time.tsx'
import { useTitle } from '../title.ts'
import { clock } from '../words.ts'
import { Trouble } from './forms.tsx'
import { scopeInWords } from './scope.tsx'
import { a, wordOf } from './words.ts'

const columns = (): Column<SessionRow>[] => [
  { name: a('browser'), lead: true, show: (row) => <>{row.browser} {row.current && <span class="chip is-ready">{a('this-one')}</span>}</> },
  { name: a('address'), show: (row) => row.address },
  { name: a('last-used'), show: (row) => <Ago at={row.seenAt} /> },
  { name: a('ends-at'), show: (row) => clock(row.expiresAt) },
]

const Password = () => {
  const [failed, setFailed] = useState<Failed>()
  const [done, setDone] = useState(false)
  const change = async (event: SubmitEvent & { currentTarget: HTMLFormElement }): Promise<void> => {
    event.preventDefault()
    const form = event.currentTarget
    const answer = await send('PUT', '/api/me/password', Object.fromEntries(new FormData(form)))
    setFailed(answer.state === 'failed' ? answer : undefined)
    setDone(answer.state === 'here')
    if (answer.state === 'here') form.reset()
  }
  return (
    <section class="card">
      <h2>{a('change-password')}</h2>
      <form class="filters" onSubmit={change}>
        <label>{a('old-password')} <input name="old" type="password" required maxLength={200} autoComplete="current-password" /></label>
        <label>{a('new-password')} <input name="password" type="password" required minLength={12} maxLength={200} autoComplete="new-password" /> <small>{a('password-rule')}</small></label>
        <button type="submit">{a('save')}</button>
      </form>
      <Trouble failed={failed} />
      {done && <p role="status">{a('password-changed')}</p>}
    </section>
  )
}

const Sessions = () => {
  const [round, setRound] = useState(0)
  const asked = useAsked<{ rows: SessionRow[] }>('/api/me/sessions', [], { round })
  const end = async (): Promise<void> => {
    await send('DELETE', '/api/me/sessions')
    setRound((n) => n + 1)
  }
  return (
    <section class="card">
      <h2>{a('sessions')}</h2>
      <Shown asked={asked}>
        {({ rows }) => (
          <>
            <Table label={a('sessions')} columns={columns()} rows={rows} keyOf={(row) => row.id} />
            {rows.length > 1 && <p class="pages"><button type="button" onClick={end}>{a('sign-out-elsewhere')}</button></p>}
          </>
        )}
      </Shown>
    </section>
  )
}

/** Who is signed in: what they may, their password, their sessions, and the way out. */
export const AccountPage = () => {
  useTitle(a('account'))
  const who = me.value
  const leave = async (): Promise<void> => {
    await send('DELETE', '/api/me/session')
    location.assign('/')
  }
  return (
    <>
      <div class="title"><h1>{a('account')}</h1> <button type="button" onClick={leave}>{a('sign-out')}</button></div>
      {who && (
        <dl class="facts">
          <div><dt>{a('name')}</dt><dd>{who.name}</dd></div>
          <div><dt>{a('role')}</dt><dd>{wordOf('role', who.role)}: {wordOf('may', who.role)}</dd></div>
          <div><dt>{a('scope')}</dt><dd>{scopeInWords(who.scope)}</dd></div>
        </dl>
      )}
      {who?.by === 'operator-token' && <p class="hint">{a('by-operator-token')}</p>}
      {who?.by === 'session' && <><Password /><Sessions /></>}
    </>
  )
}
