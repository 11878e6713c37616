import type { FastifyRequest } from 'fastify'
import { ProblemError } from './problems.ts'

/** Media types of CloudEvents 1.0 over HTTP: a batch, one event as JSON, and an event's data alone with the rest in headers. */
export const EVENT_TYPES = { batch: 'application/cloudevents-batch+json', structured: 'application/cloudevents+json', binary: 'application/json' } as const

/** Attributes of an event that a report may have; of others none is kept. */
const ATTRIBUTES = ['specversion', 'id', 'source', 'type', 'time'] as const

const decoded = (value: string): string => {
  try {
    return decodeURIComponent(value)
  } catch {
    throw new ProblemError(400, 'ce-header', 'a ce- header is not percent-encoded as the CloudEvents HTTP binding demands')
  }
}

/**
 * The body of a request, decompressed, as a batch: one event becomes a batch of one (CloudEvents HTTP protocol binding 1.0.2, section 3).
 * `single` if it was one. Throws a ProblemError if a binary event has no headers.
 */
export const batchOf = (body: Buffer, headers: FastifyRequest['headers']): { batch: Buffer; single: boolean } => {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (type === EVENT_TYPES.batch) return { batch: body, single: false }
  if (type === EVENT_TYPES.structured) return { batch: Buffer.concat([Buffer.from('['), body, Buffer.from(']')]), single: true }
  const attributes = ATTRIBUTES.flatMap((name) => {
    const value = headers[`ce-${name}`]
    return typeof value === 'string' ? [`${JSON.stringify(name)}:${JSON.stringify(decoded(value))}`] : []
  })
  if (headers['ce-specversion'] === undefined) throw new ProblemError(415, 'media-type', `send the reports as ${EVENT_TYPES.batch}, or one as ${EVENT_TYPES.structured} or with ce- headers`)
  return { batch: Buffer.concat([Buffer.from(`[{${attributes.join(',')},"datacontenttype":"application/json","data":`), body, Buffer.from('}]')]), single: true }
}
