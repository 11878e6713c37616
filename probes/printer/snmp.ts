import { type Bench, BenchError, type SnmpValue } from '../../src/model/bench.ts'
import { unhex } from '../../src/model/dialogue.ts'
import type { Sight } from '../../src/model/probe.ts'
import type { Flag, Status } from './flags.ts'

/**
 * What a network printer tells by SNMP: the printer's state of the Host Resources MIB (RFC 2790) and the alert table of the Printer MIB
 * (RFC 3805). Pure but for the asking. Receipt printers often answer only a part, or nothing, and that is no fault.
 */
const DEVICE = '1.3.6.1.2.1.25.3.2.1.3'
const STATUS = '1.3.6.1.2.1.25.3.5.1.1'
const ERRORS = '1.3.6.1.2.1.25.3.5.1.2'
const SEVERITY = '1.3.6.1.2.1.43.18.1.1.2'
const CODE = '1.3.6.1.2.1.43.18.1.1.7'
const DESCRIPTION = '1.3.6.1.2.1.43.18.1.1.8'

/** Object ids below which is asked. */
export const ROOTS = [STATUS, ERRORS, SEVERITY, CODE, DESCRIPTION, DEVICE] as const

/** hrPrinterStatus by number. */
export const STATUS_WORDS: readonly string[] = ['', 'other', 'unknown', 'idle', 'printing', 'warmup']

/** hrPrinterDetectedErrorState, most significant bit of the first octet first, and the flag that each bit sets. */
export const ERROR_BITS: readonly { word: string; flag?: Flag }[] = [
  { word: 'lowPaper', flag: 'paper-near-end' },
  { word: 'noPaper', flag: 'paper-end' },
  { word: 'lowToner', flag: 'ink-low' },
  { word: 'noToner', flag: 'ink-end' },
  { word: 'doorOpen', flag: 'cover-open' },
  { word: 'jammed', flag: 'mechanical-error' },
  { word: 'offline', flag: 'online' },
  { word: 'serviceRequested', flag: 'part-worn' },
  { word: 'inputTrayMissing' },
  { word: 'outputTrayMissing' },
  { word: 'markerSupplyMissing', flag: 'ink-missing' },
  { word: 'outputNearFull' },
  { word: 'outputFull' },
  { word: 'inputTrayEmpty', flag: 'paper-end' },
  { word: 'overduePreventMaint', flag: 'cleaning-due' },
]

/** prtAlertCode of alerts that say what a flag says. */
export const ALERT_CODES: Readonly<Record<number, Flag>> = { 3: 'cover-open', 5: 'cover-open', 8: 'mechanical-error', 501: 'cover-open', 807: 'paper-near-end', 808: 'paper-end' }

/** What an agent said of its printer; what it did not say is undefined. */
export interface Told {
  state: string | undefined
  errors: readonly string[] | undefined
  alerts: readonly string[]
  product: string | undefined
  status: Status
}

const bytesOf = (value: number | string | undefined): Uint8Array => (typeof value === 'string' ? unhex(value) : undefined) ?? new Uint8Array()

const textOf = (value: number | string | undefined): string => new TextDecoder().decode(bytesOf(value)).replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ').trim().slice(0, 200)

const errorsIn = (octets: Uint8Array): { word: string; flag?: Flag }[] => ERROR_BITS.filter((_, i) => ((octets[i >> 3] ?? 0) & (0x80 >> (i & 7))) !== 0)

const MOST_ALERTS = 10

/**
 * Reads the values of an agent. The printer is the first device that has a printer status; of devices that are no printers nothing is
 * read. Alerts are the texts of the table, or `code N`.
 */
export const readAgent = (values: readonly SnmpValue[]): Told => {
  const byOid = new Map(values.map(({ oid, value }) => [oid, value]))
  const below = (root: string): [index: string, value: number | string][] => values.flatMap(({ oid, value }) => (oid.startsWith(`${root}.`) ? [[oid.slice(root.length + 1), value] as [string, number | string]] : []))
  const index = (below(STATUS)[0] ?? below(ERRORS)[0])?.[0]
  const state = index === undefined ? undefined : STATUS_WORDS[Number(byOid.get(`${STATUS}.${index}`))]
  const octets = index === undefined ? undefined : byOid.get(`${ERRORS}.${index}`)
  const errors = typeof octets === 'string' ? errorsIn(bytesOf(octets)) : undefined
  const codes = below(CODE).slice(0, MOST_ALERTS)
  const alerted = codes.flatMap(([, code]) => ALERT_CODES[Number(code)] ?? [])
  const alerts = codes.map(([at, code]) => textOf(byOid.get(`${DESCRIPTION}.${at}`)) || `code ${code}`)
  const set = [...(errors ?? []).flatMap(({ flag }) => flag ?? []), ...alerted]
  const asked: readonly Flag[] = errors ? ['paper-end', 'paper-near-end', 'cover-open', 'mechanical-error', 'online'] : []
  const status: Status = Object.fromEntries([...asked, ...set].map((flag) => [flag, flag === 'online' ? !set.includes(flag) : set.includes(flag)]))
  const product = index === undefined ? '' : textOf(byOid.get(`${DEVICE}.${index}`))
  return { state: state || undefined, errors: errors?.map(({ word }) => word), alerts, product: product || undefined, status }
}

const MS = 1200

/** Where and how a printer's agent is asked: settings `snmp-port`, `snmp-community` and `snmp-version`. */
const optionsOf = (settings: Readonly<Record<string, unknown>>) => ({
  port: typeof settings['snmp-port'] === 'number' ? settings['snmp-port'] : 161,
  community: typeof settings['snmp-community'] === 'string' ? settings['snmp-community'] : 'public',
  version: settings['snmp-version'] === '2c' ? ('2c' as const) : ('1' as const),
  ms: MS,
})

/** What the agent of a printer says; the flags are given back, for where the printer itself did not tell them. */
export async function* lookSnmp(host: string, settings: Readonly<Record<string, unknown>>, bench: Bench): AsyncGenerator<Sight, Status> {
  let told: Told
  try {
    told = readAgent(await bench.net.snmp(host, optionsOf(settings), ROOTS))
  } catch (error) {
    if (!(error instanceof BenchError)) throw error
    yield { name: 'printer.agent-state', absent: error.absence, detail: error.message }
    return {}
  }
  if (told.state === undefined && told.errors === undefined) yield { name: 'printer.agent-state', absent: 'not-fitted', detail: 'its SNMP agent knows no printer' }
  if (told.state !== undefined) {
    yield { name: 'printer.agent-state', value: told.state }
    yield { name: 'printer.printing', value: told.state === 'printing' }
  }
  if (told.errors) yield { name: 'printer.agent-errors', value: told.errors.join(', ') }
  if (told.alerts.length > 0) yield { name: 'printer.alerts', value: told.alerts.join('; ') }
  if (told.product !== undefined) yield { name: 'printer.product', value: told.product }
  return told.status
}
