import { expect } from 'vitest'
import { digestOf } from '../../src/hq/digest.ts'
import { fold } from '../../src/hq/fold.ts'
import type { NewReport, ReceivedHeartbeat, Store } from '../../src/hq/store.ts'
import { storedBody } from '../../src/hq/stored-body.ts'
import { uuidv7 } from '../../src/model/id.ts'
import type { TerminalIdentity } from '../../src/model/terminal.ts'
import { eventOf, makeReport, type ReportOptions } from './reports.ts'

/** The time at which most of it happens, ms since 1970. */
export const T0 = Date.UTC(2026, 10, 20, 8)
/** In ms; also the heartbeat interval. */
export const MINUTE = 60_000
/** In ms. */
export const DAY = 86_400_000
/** The moment of most questions. */
export const moment = { now: T0, beatMs: MINUTE }

/** A store under test; `reopen` closes it and opens the same data again, `close` removes them. */
export interface StoreUnderTest { store: Store; reopen(): Promise<Store>; close(): Promise<void> }

/** A report as the store is given it; `identity` is what it says of its terminal. */
export const stored = ({ receivedAt, identity, ...options }: ReportOptions & { receivedAt?: number; identity?: TerminalIdentity }): NewReport => {
  const made = makeReport({ at: T0, ...options })
  const report = identity === undefined ? made : { ...made, terminal: identity }
  return { terminalId: report.terminal.id, id: report.id, sequence: report.sequence, at: report.at, receivedAt: receivedAt ?? report.at + 100, digest: JSON.stringify(digestOf(report)), ...storedBody(Buffer.from(JSON.stringify(eventOf(report)))) }
}

/** A heartbeat from a terminal whose clock is five seconds ahead. */
export const beat = (terminalId: string, receivedAt: number, more: Partial<ReceivedHeartbeat['beat']> = {}): ReceivedHeartbeat => ({
  terminalId,
  receivedAt,
  beat: { at: receivedAt + 5000, agentVersion: '0.2.0', bootId: 'b', uptimeMs: 1, sequence: 1, spool: { reports: 2, bytes: 3, lost: 0 }, readiness: [], openIncidents: 0, ...more },
})

/** Folds all that is there. */
export const drain = async (store: Store): Promise<void> => {
  while ((await store.foldNext(100, fold)).folded > 0);
}

/** Enrols a terminal, of the store Main St unless told; the hash of its token is `own-` and its id. */
export const enrolled = async (store: Store, id: string, at: { region?: string; store?: string } = {}): Promise<void> => {
  const hash = `one-time-${id}`
  await store.addEnrolmentToken({ id: uuidv7(T0), hash, createdAt: T0, expiresAt: T0 + MINUTE })
  expect(await store.enrol({ tokenHash: hash, terminalTokenHash: `own-${id}`, terminal: { id, store: 'Main St', ...at }, agentVersion: '0.1.0', address: '192.0.2.7', waits: false, now: T0 })).toBe('enrolled')
}
