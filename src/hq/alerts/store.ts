import type { AlertRow, AlertSubject, Channel, DeliveryProblem, DeliveryRow, RuleRow, SilenceRow, WindowRow } from '../../model/alerts.ts'
import type { Rows } from '../store.ts'

/** Kinds of settings. */
export type SettingKind = 'rule' | 'silence' | 'window' | 'channel'

/** A channel with its secrets. */
export interface KeptChannel { id: string; changedAt: number; channel: Channel }

/** All settings, whole; each list in the order of making. */
export interface Settings { rules: RuleRow[]; silences: SilenceRow[]; windows: WindowRow[]; channels: KeptChannel[] }

/** Something that a rule is about now: `key` is the incident's id, or empty where it is the terminal itself. `since` is when it began, if that is known. */
export interface Match { key: string; subject: AlertSubject; since?: number }

/** An alert to be raised, which may be told from `dueAt` on. */
export interface NewAlert { id: string; key: string; row: AlertRow; dueAt: number }

/** An alert to be told to these channels. */
export interface Firing { alert: AlertRow; channels: readonly string[] }

/** An alert to be held back by what is named, and looked at again at `until`. */
export interface Holding { alert: AlertRow; heldBy: string; until: number }

/** At most `count` tries within any `perMs`. */
export interface Limit { count: number; perMs: number }

/** How a channel is claimed: tries are counted by robot, as two channels may lead to the same one; `most` alerts go into a message. */
export interface Sending { channelId: string; robot: string; gatherMs: number; most: number; limits: readonly Limit[] }

/** What is told of an alert. */
export interface Notice { change: 'firing' | 'resolved'; at: number; alert: AlertRow }

/** A message that this process, and no other, is to send before the claim ends. Nothing in it is a test. */
export interface Claimed { id: string; channelId: string; createdAt: number; test: boolean; tries: number; notices: Notice[] }

/** How sending went. waiting: to be tried again at `nextAt`. */
export type Outcome = { state: 'sent' } | { state: 'failed'; kind: DeliveryProblem; detail: string } | { state: 'waiting'; nextAt: number; kind: DeliveryProblem; detail: string }

/** What to list of alerts: standing ones or closed ones, latest first. */
export interface AlertFilter { state: 'open' | 'closed'; cursor?: string; limit: number }

/** The part of the store that alerts are kept in; as the store, it rejects with StoreErrors only. */
export interface AlertStore {
  settings(): Promise<Settings>
  /** Adds a setting or puts it in the place of the one with its id. */
  keep(kind: SettingKind, id: string, body: unknown, now: number): Promise<void>
  /** False if there is none such. */
  remove(kind: SettingKind, id: string): Promise<boolean>

  /** Does the work unless another process does it already; answers whether it did. */
  alone(work: () => Promise<void>): Promise<boolean>
  /** True for one process, once in that time: what is named is its turn. */
  turn(name: string, now: number, everyMs: number): Promise<boolean>
  /** What the rule is about and has no standing alert for. */
  unraised(rule: RuleRow, now: number, limit: number): Promise<Match[]>
  /** Standing alerts of the rule about what is over. */
  over(rule: RuleRow, now: number, limit: number): Promise<AlertRow[]>
  /** Standing alerts of rules other than these. */
  orphaned(rules: readonly string[], limit: number): Promise<AlertRow[]>
  /** Raises alerts; of one rule about one thing only one stands. */
  raise(alerts: readonly NewAlert[]): Promise<void>
  /** Alerts not told yet whose time has come, those due first first. */
  due(now: number, limit: number): Promise<AlertRow[]>
  /** Tells alerts that were not told, or holds them back; what is to be told is in the outbox when this resolves. */
  fire(firing: readonly Firing[], holding: readonly Holding[], now: number): Promise<void>
  /** Has alerts that are held back looked at again at once. */
  release(now: number): Promise<void>
  /** Closes alerts; those that were told are told to be over, the others forgotten. */
  close(alerts: readonly AlertRow[], now: number): Promise<void>
  /** Told and standing alerts of a channel, in the order of their ids from `after` on. */
  standing(channelId: string, after: string, limit: number): Promise<AlertRow[]>
  alerts(filter: AlertFilter): Promise<Rows<AlertRow>>

  /**
   * Messages to be sent now: those whose next try is due, and new ones of what waited for long enough, as far as each robot's limits
   * allow. What is claimed is no one else's until `claimMs` have passed, and counts as tried.
   */
  claim(sendings: readonly Sending[], now: number, claimMs: number): Promise<Claimed[]>
  /** A test message, claimed at once; undefined if the robot's limits leave no room for it now. */
  claimTest(sending: Sending, now: number, claimMs: number): Promise<Claimed | undefined>
  settle(id: string, outcome: Outcome): Promise<void>
  /** Has a message that was given up tried again; false if there is none such. */
  again(id: string, now: number): Promise<boolean>
  /** Latest first. */
  deliveries(limit: number): Promise<DeliveryRow[]>
  /** The latest message of each channel, and alerts that wait to be told to it. */
  channelStates(): Promise<Map<string, { waiting: number; last?: DeliveryRow }>>
  /** Deletes alerts closed, and messages ended, before then. */
  forget(before: number): Promise<void>
}
