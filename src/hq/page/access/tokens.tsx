import { useState } from 'preact/hooks'
import type { ApiTokenRow, CreatedApiToken, Role } from '../../../model/access.ts'
import { type Failed, send, useAsked } from '../data.ts'
import { Shown } from '../parts/asked.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Ago, now } from '../parts/time.tsx'
import { clock, t } from '../words.ts'
import { Once, RoleField, Trouble } from './forms.tsx'
import { ScopeFields, scopeInWords, scopeOf, type TypedScope } from './scope.tsx'
import { a, wordOf } from './words.ts'

const counts = (row: ApiTokenRow): boolean => row.revokedAt === undefined && (row.expiresAt === undefined || row.expiresAt > now.value)

const stateOf = (row: ApiTokenRow): string => {
  if (row.revokedAt !== undefined) return t('token.revoked')
  if (row.expiresAt === undefined) return a('valid-always')
  return counts(row) ? a('valid-until', { until: clock(row.expiresAt) }) : t('token.expired')
}

const columns = (revoke: (id: string) => void): Column<ApiTokenRow>[] => [
  { name: a('token-name'), lead: true, show: (row) => row.name },
  { name: a('role'), show: (row) => wordOf('role', row.role) },
  { name: a('scope'), show: (row) => scopeInWords(row.scope) },
  { name: a('made-by'), show: (row) => row.createdBy },
  { name: t('made_at'), show: (row) => <Ago at={row.createdAt} /> },
  { name: a('last-used'), show: (row) => (row.usedAt === undefined ? a('never-used') : <Ago at={row.usedAt} />) },
  { name: t('state'), show: stateOf },
  { name: t('action'), show: (row) => counts(row) && <button type="button" class="danger" aria-label={`${t('revoke')} ${row.name}`} onClick={() => revoke(row.id)}>{t('revoke')}</button> },
]

const Form = ({ onMade, onFailed }: { onMade: (made: CreatedApiToken) => void; onFailed: (failed: Failed) => void }) => {
  const [role, setRole] = useState<Role>('viewer')
  const [scope, setScope] = useState<TypedScope>(undefined)
  const make = async (event: SubmitEvent & { currentTarget: HTMLFormElement }): Promise<void> => {
    event.preventDefault()
    const form = event.currentTarget
    const given = new FormData(form)
    const places = role === 'administrator' ? undefined : scopeOf(scope)
    const days = Number(given.get('days'))
    const answer = await send<CreatedApiToken>('POST', '/api/tokens', { name: given.get('name'), role, ...(places && { scope: places }), ...(days > 0 && { days }) })
    if (answer.state === 'failed') return onFailed(answer)
    form.reset()
    onMade(answer.value)
  }
  return (
    <details class="card">
      <summary>{a('make-api-token')}</summary>
      <form class="stacked" onSubmit={make}>
        <label>{a('token-name')} <input name="name" required maxLength={100} autoComplete="off" /></label>
        <RoleField value={role} onChange={setRole} />
        {role !== 'administrator' && <ScopeFields value={scope} onChange={setScope} />}
        <label>{a('token-days')} <input name="days" type="number" min="1" max="3650" /></label>
        <button type="submit" class="primary">{a('make-api-token')}</button>
      </form>
    </details>
  )
}

/** Tokens for programs: make, see, revoke. */
export const ApiTokens = () => {
  const [round, setRound] = useState(0)
  const [made, setMade] = useState<CreatedApiToken>()
  const [failed, setFailed] = useState<Failed>()
  const asked = useAsked<{ rows: ApiTokenRow[] }>('/api/tokens', [], { round })
  const settle = (problem: Failed | undefined): void => {
    setFailed(problem)
    setRound((n) => n + 1)
  }
  const revoke = async (id: string): Promise<void> => {
    const answer = await send('DELETE', `/api/tokens/${id}`)
    if (made?.id === id) setMade(undefined)
    settle(answer.state === 'failed' ? answer : undefined)
  }
  return (
    <>
      <Form onMade={(token) => { setMade(token); settle(undefined) }} onFailed={settle} />
      <Trouble failed={failed} />
      {made && <Once key={made.id} hint={a('api-token-once')} secret={made.token} />}
      <Shown asked={asked}>
        {({ rows }) => (rows.length === 0
          ? <p class="empty">{a('no-api-tokens')}</p>
          : <div class="card table"><Table label={a('tokens')} columns={columns((id) => void revoke(id))} rows={rows} keyOf={(row) => row.id} /></div>)}
      </Shown>
    </>
  )
}
