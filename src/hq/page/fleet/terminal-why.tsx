import type { FaultAt, Readiness } from '../../../model/diagnosis.ts'
import type { IncidentRow } from '../../../model/wire.ts'
import { ReadinessChips } from '../parts/marks.tsx'
import { inWords, listed, shared, t } from '../words.ts'

const Cause = ({ at, incidents }: { at: FaultAt; incidents: readonly IncidentRow[] }) => {
  const incident = incidents.find((i) => i.fault === at.fault && i.device === at.device)
  return <span>{incident ? <a href={`/incidents/${incident.id}`}>{inWords(incident.title)}</a> : <code>{at.fault}</code>} <small>{at.device}</small></span>
}

/** Why some ways of taking money are not ready; those with the same reason share a line. */
export const Why = ({ readiness, incidents }: { readiness: readonly Readiness[]; incidents: readonly IncidentRow[] }) => {
  const groups = Map.groupBy(readiness.filter((r) => r.because.length > 0 || r.unseen.length > 0), ({ is, because, unseen }) => JSON.stringify([is, because, unseen]))
  if (groups.size === 0) return null
  return (
    <ul class="why">
      {[...groups].map(([key, [first, ...others]]) => first && (
        <li key={key}>
          <ReadinessChips readiness={[first, ...others]} />
          <span>{shared(`readiness.${first.is}`)}</span>
          {first.because.map((at) => <Cause key={`${at.fault} ${at.device}`} at={at} incidents={incidents} />)}
          {first.unseen.length > 0 && <small>{t('unseen', { devices: listed(first.unseen) })}</small>}
        </li>
      ))}
    </ul>
  )
}
