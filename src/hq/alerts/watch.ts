import type { AlertRow, RuleRow } from '../../model/alerts.ts'
import { uuidv7 } from '../../model/id.ts'
import { heldBy } from './hold.ts'
import type { AlertStore, Firing, Holding, Match, NewAlert, Settings } from './store.ts'

/** Bounds of a round: alerts handled in one step, and steps; what is left is done in the next round. */
export const WATCHING = { atOnce: 500, steps: 20, heldMs: 60_000 } as const

const MINUTE = 60_000

const newAlert = ({ id: ruleId, rule }: RuleRow, { key, subject, since = 0 }: Match, now: number): NewAlert => {
  const id = uuidv7(now)
  // A clock that is ahead must not put an alert off.
  const began = since > 0 ? Math.min(since, now) : now
  return { id, key, dueAt: began + rule.minutes * MINUTE, row: { id, ruleId, rule: rule.name, on: rule.on, subject, since: began } }
}

/** Repeats a step until it finds no more than a part of what it could have taken. */
const inSteps = async (step: () => Promise<number>): Promise<void> => {
  for (let n = 0; n < WATCHING.steps; n++) {
    if ((await step()) < WATCHING.atOnce) return
  }
}

const closeAll = (store: AlertStore, find: () => Promise<AlertRow[]>, now: number): Promise<void> =>
  inSteps(async () => {
    const over = await find()
    if (over.length > 0) await store.close(over, now)
    return over.length
  })

const raiseAll = (store: AlertStore, rule: RuleRow, now: number): Promise<void> =>
  inSteps(async () => {
    const matches = await store.unraised(rule, now, WATCHING.atOnce)
    if (matches.length > 0) await store.raise(matches.map((match) => newAlert(rule, match, now)))
    return matches.length
  })

const tellDue = (store: AlertStore, { rules, silences, windows, channels }: Settings, now: number): Promise<void> =>
  inSteps(async () => {
    const due = await store.due(now, WATCHING.atOnce)
    const firing: Firing[] = []
    const holding: Holding[] = []
    for (const alert of due) {
      const by = heldBy(silences, windows, alert.subject, now)
      const named = rules.find((r) => r.id === alert.ruleId)?.rule.channels ?? []
      if (by === undefined) firing.push({ alert, channels: named.filter((id) => channels.some((c) => c.id === id)) })
      else holding.push({ alert, heldBy: by, until: now + WATCHING.heldMs })
    }
    if (due.length > 0) await store.fire(firing, holding, now)
    return due.length
  })

/** For how long HQ must have listened, in ms, before silence says anything of a terminal: more than the longest pause between its words. */
const LISTENING_MS = 10 * MINUTE

/** True if new alerts of the rule can be trusted: after HQ was away every terminal seems silent. */
const canTell = ({ rule }: RuleRow, listeningMs: number): boolean => rule.on !== 'silence' || listeningMs >= Math.min(rule.minutes * MINUTE, LISTENING_MS)

/**
 * One look at everything: closes alerts that are over, raises new ones, and tells those whose time has come. `listeningMs` is for how
 * long HQ has heard its terminals without a break. Can be broken off anywhere and done again.
 */
export const watchOnce = async (store: AlertStore, settings: Settings, now: number, listeningMs: number): Promise<void> => {
  const rules = settings.rules.filter(({ rule }) => rule.enabled)
  await closeAll(store, () => store.orphaned(rules.map((r) => r.id), WATCHING.atOnce), now)
  for (const rule of rules) {
    await closeAll(store, () => store.over(rule, now, WATCHING.atOnce), now)
    if (canTell(rule, listeningMs)) await raiseAll(store, rule, now)
  }
  await tellDue(store, settings, now)
}
