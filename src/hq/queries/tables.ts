import type { Generated } from 'kysely'
import type { KnowledgeTables } from './knowledge/tables.ts'
import type { TriageColumns, TriageTables } from './triage/tables.ts'

/** The tables that both engines have, as far as both are asked the same. Times are milliseconds since 1970; columns said to be JSON are text. */
export interface Tables extends TriageTables, KnowledgeTables {
  report: {
    /** The order of arrival; SQLite only. */
    position: Generated<number>
    terminal_id: string
    id: string
    sequence: number
    at: number
    received_at: number
    /** JSON, a Digest. */
    digest: string
    /** 0: body is UTF-8. 1: body is UTF-8 compressed with zstd. */
    encoding: number
    body: Uint8Array
  }
  /** The reports of each terminal; SQLite only. */
  terminal_report: { terminal_id: string; id: string; position: number }
  /** Reports folded per hour of reception; `hour` is its first millisecond. In PostgreSQL several rows make up an hour. */
  report_hour: { hour: number; reports: number }
  /** Boot checks folded per hour in which they were made; `hour` is its first millisecond. In PostgreSQL several rows make up an hour. */
  boot_hour: { hour: number; ready: number; degraded: number; blocked: number; unknown: number }
  /** Each of them; `found` is JSON, what a BootRow has. */
  boot_check: { terminal_id: string; id: string; at: number; outcome: string; found: string }
  terminal: {
    id: string
    /** JSON, a TerminalIdentity. */
    identity: string
    /** Lower-case words of the identity, for searching. */
    search: string
    /** Of the identity, for scopes. */
    region: string | null
    store: string | null
    agent_version: string | null
    token_hash: string | null
    enrolled_at: number | null
    seen_at: number | null
    clock_offset: number | null
    /** JSON, Readiness[]. */
    readiness: string
    /** One letter per tender in the order of TENDERS: r, d, b, u, or - where it is not offered. */
    tenders: string
    /** Ten for every blocked tender and one for every degraded one; 0 unless one is blocked. */
    blocked: number
    checked_at: number | null
    /** JSON. */
    spool: string | null
    open_incidents: number
    worst: string | null
    /** JSON, a FoldState. */
    fold_state: string | null
    watched_until: number
    /** JSON, a PackStanding. */
    pack: string | null
    /** 1 while nothing is heard of it as its store is most likely closed. */
    closed: Generated<number>
  }
  incident: TriageColumns & {
    id: string
    terminal_id: string
    store: string | null
    fault: string
    device: string
    severity: string
    rank: number
    title_zh: string
    title_en: string
    opened_at: number
    changed_at: number
    closed_at: number | null
    count: number
    posterior: number
    regression: number
    report: string
    misses: number
  }
  command: {
    id: string
    terminal_id: string
    type: string
    /** JSON, the kinds of device to check; null for all. */
    devices: string | null
    created_at: number
    expires_at: number
    state: string
    /** JSON, a CommandProgress. */
    progress: string | null
    changed_at: number
    /** JSON, a Configuration; null for other commands. */
    content: string | null
  }
  enrolment_token: {
    id: string
    hash: string
    terminal_id: string | null
    note: string | null
    created_at: number
    expires_at: number
    used_at: number | null
    used_by: string | null
    revoked_at: number | null
    /** Where a terminal must be to enrol with it; null for anywhere. */
    region: string | null
    store: string | null
    /** Who made it. */
    made_by: string | null
  }
  /** What can be set about alerts; `body` is JSON, as its kind has it. */
  alert_setting: { kind: string; id: string; changed_at: number; body: string }
  alert: {
    terminal_id: string
    id: string
    rule_id: string
    /** What of the terminal it is about: an incident's id, or empty for the terminal itself. */
    subject: string
    /** JSON, an AlertWhat. */
    what: string
    since: number
    /** When it may be told, or is looked at again. */
    due_at: number
    fired_at: number | null
    closed_at: number | null
    held_by: string | null
    /** JSON, ids of the channels it was told to. */
    channels: string
  }
  /** The outbox: what is to be told of an alert to a channel; without a message until it is put into one. */
  alert_notice: { terminal_id: string; id: string; channel_id: string; alert_id: string; change: string; at: number; message_id: string | null }
  alert_message: {
    id: string
    channel_id: string
    robot: string
    created_at: number
    state: string
    /** 1 for a test. */
    test: number
    notices: number
    tries: number
    /** JSON, times of the latest tries. */
    tried: string
    tried_at: number
    next_at: number
    /** JSON, kind and detail. */
    problem: string | null
  }
  /** What an enrolled terminal showed of itself; none for those that enrolled before there were keys. */
  admission: {
    terminal_id: string
    /** JSON, a TerminalKey; null without one. */
    key: string | null
    address: string
    enrolled_at: number
    /** Who made the one-time token. */
    made_by: string | null
    /** Null while it waits for somebody's approval. */
    approved_at: number | null
    approved_by: string | null
  }
  /** Uploads that were refused, counted by terminal and reason. */
  refusal: { terminal_id: string; reason: string; count: number; first_at: number; last_at: number; address: string }
  /** What HQ demands of terminals, by name; absent rows stand for the mildest. */
  policy: { name: string; value: string }
  person: {
    id: string
    name: string
    /** The name in lower case, by which it is unique. */
    name_key: string
    role: string
    /** JSON, a Scope; null for everywhere. */
    scope: string | null
    /** As passwords.ts writes it; null if the person has none. */
    password: string | null
    /** 1 if the company's own sign-in may let this person in. */
    external: number
    /** The person at the company's own sign-in, as issuer and subject; null until the first time. */
    subject: string | null
    created_at: number
    signed_in_at: number | null
    disabled_at: number | null
  }
  /** HQ's processes; `figures` is JSON, a NodeFigures. */
  node: { id: string; seen_at: number; figures: string }
  session: {
    /** SHA-256 of the cookie's value, hex. */
    hash: string
    id: string
    /** Null for whoever holds the operator token. */
    person_id: string | null
    created_at: number
    seen_at: number
    idle_ms: number
    expires_at: number
    address: string
    browser: string
  }
  api_token: {
    id: string
    hash: string
    name: string
    role: string
    scope: string | null
    created_by: string
    created_at: number
    expires_at: number | null
    used_at: number | null
    revoked_at: number | null
  }
  /** Only ever added to. */
  audit: { id: string; at: number; who: string; by_way: string; action: string; target: string; status: number; address: string; detail: string }
}
