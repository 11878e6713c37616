import { useState } from 'preact/hooks'
import type { CreatedEnrolmentToken, EnrolmentTokenRow } from '../../../model/wire.ts'
import { send, useAsked } from '../data.ts'
import { Shown } from '../parts/asked.tsx'
import { Ago } from '../parts/time.tsx'
import { t } from '../words.ts'

const stateOf = (row: EnrolmentTokenRow): string => {
  if (row.usedAt !== undefined) return t('token.used', { by: row.usedBy ?? '' })
  if (row.revokedAt !== undefined) return t('token.revoked')
  return t(row.expiresAt < Date.now() ? 'token.expired' : 'token.open')
}

/** One-time tokens: make, see, revoke. */
export const EnrolmentPage = () => {
  const [round, setRound] = useState(0)
  const [made, setMade] = useState<CreatedEnrolmentToken>()
  const [problem, setProblem] = useState('')
  const [terminalId, setTerminalId] = useState('')
  const [note, setNote] = useState('')
  const asked = useAsked<{ rows: EnrolmentTokenRow[] }>('/api/enrolment-tokens', [], round)
  const make = async (event: Event): Promise<void> => {
    event.preventDefault()
    const answer = await send<CreatedEnrolmentToken>('POST', '/api/enrolment-tokens', { ...(terminalId ? { terminalId } : {}), ...(note ? { note } : {}) })
    setProblem(answer.state === 'failed' ? answer.detail : '')
    if (answer.state === 'here') setMade(answer.value)
    setRound((n) => n + 1)
  }
  const revoke = async (id: string): Promise<void> => {
    await send('DELETE', `/api/enrolment-tokens/${id}`)
    setRound((n) => n + 1)
  }
  return (
    <>
      <h1>{t('enrolment')}</h1>
      <form class="filters" onSubmit={make}>
        <label>{t('token-for')} <input value={terminalId} onInput={(e) => setTerminalId(e.currentTarget.value)} /></label>
        <label>{t('token-note')} <input value={note} onInput={(e) => setNote(e.currentTarget.value)} /></label>
        <button type="submit" class="primary">{t('make-token')}</button>
      </form>
      {problem && <p class="failed" role="alert">{t('failed', { detail: problem })}</p>}
      {made && <section class="card" role="status"><p>{t('token-once')}</p><pre>{`${made.token}\n\nposdiag agent --hq ${location.origin} --enrol token.txt`}</pre></section>}
      <Shown asked={asked}>
        {({ rows }) => rows.length === 0 ? <p class="empty">{t('none')}</p> : (
          <div class="scroll"><table>
            <thead><tr><th>{t('made_at')}</th><th>{t('terminal')}</th><th>{t('token-note')}</th><th>{t('state')}</th><th /></tr></thead>
            <tbody>{rows.map((row) => (
              <tr key={row.id}><td><Ago at={row.createdAt} /></td><td>{row.terminalId ?? '–'}</td><td>{row.note ?? ''}</td><td>{stateOf(row)}</td>
                <td>{row.usedAt === undefined && row.revokedAt === undefined && <button type="button" onClick={() => revoke(row.id)}>{t('revoke')}</button>}</td></tr>
            ))}</tbody>
          </table></div>
        )}
      </Shown>
    </>
  )
}
