import { useState } from 'preact/hooks'
import type { Admission as Admitted, RefusalRow, TerminalPolicy, WaitingTerminal } from '../../../model/access.ts'
import { type Failed, send, useAsked } from '../data.ts'
import { mayAs, me } from '../me.ts'
import { Shown } from '../parts/asked.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Ago } from '../parts/time.tsx'
import { placeInWords, t } from '../words.ts'
import { Trouble } from './forms.tsx'
import { a, wordOf } from './words.ts'

const waiting = (approve: (id: string) => void): Column<WaitingTerminal>[] => [
  { name: t('terminal'), lead: true, show: ({ terminal }) => <a href={`/terminals/${terminal.id}`}>{terminal.id}</a> },
  { name: t('store'), show: ({ terminal }) => placeInWords(terminal) },
  { name: t('when'), show: (row) => <Ago at={row.enrolledAt} /> },
  { name: a('enrolled-from'), show: (row) => row.address },
  { name: a('made-by'), show: (row) => row.by },
  { name: a('key-print'), show: (row) => (row.key === undefined ? a('no-key') : <code>{row.key}</code>) },
  { name: t('action'), show: ({ terminal }) => <button type="button" class="primary" aria-label={`${a('approve')} ${terminal.id}`} onClick={() => approve(terminal.id)}>{a('approve')}</button> },
]

const refusals = (): Column<RefusalRow>[] => [
  { name: t('terminal'), lead: true, show: (row) => <a href={`/terminals/${row.terminalId}`}>{row.terminalId}</a> },
  { name: a('reason'), show: (row) => wordOf('reason', row.reason) },
  { name: t('count'), number: true, show: (row) => String(row.count) },
  { name: t('when'), show: (row) => <Ago at={row.lastAt} /> },
  { name: a('address'), show: (row) => row.address },
]

const Policy = ({ policy, unsigned, onChange }: { policy: TerminalPolicy; unsigned: number; onChange: (policy: TerminalPolicy) => void }) => {
  const fixed = !mayAs('administrator') || me.value?.scope !== undefined
  return (
    <section class="card">
      <h2>{a('policy')}</h2>
      <div class="filters">
        <label>{a('policy-unsigned')} <select disabled={fixed} value={policy.unsigned} onChange={(e) => onChange({ ...policy, unsigned: e.currentTarget.value === 'refuse' ? 'refuse' : 'accept' })}>
          {(['accept', 'refuse'] as const).map((is) => <option key={is} value={is}>{a(`unsigned.${is}`)}</option>)}
        </select></label>
        <label>{a('policy-approval')} <select disabled={fixed} value={policy.approval} onChange={(e) => onChange({ ...policy, approval: e.currentTarget.value === 'required' ? 'required' : 'none' })}>
          {(['none', 'required'] as const).map((is) => <option key={is} value={is}>{a(`approval.${is}`)}</option>)}
        </select></label>
        <span>{a('unsigned-terminals', { n: unsigned })}</span>
      </div>
    </section>
  )
}

/** What is demanded of terminals, who waits for approval, and what was refused. */
export const Admission = () => {
  const [round, setRound] = useState(0)
  const [failed, setFailed] = useState<Failed>()
  const asked = useAsked<Admitted>('/api/admission', ['terminals'], { round })
  const act = async (method: 'POST' | 'PUT', path: string, body?: unknown): Promise<void> => {
    const answer = await send(method, path, body)
    setFailed(answer.state === 'failed' ? answer : undefined)
    setRound((n) => n + 1)
  }
  return (
    <Shown asked={asked}>
      {(now) => (
        <>
          <Trouble failed={failed} />
          {now.waiting.length > 0 && (
            <section class="card table"><h2>{a('waiting')}</h2><Table label={a('waiting')} columns={waiting((id) => void act('POST', `/api/terminals/${id}/approval`))} rows={now.waiting} keyOf={(row) => row.terminal.id} /></section>
          )}
          <Policy policy={now.policy} unsigned={now.unsignedTerminals} onChange={(policy) => void act('PUT', '/api/admission/policy', policy)} />
          <section class="card table">
            <h2>{a('refusals')}</h2>
            {now.refusals.length === 0 ? <p class="empty">{a('no-refusals')}</p> : <Table label={a('refusals')} columns={refusals()} rows={now.refusals} keyOf={(row) => `${row.terminalId} ${row.reason}`} />}
          </section>
        </>
      )}
    </Shown>
  )
}
