import type { CareAction } from '../../model/triage.ts'

/** How long a repair silences unless told, in ms: a working day. */
const REPAIR_MS = 8 * 3_600_000

/** No silence is longer, in ms: what nobody looks at again is forgotten. */
export const LONGEST_SILENCE_MS = 90 * 86_400_000

/** What a change writes; a column that it does not name stays as it is. */
export interface CarePatch { acknowledged_at?: number; acknowledged_by?: string; assignee?: string | null; silence?: string | null; silenced_until?: number | null }

/** A change by a person as the columns that it sets, or why it cannot be made. Whoever takes a thing up has seen it: all but a note acknowledge. */
export const carePatch = (action: CareAction, who: string, now: number): CarePatch | { problem: string } => {
  const seen = { acknowledged_at: now, acknowledged_by: who }
  const silent = (silence: string, until: number): CarePatch | { problem: string } => {
    if (until <= now) return { problem: 'the end of a silence lies in the future; give a later `until`' }
    if (until > now + LONGEST_SILENCE_MS) return { problem: 'a silence lasts 90 days at most; give an earlier `until`' }
    return { ...seen, silence, silenced_until: until }
  }
  switch (action.do) {
    case 'acknowledge': return seen
    case 'assign': return { ...seen, assignee: action.to }
    case 'unassign': return { assignee: null }
    case 'suppress': return silent('suppressed', action.until)
    case 'repair': return silent('in-repair', action.until ?? now + REPAIR_MS)
    case 'unsilence': return { silence: null, silenced_until: null }
    case 'note': return {}
  }
}

/** What a history says of a change, beside its name: to whom, until when, and the note. */
export const detailOf = (action: CareAction): string | undefined => {
  const parts = [
    'to' in action ? action.to : undefined,
    'until' in action && action.until !== undefined ? new Date(action.until).toISOString() : undefined,
    action.note,
  ].filter((p) => p !== undefined)
  return parts.length === 0 ? undefined : parts.join(' · ')
}
