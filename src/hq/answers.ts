import { validatorCompiler } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { parseKnown } from '../model/known.ts'
import { Problem } from '../model/wire.ts'
import { PROBLEM_TYPE } from './problems.ts'

/** For the OpenAPI document: every error answer of a route. */
export const PROBLEMS = {
  '4xx': { description: 'The request is at fault; `detail` says how to mend it.', content: { [PROBLEM_TYPE]: { schema: Problem } } },
  '5xx': { description: 'HQ is at fault, or away for a moment (503, with Retry-After).', content: { [PROBLEM_TYPE]: { schema: Problem } } },
}

/** For the OpenAPI document: an answer with no body. */
export const NOTHING = z.null().describe('No body')

/** An answer that is written as it is: its schema is for the OpenAPI document, what it holds is ours. */
export const asIs = () => (data: unknown): string => JSON.stringify(data)

/** What agents send, of whatever version: what this HQ does not know of it is left out. */
export const asKnown: typeof validatorCompiler = (route) => {
  const check = validatorCompiler(route)
  return (data: unknown) => {
    const read = route.schema instanceof z.ZodType ? parseKnown(route.schema, data) : undefined
    return read?.success ? { value: read.data } : check(data)
  }
}

/** A body that the route reads by itself: its schema is for the OpenAPI document. */
export const unread = () => (data: unknown): { value: unknown } => ({ value: data })
