import type { AbsenceCause } from '../../model/triage.ts'
import type { OpenIncident } from '../queries/triage/absences.ts'
import type { OutbreakRecord } from '../queries/triage/outbreaks.ts'

const HOUR = 3_600_000

/** Faults by which a terminal says that it is running out of power. */
const OUT_OF_POWER: ReadonlySet<string> = new Set(['PWR-AC-LOST', 'PWR-BATTERY-LOW'])

const POWER: AbsenceCause = 'power'

/** The battery of a till carries it for so long at most, in ms. */
const CARRIED_MS = HOUR

/** Incidents come with a report that is heard before the last word; clocks may be this far apart, in ms. */
const APART_MS = 60_000

/** True of faults that a terminal tells last before it goes dark. */
const isOutOfPower = (fault: string): boolean => OUT_OF_POWER.has(fault)

/** Who falls silent so shortly before or after others told of an outage is part of it, in ms. */
const SAME_OUTAGE_MS = HOUR

/** True if something that happened then happened while an outbreak, being of lost power, was spreading. */
export const isWithinOutage = (at: number, { fault, opened_at, last_at }: OutbreakRecord): boolean => isOutOfPower(fault) && at > opened_at - SAME_OUTAGE_MS && at < last_at + SAME_OUTAGE_MS

/** The incidents that explain why nothing is heard of their terminals since then: power was lost, and shortly after they fell silent. */
export const lastWords = (open: readonly OpenIncident[], { cause, since }: { cause: string; since: number }): OpenIncident[] =>
  cause !== POWER ? [] : open.filter((i) => isOutOfPower(i.fault) && i.opened_at >= since - CARRIED_MS && i.opened_at <= since + APART_MS)
