import { describe, expect, it } from 'vitest'
import { printer } from '../../../probes/printer/probe.ts'
import { dialoguesOf, type Played, playFixture, playTo } from '../play.ts'

const SERIAL = { type: 'serial', path: '/dev/ttyS0' }
const TCP = { type: 'tcp', host: '192.0.2.20', port: 9100 }

const play = (name: string, device: object = {}): Promise<Played> => playFixture(printer, name, device)

/** Observations that a dialogue must lead to; its symptoms stand in its `# expect:` line. */
const SEEN: Record<string, Record<string, unknown>> = {
  'healthy-tm-t88vi': {
    'printer.answers': true, 'printer.dialect': 'esc-pos', 'printer.online': true, 'printer.drawer-pin-high': true, 'printer.status-consistent': true, 'printer.paper-end': false,
    'printer.maker': 'EPSON', 'printer.model': 'TM-T88VI', 'printer.firmware': '30.49 ESC/POS', 'printer.serial': 'X3BK000123', 'printer.model-id': 32, 'printer.type-id': 2, 'printer.reply-ms': 8,
  },
  'paper-low': { 'printer.paper-near-end': true, 'printer.paper-end': false },
  'paper-out': { 'printer.paper-stop': true, 'printer.paper-end': true, 'printer.model': '!blocked' },
  'paper-out-no-near-end-sensor': { 'printer.paper-near-end': false, 'printer.paper-end': true },
  'cover-open': { 'printer.cover-open': true, 'printer.paper-end': true, 'printer.model': '!blocked' },
  'cover-open-while-printing': { 'printer.auto-recoverable-error': true, 'printer.status-consistent': true },
  'cutter-error': { 'printer.error': true },
  'mechanical-error': { 'printer.error': true },
  'head-hot': { 'printer.error': true },
  'hardware-error': { 'printer.error': true },
  'feed-button-held': { 'printer.feed-button': true, 'printer.feeding': true },
  contradicts: { 'printer.online': true, 'printer.cover-open': true, 'printer.status-consistent': false },
  'lagging-clone-cover-open': { 'printer.online': false, 'printer.cover-open': true, 'printer.feeding': false, 'printer.mechanical-error': false, 'printer.status-consistent': true },
  'lagging-clone-paper-low': { 'printer.online': true, 'printer.paper-near-end': true, 'printer.model': '!silent' },
  echo: { 'printer.answers': '!garbled', 'printer.online': undefined },
  silent: { 'printer.port': true, 'printer.answers': '!silent', 'printer.online': undefined },
  'wrong-speed': { 'printer.answers': '!garbled' },
  break: { 'printer.answers': '!garbled' },
  'label-printer': { 'printer.answers': '!garbled', 'printer.online': undefined, 'printer.dialect': undefined },
  'one-valid-byte': { 'printer.answers': '!garbled', 'printer.online': undefined },
  'unplugged-mid-answer': { 'printer.port': '!missing', 'printer.answers': '!missing' },
  'xoff-interleaved': { 'printer.answers': true, 'printer.model': 'TM-T20', 'printer.maker': 'EPSON', 'printer.firmware': '!silent', 'printer.serial': '!silent' },
  'held-by-flow-control': { 'printer.answers': '!silent' },
  'asb-after-connect': { 'printer.answers': true, 'printer.online': true, 'printer.model': 'TM-T88VI' },
  'asb-only': { 'printer.answers': true, 'printer.cover-open': true, 'printer.paper-stop': undefined },
  greeting: { 'printer.answers': true, 'printer.online': true, 'printer.model': '!blocked' },
  'identity-garbled': { 'printer.answers': true, 'printer.model': '!garbled', 'printer.type-id': '!garbled' },
  'port-busy': { 'printer.port': '!busy', 'printer.answers': undefined },
  'port-missing': { 'printer.port': '!missing' },
  'tcp-refused': { 'printer.port': '!refused' },
  'lines-low': { 'printer.cts': false, 'printer.dsr': false },
  'write-blocked': { 'printer.cts': false, 'printer.answers': '!silent' },
}

describe('dialogues', () => {
  it.each(Object.entries(SEEN))('%s', async (name, seen) => {
    const played = await play(name)
    expect(Object.fromEntries(Object.keys(seen).map((key) => [key, played.seen[key]]))).toEqual(seen)
  })
})

describe('what is not known stays unknown', () => {
  it('a busy port says nothing of the printer', async () => {
    const { symptoms } = await play('port-busy')
    expect(symptoms).toMatchObject({ 'printer.port-busy': 'present', 'printer.port-missing': 'absent', 'printer.silent': 'unknown', 'printer.offline': 'unknown', 'printer.paper-end': 'unknown' })
  })

  it('with an open cover the paper is unknown', async () => {
    const { symptoms } = await play('cover-open')
    expect(symptoms).toMatchObject({ 'printer.paper-end': 'unknown', 'printer.paper-low': 'unknown', 'printer.head-hot': 'unknown' })
  })

  it('nothing seen, nothing read', async () => {
    const { symptoms } = await playTo(printer, '# nothing is known of this one', { transport: { type: 'host' } })
    expect(new Set(Object.values(symptoms))).toEqual(new Set(['unknown']))
  })

  it('a healthy printer shows the absence of every symptom that was looked for', async () => {
    const { symptoms } = await play('healthy-tm-t88vi')
    const unknown = Object.entries(symptoms).flatMap(([id, is]) => (is === 'unknown' ? [id] : []))
    const notOnThisPath = ['printer.unreachable', 'printer.queue-stuck', 'printer.queue-paused', 'printer.queue-unreached', 'printer.busy', 'printer.print-faded']
    const notOfThisModel = ['printer.line-errors', 'printer.battery-low', 'printer.ink-low', 'printer.black-mark', 'printer.cutter-worn', 'printer.head-worn', 'printer.cleaning-due']
    expect(unknown.toSorted()).toEqual([...notOnThisPath, ...notOfThisModel].toSorted())
  })

  it('a network printer that closes the connection is unreachable, not missing', async () => {
    const { present } = await play('unplugged-mid-answer', { transport: TCP })
    expect(present).toEqual(['printer.unreachable'])
  })
})

describe('facts of the model', () => {
  it('a model that can only print is not asked, and its silence is no symptom', async () => {
    const { seen, present, transcript } = await play('silent', { settings: { 'back-channel': false } })
    expect(seen['printer.answers']).toBe('!not-fitted')
    expect(present).toEqual([])
    expect(transcript).not.toContain('>')
  })

  it('a sensor that is not fitted is not read', async () => {
    const { seen, symptoms } = await play('paper-out-no-near-end-sensor', { settings: { 'near-end-sensor': false } })
    expect(seen['printer.paper-near-end']).toBe('!not-fitted')
    expect(symptoms).toMatchObject({ 'printer.paper-low': 'unknown', 'printer.paper-end': 'present' })
  })

  it('one that does not know GS I is not asked for its name', async () => {
    const { seen, transcript } = await play('healthy-tm-t88vi', { settings: { identity: false } })
    expect(seen['printer.model']).toBe('!blocked')
    expect(transcript).not.toContain('1d 49')
  })

  it('an unknown dialect is told, and nothing is sent', async () => {
    const { seen, why, transcript } = await play('healthy-tm-t88vi', { settings: { dialect: 'zpl' } })
    expect(seen['printer.answers']).toBe('!blocked')
    expect(why['printer.answers']).toContain('zpl')
    expect(transcript).not.toContain('>')
  })
})

describe('time', () => {
  it('a healthy printer costs its own answers and a short drain', async () => {
    const { ms } = await play('healthy-tm-t88vi')
    const own = 4 * 8 + 4 * 14 + 2 * 9
    expect(ms - own).toBeLessThanOrEqual(50)
  })

  it('a silent one is given up within the deadline of the probe, after three questions', async () => {
    for (const transport of [SERIAL, TCP, { type: 'usblp', path: '/dev/usb/lp0' }]) {
      const { ms, transcript } = await play('silent', { transport })
      expect(ms).toBeLessThan(printer.deadlineMs)
      expect(transcript.match(/^> /gm)).toHaveLength(3)
    }
  })

  it('a silent network printer is let go within 2 s', async () => {
    expect((await play('silent', { transport: TCP })).ms).toBeLessThan(2000)
  })

  it('one that lags is settled within the deadline', async () => {
    expect((await play('lagging-clone-paper-low')).ms).toBeLessThan(printer.deadlineMs)
  })
})

describe('what a technician reads', () => {
  it.each([['echo', 'loop-back'], ['break', 'wrong speed'], ['label-printer', 'another protocol'], ['held-by-flow-control', 'buffer is full'], ['one-valid-byte', 'one valid answer']])('%s: says %s', async (name, words) => {
    expect((await play(name)).why['printer.answers']).toContain(words)
  })

  it('only questions are ever sent', async () => {
    for (const name of await dialoguesOf('printer')) {
      const { transcript } = await play(name)
      for (const line of transcript.match(/^> .*$/gm) ?? []) expect(line).toMatch(/^> (10 04 0[1-4]|1d 49 (01|02|41|42|43|44))$/)
    }
  })
})

describe('the probe', () => {
  it('reads only what it observes, and has a limit for every number it weighs', () => {
    for (const { id, reads } of printer.symptoms) {
      expect(id).toMatch(/^printer\./)
      for (const name of reads) expect(printer.observes).toHaveProperty([name])
    }
    expect(new Set(printer.symptoms.map(({ id }) => id)).size).toBe(printer.symptoms.length)
  })
})
