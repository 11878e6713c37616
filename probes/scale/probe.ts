import { type Bench, BenchError } from '../../src/model/bench.ts'
import type { Transport } from '../../src/model/device.ts'
import type { Probe } from '../../src/model/probe.ts'
import { afterId, parseDescriptor } from '../hid-descriptor.ts'
import { hidNodes } from '../hid-nodes.ts'
import { findBy, presence, presenceObserves } from '../presence.ts'
import { sight } from '../sight.ts'
import { isScale, scaleState } from './reading.ts'
import { symptoms } from './symptoms.ts'

/** Scales report several times a second, whether or not something lies on them. */
const LISTEN_MS = 2000

const find = findBy(async () => {
  throw new BenchError('blocked', "the host's files do not name scales: give this one the transport hid, usb or serial in the terminal file")
})

const state = async (transport: Extract<Transport, { type: 'hid' }>, bench: Bench): Promise<string> => {
  const node = (await hidNodes(transport, bench)).find(isScale)
  if (node === undefined) throw new BenchError('blocked', 'the host shows no HID interface of a scale (usage page 8D), so nobody can listen to it')
  const descriptor = parseDescriptor(await bench.hid.descriptor(node.path))
  if ('unreadable' in descriptor) throw new BenchError('garbled', `the report descriptor cannot be read: ${descriptor.unreadable}`)
  const statesOf = (reports: readonly Uint8Array[]): string[] => reports.flatMap((bytes) => {
    const { id, data } = afterId(descriptor, 'input', bytes)
    return scaleState(descriptor, id, data) ?? []
  })
  const heard = await bench.hid.listen(node.path, undefined, LISTEN_MS, 'hid-scale', (got) => statesOf(got).some((word) => word !== 'in-motion'))
  const states = statesOf(heard)
  const last = states.at(-1)
  if (last === undefined) throw new BenchError(heard.length === 0 ? 'silent' : 'garbled', heard.length === 0 ? 'the scale sends no report' : 'the scale sends reports without its state')
  return last
}

/** A scale: whether the host sees it and, over HID, whether it is well. It is only listened to; what is weighed is not looked at. */
export const scale: Probe = {
  kind: 'scale',
  touch: 'listens',
  isolate: ['hid'],
  deadlineMs: 6000,
  observes: {
    ...presenceObserves('scale'),
    'scale.state': 'what it reports: stable, zero, in-motion, under-zero, over-limit, needs-calibration, needs-zeroing or fault',
    'scale.weighs': 'true if it shows the right weight of something known, as a person said',
  },
  limits: {},
  symptoms,
  async *observe(device, bench) {
    const { transport } = device
    const seen = await presence('scale', find, device, bench)
    yield* seen
    if (transport.type === 'hid' && seen.some((one) => 'value' in one)) yield await sight('scale.state', () => state(transport, bench))
  },
}
