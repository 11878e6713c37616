import { useState } from 'preact/hooks'
import type { CreatedEnrolmentToken, EnrolmentTokenRow } from '../../../model/wire.ts'
import { Admission } from '../access/admission.tsx'
import { troubleHere } from '../access/forms.tsx'
import { a } from '../access/words.ts'
import { type Failed, send, useAsked } from '../data.ts'
import { Shown } from '../parts/asked.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Ago, now } from '../parts/time.tsx'
import { useTitle } from '../title.ts'
import { clock, t } from '../words.ts'

const usable = (row: EnrolmentTokenRow): boolean => row.usedAt === undefined && row.revokedAt === undefined && row.expiresAt > now.value

const stateOf = (row: EnrolmentTokenRow): string => {
  if (row.usedAt !== undefined) return t('token.used', { by: row.usedBy ?? '' })
  if (row.revokedAt !== undefined) return t('token.revoked')
  return usable(row) ? t('token.open', { until: clock(row.expiresAt) }) : t('token.expired')
}

const Made = ({ made }: { made: CreatedEnrolmentToken }) => {
  const [copied, setCopied] = useState(false)
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(made.token)
    setCopied(true)
  }
  return (
    <section class="card" role="status">
      <p>{t('token-once')}</p>
      <p class="token"><code>{made.token}</code> {isSecureContext && <button type="button" onClick={copy}>{t(copied ? 'copied' : 'copy')}</button>}</p>
      <p>{t('token-then')}</p>
      <pre>{`posdiag agent --hq ${location.origin} --enrol token.txt`}</pre>
    </section>
  )
}

const columns = (revoke: (id: string) => void): Column<EnrolmentTokenRow>[] => [
  { name: t('terminal'), lead: true, show: (row) => row.terminalId ?? row.usedBy ?? t('any-terminal') },
  { name: a('for-place'), show: (row) => [row.region, row.store].filter(Boolean).join(' · ') },
  { name: t('token-note'), show: (row) => row.note },
  { name: a('made-by'), show: (row) => row.madeBy },
  { name: t('made_at'), show: (row) => <Ago at={row.createdAt} /> },
  { name: t('state'), show: stateOf },
  { name: t('action'), show: (row) => usable(row) && <button type="button" class="danger" aria-label={`${t('revoke')} ${row.terminalId ?? row.note ?? ''}`} onClick={() => revoke(row.id)}>{t('revoke')}</button> },
]

const Form = ({ onMade, onFailed }: { onMade: (made: CreatedEnrolmentToken) => void; onFailed: (failed: Failed) => void }) => {
  const make = async (event: SubmitEvent & { currentTarget: HTMLFormElement }): Promise<void> => {
    event.preventDefault()
    const form = event.currentTarget
    const given = [...new FormData(form)].filter(([, value]) => value !== '')
    const answer = await send<CreatedEnrolmentToken>('POST', '/api/enrolment-tokens', Object.fromEntries(given))
    if (answer.state === 'failed') return onFailed(answer)
    form.reset()
    onMade(answer.value)
  }
  return (
    <form class="filters" onSubmit={make}>
      <label>{t('token-for')} <input name="terminalId" maxLength={64} pattern="[A-Za-z0-9][A-Za-z0-9._\-]*" title={t('token-for-rule')} autoComplete="off" /></label>
      <label>{a('token-region')} <input name="region" maxLength={100} autoComplete="off" /></label>
      <label>{a('token-store')} <input name="store" maxLength={100} autoComplete="off" /></label>
      <label>{t('token-note')} <input name="note" maxLength={200} autoComplete="off" /></label>
      <button type="submit" class="primary">{t('make-token')}</button>
    </form>
  )
}

/** One-time tokens: make, see, revoke; and which terminals may send. */
export const EnrolmentPage = () => {
  useTitle(t('enrolment'))
  const [round, setRound] = useState(0)
  const [made, setMade] = useState<CreatedEnrolmentToken>()
  const [failed, setFailed] = useState<Failed>()
  const asked = useAsked<{ rows: EnrolmentTokenRow[] }>('/api/enrolment-tokens', ['terminals'], { round })
  const settle = (problem: Failed | undefined): void => {
    setFailed(problem)
    setRound((n) => n + 1)
  }
  const revoke = async (id: string): Promise<void> => {
    const answer = await send('DELETE', `/api/enrolment-tokens/${id}`)
    if (made?.id === id) setMade(undefined)
    settle(answer.state === 'failed' ? answer : undefined)
  }
  return (
    <>
      <h1>{t('enrolment')}</h1>
      <Form onMade={(token) => { setMade(token); settle(undefined) }} onFailed={settle} />
      {failed && <p class="failed" role="alert">{troubleHere(failed)}</p>}
      {made && <Made key={made.id} made={made} />}
      <Shown asked={asked}>
        {({ rows }) => rows.length === 0 ? <p class="empty">{t('no-tokens')}</p> : (
          <div class="card table"><Table label={t('enrolment')} columns={columns((id) => void revoke(id))} rows={rows} keyOf={(row) => row.id} /></div>
        )}
      </Shown>
      <Admission />
    </>
  )
}
