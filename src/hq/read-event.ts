import { timeOfId } from '../model/id.ts'
import { parseKnown } from '../model/known.ts'
import { ReportEvent } from '../model/wire.ts'

/** Report ids are accepted from so long before now, and until so long after it (milliseconds). Stored reports are kept longer than that, so a replay is always known. */
export const ID_WINDOW = { before: 60 * 86_400_000, after: 86_400_000 } as const

const said = (value: unknown, key: string): unknown => (typeof value === 'object' && value !== null && key in value ? (value as Record<string, unknown>)[key] : undefined)

/** The id that an item gives itself, for the answer; empty if it gives none. */
export const idOf = (value: unknown): string => {
  const id = said(value, 'id')
  return typeof id === 'string' ? id.slice(0, 64) : ''
}

/**
 * One item of a batch as a report event, or why it never will be accepted. Changes `value`: keys of newer agents are taken out of it.
 */
export const readEvent = (value: unknown, terminalId: string, now: number): { event: ReportEvent } | { reason: string } => {
  const claimed = said(said(said(value, 'data'), 'terminal'), 'id')
  if (typeof claimed === 'string' && claimed !== terminalId) return { reason: 'foreign-terminal: the report is of another terminal than the token' }
  // What a newer agent has added is stored all the same, and shown once HQ is newer too.
  const result = parseKnown(ReportEvent, value)
  if (!result.success) {
    const issue = result.error.issues[0]
    return { reason: `invalid: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a report'}`.slice(0, 300) }
  }
  const event = result.data
  if (event.id !== event.data.id) return { reason: 'invalid: id: the envelope and the report have different ids' }
  const age = now - timeOfId(event.id)
  if (age > ID_WINDOW.before) return { reason: 'too-old: the time in the report id is more than 60 days ago' }
  if (age < -ID_WINDOW.after) return { reason: 'in-future: the time in the report id is more than a day ahead; check the clock of the terminal' }
  return { event }
}
