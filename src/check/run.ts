import type { LendBench } from '../model/bench.ts'
import type { Card } from '../model/card.ts'
import type { Check, ProbeRun, Progress, Transcript, Trigger } from '../model/check.ts'
import type { DeviceKind, Tender } from '../model/device.ts'
import type { Diagnosis, Verdict } from '../model/diagnosis.ts'
import type { Knowledge } from '../model/fault.ts'
import { fitted } from '../model/fitted.ts'
import { uuidv7 } from '../model/id.ts'
import type { Inspection } from '../model/inspection.ts'
import { hasValue, type Observation } from '../model/observation.ts'
import { type Elsewhere, NO_PAST, type Past } from '../model/past.ts'
import { isIsolated, type Probe } from '../model/probe.ts'
import { runnerUp } from '../model/runner-up.ts'
import type { Symptom } from '../model/symptom.ts'
import type { Device, TerminalFile } from '../model/terminal.ts'
import { cardOf } from './card.ts'
import { derive } from './derive.ts'
import { diagnose } from './diagnose.ts'
import { lossesSince } from './losses.ts'
import { type Look, type Looked, observe, type Timing } from './observe.ts'
import { readiness, readsTender } from './readiness.ts'
import { type RuleProblem, readSymptoms } from './symptoms.ts'

/** What the agent's store knows of this host's past; the power probe weighs it. */
export interface BootFacts {
  /** True if the boot before this one ended without an orderly stop of the agent. */
  uncleanShutdown?: boolean
  /** Boots within the last 24 hours. */
  reboots24h?: number
  /** Changes from mains to battery within the last 24 hours, by power device. */
  transfers24h?: Readonly<Record<string, number>>
}

export interface CheckRequest {
  terminal: TerminalFile
  probes: readonly Probe[]
  /** Asked for only when something must be weighed. */
  knowledge: () => Promise<Knowledge>
  lend: LendBench
  trigger: Trigger
  /** Whole check, in milliseconds. */
  deadlineMs: number
  /** full: every probe. round: only those that load no native code, start no program and may see something new within minutes; the rest is carried over. */
  depth: 'full' | 'round'
  /** Kinds to look at; the rest is carried over. */
  only?: readonly DeviceKind[]
  /** The check before this one, of the same terminal: what it saw stands for devices that are not looked at this time, and what it came to for symptoms that have not changed. */
  last?: Check
  boot?: BootFacts
  /** What the agent's store knows of before. */
  past?: Past
  /** What was fitted when a person last inspected the terminal. */
  inspection?: Inspection
  /** Rates of card reads that failed, from the journal and from read tests, as `swipe-fail-percent`. */
  reads?: Readonly<Record<string, number>>
  onProgress?: (progress: Progress) => void
  timing?: Timing
}

const NOT_LIGHT: DeviceKind[] = ['network', 'host', 'keyboard']

const portPath = (device: Device): string | undefined =>
  device.transport.type === 'serial' || device.transport.type === 'usblp' ? `${device.id}=${device.transport.path}` : undefined

const WAYS: readonly (readonly [string, Tender])[] = [['chip', 'chip'], ['swipe', 'swipe'], ['tap', 'contactless']]

/** The journal knows how a card was read and not by which reader, so that its rates are told only of the one reader for that way. */
const readRates = (device: Device, devices: readonly Device[], rates: CheckRequest['reads'] = {}): Device['settings'] => {
  const alone = (tender: Tender): boolean => devices.filter((d) => d.kind === 'reader' && readsTender(d, tender)).every((d) => d === device)
  const ways = WAYS.filter(([, tender]) => device.kind === 'reader' && readsTender(device, tender) && alone(tender)).map(([way]) => way)
  return Object.fromEntries(Object.entries(rates).filter(([name]) => ways.some((way) => name.startsWith(`${way}-`))))
}

/** Adds to devices what only the whole terminal or its past knows. */
const equip = (devices: readonly Device[], request: CheckRequest): Device[] => {
  const portPaths = devices.flatMap((d) => portPath(d) ?? [])
  const boot = request.boot ?? {}
  return devices.map((device) => {
    const known: Device['settings'] = {
      ...(device.kind === 'host' ? { portPaths } : {}),
      ...readRates(device, devices, request.reads),
      ...(device.id === 'mains' && boot.uncleanShutdown !== undefined ? { uncleanShutdown: boot.uncleanShutdown } : {}),
      ...(device.id === 'mains' && boot.reboots24h !== undefined ? { reboots24h: boot.reboots24h } : {}),
      ...(boot.transfers24h?.[device.id] === undefined ? {} : { transfers24h: boot.transfers24h[device.id] }),
      ...(request.depth === 'full' ? { whereabouts: true } : {}),
      ...(request.depth === 'round' && NOT_LIGHT.includes(device.kind) ? { light: true } : {}),
    }
    return { ...device, settings: { ...known, ...device.settings } }
  })
}

/** What a check looks at: every device that has a probe, unless only some kinds are asked for or a round leaves it out. */
export const looksOf = (request: Pick<CheckRequest, 'terminal' | 'probes' | 'depth' | 'only'>, devices: readonly Device[] = fitted(request.terminal)): Look[] => {
  const looks = devices.flatMap((device) => {
    const probe = request.probes.find((p) => p.kind === device.kind)
    const wanted = probe !== undefined && probe.touch !== 'moves' && (request.only?.includes(device.kind) ?? true)
    const now = request.depth === 'full' || (probe !== undefined && !isIsolated(probe, device) && !probe.unhurried)
    return wanted && now ? [{ device, probe }] : []
  })
  // Devices that answer slowly start first: the check then takes no longer than the slowest of them.
  return looks.sort((a, b) => Number(isIsolated(b.probe, b.device)) - Number(isIsolated(a.probe, a.device)))
}

/**
 * What passed, as text. Writing it down and filtering it costs more than all the rest of a round, so a round does it only for
 * devices with something to show, and keeps what an earlier check wrote down of symptoms that have not changed since.
 */
const rendered = ({ transcripts }: Looked, symptoms: readonly Symptom[], depth: CheckRequest['depth'], same: Check | undefined): Transcript[] => {
  const shows = (device: string): boolean => symptoms.some((s) => s.device === device && s.is === 'present')
  if (same) return same.transcripts.filter(({ device }) => shows(device))
  return transcripts
    .filter(({ device }) => depth === 'full' || shows(device))
    .map(({ device, text }) => ({ device, text: text() }))
    .filter(({ text }) => text !== '')
}

const LOSSES = '.losses-per-hour'
const HOUR_MS = 3_600_000

/** How often the agent saw each device go within the last hour; nothing without an agent, nor for devices of which nobody asks. */
const lossesOf = (devices: readonly Device[], { past, probes }: CheckRequest, now: number): Observation[] =>
  past === undefined ? [] : devices.filter(({ kind }) => probes.some((p) => p.kind === kind && `${kind}${LOSSES}` in p.observes)).map(({ id, kind }) => ({
    name: `${kind}${LOSSES}`, device: id, at: now, source: 'passive', value: past.losses.filter((loss) => loss.device === id && loss.at > now - HOUR_MS && loss.at <= now).length,
  }))

/**
 * One look at a terminal: observe, read the symptoms, weigh the faults, say what is ready. The one path for boot, counter, HQ,
 * test and replay; only `lend` differs between them.
 */
export const runCheck = async (request: CheckRequest): Promise<Check> => {
  const timing = request.timing ?? { now: Date.now, mono: () => performance.now() }
  const startedAt = timing.now()
  const started = timing.mono()
  const devices = equip(fitted(request.terminal), request)
  const looks = looksOf(request, devices)
  const [looked, ready] = await Promise.all([
    observe(looks, request.lend, timing, request.deadlineMs, request.onProgress ?? (() => undefined)),
    // A whole check weighs in any case: what it needs is made ready while devices are waited for.
    request.depth === 'full' ? request.knowledge() : undefined,
  ])
  const fresh = new Set(looks.map((look) => look.device.id))
  const carried = (request.last?.observations ?? []).filter((o) => !fresh.has(o.device) && devices.some((d) => d.id === o.device))
  const seen: Observation[] = [...looked.observations, ...lossesOf(devices, request, startedAt), ...carried.filter((o) => !o.name.endsWith(LOSSES)).map((o) => (o.source === 'live' ? { ...o, source: 'cached' as const } : o))]
  // What an inspection makes of the units is said by whole checks, which look at all of them; rounds carry it over.
  const observations = [...seen, ...derive(devices, seen, { now: startedAt, ...(request.inspection && request.depth === 'full' ? { inspection: request.inspection } : {}) })]
  const { symptoms, problems } = read(request, devices, observations)
  const same = request.depth === 'round' && request.last && settled(request.last, symptoms, observations) && !newsOfLanes(request.last, request.past ?? NO_PAST) ? request.last : undefined
  const weighed = same ?? judge({ ...request, past: withLosses(request, symptoms, startedAt), knowledge: ready ?? (await request.knowledge()), now: startedAt }, devices, observations, symptoms)
  const broken: ProbeRun[] = problems.map(({ device, symptom, detail }) => ({
    device, kind: devices.find((d) => d.id === device)?.kind ?? 'host', outcome: 'broke', ms: 0, detail: `rule of ${symptom}: ${detail}`.slice(0, 500),
  }))
  return {
    id: uuidv7(startedAt),
    trigger: request.trigger,
    startedAt,
    symptoms: weighed.symptoms,
    diagnosis: weighed.diagnosis,
    readiness: weighed.readiness,
    ...(weighed.card ? { card: weighed.card } : {}),
    ms: timing.mono() - started,
    runs: [...looked.runs, ...broken],
    observations,
    transcripts: rendered(looked, symptoms, request.depth, same),
  }
}

const devicesSeen = (observations: readonly Observation[]): string => [...new Set(observations.filter(hasValue).map((o) => o.device))].toSorted().join(' ')

const countsOf = (counts: Pick<Elsewhere['faults'][number], 'open' | 'days7' | 'days30'> | undefined): string =>
  counts === undefined || counts.days30.lanes === 0 ? '' : JSON.stringify([counts.open, counts.days7, counts.days30])

/** True if HQ told since the last check of more or other lanes that have what was found. */
const newsOfLanes = ({ diagnosis, startedAt }: Check, { elsewhere }: Past): boolean =>
  elsewhere !== undefined && elsewhere.at > startedAt
  && diagnosis.verdicts.some((v) => v.verdict === 'found' && countsOf(elsewhere.faults.find(({ fault }) => fault === v.fault)) !== countsOf(v.recurrence?.elsewhere))

/** True if everything that diagnosis and readiness rest on is as it was at the last check: they would come out the same. */
const settled = (last: Check, symptoms: readonly Symptom[], observations: readonly Observation[]): boolean =>
  symptoms.length === last.symptoms.length
  && symptoms.every((s, i) => {
    const before = last.symptoms[i]
    return s.id === before?.id && s.device === before.device && s.is === before.is && s.because.join() === before.because.join()
  })
  && devicesSeen(observations) === devicesSeen(last.observations)

/** What given observations come to, and the rules that failed on them. */
export interface Weighed extends Pick<Check, 'symptoms' | 'diagnosis' | 'readiness' | 'card'> {
  problems: readonly RuleProblem[]
}

/** Open verdicts from this probability on are shown with their evidence, so their symptoms need words. */
const TOLD = 0.05

/** Verdicts that are told at length: what was found, what is likely, and what came nearest. */
const worthTelling = (diagnosis: Diagnosis): ReadonlySet<Verdict> => {
  const near = runnerUp(diagnosis)
  return new Set(diagnosis.verdicts.filter((v) => v.verdict === 'found' || (v.verdict === 'open' && v.posterior >= TOLD) || v === near))
}

/** Gives the verdicts worth telling their title, where nothing else in a report has it. */
const titled = (diagnosis: Diagnosis, { faults }: Knowledge): Diagnosis => {
  const told = worthTelling(diagnosis)
  return {
    ...diagnosis,
    verdicts: diagnosis.verdicts.map((v) => {
      const title = v.verdict === 'found' || !told.has(v) ? undefined : faults.find((fault) => fault.code === v.fault)?.title
      return title ? { ...v, title } : v
    }),
  }
}

/** Gives the symptoms that speak in a verdict worth telling, or for a way around it, their meaning, as the present ones have it already. */
const worded = (probes: readonly Probe[], symptoms: readonly Symptom[], diagnosis: Diagnosis, card: Card | undefined): Symptom[] => {
  const speaking = [...worthTelling(diagnosis)].flatMap((v) => [...v.for, ...v.against, ...v.notLookedAt, ...(v.lost?.by ?? [])]).map((e) => e.symptom)
  const named = new Set([...speaking, ...(card?.workarounds ?? []).flatMap((w) => w.measured.map((reading) => reading.replace(/ absent$/, '')))])
  const meanings = new Map(probes.flatMap((p) => p.symptoms).filter((rule) => named.has(rule.id)).map((rule) => [rule.id, rule.meaning]))
  return symptoms.map((symptom) => {
    const meaning = symptom.meaning ?? meanings.get(symptom.id)
    return meaning === undefined ? symptom : { ...symptom, meaning }
  })
}

type Rules = Pick<CheckRequest, 'terminal' | 'probes'>

/** What is known besides what is seen: of before, and when now is, milliseconds since 1970. */
interface Known {
  knowledge: Knowledge
  past?: Past
  now?: number
}

/** A symptom that somebody states. */
export type ToldSymptom = Pick<Symptom, 'id' | 'device' | 'is'>

/** What went since the last check counts like what went before it. */
const withLosses = ({ past = NO_PAST, last }: Pick<CheckRequest, 'past' | 'last'>, symptoms: readonly Symptom[], now: number): Past => ({ ...past, losses: [...past.losses, ...lossesSince(last, symptoms, now)] })

/** Where on USB devices are seen now counts for more than where they were. */
const withPaths = (past: Past, observations: readonly Observation[]): Past => {
  const seen = observations.flatMap((o) => (o.name.endsWith('.usb-path') && hasValue(o) ? [[o.device, String(o.value)] as const] : []))
  return seen.length === 0 ? past : { ...past, usbPaths: { ...past.usbPaths, ...Object.fromEntries(seen) } }
}

const read = ({ terminal, probes }: Rules, devices: readonly Device[], observations: readonly Observation[]): { symptoms: Symptom[]; problems: RuleProblem[] } => {
  const problems: RuleProblem[] = []
  return { symptoms: readSymptoms(probes, devices, observations, terminal.limits, (problem) => void problems.push(problem)), problems }
}

const judge = ({ terminal, probes, knowledge, past, now }: Rules & Known, devices: readonly Device[], observations: readonly Observation[], symptoms: readonly Symptom[]): Omit<Weighed, 'problems'> => {
  const diagnosis = titled(diagnose({ knowledge, devices, symptoms, nodes: terminal.nodes, past: withPaths(past ?? NO_PAST, observations), ...(now === undefined ? {} : { now }) }), knowledge)
  const ready = readiness({ terminal, devices, knowledge, diagnosis, observations })
  const card = cardOf({ readiness: ready, symptoms, observations })
  return { symptoms: worded(probes, symptoms, diagnosis, card), diagnosis, readiness: ready, ...(card ? { card } : {}) }
}

/** A symptom as it is stated, where somebody states it; else as it was read. */
const asTold = (read: Symptom, told: readonly ToldSymptom[], probes: readonly Probe[]): Symptom => {
  const is = told.find((t) => t.id === read.id && t.device === read.device)?.is
  const meaning = is === 'present' ? probes.flatMap((p) => p.symptoms).find((rule) => rule.id === read.id)?.meaning : undefined
  return is === undefined ? read : { id: read.id, device: read.device, is, because: read.because, ...(meaning ? { meaning } : {}) }
}

/**
 * The part of a check that needs no bench: symptoms, diagnosis and readiness of given observations. Also what a replay does.
 * `told` are symptoms that somebody states; they count for more than what is read.
 */
export const weigh = (request: Rules & Known & { told?: readonly ToldSymptom[] }, devices: readonly Device[], observations: readonly Observation[]): Weighed => {
  const { symptoms, problems } = read(request, devices, observations)
  const { told = [] } = request
  return { ...judge(request, devices, observations, told.length === 0 ? symptoms : symptoms.map((symptom) => asTold(symptom, told, request.probes))), problems }
}
