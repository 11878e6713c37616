import { type Bench, BenchError, type ModemLines, type Port, type PortAddress } from '../../src/model/bench.ts'
import { looked, type Probe, type Sight } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { findBy } from '../presence.ts'
import { claimed, deviceIdSights } from './device-id.ts'
import { lookEscPos, type Suspicion } from './esc-pos-look.ts'
import type { Flag, Status } from './flags.ts'
import { addressOf, type Line } from './line.ts'
import { observes } from './observes.ts'
import { lookQueue, placeOf } from './queue.ts'
import { lookSnmp } from './snmp.ts'
import { lookStar } from './star-look.ts'
import { limits, symptoms } from './symptoms.ts'

type Look = (line: Line) => AsyncGenerator<Sight, Suspicion | undefined>

/** A language that printers speak, by the name that profiles and deny-lists use. */
const dialects: Readonly<Record<string, Look>> = { 'esc-pos': lookEscPos, star: lookStar }

type Patience = Pick<Line, 'drainMs' | 'firstMs' | 'againMs' | 'laterMs' | 'silenceHint'> & { sessionMs: number }

/** Estimates: answers take milliseconds. A TCP session is held for less than 2 s, since it keeps the till from printing. */
const PATIENCE: Record<PortAddress['type'], Patience> = {
  serial: { drainMs: 30, firstMs: 500, againMs: 500, laterMs: 500, sessionMs: 6000, silenceHint: 'it is off, the speed or the cable is wrong, or this model cannot answer' },
  tcp: { drainMs: 20, firstMs: 1500, againMs: 200, laterMs: 500, sessionMs: 1000, silenceHint: 'another program may hold its only session, or its network interface can only print' },
  usblp: { drainMs: 20, firstMs: 500, againMs: 500, laterMs: 500, sessionMs: 6000, silenceHint: 'it is off, or this model can only print' },
}

const lineSights = (lines: ModemLines): Sight[] =>
  (['cts', 'dsr'] as const).map((name) =>
    lines ? { name: `printer.${name}`, value: lines[name] } : { name: `printer.${name}`, absent: 'missing', detail: 'this port has no modem lines' })

/** The port, and why it went away while it was in use. */
const watched = (port: Port): { port: Port; gone: () => BenchError | undefined } => {
  let gone: BenchError | undefined
  const watch = async <T>(call: Promise<T>): Promise<T> => {
    try {
      return await call
    } catch (error) {
      if (error instanceof BenchError && error.absence === 'missing') gone = error
      throw error
    }
  }
  return { port: { ...port, read: (ms, enough) => watch(port.read(ms, enough)), write: (bytes, ms) => watch(port.write(bytes, ms)) }, gone: () => gone }
}

/** The port with its lines, opened for a dialect and closed after the look. */
async function* throughPort(address: PortAddress, look: Look, device: Device, bench: Bench): AsyncGenerator<Sight, Suspicion | undefined> {
  const opened = await looked(bench.open(address))
  if ('absent' in opened) {
    const id = device.settings['usb-id']
    const claim = address.type === 'usblp' && opened.absent === 'missing' && typeof id === 'string' ? await claimed(id, bench) : undefined
    yield { name: 'printer.port', ...(claim ?? opened) }
    return undefined
  }
  const { port, gone } = watched(opened.value)
  try {
    yield { name: 'printer.port', value: true }
    if (address.type === 'serial') {
      const lines = await looked(port.lines())
      yield* 'absent' in lines ? (['cts', 'dsr'] as const).map((name) => ({ name: `printer.${name}`, ...lines })) : lineSights(lines.value)
    }
    if (device.settings['back-channel'] === false) {
      yield { name: 'printer.answers', absent: 'not-fitted', detail: 'this model can only print (back-channel: false)' }
      return undefined
    }
    const { sessionMs, ...patience } = PATIENCE[address.type]
    const now = bench.clock.mono()
    const suspicion = yield* look({ port, clock: bench.clock, facts: device.settings, until: now + sessionMs, giveUp: now + 2 * sessionMs, ...patience })
    const away = gone()
    // A network printer that ends the session is still there; a node that is gone is not.
    if (away && address.type !== 'tcp') yield { name: 'printer.port', absent: away.absence, detail: away.message }
    return suspicion
  } finally {
    await port.close()
  }
}

/** A printer behind a port: in the dialect that is known, otherwise in the one that its answers turn out to be. */
async function* throughDialect(device: Device, bench: Bench): AsyncIterable<Sight> {
  const told = device.settings.dialect
  const dialect = typeof told === 'string' ? told : 'esc-pos'
  const look = dialects[dialect]
  const address = addressOf(device, dialect)
  if (!look || !address) {
    yield { name: 'printer.answers', absent: 'blocked', detail: `unknown dialect ${dialect}; known: ${Object.keys(dialects).join(', ')}` }
    return
  }
  const suspicion = yield* throughPort(address, look, device, bench)
  if (!suspicion) return
  const second = dialects[suspicion.dialect]
  const sights: Sight[] = []
  // What the profile names is not to be doubted by a printer that stutters.
  if (second && told === undefined) for await (const sight of throughPort({ ...address, dialect: suspicion.dialect }, second, device, bench)) sights.push(sight)
  const sure = sights.some((sight) => sight.name === 'printer.answers' && 'value' in sight)
  yield* sure ? sights : [suspicion.otherwise]
}

/** A printer that only its driver or its print queue reaches. */
async function* withoutPort(device: Device, bench: Bench): AsyncIterable<Sight> {
  const { transport, settings } = device
  if (transport.type === 'usb') {
    const found = await looked(findBy(async () => ({}))(device, bench))
    yield 'absent' in found ? { name: 'printer.port', source: 'passive', ...found } : { name: 'printer.port', source: 'passive', value: true }
    if ('value' in found && found.value.product) yield { name: 'printer.product', source: 'passive', value: found.value.product }
    yield { name: 'printer.answers', absent: 'not-fitted', detail: 'only a driver reaches this printer: its status cannot be known on this path' }
  } else if (transport.type === 'host' && placeOf(settings)) yield { name: 'printer.answers', absent: 'not-fitted', detail: 'only a print queue reaches this printer: its status cannot be known on this path' }
  else yield { name: 'printer.answers', absent: 'blocked', detail: `a printer is reached by serial, tcp, usblp or usb, or by host and a queue, not by ${transport.type}` }
}

/** Sights passed on, and the names of those that told a value; why the printer did not tell what the host knew already is of no interest. */
async function* noting(sights: AsyncIterable<Sight> | Iterable<Sight>, told: Set<string>): AsyncIterable<Sight> {
  for await (const sight of sights) {
    if ('value' in sight) told.add(sight.name)
    else if (sight.name !== 'printer.port' && told.has(sight.name)) continue
    yield sight
  }
}

/** Flags that somebody else tells of the printer, where it did not tell them itself. */
const secondHand = (status: Status, told: Set<string>): Sight[] =>
  (Object.entries(status) as [Flag, boolean][]).flatMap(([flag, value]): Sight[] => {
    const name = `printer.${flag}`
    if (told.has(name)) return []
    told.add(name)
    return [{ name, value, source: 'passive' }]
  })

async function* observe(device: Device, bench: Bench): AsyncIterable<Sight> {
  const { transport, settings } = device
  const place = placeOf(settings)
  // Asked beside the printer itself; should it fail before anybody waits for it, the failure is kept until then.
  const queue = place && Promise.allSettled([lookQueue(place, bench)])
  const told = new Set<string>()
  yield { name: 'printer.transport', value: transport.type, source: 'passive' }
  if (transport.type === 'usblp') yield* noting(await deviceIdSights(transport.path, bench), told)
  yield* noting(addressOf(device, '') ? throughDialect(device, bench) : withoutPort(device, bench), told)
  if (transport.type === 'tcp' && settings.snmp !== false && (settings.snmp === true || !told.has('printer.answers'))) yield* secondHand(yield* lookSnmp(transport.host, settings, bench), told)
  if (queue) {
    const [seen] = await queue
    if (seen.status === 'rejected') throw seen.reason
    const { sights, status } = seen.value
    yield* sights
    yield* secondHand(status, told)
  }
}

/**
 * Receipt printers at a serial port, TCP 9100 or /dev/usb/lp*, or behind a print queue. Never prints, feeds, cuts or opens a drawer.
 * Settings, usually given by the model's profile: `dialect` (esc-pos, star), `status-by` (gs-r, asb-once, full-status: asked instead of
 * DLE EOT), what it does not have (`back-channel`, `near-end-sensor`, `end-sensor`, `cutter`, `identity`, `drawer-pin`,
 * `mechanical-error`, `waiting-recovery`, `feed-button`: false), and what it knows besides (`process-id`, `gs-r`, `counters`, `slip`,
 * `ink`, `second-ink`, `micr`, `peeler`, `interface-status`, `customer-display`, `rom-version`, `fonts`, `type-information`, `switches`,
 * `starprnt`: true). Of the place: `usb-id` (tells a printer that a driver has claimed from one that is gone), `queue`, `cups`, `snmp`, `snmp-port`, `snmp-community`, `snmp-version`, `drawer-open-when`.
 */
export const printer: Probe = { kind: 'printer', touch: 'asks', isolate: true, deadlineMs: 8000, observes, limits, symptoms, observe }
