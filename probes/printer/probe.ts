import { type Bench, BenchError, type ModemLines, type PortAddress } from '../../src/model/bench.ts'
import type { Probe, Sight } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { type Line, lookEscPos } from './esc-pos-look.ts'
import { limits, symptoms } from './symptoms.ts'

const observes = {
  'printer.transport': 'how it is connected: serial, tcp or usblp',
  'printer.port': 'true: its port was opened',
  'printer.cts': 'input line CTS of the serial port (false: the printer holds the line)',
  'printer.dsr': 'input line DSR of the serial port (false: off or not connected)',
  'printer.answers': 'true: it gave valid answers to status questions',
  'printer.dialect': 'language of its answers',
  'printer.reply-ms': 'time to the first valid answer, ms',
  'printer.online': 'true: it takes print data',
  'printer.drawer-pin-high': 'level of pin 3 of the drawer connector; says nothing of open or closed by itself',
  'printer.waiting-recovery': 'it waits for the order to go on after an error',
  'printer.feed-button': 'the feed button is pressed',
  'printer.cover-open': 'the cover is open',
  'printer.feeding': 'paper is being fed by the button',
  'printer.paper-stop': 'it stopped because the paper ended',
  'printer.error': 'an error occurred',
  'printer.mechanical-error': 'a recoverable error other than the cutter, as a paper jam',
  'printer.cutter-error': 'the cutter is stuck',
  'printer.unrecoverable-error': 'voltage, memory or head sensor failed',
  'printer.auto-recoverable-error': 'an error that passes by itself: the print head is too hot',
  'printer.paper-near-end': 'the roll is nearly used up',
  'printer.paper-end': 'no paper at the end sensor (not to be trusted while the cover is open)',
  'printer.status-consistent': 'false: its answers exclude each other, even when asked again',
  'printer.maker': 'maker, as it says itself',
  'printer.model': 'model, as it says itself',
  'printer.firmware': 'firmware version',
  'printer.serial': 'serial number',
  'printer.model-id': 'model id, one byte; clones use other makers\' ids',
  'printer.type-id': 'type id: bit 0 multi-byte characters, bit 1 cutter, bit 2 customer display',
  'printer.queue-oldest-s': 'age of the oldest waiting print job, s',
  'printer.print-faded': 'a person says that the print is faded',
} as const

/** A language that printers speak, by the name that profiles and deny-lists use. */
const dialects: Readonly<Record<string, (line: Line) => AsyncIterable<Sight>>> = { 'esc-pos': lookEscPos }

type Patience = Pick<Line, 'drainMs' | 'firstMs' | 'againMs' | 'laterMs' | 'silenceHint'>

/** Estimates: answers take milliseconds. A TCP session is held for less than 2 s, since it keeps the till from printing. */
const PATIENCE: Record<PortAddress['type'], Patience> = {
  serial: { drainMs: 30, firstMs: 500, againMs: 500, laterMs: 500, silenceHint: 'it is off, the speed or the cable is wrong, or this model cannot answer' },
  tcp: { drainMs: 20, firstMs: 1500, againMs: 200, laterMs: 500, silenceHint: 'another program may hold its only session, or its network interface can only print' },
  usblp: { drainMs: 20, firstMs: 500, againMs: 500, laterMs: 500, silenceHint: 'it is off, or this model can only print' },
}

const addressOf = ({ transport }: Device, dialect: string): PortAddress | undefined => {
  switch (transport.type) {
    case 'serial': return { ...transport, dialect }
    case 'tcp': return { ...transport, dialect }
    case 'usblp': return { ...transport, dialect }
    default: return undefined
  }
}

const lineSights = (lines: ModemLines): Sight[] =>
  (['cts', 'dsr'] as const).map((name) =>
    lines ? { name: `printer.${name}`, value: lines[name] } : { name: `printer.${name}`, absent: 'missing', detail: 'this port has no modem lines' })

const absent = (names: readonly string[], error: unknown): Sight[] => {
  if (!(error instanceof BenchError)) throw error
  return names.map((name) => ({ name, absent: error.absence, detail: error.message }))
}

async function* observe(device: Device, bench: Bench): AsyncIterable<Sight> {
  const dialect = typeof device.settings.dialect === 'string' ? device.settings.dialect : 'esc-pos'
  const address = addressOf(device, dialect)
  const look = dialects[dialect]
  if (!address) {
    yield { name: 'printer.answers', absent: 'blocked', detail: `a printer is reached by serial, tcp or usblp, not by ${device.transport.type}` }
    return
  }
  yield { name: 'printer.transport', value: address.type, source: 'passive' }
  if (!look) {
    yield { name: 'printer.answers', absent: 'blocked', detail: `unknown dialect ${dialect}; known: ${Object.keys(dialects).join(', ')}` }
    return
  }
  let port: Line['port']
  try {
    port = await bench.open(address)
  } catch (error) {
    yield* absent(['printer.port'], error)
    return
  }
  try {
    yield { name: 'printer.port', value: true }
    if (address.type === 'serial') yield* await port.lines().then(lineSights, (error: unknown) => absent(['printer.cts', 'printer.dsr'], error))
    if (device.settings['back-channel'] === false) yield { name: 'printer.answers', absent: 'not-fitted', detail: 'this model can only print (back-channel: false)' }
    else yield* look({ port, clock: bench.clock, facts: device.settings, ...PATIENCE[address.type] })
  } finally {
    await port.close()
  }
}

/**
 * Receipt printers at a serial port, TCP 9100 or /dev/usb/lp*. Never prints, feeds, cuts or opens a drawer.
 * Settings, usually given by the model's profile: `dialect` (esc-pos), `back-channel: false` (can only print),
 * `near-end-sensor: false`, `cutter: false`, `identity: false` (does not know GS I).
 */
export const printer: Probe = { kind: 'printer', touch: 'asks', isolate: true, deadlineMs: 6000, observes, limits, symptoms, observe }
