import type * as z from 'zod'

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

/** Parses what another version may have written: keys that this one does not know are left out, at whatever depth. Takes them out of `value`. */
export const parseKnown = <T extends z.ZodType>(schema: T, value: unknown): z.ZodSafeParseResult<z.output<T>> => {
  const result = schema.safeParse(value)
  if (result.success) return result
  const unknown = unknownKeys(result.error.issues, [])
  if (unknown === undefined) return result
  without(value, unknown)
  return schema.safeParse(value)
}
