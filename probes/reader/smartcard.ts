import { type Bench, BenchError, type CardSlot } from '../../src/model/bench.ts'
import { unhex } from '../../src/model/dialogue.ts'
import { looked, type Sight } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { readAtr } from './atr.ts'
import { claimedBy } from './claimed.ts'
import { lookOnUsb, usbIdOf } from './presence.ts'
import { readSelected, selectFor } from './select.ts'

/** Of a reader with several slots the one in the worst state speaks for it. */
const WORST_FIRST: readonly CardSlot['card'][] = ['unavailable', 'mute', 'in-use', 'present', 'none']

const isSamSlot = (slot: CardSlot): boolean => /\bsam\b/i.test(slot.name)

/** The slot that speaks for the reader: slots for security modules only if there is no other. */
export const chooseSlot = (slots: readonly CardSlot[], reader: string | undefined): CardSlot | undefined => {
  const matching = slots.filter((slot) => reader === undefined || slot.name.toLowerCase().includes(reader.toLowerCase()))
  const faces = matching.filter((slot) => !isSamSlot(slot))
  return (faces.length > 0 ? faces : matching).toSorted((a, b) => WORST_FIRST.indexOf(a.card) - WORST_FIRST.indexOf(b.card))[0]
}

/** PC/SC could not be asked: then the USB bus is looked at, if the reader's id is known. */
async function* withoutPcsc(error: BenchError, device: Device, bench: Bench): AsyncIterable<Sight> {
  const usb = usbIdOf(device.settings['usb-id'])
  yield { name: 'reader.service', absent: error.absence, detail: error.message }
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
    if (sight.name !== 'reader.port' || !('value' in sight)) continue
    // Plugged in but not listed: its driver is not loaded, or something else claims it.
    yield { name: 'reader.state', value: 'not-ready' }
    const driver = await claimedBy(usb, bench)
    if (driver !== undefined) yield { name: 'reader.driver', value: driver, source: 'passive' }
  }
}

function* atrSights(text: string): Iterable<Sight> {
  const { problems, protocols } = readAtr(unhex(text) ?? new Uint8Array())
  yield { name: 'reader.atr-valid', value: problems.length === 0 }
  if (problems.length > 0) yield { name: 'reader.atr-problem', value: problems.join(', ') }
  else yield { name: 'reader.card-protocols', value: protocols.map((protocol) => `T=${protocol}`).join(', ') }
}

function* slotSights(slot: CardSlot): Iterable<Sight> {
  yield { name: 'reader.port', value: true }
  yield { name: 'reader.product', value: slot.name.slice(0, 200) }
  if (slot.card === 'unavailable') yield { name: 'reader.answers', absent: 'silent', detail: 'PC/SC says that the reader is unavailable: it does not answer any more' }
  else yield { name: 'reader.answers', value: true }
  yield { name: 'reader.slot', value: slot.card }
  if (slot.atr !== undefined) yield* atrSights(slot.atr)
}

/** The card is sent one command and left as it was. A card that went away, or that another program took meanwhile, says nothing of the reader. */
async function* cardTest(slot: CardSlot, bench: Bench): AsyncIterable<Sight> {
  const answer = await looked(bench.smartcards.send(slot.name, selectFor(slot.name)))
  if ('absent' in answer) {
    yield { name: 'reader.card-answers', ...answer }
    return
  }
  const selected = readSelected(answer.value)
  if (!selected) yield { name: 'reader.card-answers', absent: 'garbled', detail: 'the card answers without a status word' }
  else {
    yield { name: 'reader.card-answers', value: true }
    yield { name: 'reader.card-status', value: selected.status }
    if (selected.applications.length > 0) yield { name: 'reader.applications', value: selected.applications.join(', ') }
  }
}

/**
 * A chip reader behind PC/SC: is the service there, is the reader listed, what is in its slot. With the setting `test` a card that
 * nobody uses is asked for its list of payment applications; without it no command is sent to a card, because a connection of
 * ours, however short, would make a POS application fail that wants the card for itself at that moment.
 */
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
  if (!slot) {
    yield* unlisted(slots, reader, device, bench)
    return
  }
  yield* slotSights(slot)
  if (device.settings.test === true && slot.card === 'present') yield* cardTest(slot, bench)
}
