import * as z from 'zod'
import { probes } from '../../probes/index.ts'
import type { Transport } from '../model/device.ts'
import { fitted } from '../model/fitted.ts'
import { Absence, type Observation, ObservationSource, ObservedValue } from '../model/observation.ts'
import { NO_PAST, Past } from '../model/past.ts'
import { Presence } from '../model/symptom.ts'
import { TerminalFile } from '../model/terminal.ts'
import type { Text } from '../model/text.ts'

const VOCABULARY = new Map(probes.flatMap((probe) => Object.keys(probe.observes).map((name) => [name, probe.kind] as const)))
const SYMPTOMS = new Map(probes.flatMap((probe) => probe.symptoms.map((rule) => [rule.id, probe.kind] as const)))

const deviceHint = 'device id of the terminal file; without it the only device of that kind'

/** One thing seen, as loosely as it may be told: `value`, or `absent` for why there is none. */
const Told = z.object({
  name: z.string().meta({ description: 'one of the names that docs/observations.md lists', examples: [...VOCABULARY.keys()] }),
  device: z.string().optional().meta({ description: deviceHint }),
  value: ObservedValue.optional(),
  absent: Absence.optional(),
  detail: z.string().max(500).optional(),
  source: ObservationSource.optional(),
  at: z.number().optional().meta({ description: 'milliseconds since 1970; without it the order in the list counts' }),
})
type Told = z.infer<typeof Told>

/**
 * What `posdiag diagnose` reads: what was seen (`observations`), or what it means (`symptoms`), or both; on which terminal, if
 * that is known; what is known of its past; and when (`now`, milliseconds since 1970). Further fields are ignored.
 */
export const DiagnoseInput = z.object({
  terminal: TerminalFile.optional().meta({ description: 'without it the devices are guessed from what was seen' }),
  observations: z.array(Told).max(20_000).default([]),
  symptoms: z.array(z.object({ id: z.string().meta({ description: 'one of the symptoms that docs/observations.md lists', examples: [...SYMPTOMS.keys()] }), device: z.string().optional().meta({ description: deviceHint }), is: Presence })).max(20_000).default([]),
  past: Past.optional(),
  now: z.number().optional(),
})
export type DiagnoseInput = z.infer<typeof DiagnoseInput>

/** Something in the input that could not be used, and why. */
export interface Ignored { name: string; device?: string; why: Text }

/** An input made whole: every observation with its device, on a terminal that has them all. */
export interface Understood {
  terminal: TerminalFile
  observations: Observation[]
  symptoms: { id: string; device: string; is: Presence }[]
  past: Past
  now: number
  ignored: Ignored[]
  /** Devices that the terminal file does not name and that were taken to be there because something was seen on them. */
  assumed: string[]
}

/** The usual way of connection of a device of which nothing is known, by what was seen on it. */
const transportOf = (kind: string, told: readonly Told[]): z.input<typeof Transport> => {
  const saw = (name: string) => told.some((o) => o.name === name)
  const usb = { type: 'usb', vendorId: '0000' } as const
  switch (kind) {
    case 'printer': {
      const over = told.find((o) => o.name === 'printer.transport')?.value
      return over === 'tcp' ? { type: 'tcp', host: '192.0.2.1', port: 9100 } : over === 'serial' ? { type: 'serial', path: '/dev/ttyUSB0' } : { type: 'usblp', path: '/dev/usb/lp0' }
    }
    case 'reader': return saw('reader.slot') || saw('reader.service') || saw('reader.tool') ? { type: 'pcsc' } : saw('reader.answers') ? { type: 'serial', path: '/dev/ttyUSB0' } : usb
    case 'pinpad': return { type: 'serial', path: '/dev/ttyACM0' }
    case 'power': return { type: 'nut', ups: 'ups' }
    case 'scanner':
    case 'keyboard': return usb
    default: return { type: 'host' }
  }
}

const ROLES: readonly [RegExp, TerminalFile['endpoints'][number]['role']][] = [[/wallet|alipay|wechat|qr/, 'wallet'], [/hq/, 'hq'], [/tms/, 'tms'], [/neutral|time|public/, 'neutral']]

const IMPLICIT = ['mains', 'host', 'link-1', 'environment', 'configuration']

/** Adds the devices that the terminal file does not name. */
const completed = (file: TerminalFile, kinds: ReadonlyMap<string, string>, told: readonly Told[]): { terminal: TerminalFile; assumed: string[] } => {
  const known = new Set([...fitted(file).map((d) => d.id), ...IMPLICIT])
  const strangers = [...kinds].filter(([id]) => !known.has(id))
  const printer = [...file.devices.map((d) => [d.id, d.kind] as const), ...strangers].find(([, kind]) => kind === 'printer')?.[0]
  const devices = strangers.filter(([, kind]) => kind !== 'endpoint').map(([id, kind]) => ({ id, kind, transport: transportOf(kind, told.filter((o) => o.device === id)), ...(kind === 'drawer' && printer !== undefined ? { dependsOn: [printer] } : {}) }))
  const endpoints = strangers.filter(([, kind]) => kind === 'endpoint').map(([id]) => ({ id, role: ROLES.find(([pattern]) => pattern.test(id))?.[1] ?? 'acquirer', host: `${id}.invalid` }))
  return { terminal: TerminalFile.parse({ ...file, devices: [...file.devices, ...devices], endpoints: [...file.endpoints, ...endpoints] }), assumed: strangers.map(([id]) => id) }
}

const DEVICE_ID = /^[a-z][a-z0-9-]{0,31}$/

/** Distance of two names in single-letter edits, for saying what was probably meant. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1))
    row = next
  }
  return row[b.length] ?? 0
}

const stranger = (name: string, names: Iterable<string>): Text => {
  const [nearest] = [...names].map((other) => ({ other, d: distance(name, other) })).sort((a, b) => a.d - b.d)
  const hint = nearest && nearest.d <= Math.max(3, name.length / 4) ? nearest.other : undefined
  return {
    zh: `没有这个名称${hint === undefined ? '' : `，是不是 ${hint}`}；全部名称见 docs/observations.md`,
    en: `there is no such name${hint === undefined ? '' : `; is it ${hint}`}? docs/observations.md lists them all`,
  }
}

/** Names whose values are words even where they look like numbers. */
const WORDS = /(version|firmware|serial|product|model|maker|address|gateway|interface|detail|worst|unseen|holds|holder|units|reason|status|server|issuer|redirect|path|id)$/

/** "true" and "42" as a careless program writes them. */
const plain = (name: string, value: ObservedValue): ObservedValue => {
  if (typeof value !== 'string' || WORDS.test(name)) return value
  if (value === 'true' || value === 'false') return value === 'true'
  return /^-?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value
}

/** Makes an input whole, and says of everything that it cannot use why. */
export const understand = (input: DiagnoseInput): Understood => {
  const ignored: Ignored[] = []
  const file = input.terminal ?? TerminalFile.parse({ terminal: { id: 'unknown' } })
  const devices = fitted(file)
  /** The device that is meant; power goes to the mains unless a UPS says it. */
  const placed = <T extends { device?: string | undefined }>(told: readonly T[], nameOf: (one: T) => string, names: ReadonlyMap<string, string>): (T & { device: string; kind: string })[] => told.flatMap((one) => {
    const name = nameOf(one)
    const kind = names.get(name)
    if (kind === undefined) {
      ignored.push({ name, ...(one.device === undefined ? {} : { device: one.device }), why: stranger(name, names.keys()) })
      return []
    }
    const ofKind = devices.filter((d) => d.kind === kind)
    const ups = kind === 'power' ? (/ups/.test(name) ? ofKind.find((d) => d.transport.type === 'nut')?.id ?? 'ups-1' : 'mains') : undefined
    const device = one.device ?? ups ?? ofKind[0]?.id ?? `${kind === 'endpoint' ? 'acquirer' : kind}-1`
    const fittedKind = devices.find((d) => d.id === device)?.kind
    if (fittedKind !== undefined && fittedKind !== kind) ignored.push({ name, device, why: { zh: `${device} 是 ${fittedKind}，不会有这项内容`, en: `${device} is a ${fittedKind} and has no such thing` } })
    else if (!DEVICE_ID.test(device)) ignored.push({ name, device, why: { zh: '设备编号只能用小写字母、数字和连字符', en: 'a device id has lower-case letters, digits and hyphens only' } })
    else return [{ ...one, device, kind }]
    return []
  })
  const whole = input.observations.filter(({ name, device, value, absent }) => {
    const one = (value === undefined) !== (absent === undefined)
    if (!one) ignored.push({ name, ...(device === undefined ? {} : { device }), why: { zh: '必须给出 value 和 absent 两者之一', en: 'it must give either value or absent' } })
    return one
  })
  const told = placed(whole, (o) => o.name, VOCABULARY)
  const symptoms = placed(input.symptoms, (s) => s.id, SYMPTOMS)
  const { terminal, assumed } = completed(file, new Map([...told, ...symptoms].map((o) => [o.device, o.kind])), told)
  const observations = told.map(({ name, device, value, absent, detail, source, at }, i): Observation => {
    const seen = { name, device, source: source ?? 'live', at: at ?? (input.now ?? 0) + i * 1e-3 } as const
    return value !== undefined ? { ...seen, value: plain(name, value) } : { ...seen, absent: absent ?? 'silent', detail: detail ?? '' }
  })
  return { terminal, observations, symptoms: symptoms.map(({ id, device, is }) => ({ id, device, is })), past: input.past ?? NO_PAST, now: input.now ?? Math.max(0, ...observations.map((o) => o.at)), ignored, assumed }
}
