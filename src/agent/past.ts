import { lossesSince } from '../check/losses.ts'
import type { Check } from '../model/check.ts'
import { hasValue, type Observation } from '../model/observation.ts'
import { type Change, Elsewhere, NO_PAST, Past } from '../model/past.ts'
import type { Store } from './store.ts'

/** How long changes and losses are remembered: longer than any window in which they count. */
const KEPT_MS = 7 * 86_400_000
const MOST_KEPT = 200

/** Names of observations whose change is a change of software, of settings, or of the port. */
const TELLS: readonly [RegExp, Change['what']][] = [[/(^|[.-])(version|firmware)$/, 'version'], [/\.(parameters-unchanged|time-zone-right)$/, 'configuration'], [/\.usb-path$/, 'port']]

const values = (observations: readonly Observation[]): Map<string, Observation & { value: unknown }> =>
  new Map(observations.flatMap((o) => (hasValue(o) && o.source !== 'cached' ? [[`${o.name} ${o.device}`, o] as const] : [])))

const changesBetween = (before: Check, check: Check): Change[] => {
  const was = values(before.observations)
  const seen = [...values(check.observations)].flatMap(([key, now]): Change[] => {
    const then = was.get(key)
    if (then === undefined || then.value === now.value) return []
    const what = TELLS.find(([pattern]) => pattern.test(now.name))?.[1]
    return what === undefined ? [] : [{ what, at: check.startedAt, device: now.device }]
  })
  const lost = (c: Check) => c.symptoms.some((s) => s.id === 'power.mains-lost' && s.is === 'present')
  return lost(before) === lost(check) ? seen : [...seen, { what: 'power', at: check.startedAt }]
}

/** What is known of the past after one more check: what changed, what was lost, since when every present symptom has been there. The same object if nothing did. */
export const stepPast = (past: Past, before: Check | undefined, check: Check): Past => {
  const now = check.startedAt
  const lately = <T extends { at: number }>(all: readonly T[]): T[] => all.filter(({ at }) => at > now - KEPT_MS && at <= now).slice(-MOST_KEPT)
  const changes = before ? changesBetween(before, check) : []
  const losses = lossesSince(before, check.symptoms, now)
  const since = check.symptoms.filter((s) => s.is === 'present').map((s) => ({ symptom: s.id, device: s.device, at: past.since.find((p) => p.symptom === s.id && p.device === s.device)?.at ?? now })).slice(-MOST_KEPT)
  const paths = Object.fromEntries(check.observations.flatMap((o) => (o.name.endsWith('.usb-path') && hasValue(o) ? [[o.device, String(o.value)]] : [])))
  const usbPaths = { ...past.usbPaths, ...paths }
  const same = past.from !== undefined && changes.length + losses.length === 0 && JSON.stringify([since, usbPaths]) === JSON.stringify([past.since, past.usbPaths])
  return same ? past : { ...past, from: past.from ?? now, changes: lately([...past.changes, ...changes]), losses: lately([...past.losses, ...losses]), since, usbPaths }
}

/** What the store knows of the past; nothing if it was written by another version of this program. Throws StoreError. */
export const readPast = (store: Store): Past => {
  const kept = store.meta('past')
  const read = Past.safeParse(kept === undefined ? {} : JSON.parse(kept))
  return read.success ? read.data : NO_PAST
}

/** Keeps the past; incidents have rows of their own. Throws StoreError. */
export const writePast = (store: Store, past: Past): void => store.setMeta('past', JSON.stringify({ ...past, incidents: [] }))

const ELSEWHERE_KEY = 'elsewhere'
/** The same counts at a later time are written no more often than this, so that a quiet till does not write all day. Milliseconds. */
const REWRITTEN_MS = 6 * 3_600_000

/** What HQ told of the other lanes last; undefined if it never did, or to another version of this program. Throws StoreError. */
export const readElsewhere = (store: Store): Elsewhere | undefined => {
  const kept = store.meta(ELSEWHERE_KEY)
  return kept === undefined ? undefined : Elsewhere.safeParse(JSON.parse(kept)).data
}

/** Keeps what HQ told of the other lanes. Throws StoreError. */
export const writeElsewhere = (store: Store, told: Elsewhere): void => {
  const before = readElsewhere(store)
  const same = before !== undefined && told.at - before.at < REWRITTEN_MS && JSON.stringify({ ...before, at: told.at }) === JSON.stringify(told)
  if (!same) store.setMeta(ELSEWHERE_KEY, JSON.stringify(told))
}

/** The past with the times at which this host was started. */
export const withBoots = (past: Past, began: readonly number[]): Past => ({ ...past, changes: [...past.changes, ...began.slice(-MOST_KEPT).map((at): Change => ({ what: 'reboot', at }))] })
