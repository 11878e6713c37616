import type { Bench } from '../../src/model/bench.ts'
import type { Probe, Sight } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { ecr17Question } from './ecr17.ts'
import { lookByEnq, lrcStart } from './enq-look.ts'
import { askHid } from './hid-look.ts'
import { idtechSerial } from './idtech.ts'
import { lookByNexo } from './nexo-look.ts'
import { lookAtHid, lookOnUsb } from './presence.ts'
import { lookByQuestion } from './question-look.ts'
import { lookAtSmartcardReader } from './smartcard.ts'
import { lookAtStatistics } from './statistics.ts'
import { limits, symptoms } from './symptoms.ts'
import { lookByZvt } from './zvt-look.ts'

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
  'reader.condition': 'what a payment terminal asks for, in a word, as printer-not-ready',
  'reader.last-swipe': 'how the reader took the last swipe: good or bad',
  'reader.swipe-read': 'true: a swipe made for this test was read',
  'reader.swipe-tracks': 'tracks 1 to 3 of that swipe: read, error or absent',
  'reader.swipe-movement': 'what was wrong with how the card was moved: noisy, too-slow, too-fast, backwards',
  'reader.layout-right': 'true: what the reader types arrives as it is on the card (keyboard emulation)',
  'reader.terminal-printer': 'printer of the payment terminal: OK, PaperLow, NoPaper, PaperJam, OutOfOrder',
  'reader.card-reader-ok': 'the payment terminal calls its card reader well',
  'reader.pin-pad-ok': 'the payment terminal calls its PIN pad well',
  'reader.communication-ok': 'the payment terminal calls its communication well',
  'reader.hosts-reachable': 'the payment terminal reaches all its acquirers',
  'reader.battery-percent': 'charge of the payment terminal, %',
  'reader.battery-low': 'a wireless reader calls its battery low',
  'reader.unsent-payments': 'payments that the terminal has not sent yet',
  'reader.reply-ms': 'time to its answer, ms',
  'reader.chip-fail-percent': 'insertions that failed, of the recent ones, %',
  'reader.swipe-fail-percent': 'swipes that failed, of the recent ones, %',
  'reader.tap-fail-percent': 'taps that failed, of the recent ones, %',
  'reader.chip-fail-rise': 'percentage points by which failed insertions rose over the weeks before, 0 where that may be chance',
  'reader.swipe-fail-rise': 'the same of swipes',
  'reader.tap-fail-rise': 'the same of taps',
  'reader.chip-tested': 'of the insertions behind chip-fail-percent, those made in read tests; the others are customers\'',
  'reader.swipe-tested': 'the same of swipes',
  'reader.tap-tested': 'the same of taps',
  'reader.swipe-counted': 'swipes behind swipe-fail-percent, where they are those that the counters of the reader tell, and no others',
  'reader.good-reads': 'swipes read since its counters began (UnifiedPOS GoodReadCount)',
  'reader.failed-reads': 'swipes not read since its counters began (UnifiedPOS FailedReadCount)',
  'reader.collisions': 'recent taps with more than one card in the field',
  'reader.emv-parameters-ok': 'EMV parameters are loaded',
  'reader.tamper': 'it says that it was tampered with',
} as const

/** Devices that are reached by a byte stream, each by the question that its dialect knows. */
const lookAtStream = (device: Device, bench: Bench, address: Extract<Device['transport'], { type: 'serial' | 'tcp' }>): AsyncIterable<Sight> => {
  const { dialect = 'enq', packets, framing, 'terminal-id': terminalId = '' } = device.settings
  if (dialect === 'zvt') return lookByZvt(device, bench, { ...address, dialect: 'zvt' })
  if (dialect === 'nexo' && address.type === 'tcp') return lookByNexo(device, bench, address)
  if (dialect === 'idtech') return lookByQuestion('reader', bench, { ...address, dialect: 'idtech' }, idtechSerial('reader', framing === 'itp' || framing === 'nga' ? framing : 'neo'))
  if (packets === 'ecr17') return lookByQuestion('reader', bench, { ...address, dialect: 'enq' }, ecr17Question('reader', String(terminalId), lrcStart(device, 0x7f)))
  return lookByEnq('reader', device, bench, { ...address, dialect: 'enq' })
}

/** Which way leads to the reader is the transport's business alone; what it is asked, the dialect's. */
const look = (device: Device, bench: Bench): AsyncIterable<Sight> | undefined => {
  const { transport } = device
  switch (transport.type) {
    case 'pcsc': return lookAtSmartcardReader(device, bench, transport.reader)
    case 'hid': return lookAtHid('reader', device, transport, bench, askHid)
    case 'usb': return lookOnUsb('reader', device, transport, bench)
    case 'serial':
    case 'tcp': return lookAtStream(device, bench, transport)
    default: return undefined
  }
}

/** What the journal, read tests and counters of readers know of how cards were read; the check puts it among the settings. */
const RATES = ['chip', 'swipe', 'tap'].flatMap((way) => [`${way}-fail-percent`, `${way}-fail-rise`, `${way}-tested`, `${way}-counted`]).filter((name) => `reader.${name}` in observes)

async function* observe(device: Device, bench: Bench): AsyncIterable<Sight> {
  for (const name of RATES) {
    const rate = device.settings[name]
    if (typeof rate === 'number') yield { name: `reader.${name}`, value: rate, source: 'journal' }
  }
  yield* lookAtStatistics(device, bench)
  const sights = look(device, bench)
  if (sights) yield* sights
  else yield { name: 'reader.answers', absent: 'blocked', detail: `a reader is reached by pcsc, hid, usb, serial or tcp, not by ${device.transport.type}` }
}

/**
 * Card readers: behind PC/SC, on USB (HID or any class), or at a serial port or TCP address.
 * Settings: `dialect` (enq, the default, zvt, nexo, idtech, magtek or keyboard); `usb-id` (as `072f:b100`; lets a PC/SC reader be looked
 * for on the bus); `packets` (visa or ecr17), `terminal-id`, `lrc-start`; `framing` (neo, itp or nga); `report` (sureswipe or magnesafe);
 * `statistics` (file in which the POS application leaves what UnifiedPOS RetrieveStatistics returns); `status-enquiry: true` (ZVT); `over`, `path`, `poi-id`, `sale-id` (nexo); `test: true` while a technician tests, who then puts a card
 * in or swipes one: only then is a card sent a SELECT, and a swipe waited for.
 */
export const reader: Probe = { kind: 'reader', touch: 'asks', isolate: true, deadlineMs: 10_000, observes, limits, symptoms, observe }
