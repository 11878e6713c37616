import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { type Chance, chanceOf } from '../fixtures/world/chance.ts'
import { look, outOfOrder } from '../fixtures/world/look.ts'
import { addOddities, BLIND, blindnessOf } from '../fixtures/world/oddities.ts'
import type { Blindness, Sighting } from '../fixtures/world/sights.ts'
import { type Trouble, troubles } from '../fixtures/world/troubles.ts'
import { healthyWorld, thing, type World } from '../fixtures/world/world.ts'
import { probes } from '../probes/index.ts'
import { readiness } from '../src/check/readiness.ts'
import { readSymptoms } from '../src/check/symptoms.ts'
import type { Case } from '../src/cli/score/run.ts'
import { catalogue } from '../src/faults/index.ts'
import type { FaultAt } from '../src/model/diagnosis.ts'
import { fitted } from '../src/model/fitted.ts'
import type { Scenario } from '../src/model/scenario.ts'
import type { Symptom } from '../src/model/symptom.ts'
import { TerminalFile } from '../src/model/terminal.ts'
import { WAYS } from '../src/texts/ways.ts'

/** A trouble on a device. */
export interface Struck { trouble: Trouble; device: string }

/** A scenario drawn from the world model, and how to draw it again with other troubles: what a repair would bring. */
export interface Drawn {
  name: string
  scenario: Scenario
  /** What is there and can be seen. */
  truth: readonly Struck[]
  /** What is seen once these faults are cured. */
  seenAfter(cured: readonly FaultAt[]): Sighting[]
}

const SHOPS = ['full-shop', 'smartcard-counter', 'supermarket-lane', 'cafe-wifi', 'market-stall-cellular', 'department-store'] as const
const folder = join(import.meta.dirname, '../fixtures/terminals')
const shops = new Map(SHOPS.map((shop) => [shop, TerminalFile.parse(parse(readFileSync(join(folder, `${shop}.yaml`), 'utf8')))]))

const shopOf = (name: (typeof SHOPS)[number]): TerminalFile => {
  const found = shops.get(name)
  if (found === undefined) throw new RangeError(`no shop ${name}`)
  return found
}

/** The same shop, the same luck, with these troubles: every draw of chance is made anew from its own seed, so that only the troubles differ. */
const worldWith = (seed: string, terminal: TerminalFile, odd: number, struck: readonly Struck[]): World => {
  const world = healthyWorld(terminal, chanceOf(`${seed} shop`))
  addOddities(world, chanceOf(`${seed} odd`), odd)
  for (const { trouble, device } of struck) trouble.strike(thing(world, device), world, chanceOf(`${seed} ${trouble.fault} ${trouble.way} ${device}`))
  return world
}

const symptomsOf = (terminal: TerminalFile, seen: readonly Sighting[]): Symptom[] =>
  readSymptoms(probes, fitted(terminal), seen.map((o, at) => ({ ...o, at })), terminal.limits)

const presentIn = (symptoms: readonly Symptom[]): Set<string> => new Set(symptoms.filter((s) => s.is === 'present').map((s) => `${s.id} ${s.device}`))

const differ = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => a.size !== b.size || [...a].some((x) => !b.has(x))

/** A symptom that a healthy device shows this often needs no explanation; as in diagnose. */
const ORDINARY = 0.02

const settled = (truth: readonly FaultAt[]) => ({
  verdicts: truth.map(({ fault, device }) => ({ fault, device, verdict: 'found' as const, posterior: 1, for: [], against: [], notLookedAt: [] })), unexplained: [], healthy: 0,
})

/** Faults that cannot be: each of their ways has a symptom that it nearly always shows, and that was looked for and is not there. */
const impossible = (terminal: TerminalFile, symptoms: readonly Symptom[], truth: readonly Struck[]): FaultAt[] => {
  const is = (id: string, device: string) => symptoms.find((s) => s.id === id && s.device === device)?.is
  return fitted(terminal).flatMap((device) => catalogue.faults.filter((f) => f.on === device.kind && f.shows.length > 0 && !truth.some((t) => t.trouble.fault === f.code)).flatMap((fault): FaultAt[] => {
    const own = fault.shows.filter((s) => s.on === 'self' && (s.over?.includes(device.transport.type) ?? true))
    const ways = Object.keys(fault.ways).length > 0 ? Object.keys(fault.ways) : ['']
    const refuted = ways.every((way) => own.some((s) => s.p >= 0.9 && (s.ways?.includes(way) ?? true) && is(s.symptom, device.id) === 'absent'))
    const suspected = fault.shows.some((s) => symptoms.some((x) => x.id === s.symptom && x.is === 'present'))
    return refuted && !suspected ? [{ fault: fault.code, device: device.id }] : []
  }))
}

/** Where a diagnosis must say that a fault is: of what the terminal has but one, on the device that tells most of it. */
const placed = (terminal: TerminalFile, symptoms: readonly Symptom[], { trouble, device }: Struck): FaultAt => {
  const fault = catalogue.faults.find((f) => f.code === trouble.fault)
  if (fault?.shared !== true) return { fault: trouble.fault, device }
  const rank = (id: string): number => Math.max(...fault.shows.filter((s) => s.on === 'self').map((s) => ['unknown', 'absent', 'present'].indexOf(symptoms.find((x) => x.id === s.symptom && x.device === id)?.is ?? 'unknown')))
  const [first] = fitted(terminal).filter((d) => d.kind === fault.on).map((d) => d.id).toSorted((a, b) => rank(b) - rank(a))
  return { fault: trouble.fault, device: first ?? device }
}

/** How it came about, where the catalogue knows more than one way. */
const how = ({ fault, way }: Trouble, lang: 'zh' | 'en'): string => {
  const text = WAYS[`${fault} ${way}`] ?? WAYS[way]
  return text ? `${text[lang]}, ` : ''
}

const describe = (truth: readonly Struck[], shop: string, odd: number, blind: ReadonlySet<Blindness>): Scenario['about'] => {
  const title = (lang: 'zh' | 'en'): string => truth.map(({ trouble, device }) => `${catalogue.faults.find((f) => f.code === trouble.fault)?.title[lang] ?? trouble.fault} (${how(trouble, lang)}${device})`).join(lang === 'zh' ? '；' : '; ')
  return {
    zh: `${title('zh') || '一切正常'}；${shop}，${odd} 处无害异常${blind.size > 0 ? `，看不到：${[...blind].map((b) => BLIND[b].zh).join('、')}` : ''}`,
    en: `${title('en') || 'Nothing is wrong'}; ${shop}, harmless oddities: ${odd}${blind.size > 0 ? `, not to be seen: ${[...blind].map((b) => BLIND[b].en).join(', ')}` : ''}`,
  }
}

/** How many other devices show something because of the troubles. */
const victims = (before: ReadonlySet<string>, after: ReadonlySet<string>, own: string): number =>
  new Set([...after].filter((s) => !before.has(s)).map((s) => s.split(' ')[1] ?? '').filter((device) => device !== own)).size

const ALIKE: ReadonlySet<string> = new Set([
  'SYS-CLOCK-SKEW behind', 'SYS-CLOCK-SKEW ahead', 'NET-INTERNET-DOWN portal', 'NET-LINK-DOWN router-off', 'NET-NO-IP wrong-network', 'NET-DNS-FAIL resolver', 'NET-UNSTABLE slow-line', 'NET-FIREWALL-BLOCKED drops',
  'NET-FIREWALL-BLOCKED rejects', 'PER-USB-UNSTABLE hub', 'PER-USB-UNSTABLE overcurrent', 'PER-USB-UNSTABLE flapping', 'PWR-AC-LOST strip', 'PWR-UNSTABLE adapter', 'SEC-TAMPER-DETECTED opened', 'ENV-EMI magnet', 'ENV-TEMP-OUT-OF-RANGE hot-room', 'CFG-UPDATE-FAILED broke-something',
  'CFG-INCOMPATIBLE foreign-program', 'PRN-COVER-OPEN open', 'PRN-PAPER-OUT used-up', 'CRD-READER-OFFLINE service', 'SYS-DB-CORRUPT disk', 'CRD-EMV-PARAM-MISSING not-loaded', 'HST-UNREACHABLE moved', 'HST-UNREACHABLE hangs',
])

/** Whether the first guess of somebody in a hurry would be another fault: a symptom that some other fault is named for is there, or the cause sits elsewhere. */
const looksLike = (before: ReadonlySet<string>, after: ReadonlySet<string>, { trouble }: Struck): boolean =>
  ALIKE.has(`${trouble.fault} ${trouble.way}`) && [...after].filter((s) => !before.has(s)).length >= 2

interface Plan { kind: Case; seed: string; fault?: string }

const candidates = (world: World, fault: string | undefined): Struck[] =>
  world.devices.flatMap((device) => troubles.filter((t) => t.on === device.kind && (fault === undefined || t.fault === fault) && (t.fits?.(thing(world, device.id), world) ?? true)).map((trouble) => ({ trouble, device: device.id })))

/** One of the candidates: each fault as often as any other, its ways by their shares. */
const choose = (from: readonly Struck[], chance: Chance): Struck | undefined => {
  if (from.length === 0) return undefined
  const fault = chance.pick([...new Set(from.map((s) => s.trouble.fault))])
  const ways = from.filter((s) => s.trouble.fault === fault)
  return ways[Number(chance.byShare(Object.fromEntries(ways.map((s, i) => [String(i), s.trouble.share]))))]
}

/**
 * Whether another fault would leave exactly the same traces, so that nobody could tell: then there is nothing to be learnt from
 * asking. Only what is read as present or absent counts as a trace.
 */
const nobodyCouldTell = (world: World, struck: Struck, readings: (struck: readonly Struck[]) => string): boolean => {
  const traces = readings([struck])
  return candidates(world, undefined).some((other) => other.trouble.fault !== struck.trouble.fault && readings([other]) === traces)
}

/** Draws one scenario; undefined where this seed gives none of the wanted kind, as when one trouble hides the other altogether. */
const attempt = ({ kind, seed, fault }: Plan): Drawn | undefined => {
  const chance = chanceOf(`${seed} plan`)
  const shop = chance.pick(SHOPS)
  const terminal = shopOf(shop)
  const odd = kind === 'healthy' ? chance.between(2, 5) : chance.between(0, 2)
  const blind = blindnessOf(chance, kind === 'blind')
  const seenWith = (struck: readonly Struck[]): Sighting[] => look(worldWith(seed, terminal, odd, struck), chanceOf(`${seed} look`), blind)
  const plain = worldWith(seed, terminal, odd, [])
  const wanted = kind === 'healthy' || (kind === 'blind' && chance.yes(0.3)) ? 0 : kind === 'pair' ? 2 : 1
  const first = wanted > 0 ? choose(candidates(plain, fault), chance) : undefined
  const second = wanted > 1 && first ? choose(candidates(plain, undefined).filter((s) => s.trouble.fault !== first.trouble.fault), chance) : undefined
  const truth = [first, second].filter((s) => s !== undefined)
  if (truth.length < wanted) return undefined
  const present = (struck: readonly Struck[]) => presentIn(symptomsOf(terminal, seenWith(struck)))
  const [before, after] = [present([]), present(truth)]
  if (first && kind !== 'blind' && truth.some((s) => !differ(after, present(truth.filter((other) => other !== s))))) return undefined
  if (first && kind === 'cascade' && victims(before, after, first.device) < 2) return undefined
  if (first && kind === 'look-alike' && !looksLike(before, after, first)) return undefined
  const readings = (struck: readonly Struck[]): string => symptomsOf(terminal, seenWith(struck)).map((s) => `${s.id} ${s.device} ${s.is}`).join()
  if (kind !== 'blind' && truth.some((s) => nobodyCouldTell(plain, s, readings))) return undefined
  const visible = kind === 'blind' ? truth.filter(() => differ(before, after)) : truth
  const seen = seenWith(truth)
  const symptoms = symptomsOf(terminal, seen)
  const healthySymptoms = symptomsOf(terminal, seenWith([]))
  const found = visible.map((s) => placed(terminal, symptoms, s))
  const refuted = impossible(terminal, symptoms, truth)
  const ruledOut = refuted.length === 0 ? [] : [chance.pick(refuted)]
  return {
    name: `${kind}-${seed}`,
    truth: visible,
    seenAfter: (cured) => seenWith(visible.filter((_, i) => !cured.some((at) => at.fault === found[i]?.fault && at.device === found[i]?.device))),
    scenario: {
      about: describe(truth, shop, odd, blind),
      terminal: `${shop}.yaml`,
      origin: 'generated',
      case: kind,
      dialogues: {},
      observations: seen,
      expect: {
        found,
        ruledOut,
        unexplained: healthySymptoms.filter((s) => s.is === 'present' && catalogue.leak(s.id) < ORDINARY && after.has(`${s.id} ${s.device}`)).map((s) => ({ symptom: s.id, device: s.device })),
        readiness: Object.fromEntries(readiness({ terminal, devices: fitted(terminal), knowledge: catalogue, diagnosis: settled([...found, ...outOfOrder(worldWith(seed, terminal, odd, truth), chanceOf(`${seed} look`))]), observations: seen.map((o, at) => ({ ...o, at })) }).map((r) => [r.tender, r.is])),
      },
    },
  }
}

const MOST_ATTEMPTS = 400

/** Draws a scenario of this kind, of this fault if one is given. Throws RangeError if the world has none. */
export const draw = (kind: Case, seed: string, fault?: string): Drawn => {
  for (let i = 0; i < MOST_ATTEMPTS; i += 1) {
    const drawn = attempt({ kind, seed: `${seed}.${i}`, ...(fault === undefined ? {} : { fault }) })
    if (drawn) return { ...drawn, name: `${kind}-${seed}` }
  }
  throw new RangeError(`no ${kind} scenario${fault === undefined ? '' : ` of ${fault}`} in ${MOST_ATTEMPTS} attempts`)
}

/** Faults that the world model knows. */
export const drawable: readonly string[] = [...new Set(troubles.map((t) => t.fault))]
