import { describe, expect, it } from 'vitest'
import { pinpad } from '../../../probes/pinpad/probe.ts'
import { dialogue, type Played, playFixture, playTo } from '../play.ts'

const play = (name: string, device: object = {}): Promise<Played> => playFixture(pinpad, name, device)

/** Observations that a dialogue must lead to; its symptoms stand in its `# expect:` line. */
const SEEN: Record<string, Record<string, unknown>> = {
  ready: { 'pinpad.port': true, 'pinpad.answers': true, 'pinpad.state': 'ready' },
  'not-ready': { 'pinpad.state': 'not-ready' },
  idle: { 'pinpad.state': 'idle' },
  silent: { 'pinpad.answers': '!silent' },
  'wrong-parity': { 'pinpad.answers': '!garbled' },
  garbage: { 'pinpad.answers': '!garbled' },
  echo: { 'pinpad.answers': '!garbled' },
  'port-busy': { 'pinpad.port': '!busy' },
  'port-missing': { 'pinpad.port': '!missing' },
  'talks-unasked': { 'pinpad.state': 'talking' },
  unplugged: { 'pinpad.answers': '!missing' },
  'visa-serial-number': { 'pinpad.state': 'ready', 'pinpad.serial': '0123456789ABCDEF' },
  'visa-wrong-lrc': { 'pinpad.answers': true, 'pinpad.serial': '!garbled' },
}

describe('dialogues', () => {
  it.each(Object.entries(SEEN))('%s', async (name, seen) => {
    const played = await play(name)
    expect(Object.fromEntries(Object.keys(seen).map((key) => [key, played.seen[key]]))).toEqual(seen)
  })
})

describe('the probe', () => {
  it('asks for the serial number only where that is said to be understood', async () => {
    expect((await play('visa-serial-number', { settings: {} })).transcript.match(/^> .*$/gm)).toEqual(['> 05'])
    expect((await play('visa-serial-number')).transcript.match(/^> .*$/gm)).toEqual(['> 05', '> 0f 30 36 0e 08', '> 06'])
  })

  it('reads only what it observes', () => {
    for (const { id, reads } of pinpad.symptoms) {
      expect(id).toMatch(/^pinpad\./)
      for (const name of reads) expect(pinpad.observes).toHaveProperty([name])
    }
  })

  it('a PIN pad on USB is looked for on the bus', async () => {
    const { seen } = await playTo(pinpad, await dialogue('reader/usb-present'), { transport: { type: 'usb', vendorId: '072f', productId: 'b100' } })
    expect(seen).toMatchObject({ 'pinpad.port': true, 'pinpad.product': 'CCID USB Reader' })
  })

  it('invalid keys are a symptom, unknown ones are not', () => {
    const rule = pinpad.symptoms.find(({ id }) => id === 'pinpad.keys-invalid')
    const told = (value: boolean | undefined) => rule?.read({ value: () => value, number: () => undefined, absence: () => undefined, under: () => [] }, () => 0)
    expect([told(false), told(true), told(undefined)]).toEqual(['present', 'absent', 'unknown'])
  })
})
