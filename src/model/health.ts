import * as z from 'zod'

const time = z.number()

/** What one HQ process says of itself; counts since it started, rates over the last quarter of a minute. */
export const NodeFigures = z.strictObject({
  startedAt: time,
  version: z.string(),
  host: z.string(),
  pid: z.int(),
  reportsPerSecond: z.number(),
  heartbeatsPerSecond: z.number(),
  /** Reports received, by what became of them. */
  reports: z.strictObject({ stored: z.int(), duplicate: z.int(), rejected: z.int() }),
  /** Uploads turned away because too much was waiting. */
  refused: z.int(),
  /** Pieces of card data that agents let through and HQ took out. */
  masked: z.int(),
  /** How long a transaction that stores reports takes, in ms, as far as buckets tell; absent before the first. */
  commit: z.strictObject({ p50: z.number(), p99: z.number() }).optional(),
  /** Reports received and not yet durable. */
  waiting: z.int(),
  /** Pages that listen. */
  listeners: z.int(),
  residentBytes: z.int(),
  /** The last round of regular work, and what went wrong in it. */
  tended: z.strictObject({ at: time, problem: z.string().optional() }).optional(),
})
export type NodeFigures = z.infer<typeof NodeFigures>

/** A day's part of the reports; `rows` is the database's estimate. */
export const Partition = z.strictObject({ name: z.string(), bytes: z.int(), rows: z.int() })
export type Partition = z.infer<typeof Partition>

/** Messages of alerts: waiting to be sent, given up, and things to tell that are in no message yet. */
export const UnsentAlerts = z.strictObject({ waiting: z.int(), failed: z.int(), ungathered: z.int(), oldestAt: time.optional() })
export type UnsentAlerts = z.infer<typeof UnsentAlerts>

/** GET /api/health-figures. `self` is the process that answered; `backups` only where HQ makes them itself, the latest first. */
export const HealthFigures = z.strictObject({
  at: time,
  engine: z.enum(['sqlite', 'postgresql']),
  bytes: z.int(),
  /** Reports stored and not yet folded into incidents. */
  unfolded: z.int(),
  self: z.string(),
  nodes: z.array(z.strictObject({ id: z.string(), seenAt: time, figures: NodeFigures })),
  partitions: z.array(Partition),
  /** Of the last 24 hours, oldest first. */
  reportsPerHour: z.array(z.strictObject({ at: time, count: z.int() })),
  unsentAlerts: UnsentAlerts,
  backups: z.array(z.strictObject({ file: z.string(), at: time, bytes: z.int() })).optional(),
})
export type HealthFigures = z.infer<typeof HealthFigures>

/** Answer to POST /api/backups, with status 201: the file that was written at HQ. */
export const MadeBackup = z.strictObject({ file: z.string(), bytes: z.int(), ms: z.number() })
export type MadeBackup = z.infer<typeof MadeBackup>
