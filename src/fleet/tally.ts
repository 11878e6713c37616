/** What became of everything that a fleet said. Reports are counted once each, whatever was sent again; answers as they came. */
export interface Tally {
  terminals: number
  enrolled: number
  /** Reports made; of them put on the wire at least once. */
  made: number
  sent: number
  /** Of those sent: HQ has it, HQ will never take it, no answer yet. */
  delivered: number
  rejected: number
  unanswered: number
  /** Made and never sent; pushed out of a full outbox. */
  waiting: number
  lost: number
  /** Items of HQ's answers. */
  stored: number
  duplicates: number
  /** Batches sent again though they were acknowledged, as when the answer was lost behind the terminal's back. */
  repeated: number
  /** Requests by what came of them. */
  requests: { answered: number; refused: number; failed: number }
  beats: { sent: number; answered: number }
  /** Of malicious senders: what they tried, and what of it HQ let through. */
  hostile: { tried: number; passed: number }
  /** Reasons for which reports were rejected and requests refused or failed, by their first words. */
  reasons: Map<string, number>
}

/** Nothing counted yet. */
export const tallyOf = (terminals: number): Tally => ({
  terminals, enrolled: 0, made: 0, sent: 0, delivered: 0, rejected: 0, unanswered: 0, waiting: 0, lost: 0, stored: 0, duplicates: 0, repeated: 0,
  requests: { answered: 0, refused: 0, failed: 0 }, beats: { sent: 0, answered: 0 }, hostile: { tried: 0, passed: 0 }, reasons: new Map(),
})

const MOST_REASONS = 200

/** Counts a reason by what comes before its first colon or number. */
export const noteReason = (tally: Tally, reason: string): void => {
  const short = reason.split(/[:0-9]/, 1)[0]?.trim() || reason.slice(0, 40)
  if (tally.reasons.size < MOST_REASONS || tally.reasons.has(short)) tally.reasons.set(short, (tally.reasons.get(short) ?? 0) + 1)
}
