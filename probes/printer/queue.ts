import { type Bench, BenchError } from '../../src/model/bench.ts'
import type { Missed, Sight } from '../../src/model/probe.ts'
import type { Flag, Status } from './flags.ts'
import { type Group, numberIn, question, readAnswer, textsIn } from './ipp.ts'

/** printer-state by number (RFC 8011 5.4.11). */
export const STATES: Readonly<Record<number, string>> = { 3: 'idle', 4: 'processing', 5: 'stopped' }

/** printer-state-reasons that say what a flag says (RFC 8011 5.4.12; -report, -warning and -error taken off). */
export const REASON_FLAGS: Readonly<Record<string, Flag>> = {
  'media-empty': 'paper-end', 'media-needed': 'paper-end', 'media-low': 'paper-near-end', 'media-jam': 'mechanical-error',
  'cover-open': 'cover-open', 'door-open': 'cover-open', 'interlock-open': 'cover-open',
  'toner-low': 'ink-low', 'marker-supply-low': 'ink-low', 'toner-empty': 'ink-end', 'marker-supply-empty': 'ink-end',
  'input-tray-missing': 'paper-end', 'spool-area-full': 'spooler-full',
}

/** Reasons by which a queue says that it does not reach its printer. */
export const UNREACHED: readonly string[] = ['offline', 'connecting-to-device', 'timed-out', 'shutdown', 'cups-ipp-missing', 'cups-remote-down']

/** Reasons by which a queue says that somebody stopped it. */
export const PAUSED: readonly string[] = ['paused', 'moving-to-paused', 'stopped-partly']

/** What a queue says of itself. */
export interface Queue {
  state: string | undefined
  reasons: readonly string[]
  accepts: boolean | undefined
  /** Its clock in seconds, on which the times of its jobs are told. */
  upTime: number | undefined
}

/** Reads the printer's attributes. */
export const readQueue = (printer: Group): Queue => {
  const accepts = numberIn(printer, 'printer-is-accepting-jobs')
  return {
    state: STATES[numberIn(printer, 'printer-state') ?? 0],
    reasons: textsIn(printer, 'printer-state-reasons').map((word) => word.replace(/-(?:report|warning|error)$/, '')).filter((word) => word !== 'none').slice(0, 20),
    accepts: accepts === undefined ? undefined : accepts !== 0,
    upTime: numberIn(printer, 'printer-up-time'),
  }
}

/** How long the oldest of the jobs waits in seconds, by the queue's own clock; 0 without jobs, undefined where it tells no times. */
export const oldestOf = (jobs: readonly Group[], upTime: number | undefined): number | undefined => {
  if (jobs.length === 0) return 0
  const born = jobs.flatMap((job) => numberIn(job, 'time-at-creation') ?? [])
  return upTime === undefined || born.length === 0 ? undefined : Math.max(0, upTime - Math.min(...born))
}

/** Where a queue is asked: its IPP address, and the socket of the local CUPS. */
interface Place {
  uri: string
  socket?: string
}

const CUPS_SOCKET = '/run/cups/cups.sock'

/** The setting `queue` is the name of a queue of the local CUPS or an address (`ipp://`, `ipps://`); `cups` is CUPS's socket, or its address as `localhost:631`. */
export const placeOf = (settings: Readonly<Record<string, unknown>>): Place | undefined => {
  const { queue, cups } = settings
  if (typeof queue !== 'string' || queue === '') return undefined
  if (/^ipps?:\/\//.test(queue)) return { uri: queue }
  const at = typeof cups === 'string' ? cups : CUPS_SOCKET
  const resource = `/printers/${encodeURIComponent(queue)}`
  return at.startsWith('/') ? { uri: `ipp://localhost${resource}`, socket: at } : { uri: `ipp://${at}${resource}` }
}

const PRINTER_WANTED = ['printer-state', 'printer-state-reasons', 'printer-is-accepting-jobs', 'printer-up-time', 'queued-job-count']
const JOBS_WANTED = ['job-id', 'job-state', 'time-at-creation']
const MOST_JOBS = 50
const MS = 1500

const ask = async (bench: Bench, { uri, socket }: Place, message: Uint8Array): Promise<readonly Group[] | Missed> => {
  const { bytes } = await bench.net.ipp(uri, message, { ms: MS, ...(socket === undefined ? {} : { socket }) })
  const answer = readAnswer(bytes)
  if (!answer) return { absent: 'garbled', detail: `no IPP answer from ${uri}` }
  if (answer.status === 0x0406) return { absent: 'missing', detail: `there is no print queue at ${uri}` }
  return answer.status < 0x0100 ? answer.groups : { absent: 'refused', detail: `${uri} answers with IPP status ${answer.status.toString(16).padStart(4, '0')}` }
}

/** What a queue says, and the flags that it reports as set. What it does not report says nothing: spoolers show "OK" whatever the printer does. */
export interface QueueSeen {
  sights: Sight[]
  status: Status
}

/** Asks a print queue for its state, its reasons and the age of its oldest job. Never holds, releases or removes one. */
export const lookQueue = async (place: Place, bench: Bench): Promise<QueueSeen> => {
  const failed = (name: string, why: Missed): QueueSeen => ({ sights: [{ name, ...why }], status: {} })
  try {
    const told = await ask(bench, place, question('get-printer-attributes', place.uri, PRINTER_WANTED))
    if ('absent' in told) return failed('printer.queue-state', told)
    const queue = readQueue(told.find(({ tag }) => tag === 4) ?? { tag: 4, attributes: new Map() })
    const sights: Sight[] = [
      queue.state === undefined ? { name: 'printer.queue-state', absent: 'garbled', detail: `no IPP answer from ${place.uri}` } : { name: 'printer.queue-state', value: queue.state },
      { name: 'printer.queue-reasons', value: queue.reasons.join(', ') },
      { name: 'printer.queue-reaches', value: !queue.reasons.some((word) => UNREACHED.includes(word)) },
      ...(queue.state === undefined ? [] : [{ name: 'printer.queue-paused', value: queue.state === 'stopped' || queue.accepts === false || queue.reasons.some((word) => PAUSED.includes(word)) }]),
    ]
    const jobs = await ask(bench, place, question('get-jobs', place.uri, JOBS_WANTED, MOST_JOBS))
    if ('absent' in jobs) sights.push({ name: 'printer.queue-jobs', ...jobs })
    else {
      const waiting = jobs.filter(({ tag }) => tag === 2)
      const oldest = oldestOf(waiting, queue.upTime)
      sights.push({ name: 'printer.queue-jobs', value: waiting.length }, oldest === undefined ? { name: 'printer.queue-oldest-s', absent: 'missing', detail: 'the print queue does not tell how old its jobs are' } : { name: 'printer.queue-oldest-s', value: oldest })
    }
    return { sights, status: Object.fromEntries(queue.reasons.flatMap((word) => (REASON_FLAGS[word] ? [[REASON_FLAGS[word], true]] : []))) }
  } catch (error) {
    if (!(error instanceof BenchError)) throw error
    return failed('printer.queue-state', { absent: error.absence, detail: error.message })
  }
}
