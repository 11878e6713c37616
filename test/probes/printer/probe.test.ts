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
  greeting: { 'printer.answers': true, 'printer.online': true, 'printer.model': '!silent' },
  'identity-garbled': { 'printer.answers': true, 'printer.model': '!garbled', 'printer.type-id': '!garbled' },
  'port-busy': { 'printer.port': '!busy', 'printer.answers': undefined },
  'port-missing': { 'printer.port': '!missing' },
  'tcp-refused': { 'printer.port': '!refused' },
  'lines-low': { 'printer.cts': false, 'printer.dsr': false },
  'write-blocked': { 'printer.cts': false, 'printer.answers': '!silent' },
  'late-frames': { 'printer.answers': true, 'printer.online': true, 'printer.drawer-pin-high': true },
  'job-tail': { 'printer.answers': true, 'printer.online': true, 'printer.cover-open': false },
  'star-healthy': { 'printer.answers': true, 'printer.dialect': 'star', 'printer.buffer-empty': true, 'printer.paper-end': false, 'printer.online': true, 'printer.status-version': 3, 'printer.paper-width-mm': undefined },
  'star-cover-open': { 'printer.cover-open': true, 'printer.paper-end': true, 'printer.online': false },
  'star-wrong-parity': { 'printer.line-errors': true, 'printer.online': undefined },
  'star-unsolicited': { 'printer.dialect': 'star', 'printer.auto-recoverable-error': true, 'printer.reply-ms': undefined },
  'star-recognised': { 'printer.answers': true, 'printer.dialect': 'star', 'printer.paper-near-end': true },
  'star-not-confirmed': { 'printer.answers': '!garbled', 'printer.dialect': undefined, 'printer.paper-end': undefined },
  'starprnt-part-worn': { 'printer.part-worn': true, 'printer.cleaning-due': true, 'printer.paper-width-mm': 58 },
  'gs-r-paper-low': { 'printer.answers': true, 'printer.paper-near-end': true, 'printer.drawer-pin-high': true, 'printer.online': undefined },
  'asb-once-cover-open': { 'printer.answers': true, 'printer.cover-open': true, 'printer.online': false },
  'full-status-paper-out': { 'printer.answers': true, 'printer.paper-end': true, 'printer.paper-near-end': undefined },
  'ink-end': { 'printer.ink-low': true, 'printer.ink-end': true, 'printer.ink-missing': false, 'printer.ink-two-low': true, 'printer.ink-two-end': false },
  'battery-low': { 'printer.battery-low': true, 'printer.drawer-pin-high': undefined, 'printer.mechanical-error': '!not-fitted' },
  'label-waiting': { 'printer.label-waiting': true, 'printer.peeler-empty': false },
  'slip-and-micr': { 'printer.slip-status': '36', 'printer.micr-status': '12' },
  'drawer-open': { 'printer.drawer-open': true, 'printer.drawer-pin-high': true },
  'buffer-blocked': { 'printer.online': true, 'printer.model': '!silent', 'printer.buffer-ms': '!silent', 'printer.cuts': '!blocked' },
  'cutter-worn': { 'printer.cuts': 2001407, 'printer.lines-fed': 8810433, 'printer.head-pulses': 94033116, 'printer.hours': 18244 },
  'usblp-device-id': { 'printer.product': 'EPSON TM-T20III', 'printer.commands': 'ESC/POS', 'printer.serial': 'X3BL000042', 'printer.answers': true },
  'usblp-only-prints': { 'printer.port': true, 'printer.answers': '!not-fitted' },
  'usblp-paper-out': { 'printer.answers': '!refused' },
  'claimed-by-cups': { 'printer.port': '!busy' },
  'busy-for-another-till': { 'printer.port': '!refused', 'printer.printing': true, 'printer.agent-state': 'printing', 'printer.product': 'EPSON TM-T88VI' },
  'silent-but-printing': { 'printer.port': true, 'printer.answers': '!silent', 'printer.printing': true },
  'snmp-cover-open': { 'printer.answers': '!not-fitted', 'printer.cover-open': true, 'printer.paper-end': true, 'printer.online': false, 'printer.agent-errors': 'noPaper, doorOpen, offline', 'printer.alerts': 'Cover open' },
  'snmp-and-port-refused': { 'printer.port': '!refused', 'printer.agent-state': 'idle', 'printer.printing': false },
  'snmp-other-device': { 'printer.agent-state': '!not-fitted' },
  'queue-stuck': { 'printer.answers': '!not-fitted', 'printer.queue-state': 'processing', 'printer.queue-jobs': 2, 'printer.queue-oldest-s': 420, 'printer.queue-reaches': true },
  'queue-paused': { 'printer.queue-state': 'stopped', 'printer.queue-reasons': 'paused' },
  'queue-idle': { 'printer.queue-state': 'idle', 'printer.queue-oldest-s': 0, 'printer.cover-open': undefined, 'printer.paper-end': undefined },
  'queue-does-not-reach': { 'printer.queue-reaches': false, 'printer.paper-end': true, 'printer.queue-oldest-s': 10 },
  'queue-gone': { 'printer.queue-state': '!missing' },
  'network-ipp': { 'printer.answers': true, 'printer.paper-near-end': false, 'printer.queue-reasons': 'media-low' },
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
    const notOfThisModel = ['printer.line-errors', 'printer.battery-low', 'printer.ink-low', 'printer.black-mark', 'printer.cleaning-due']
    expect(unknown.toSorted()).toEqual([...notOnThisPath, ...notOfThisModel].toSorted())
  })

  it('a network printer that closes the connection is unreachable, not missing', async () => {
    const { present } = await play('unplugged-mid-answer', { transport: TCP })
    expect(present).toEqual(['printer.unreachable'])
  })
})

describe('a printer node that is not there', () => {
  it('is missing, not busy, where it is another printer that a driver has claimed, or nobody said which is ours', async () => {
    expect((await play('claimed-by-cups', { settings: { 'usb-id': '04b8:0202' } })).present).toEqual(['printer.port-missing'])
    expect((await play('claimed-by-cups', { settings: {} })).present).toEqual(['printer.port-missing'])
  })
})

describe('a second opinion', () => {
  it('is not asked for where the printer answers for itself', async () => {
    const { transcript } = await play('healthy-tm-t88vi', { transport: TCP })
    expect(transcript).not.toContain('net.snmp')
  })

  it('never overrules what the printer says', async () => {
    const { seen, transcript } = await play('network-ipp', { settings: { identity: false, queue: 'ipp://192.0.2.20/ipp/print', snmp: true } })
    expect(transcript).toContain('net.snmp')
    expect(seen['printer.paper-near-end']).toBe(false)
  })

  it('can be forbidden', async () => {
    const { transcript, present } = await play('busy-for-another-till', { settings: { snmp: false } })
    expect(transcript).not.toContain('net.snmp')
    expect(present).toEqual(['printer.unreachable'])
  })

  it("keeps the agent's password out of the transcript", async () => {
    const { transcript } = await play('busy-for-another-till', { settings: { 'snmp-community': 'between-us' } })
    expect(transcript).toContain('? net.snmp ["192.0.2.20",161,"1",')
    expect(transcript).not.toContain('between-us')
  })
})

describe('facts of the model', () => {
  it('what is named in a profile is not doubted: a Star answer is then garbled', async () => {
    const { seen, transcript } = await play('star-recognised', { settings: { dialect: 'esc-pos' } })
    expect(seen['printer.answers']).toBe('!garbled')
    expect(transcript).not.toMatch(/^> 05/m)
  })

  it("a model's own limit decides, and the terminal's own goes before it", async () => {
    expect((await play('cutter-worn')).present).toEqual(['printer.cutter-worn'])
    expect((await play('cutter-worn', { limits: { 'printer.cuts': 3_000_000 } })).present).toEqual([])
    expect((await play('cutter-worn', { limits: {} })).present).toEqual(['printer.cutter-worn'])
  })

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
    const own = 4 * 8 + 4 * 14 + 2 * 9 + 4 * 14
    expect(ms - own).toBeLessThanOrEqual(50)
  })

  it('a silent one is given up within the deadline of the probe, after three questions', async () => {
    for (const transport of [SERIAL, TCP, { type: 'usblp', path: '/dev/usb/lp0' }]) {
      const { ms, transcript } = await play('silent', { transport, settings: { snmp: false } })
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
      for (const line of transcript.match(/^> .*$/gm) ?? []) expect(line).toMatch(/^> (10 04 (0[1-5]|07 0[12]|08 0[13]|14)|10 14 07 01|1d 49 (01|02|41|42|43|44)|1d 72 0[12]|1d 67 32 00 (94|95|b2|c6) 00|1d 28 48 06 00 30 30 70 64 69 67|04|05|1b 06 01)$/)
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
