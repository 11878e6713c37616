import type * as z from 'zod'
import { timeOfId } from '../model/id.ts'
import { ReportEvent } from '../model/wire.ts'

/** Report ids are accepted from so long before now, and until so long after it (milliseconds). Stored reports are kept longer than that, so a replay is always known. */
export const ID_WINDOW = { before: 60 * 86_400_000, after: 86_400_000 } as const

type Issue = z.core.$ZodIssue

interface Unknown { path: PropertyKey[]; keys: string[] }

/** Where the keys are that this version does not know; undefined if anything else is wrong too. */
const unknownKeys = (issues: readonly Issue[], base: readonly PropertyKey[]): Unknown[] | undefined => {
  const found: Unknown[] = []
  for (const issue of issues) {
    const path = [...base, ...issue.path]
    if (issue.code === 'unrecognized_keys') {
      found.push({ path, keys: issue.keys })
    } else if (issue.code === 'invalid_union') {
      const branch = issue.errors.map((errors) => unknownKeys(errors, path)).find((b) => b !== undefined)
      if (branch === undefined) return undefined
      found.push(...branch)
    } else {
      return undefined
    }
  }
  return found
}

const without = (value: unknown, unknown: readonly Unknown[]): void => {
  for (const { path, keys } of unknown) {
    let at: unknown = value
    for (const step of path) at = typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[step] : undefined
    if (typeof at !== 'object' || at === null) continue
    for (const key of keys) delete (at as Record<string, unknown>)[key]
  }
}

const parse = (value: unknown): ReturnType<typeof ReportEvent.safeParse> => {
  const result = ReportEvent.safeParse(value)
  if (result.success) return result
  // A newer agent may add to a report; what this HQ does not know is stored all the same, and shown once HQ is newer too.
  const unknown = unknownKeys(result.error.issues, [])
  if (unknown === undefined) return result
  without(value, unknown)
  return ReportEvent.safeParse(value)
}

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
  const result = parse(value)
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
