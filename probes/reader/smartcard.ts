import { type Bench, BenchError, type CardSlot } from '../../src/model/bench.ts'
import { unhex } from '../../src/model/dialogue.ts'
import type { Sight } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { isWellFormed } from './atr.ts'
import { lookOnUsb, usbIdOf } from './presence.ts'

/** Where pcscd listens and writes its process id (pcsc-lite's defaults). The socket is also there while systemd waits to start it. */
const SERVICE = { folder: '/run/pcscd', socket: 'pcscd.comm', pid: 'pcscd.pid' }

/** Of a reader with several slots the one in the worst state speaks for it. */
const WORST_FIRST: readonly CardSlot['card'][] = ['unavailable', 'mute', 'in-use', 'present', 'none']

const isSamSlot = (slot: CardSlot): boolean => /\bsam\b/i.test(slot.name)

/** The slot that speaks for the reader: slots for security modules only if there is no other. */
const chooseSlot = (slots: readonly CardSlot[], reader: string | undefined): CardSlot | undefined => {
  const matching = slots.filter((slot) => reader === undefined || slot.name.toLowerCase().includes(reader.toLowerCase()))
  const faces = matching.filter((slot) => !isSamSlot(slot))
  return (faces.length > 0 ? faces : matching).toSorted((a, b) => WORST_FIRST.indexOf(a.card) - WORST_FIRST.indexOf(b.card))[0]
}

const serviceListens = async (bench: Bench): Promise<boolean | undefined> => {
  try {
    const names = await bench.files.list(SERVICE.folder)
    if (!names.includes(SERVICE.socket)) return false
    if (!names.includes(SERVICE.pid)) return true
    // A service that crashed leaves its socket behind.
    const pid = (await bench.files.read(`${SERVICE.folder}/${SERVICE.pid}`)).trim()
    return (await bench.files.read(`/proc/${pid}/comm`)).trim() === 'pcscd'
  } catch (error) {
    if (!(error instanceof BenchError)) throw error
    return error.absence === 'missing' ? false : undefined
  }
}

/** Why PC/SC could not be asked: the service itself, or only our way to it. Then the USB bus is looked at, if the reader's id is known. */
async function* withoutPcsc(error: BenchError, device: Device, bench: Bench): AsyncIterable<Sight> {
  const usb = usbIdOf(device.settings['usb-id'])
  const listens = error.absence === 'missing' ? await serviceListens(bench) : undefined
  if (listens === true) {
    yield { name: 'reader.service', value: true, source: 'passive' }
    yield { name: 'reader.tool', absent: 'missing', detail: error.message }
  } else if (listens === false) yield { name: 'reader.service', absent: 'missing', detail: `nothing listens at ${SERVICE.folder}/${SERVICE.socket}: ${error.message}` }
  else yield { name: 'reader.service', absent: error.absence === 'missing' ? 'blocked' : error.absence, detail: error.message }
  if (usb) yield* lookOnUsb('reader', device, usb, bench, error.message)
  else yield { name: 'reader.port', absent: 'blocked', detail: `cannot be looked at without PC/SC (the setting usb-id would let us look on the USB bus): ${error.message}` }
}

async function* unlisted(slots: readonly CardSlot[], reader: string | undefined, device: Device, bench: Bench): AsyncIterable<Sight> {
  const usb = usbIdOf(device.settings['usb-id'])
  const others = slots.map((slot) => slot.name).join(', ') || 'none'
  const detail = `PC/SC lists no reader${reader === undefined ? '' : ` called ${reader}`}; it lists: ${others}`
  if (!usb) {
    yield { name: 'reader.port', absent: 'missing', detail }
    return
  }
  for await (const sight of lookOnUsb('reader', device, usb, bench)) {
    yield sight
    // Plugged in but not listed: its driver is not loaded, or something else claims it.
    if (sight.name === 'reader.port' && 'value' in sight) yield { name: 'reader.state', value: 'not-ready' }
  }
}

function* slotSights(slot: CardSlot): Iterable<Sight> {
  yield { name: 'reader.port', value: true }
  yield { name: 'reader.product', value: slot.name.slice(0, 200) }
  if (slot.card === 'unavailable') yield { name: 'reader.answers', absent: 'silent', detail: 'PC/SC says that the reader is unavailable: it does not answer any more' }
  else yield { name: 'reader.answers', value: true }
  yield { name: 'reader.slot', value: slot.card }
  if (slot.atr !== undefined) yield { name: 'reader.atr-valid', value: isWellFormed(unhex(slot.atr) ?? new Uint8Array()) }
}

/** A chip reader behind PC/SC: is the service there, is the reader listed, what is in its slot. No command is sent to a card. */
export async function* lookAtSmartcardReader(device: Device, bench: Bench, reader: string | undefined): AsyncIterable<Sight> {
  let slots: CardSlot[]
  try {
    slots = await bench.smartcards.slots()
  } catch (error) {
    if (!(error instanceof BenchError)) throw error
    yield* withoutPcsc(error, device, bench)
    return
  }
  yield { name: 'reader.service', value: true }
  const slot = chooseSlot(slots, reader)
  if (slot) yield* slotSights(slot)
  else yield* unlisted(slots, reader, device, bench)
}
