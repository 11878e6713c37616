import type { Readiness } from '../../../model/diagnosis.ts'
import type { Severity } from '../../../model/fault.ts'
import type { Opens } from '../../../model/triage.ts'
import type { Contact } from '../../../model/wire.ts'
import { closedUntil, sentence, shared, t, worstOf } from '../words.ts'

/** Severities, worst first. */
export const SEVERITIES: readonly Severity[] = ['block', 'degraded', 'advisory']

/** How a terminal may be heard of. */
export const CONTACTS: readonly Contact[] = ['online', 'stale', 'offline', 'closed', 'never']

// Signs, so that nothing rests on colour alone.
/** A sign for every state of a way of taking money. */
export const READINESS_SIGN: Record<Readiness['is'], string> = { ready: '✓', degraded: '!', blocked: '✕', unknown: '?' }
const SEVERITY_SIGN: Record<Severity, string> = { block: '■', degraded: '▲', advisory: '○' }
const CONTACT_SIGN: Record<Contact, string> = { online: '●', stale: '◐', offline: '○', closed: '◌', never: '–' }

/** How bad a fault is: sign, word and colour. */
export const SeverityMark = ({ is }: { is: Severity }) => (
  <span class={`mark severity-${is}`}><span aria-hidden="true">{SEVERITY_SIGN[is]}</span> {shared(`severity.${is}`)}</span>
)

/** Whether a terminal is heard of; of one whose store is closed, when that opens. */
export const ContactMark = ({ is, opens }: { is: Contact; opens?: Opens | undefined }) => (
  <span class={`mark contact-${is}`}><span aria-hidden="true">{CONTACT_SIGN[is]}</span> {is === 'closed' && opens ? closedUntil(opens) : t(`contact.${is}`)}</span>
)

/** Every way of taking money with its state. */
export const ReadinessChips = ({ readiness }: { readiness: readonly Readiness[] }) => (
  <span class="chips">
    {readiness.map((r) => (
      <span key={r.tender} class={`chip is-${r.is}`} title={shared(`readiness.${r.is}`)}>
        <span aria-hidden="true">{READINESS_SIGN[r.is]}</span> {shared(`tender.${r.tender}`)}<span class="sr"> {shared(`readiness.${r.is}`)}</span>
      </span>
    ))}
  </span>
)

/** The one sentence of a terminal: can it take money, and how? */
export const ReadinessLine = ({ readiness }: { readiness: readonly Readiness[] }) => {
  const is = worstOf(readiness)
  return <p class={`headline is-${is}`}><span aria-hidden="true">{READINESS_SIGN[is]} </span>{sentence(readiness)}</p>
}
