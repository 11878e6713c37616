import { useEffect, useRef, useState } from 'preact/hooks'
import type { Role, UserRow } from '../../../model/access.ts'
import { type Failed, send, useAsked } from '../data.ts'
import { learn, me } from '../me.ts'
import { Shown } from '../parts/asked.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Ago } from '../parts/time.tsx'
import { t } from '../words.ts'
import { RoleField, Trouble } from './forms.tsx'
import { ScopeFields, scopeInWords, scopeOf, type TypedScope, typedOf } from './scope.tsx'
import { a, wordOf } from './words.ts'

const waysOf = (row: UserRow): string => [row.password && a('by-password'), row.external && a('by-provider')].filter(Boolean).join(', ')

const columns = (edit: (row: UserRow) => void): Column<UserRow>[] => [
  { name: a('name'), lead: true, show: (row) => row.name },
  { name: a('role'), show: (row) => wordOf('role', row.role) },
  { name: a('scope'), show: (row) => scopeInWords(row.scope) },
  { name: a('signs-in-by'), show: waysOf },
  { name: a('last-sign-in'), show: (row) => (row.signedInAt === undefined ? a('no-sign-in') : <Ago at={row.signedInAt} />) },
  { name: a('active-sessions'), number: true, show: (row) => String(row.sessions) },
  { name: t('state'), show: (row) => <span class={`chip is-${row.disabledAt === undefined ? 'ready' : 'unknown'}`}>{a(row.disabledAt === undefined ? 'active' : 'disabled')}</span> },
  { name: t('action'), show: (row) => <button type="button" aria-label={a('edit-person', { name: row.name })} onClick={() => edit(row)}>{a('edit')}</button> },
]

const Add = ({ first, onSettled }: { first: boolean; onSettled: (failed: Failed | undefined) => void }) => {
  const [role, setRole] = useState<Role>(first ? 'administrator' : 'viewer')
  const [scope, setScope] = useState<TypedScope>(undefined)
  const add = async (event: SubmitEvent & { currentTarget: HTMLFormElement }): Promise<void> => {
    event.preventDefault()
    const form = event.currentTarget
    const given = new FormData(form)
    const password = String(given.get('password') ?? '')
    const places = role === 'administrator' ? undefined : scopeOf(scope)
    const answer = await send<UserRow>('POST', '/api/users', { name: given.get('name'), role, external: given.has('external'), ...(password && { password }), ...(places && { scope: places }) })
    if (answer.state === 'here') {
      form.reset()
      setScope(undefined)
    }
    onSettled(answer.state === 'failed' ? answer : undefined)
  }
  return (
    <details class="card" open={first}>
      <summary>{a('add-person')}</summary>
      <form class="stacked" onSubmit={add}>
        <label>{a('name')} <input name="name" required maxLength={100} autoComplete="off" autoCapitalize="none" spellcheck={false} /></label>
        <label>{a('password')} <input name="password" type="password" minLength={12} maxLength={200} autoComplete="new-password" /> <small>{a('password-rule')}</small></label>
        <label><input name="external" type="checkbox" /> {a('may-use-provider')}</label>
        <RoleField value={role} onChange={setRole} />
        {role !== 'administrator' && <ScopeFields value={scope} onChange={setScope} />}
        <button type="submit" class="primary">{a('add')}</button>
      </form>
    </details>
  )
}

const Edit = ({ row, onEnd }: { row: UserRow; onEnd: (changed: boolean) => void }) => {
  const dialog = useRef<HTMLDialogElement>(null)
  const [role, setRole] = useState(row.role)
  const [scope, setScope] = useState<TypedScope>(typedOf(row.scope))
  const [failed, setFailed] = useState<Failed>()
  useEffect(() => dialog.current?.showModal(), [])
  const change = async (body: object): Promise<void> => {
    const answer = await send('PATCH', `/api/users/${row.id}`, body)
    if (answer.state === 'failed') return setFailed(answer)
    onEnd(true)
  }
  const save = (event: SubmitEvent & { currentTarget: HTMLFormElement }): void => {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const password = String(given.get('password') ?? '')
    void change({ role, scope: role === 'administrator' ? null : (scopeOf(scope) ?? null), external: given.has('external'), ...(password && { password }) })
  }
  return (
    <dialog ref={dialog} aria-labelledby="edit-title" onClose={() => onEnd(false)}>
      <h2 id="edit-title">{a('edit-person', { name: row.name })}</h2>
      <form class="stacked" onSubmit={save}>
        <RoleField value={role} onChange={setRole} />
        {role !== 'administrator' && <ScopeFields value={scope} onChange={setScope} />}
        <label>{a('new-password-optional')} <input name="password" type="password" minLength={12} maxLength={200} autoComplete="new-password" /></label>
        <label><input name="external" type="checkbox" defaultChecked={row.external} /> {a('may-use-provider')}</label>
        <p class="hint">{a('edit-hint')}</p>
        <Trouble failed={failed} />
        <p class="pages">
          <button type="submit" class="primary">{a('save')}</button>
          <button type="button" onClick={() => dialog.current?.close()}>{a('cancel')}</button>
          {row.name !== me.value?.name && <button type="button" class="danger" onClick={() => void change({ disabled: row.disabledAt === undefined })}>{a(row.disabledAt === undefined ? 'disable' : 'enable')}</button>}
        </p>
      </form>
    </dialog>
  )
}

/** People: see, add, change, shut out. */
export const People = () => {
  const [round, setRound] = useState(0)
  const [failed, setFailed] = useState<Failed>()
  const [edited, setEdited] = useState<UserRow>()
  const asked = useAsked<{ rows: UserRow[] }>('/api/users', [], { round })
  const settle = (problem: Failed | undefined): void => {
    setFailed(problem)
    setRound((n) => n + 1)
    void learn()
  }
  return (
    <Shown asked={asked}>
      {({ rows }) => (
        <>
          {rows.length === 0 && <p class="warning">{a('first-person')}</p>}
          <Add first={rows.length === 0} onSettled={settle} />
          <Trouble failed={failed} />
          {rows.length > 0 && <div class="card table"><Table label={a('people')} columns={columns(setEdited)} rows={rows} keyOf={(row) => row.id} /></div>}
          {edited && <Edit key={edited.id} row={edited} onEnd={(changed) => { setEdited(undefined); if (changed) settle(undefined) }} />}
        </>
      )}
    </Shown>
  )
}
