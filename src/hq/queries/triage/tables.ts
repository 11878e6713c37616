import type { Generated } from 'kysely'

/** What people decide of an incident or an absence; money in minor units. All null or 0 until somebody or something says more. */
interface CareColumns {
  acknowledged_at: Generated<number | null>
  acknowledged_by: Generated<string | null>
  assignee: Generated<string | null>
  silence: Generated<string | null>
  silenced_until: Generated<number | null>
  lost: Generated<number>
  per_hour: Generated<number>
  /** What the queue is sorted by: lost and per_hour together. */
  cost: Generated<number>
  currency: Generated<string | null>
  outbreak: Generated<string | null>
}

/** Columns of `incident` beyond what folding needs; the first eight are written by it all the same. */
export interface TriageColumns extends CareColumns {
  region: string | null
  model: string | null
  agent_version: string | null
  firmware: string | null
  actor: string | null
  previous: string | null
  resolved_by: string | null
  resolved_report: string | null
  visit: Generated<string | null>
  /** The absence that it explains, while that lasts. */
  absence: Generated<string | null>
  /** 1 once it is part of its issue. */
  counted: Generated<number>
}

/** Tables of triage; the same on both engines. */
export interface TriageTables {
  /** What each terminal may have in common with others, as of its newest report. */
  terminal_factor: { terminal_id: string; name: string; value: string }
  /** Sales of an hour (its first ms), as the terminal counted them; `folded` once they are part of its profile. */
  sales_hour: { terminal_id: string; hour: number; count: number; sum: number; currency: string | null; folded: Generated<number> }
  /** JSON: a SalesProfile, and the SalesHistory that it was learned from. */
  sales_profile: { terminal_id: string; profile: string; history: string }
  /** Who did what to what; `place` is the terminal, the store, or `fleet`. */
  care_change: { place: string; subject: string; id: string; at: number; who: string; what: string; detail: string | null }
  /** Incidents opened per day (its first ms, UTC); empty text where something was not known. */
  issue_day: { fault: string; day: number; region: string; model: string; agent_version: string; firmware: string; incidents: number }
  issue: {
    fault: string
    title_zh: string
    title_en: string
    severity: string
    state: Generated<string>
    assignee: Generated<string | null>
    first_seen_at: number
    last_seen_at: number
    incidents: number
    resolved_at: Generated<number | null>
    regressed_at: Generated<number | null>
  }
  outbreak: {
    id: string
    fault: string
    title_zh: string
    title_en: string
    severity: string
    factor: string
    value: string
    opened_at: number
    last_at: number
    closed_at: number | null
    terminals: number
    stores: number
    open_now: number
    among: number
    expected: number
    log10p: number
    window_ms: number
    lost: number
    per_hour: number
    currency: string | null
  }
  absence: CareColumns & {
    place: string
    id: string
    scope: string
    store: string
    region: string | null
    terminals: number
    since: number
    noticed_at: number
    back_at: number | null
    /** The likeliest one. */
    cause: string
    /** JSON: causes and evidence. */
    reasons: string
  }
  /** The last word of a terminal that was stopped in order. */
  goodbye: { terminal_id: string; at: number; reason: string }
  store_state: {
    store: string
    region: string | null
    terminals: number
    online: number
    silent: number
    closed: Generated<number>
    blocked: number
    open_incidents: number
    rank: number
    cost: number
    lost: number
    per_hour: number
    currency: string | null
    absence: string | null
  }
  /** JSON, a StoreCard. */
  store_card: { store: string; card: string }
  visit: {
    store: string
    id: string
    state: string
    assignee: string | null
    planned_for: number | null
    note: string | null
    made_at: number
    made_by: string
    /** JSON: ids of incidents. */
    incidents: string
    /** JSON, Part[]. */
    parts: string
  }
  /** What an agent handed over for a command; body as those of reports. */
  log_bundle: { terminal_id: string; command: string; received_at: number; encoding: number; body: Uint8Array }
  rollout: {
    revision: number
    /** JSON, a Configuration. */
    configuration: string
    note: string | null
    made_at: number
    made_by: string
    region: string | null
    /** JSON: percents. */
    stages: string
    soak_ms: number
    state: string
    stage: number
    stage_at: number
    reason: string | null
  }
  rollout_terminal: { terminal_id: string; revision: number; state: string; command: string; at: number; tries: number; detail: string | null }
  /** A job that one process does at a time: who has it until when, and how far it has come. */
  turn: { job: string; holder: string; until: number; cursor: string }
}
