import type { Bench } from '../../src/model/bench.ts'
import type { Probe, Sight } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { lookByEnq } from './enq-look.ts'
import { lookAtHid, lookOnUsb } from './presence.ts'
import { lookAtSmartcardReader } from './smartcard.ts'
import { limits, symptoms } from './symptoms.ts'

const observes = {
  'reader.port': 'true: it is where the terminal file says (port opened, or on the USB bus, or listed by PC/SC). missing: we could look, and it is not there',
  'reader.tool': 'true: the library that we need to look at it is there; its absence says nothing of the reader',
  'reader.service': 'true: the PC/SC service listens on this host',
  'reader.answers': 'true: it gave a valid answer, or PC/SC says that it does',
  'reader.state': 'ready, not-ready, idle, or talking (it spoke unasked)',
  'reader.slot': 'what is in its slot: none, present, mute (a card that does not answer), in-use or unavailable',
  'reader.atr-valid': 'the answer to reset of the card is well formed',
  'reader.atr-problem': 'what is wrong with it: start, cut, extra, long, check',
  'reader.card-protocols': 'protocols that the card offers, as T=0, T=1',
  'reader.card-answers': 'true: the card answered a SELECT, with whatever status',
  'reader.card-status': 'status word of that answer, hex',
  'reader.applications': 'names of the applications on the card (AID, hex)',
  'reader.driver': 'driver of the kernel that holds the reader, so that PC/SC cannot have it',
  'reader.product': 'product name',
  'reader.serial': 'serial number',
  'reader.firmware': 'firmware version',
  'reader.reply-ms': 'time to its answer, ms',
  'reader.chip-fail-percent': 'insertions that failed, of the recent ones, %',
  'reader.swipe-fail-percent': 'swipes that failed, of the recent ones, %',
  'reader.tap-fail-percent': 'taps that failed, of the recent ones, %',
  'reader.collisions': 'recent taps with more than one card in the field',
  'reader.emv-parameters-ok': 'EMV parameters are loaded',
  'reader.tamper': 'it says that it was tampered with',
} as const

/** Which way leads to the reader is the transport's business alone. */
const look = (device: Device, bench: Bench): AsyncIterable<Sight> | undefined => {
  const { transport } = device
  switch (transport.type) {
    case 'pcsc': return lookAtSmartcardReader(device, bench, transport.reader)
    case 'hid': return lookAtHid('reader', device, transport, bench)
    case 'usb': return lookOnUsb('reader', device, transport, bench)
    case 'serial': return lookByEnq('reader', device, bench, { ...transport, dialect: 'enq' })
    case 'tcp': return lookByEnq('reader', device, bench, { ...transport, dialect: 'enq' })
    default: return undefined
  }
}

async function* observe(device: Device, bench: Bench): AsyncIterable<Sight> {
  const sights = look(device, bench)
  if (sights) yield* sights
  else yield { name: 'reader.answers', absent: 'blocked', detail: `a reader is reached by pcsc, hid, usb, serial or tcp, not by ${device.transport.type}` }
}

/**
 * Card readers: behind PC/SC, on USB (HID or any class), or at a serial port or TCP address. Never talks to a card.
 * Settings: `usb-id` (as `072f:b100`; lets a PC/SC reader be looked for on the bus), `packets: visa`, `lrc-start`.
 */
export const reader: Probe = { kind: 'reader', touch: 'asks', isolate: true, deadlineMs: 5000, observes, limits, symptoms, observe }
