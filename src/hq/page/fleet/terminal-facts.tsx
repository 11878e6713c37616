import type { ComponentChildren } from 'preact'
import type { Enrolment } from '../../../model/fleet.ts'
import type { TerminalDetail } from '../../../model/wire.ts'
import { me } from '../me.ts'
import { Ago } from '../parts/time.tsx'
import { storePath } from '../router.ts'
import { lasting, t } from '../words.ts'
import { bytesInWords, f, grouped, minuteOf } from './words.ts'

const Fact = ({ name, children }: { name: string; children: ComponentChildren }) => <div><dt>{name}</dt><dd>{children || '–'}</dd></div>

/** From a minute on nobody counts seconds. */
const WORDS_MS = 60_000

/** How far the clock of a terminal is off, and how exactly HQ knows: a heartbeat's own way takes a moment; for reports HQ works it out. */
const Clock = ({ detail: { terminal: { clockOffsetMs: off }, reports } }: { detail: TerminalDetail }) => {
  const redated = reports[0]?.redated
  if (off === undefined) return null
  const seconds = grouped(Math.round(off / 100) / 10 + 0, 1)
  const inWords = Math.abs(off) > WORDS_MS ? f(off > 0 ? 'clock-fast' : 'clock-slow', { by: lasting(Math.abs(off)) }) : t('seconds', { n: off > 0 ? `+${seconds}` : seconds })
  return (
    <>
      {inWords}
      <small>{redated === undefined ? ` ${f('clock-hint')}` : ` ${f('clock-redated', { off: lasting(redated.plusMinusMs) })}`}</small>
    </>
  )
}

/** Vital facts of a terminal. */
export const Facts = ({ detail }: { detail: TerminalDetail }) => {
  const { terminal: row, revision } = detail
  const { terminal, spool } = row
  return (
    <dl class="facts">
      <Fact name={t('store')}>{terminal.store && <><a href={storePath(terminal.store)}>{terminal.store}</a>{terminal.lane && ` · ${t('lane', { lane: terminal.lane })}`}</>}</Fact>
      {terminal.region && <Fact name={f('region')}>{terminal.region}</Fact>}
      {terminal.merchant && <Fact name={t('merchant')}>{terminal.merchant}</Fact>}
      {(terminal.model || terminal.serial) && <Fact name={t('model')}>{[terminal.model, terminal.serial].filter(Boolean).join(' · ')}</Fact>}
      <Fact name={t('last-seen')}>{row.lastSeenAt !== undefined && <Ago at={row.lastSeenAt} />}</Fact>
      <Fact name={t('last-check')}>{row.checkedAt !== undefined && <Ago at={row.checkedAt} />}</Fact>
      <Fact name={t('version')}>{row.agentVersion}</Fact>
      <Fact name={f('revision')}>{revision === undefined ? f('no-revision') : me.value?.scope === undefined ? <a href={`/rollouts/${revision}`}>{f('revision-number', { n: revision })}</a> : f('revision-number', { n: revision })}</Fact>
      {row.pack && <Fact name={t('pack')}>{row.pack.sequence === 0 ? t('pack.built-in') : t('pack.number', { n: row.pack.sequence })}{row.pack.unbelieved && <small> {row.pack.unbelieved}</small>}</Fact>}
      <Fact name={t('clock-offset')}><Clock detail={detail} /></Fact>
      <Fact name={t('spool')}>{spool && <>{t('spool-value', { reports: spool.reports, lost: spool.lost })}{spool.bytes > 0 && ` · ${bytesInWords(spool.bytes)}`}{spool.oldestAt !== undefined && <> · {f('oldest')} <Ago at={spool.oldestAt} /></>}</>}</Fact>
    </dl>
  )
}

/** How the terminal came to be enrolled, and whether what it sends is signed. */
export const Enrolled = ({ enrolment: { token, at, address, by, key, approvedAt, approvedBy } }: { enrolment: Enrolment }) => (
  <section class="card">
    <h2>{f('enrolled')}</h2>
    <dl class="facts">
      <Fact name={f('own-token')}>{token ? f('token-counts') : <span class="mark severity-block"><span aria-hidden="true">■</span> {f('token-revoked')}</span>}</Fact>
      <Fact name={t('signature')}>{key === undefined ? <span class="mark severity-degraded"><span aria-hidden="true">▲</span> {f('no-key')}</span> : <><span class="mark contact-online"><span aria-hidden="true">✓</span> {f('has-key')}</span> <code class="key">{key}</code></>}</Fact>
      {at !== undefined && <Fact name={f('enrolled-at')}>{minuteOf(at)}{address && <small> {f('from-address', { address })}</small>}</Fact>}
      {by && <Fact name={f('token-by')}>{by}</Fact>}
      {address !== undefined && <Fact name={f('approved')}>{approvedAt === undefined ? <a href="/access?tab=admission">{f('waits')}</a> : <>{minuteOf(approvedAt)}{approvedBy && <small> {approvedBy}</small>}</>}</Fact>}
    </dl>
  </section>
)
