import * as z from 'zod'
import { Tender } from './device.ts'
import { Actor, Severity } from './fault.ts'
import { TenderCounts } from './fleet.ts'
import { Text } from './text.ts'

// What HQ makes of reports beyond the single incident. Times are milliseconds since 1970; money is in minor units of its currency.

const time = z.number()
const who = z.string().max(100)

/** retest: a check made to prove the repair no longer found it. check: the agent said so after another check. unseen: many reports in a row looked and did not find it. */
export const Resolution = z.enum(['retest', 'check', 'unseen'])
export type Resolution = z.infer<typeof Resolution>

/** Why nobody is to be woken by it. in-repair: somebody is at it. */
export const Silence = z.enum(['suppressed', 'in-repair'])
export type Silence = z.infer<typeof Silence>

/** What people have made of an incident or an absence. A silence is over once `silencedUntil` has passed. */
export const Care = z.strictObject({ acknowledgedAt: time.optional(), acknowledgedBy: who.optional(), assignee: who.optional(), silence: Silence.optional(), silencedUntil: time.optional() })
export type Care = z.infer<typeof Care>

/** Money by the lane's own history of the same hours of the week: lost since it began (at most over the last three days), and what the coming hour would lose. */
export const Cost = z.strictObject({ lostMinor: z.int(), perHourMinor: z.int(), currency: z.string().optional() })
export type Cost = z.infer<typeof Cost>

const note = z.string().max(500).optional()

/** A change that a person makes to an incident or an absence. `until` of a repair is eight hours ahead unless told; a suppression must say its end. */
export const CareAction = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('acknowledge'), note }),
  z.strictObject({ do: z.literal('assign'), to: who.min(1), note }),
  z.strictObject({ do: z.literal('unassign'), note }),
  z.strictObject({ do: z.literal('suppress'), until: time, note }),
  z.strictObject({ do: z.literal('repair'), until: time.optional(), note }),
  z.strictObject({ do: z.literal('unsilence'), note }),
  z.strictObject({ do: z.literal('note'), note: z.string().min(1).max(500) }),
])
export type CareAction = z.infer<typeof CareAction>

/** One entry of a history: who did what, when. Who is `terminal` where a report did it and `hq` where HQ did by itself. */
export const Change = z.strictObject({ id: z.string(), at: time, who, what: z.string(), detail: z.string().optional() })
export type Change = z.infer<typeof Change>

/** POST /api/care: one change to many at once; the answer counts those that were open and are changed now. */
export const CareRequest = z.strictObject({
  incidents: z.array(z.uuid()).max(500).default([]),
  absences: z.array(z.uuid()).max(500).default([]),
  action: CareAction,
})
export type CareRequest = z.infer<typeof CareRequest>

/** Why a terminal or a whole store is silent. */
export const AbsenceCause = z.enum(['closed', 'power', 'link', 'host', 'agent'])
export type AbsenceCause = z.infer<typeof AbsenceCause>

/** One fact that speaks about the cause, with the factor by which it multiplied each cause. */
export const AbsenceEvidence = z.strictObject({ id: z.string(), text: Text, factors: z.record(AbsenceCause, z.number()) })
export type AbsenceEvidence = z.infer<typeof AbsenceEvidence>

/** A terminal, or a store with all its terminals, of which nothing is heard. */
export const AbsenceRow = z.strictObject({
  id: z.string(),
  scope: z.enum(['terminal', 'store']),
  /** The terminal's id or the store's name. */
  place: z.string(),
  store: z.string(),
  region: z.string().optional(),
  /** Terminals that are silent with it, itself included. */
  terminals: z.int(),
  /** Last word of the last one heard. */
  since: time,
  noticedAt: time,
  backAt: time.optional(),
  /** Most likely first; they add up to 1. */
  causes: z.array(z.strictObject({ cause: AbsenceCause, p: z.number() })),
  evidence: z.array(AbsenceEvidence),
  /** What its terminals last said of themselves that explains it: open incidents, which are no matter of their own while it lasts; at most 200. */
  lastWords: z.array(z.strictObject({ id: z.string(), terminalId: z.string(), fault: z.string(), device: z.string(), title: Text, openedAt: time })).optional(),
  care: Care.optional(),
  cost: Cost.optional(),
  outbreak: z.string().optional(),
})
export type AbsenceRow = z.infer<typeof AbsenceRow>

/** The fault code under which absences are counted and become outbreaks. */
export const ABSENT = 'ABSENT'

/** The same fault in many stores within a short time, taken as one thing. */
export const OutbreakRow = z.strictObject({
  id: z.string(),
  /** A fault code, or ABSENT. */
  fault: z.string(),
  title: Text,
  severity: Severity,
  /** What the affected have in common: `fleet` (nothing), region, merchant, model, batch, agent, pos, acquirer, provider, `firmware DEVICE`, configuration and the like. */
  factor: z.string(),
  value: z.string(),
  openedAt: time,
  lastAt: time,
  closedAt: time.optional(),
  /** Counted while it was growing: affected now, and in all. */
  terminals: z.int(),
  stores: z.int(),
  openNow: z.int(),
  /** Terminals of the fleet that share the factor, and how many stores would have been affected in that time as a rule. */
  among: z.int(),
  expected: z.number(),
  /** Logarithm (base 10) of the probability that chance did this. */
  log10p: z.number(),
  windowMs: z.number(),
  cost: Cost.optional(),
})
export type OutbreakRow = z.infer<typeof OutbreakRow>

/** open: seen and not settled. resolved: somebody said that its cause is gone. regressed: it came back after that. muted: not worth anybody's time. */
export const IssueState = z.enum(['open', 'resolved', 'regressed', 'muted'])
export type IssueState = z.infer<typeof IssueState>

const counts = z.array(z.strictObject({ value: z.string(), incidents: z.int() }))

/** A fault over the whole fleet. */
export const IssueRow = z.strictObject({
  fault: z.string(),
  title: Text,
  severity: Severity,
  state: IssueState,
  assignee: who.optional(),
  firstSeenAt: time,
  lastSeenAt: time,
  /** Incidents ever, and now open on so many terminals. */
  incidents: z.int(),
  open: z.int(),
  openTerminals: z.int(),
  resolvedAt: time.optional(),
  regressedAt: time.optional(),
  /** Incidents opened in the last seven days, against the seven before: above 1 it grows. */
  week: z.int(),
  weekBefore: z.int(),
})
export type IssueRow = z.infer<typeof IssueRow>

/** GET /api/issues/{fault}: incidents opened per day (UTC) over 30 days, oldest first, and by what they have in common over the same time. */
export const IssueDetail = z.strictObject({
  issue: IssueRow,
  days: z.array(z.strictObject({ day: time, incidents: z.int() })),
  by: z.strictObject({ model: counts, firmware: counts, agentVersion: counts, region: counts }),
  history: z.array(Change),
})
export type IssueDetail = z.infer<typeof IssueDetail>

/** POST /api/issues/{fault}. */
export const IssueAction = z.discriminatedUnion('do', [
  z.strictObject({ do: z.enum(['resolve', 'reopen', 'mute']), note }),
  z.strictObject({ do: z.literal('assign'), to: who.min(1), note }),
])
export type IssueAction = z.infer<typeof IssueAction>

const spans = z.array(z.tuple([z.int().min(0).max(1440), z.int().min(1).max(2880)])).max(4)

/**
 * Hours in which a store is open, per weekday from Monday, as minutes since midnight in its time zone; an end past 1440 runs into the
 * next day. On a date of `holidays` its hours are instead (none: closed all day).
 */
export const OpeningHours = z.strictObject({
  timeZone: z.string().max(64), days: z.array(spans).length(7),
  holidays: z.array(z.strictObject({ date: z.iso.date(), spans, note: z.string().max(100).optional() })).max(100).optional(),
})
export type OpeningHours = z.infer<typeof OpeningHours>

/** What people know of a store. PUT /api/stores/{store} replaces it. */
export const StoreCard = z.strictObject({ address: z.string().max(300).optional(), contact: z.string().max(200).optional(), note: z.string().max(500).optional(), hours: OpeningHours.optional() })
export type StoreCard = z.infer<typeof StoreCard>

/** When a store that is closed opens next, and the time zone of its clock (IANA name). */
export const Opens = z.strictObject({ at: time, timeZone: z.string() })
export type Opens = z.infer<typeof Opens>

/** A store as lists show it; brought up to date about once a minute. */
export const StoreRow = z.strictObject({
  store: z.string(),
  region: z.string().optional(),
  terminals: z.int(),
  online: z.int(),
  silent: z.int(),
  /** Terminals of which nothing is heard as the store is closed; they count neither as silent nor as blocked. */
  closed: z.int(),
  /** Terminals that cannot take money by some means. */
  blocked: z.int(),
  openIncidents: z.int(),
  worst: Severity.optional(),
  cost: Cost.optional(),
  absence: z.string().optional(),
  tenders: TenderCounts.optional(),
  /** By the hours that people gave for it, if they did. */
  opening: z.enum(['open', 'closed']).optional(),
  opens: Opens.optional(),
})
export type StoreRow = z.infer<typeof StoreRow>

/** How a store stands, worst first. blocked: a terminal cannot take money by some means. silent: nothing is heard of the whole store. faulty: something else is wrong. quiet: some terminals are silent. closed: nothing is heard of it, as it is most likely closed. well: nothing is known to be wrong. */
export const StoreStanding = z.enum(['blocked', 'silent', 'faulty', 'quiet', 'closed', 'well'])
export type StoreStanding = z.infer<typeof StoreStanding>

/** GET /api/map: stores by region. Every store is counted in `standing`; of a region the worst ones are listed, by name, standing, number of terminals, and when those that are closed open if people gave their hours, in a large fleet only those that are not well. Stores of no region are in the one with an empty name. */
export const FleetMap = z.strictObject({
  at: time,
  regions: z.array(z.strictObject({ region: z.string(), terminals: z.int(), standing: z.record(StoreStanding, z.int()), stores: z.array(z.tuple([z.string(), StoreStanding, z.int(), Opens.optional()])) })),
})
export type FleetMap = z.infer<typeof FleetMap>

/** A part or a consumable to take along. */
export const Part = z.strictObject({ id: z.string(), name: Text, count: z.int().min(1) })
export type Part = z.infer<typeof Part>

/** What one visit to a store is to settle. */
export const VisitRow = z.strictObject({
  id: z.string(),
  store: z.string(),
  state: z.enum(['planned', 'under-way', 'done', 'cancelled']),
  assignee: who.optional(),
  plannedFor: time.optional(),
  note: z.string().optional(),
  madeAt: time,
  madeBy: who,
  incidents: z.array(z.string()),
  parts: z.array(Part),
})
export type VisitRow = z.infer<typeof VisitRow>

/** POST /api/visits: without `incidents` all open ones of the store that need somebody to come. */
export const CreateVisit = z.strictObject({ store: z.string().min(1).max(100), incidents: z.array(z.uuid()).max(100).optional(), assignee: who.optional(), plannedFor: time.optional(), note: z.string().max(500).optional() })
export type CreateVisit = z.infer<typeof CreateVisit>

/** POST /api/visits/{id}. Under way, its incidents count as in repair; done, their terminals are asked for a check, which is what closes them. */
export const VisitAction = z.strictObject({ state: VisitRow.shape.state, note: z.string().max(500).optional() })
export type VisitAction = z.infer<typeof VisitAction>

const parts = z.array(Part)

/** One line of the queue: what to look into first. `blocked`: ways of taking money that stand still at its terminal, it being one of the reasons; of an outbreak, at some of its terminals, left out where nobody can tell as they are silent. `parts`: what to take along, of an outbreak to each of its devices. */
export const QueueRow = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('outbreak'), cost: z.int(), outbreak: OutbreakRow, blocked: z.array(Tender).optional(), actor: Actor.optional(), parts }),
  z.strictObject({ kind: z.literal('absence'), cost: z.int(), absence: AbsenceRow }),
  z.strictObject({
    kind: z.literal('incident'), cost: z.int(), id: z.string(), terminalId: z.string(), store: z.string().optional(), region: z.string().optional(), lane: z.string().optional(), fault: z.string(), device: z.string(), severity: Severity, title: Text,
    openedAt: time, regression: z.boolean(), actor: Actor.optional(), care: Care.optional(), money: Cost.optional(), blocked: z.array(Tender), parts,
  }),
])
export type QueueRow = z.infer<typeof QueueRow>

/** GET /api/outbreaks/{id}: its members that are still open; at most 200 of each kind, the costliest first. Incidents are asked for with `?outbreak=`. */
export const OutbreakDetail = z.strictObject({ outbreak: OutbreakRow, absences: z.array(AbsenceRow), history: z.array(Change) })
export type OutbreakDetail = z.infer<typeof OutbreakDetail>

/** GET /api/absences/{id}. */
export const AbsenceDetail = z.strictObject({ absence: AbsenceRow, history: z.array(Change) })
export type AbsenceDetail = z.infer<typeof AbsenceDetail>

/** GET /api/incidents/facets: open incidents counted by what a list may be narrowed by further, the most frequent first; it takes what narrows GET /api/incidents. */
export const Facets = z.strictObject({ severity: counts, fault: counts, region: counts, model: counts, actor: counts, assignee: counts, agentVersion: counts })
export type Facets = z.infer<typeof Facets>
