import type { Bench } from '../../src/model/bench.ts'
import type { Probe, Sight } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { ecr17Question } from '../reader/ecr17.ts'
import { lookByEnq, lrcStart } from '../reader/enq-look.ts'
import { lookAtHid, lookOnUsb } from '../reader/presence.ts'
import { lookByQuestion } from '../reader/question-look.ts'
import { symptoms } from './symptoms.ts'

const observes = {
  'pinpad.port': 'true: it is where the terminal file says (port opened, or on the USB bus). missing: we could look, and it is not there',
  'pinpad.tool': 'true: the library that we need to look at it is there; its absence says nothing of the PIN pad',
  'pinpad.answers': 'true: it gave a valid answer',
  'pinpad.state': 'ready, not-ready, idle, or talking (it spoke unasked)',
  'pinpad.condition': 'what it asks for, in a word, as key-corrupted',
  'pinpad.product': 'product name',
  'pinpad.serial': 'serial number',
  'pinpad.reply-ms': 'time to its answer, ms',
  'pinpad.keys-valid': 'its working keys are valid',
} as const

const lookAtStream = (device: Device, bench: Bench, address: Extract<Device['transport'], { type: 'serial' | 'tcp' }>): AsyncIterable<Sight> => {
  const { packets, 'terminal-id': terminalId = '' } = device.settings
  return packets === 'ecr17'
    ? lookByQuestion('pinpad', bench, { ...address, dialect: 'enq' }, ecr17Question('pinpad', String(terminalId), lrcStart(device, 0x7f)))
    : lookByEnq('pinpad', device, bench, { ...address, dialect: 'enq' })
}

const look = (device: Device, bench: Bench): AsyncIterable<Sight> | undefined => {
  const { transport } = device
  switch (transport.type) {
    case 'hid': return lookAtHid('pinpad', device, transport, bench)
    case 'usb': return lookOnUsb('pinpad', device, transport, bench)
    case 'serial':
    case 'tcp': return lookAtStream(device, bench, transport)
    default: return undefined
  }
}

async function* observe(device: Device, bench: Bench): AsyncIterable<Sight> {
  const sights = look(device, bench)
  if (sights) yield* sights
  else yield { name: 'pinpad.answers', absent: 'blocked', detail: `a PIN pad is reached by serial, tcp, usb or hid, not by ${device.transport.type}` }
}

/**
 * PIN pads at a serial port or TCP address, or on USB. Asks only whether it is ready; never anything that concerns keys or a PIN.
 * Settings: `packets` (visa: may be asked for its serial number; ecr17: is asked for its state, with `terminal-id`), `lrc-start`.
 */
export const pinpad: Probe = { kind: 'pinpad', touch: 'asks', isolate: true, deadlineMs: 5000, observes, limits: {}, symptoms, observe }
