import * as z from 'zod'
import { Tender } from './device.ts'
import { Severity } from './fault.ts'
import { Text } from './text.ts'

const time = z.number()

/** How a terminal came to be enrolled: `token` is false once its own token was revoked; without `key` (the public half) nothing of it is signed; without `approvedAt` it waits for somebody. */
export const Enrolment = z.strictObject({ token: z.boolean(), at: time.optional(), address: z.string().optional(), by: z.string().optional(), key: z.string().optional(), approvedAt: time.optional(), approvedBy: z.string().optional() })
export type Enrolment = z.infer<typeof Enrolment>

/** POST /api/terminals/{id}/notes. */
export const CreateNote = z.strictObject({ note: z.string().trim().min(1).max(500) })

/**
 * GET /api/terminals/{id}/readings: what probes measured, oldest first, as pairs of time (ms since 1970, by HQ's clock where the terminal's was wrong) and value; true is 1.
 * Out of `reports` of that time so many were read, spread evenly.
 */
export const Readings = z.strictObject({ from: time, reports: z.int(), read: z.int(), series: z.array(z.strictObject({ name: z.string(), device: z.string(), points: z.array(z.tuple([time, z.number()])) })) })
export type Readings = z.infer<typeof Readings>

/** What lists of terminals may be narrowed by, besides contact and words. */
export const Facet = z.enum(['region', 'model', 'agent'])
export type Facet = z.infer<typeof Facet>

/** GET /api/terminal-facets: terminals counted by what they last reported of themselves, the most frequent first; at most 300 values in all. */
export const TerminalFacets = z.record(Facet, z.array(z.strictObject({ value: z.string(), terminals: z.int() })))
export type TerminalFacets = z.infer<typeof TerminalFacets>

/** Terminals by the state of each way of taking money in their last word. */
export const TenderCounts = z.partialRecord(Tender, z.record(z.enum(['ready', 'degraded', 'blocked', 'unknown']), z.int()))
export type TenderCounts = z.infer<typeof TenderCounts>

/** How a terminal came out of the check that it makes when it starts: the worst of its ways of taking money. */
export const BootOutcome = z.enum(['ready', 'degraded', 'blocked', 'unknown'])
export type BootOutcome = z.infer<typeof BootOutcome>

/** Boot checks of a day that begins at `at`, by their outcome. */
export const BootDay = z.strictObject({ at: time, ready: z.int(), degraded: z.int(), blocked: z.int(), unknown: z.int() })
export type BootDay = z.infer<typeof BootDay>

/** A boot check after which a terminal was not ready, and the faults that it found, at most five. */
export const BootRow = z.strictObject({
  terminalId: z.string(), report: z.string(), at: time, is: BootOutcome, store: z.string().optional(), region: z.string().optional(),
  found: z.array(z.strictObject({ fault: z.string(), device: z.string(), severity: Severity, title: Text })),
})
export type BootRow = z.infer<typeof BootRow>
