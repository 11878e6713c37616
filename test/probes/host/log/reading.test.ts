import { readdirSync, readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createClassifier } from '../../../../probes/host/log/classify.ts'
import { readHeading } from '../../../../probes/host/log/heading.ts'
import { MOST_DEVICES } from '../../../../probes/host/log/tallies.ts'
import { findingsIn, NOW } from './read.ts'

const local = (...of: [number, number, number, number, number, number]) => new Date(...of).getTime()

describe('a heading', () => {
  const TEXT = 'usb 1-1: USB disconnect, device number 2'
  it.each([
    ['dmesg', '[ 1234.567890] ', { up: 1234.56789 }],
    ['dmesg with thread ids', '[ 1234.567890][  T123] ', { up: 1234.56789 }],
    ['dmesg -d', '[ 1234.567890 <    0.000123>] ', { up: 1234.56789 }],
    ['dmesg -T', '[Sun Nov 22 10:45:40 2026] ', { wall: local(2026, 10, 22, 10, 45, 40) }],
    ['dmesg -e, which tells no moment', '[  +0.000123] ', {}],
    ['dmesg -x', 'kern  :warn  : [ 1234.567890] ', { up: 1234.56789 }],
    ['dmesg --time-format iso', '2026-11-22T10:45:40,123456+00:00 ', { wall: Date.UTC(2026, 10, 22, 10, 45, 40, 123) }],
    ['/dev/kmsg', '6,339,5140900,-;', { up: 5.1409, by: 'kernel' }],
    ['a serial console', '<6>[ 1234.567890] ', { up: 1234.56789 }],
    ['syslog', 'Nov 22 10:45:40 till kernel: ', { wall: local(2026, 10, 22, 10, 45, 40), by: 'kernel' }],
    ['syslog of last year', 'Dec 24 10:45:40 till kernel: [ 1234.567890] ', { wall: local(2025, 11, 24, 10, 45, 40), up: 1234.56789, by: 'kernel' }],
    ['syslog with a severity', '2026 Nov 22 10:45:40.123456 till INFO kernel: ', { wall: local(2026, 10, 22, 10, 45, 40), by: 'kernel' }],
    ['ISO 8601 of rsyslog', '2026-11-22T10:45:40.5+08:00 till kernel: ', { wall: Date.UTC(2026, 10, 22, 2, 45, 40, 500), by: 'kernel' }],
    ['journalctl -o short-iso', '2026-11-22T10:45:40+0800 till kernel: ', { wall: Date.UTC(2026, 10, 22, 2, 45, 40), by: 'kernel' }],
    ['journalctl -o short-full', 'Sun 2026-11-22 10:45:40 UTC till kernel: ', { wall: Date.UTC(2026, 10, 22, 10, 45, 40), by: 'kernel' }],
    ['journalctl -o short-unix', '1795344340.123456 till kernel: ', { wall: 1_795_344_340_123.456, by: 'kernel' }],
    ['journalctl -o short-monotonic', '[ 1234.567890] till kernel: ', { up: 1234.56789, by: 'kernel' }],
    ['journalctl -o cat', '', {}],
    ['RFC 5424', '<3>1 2026-11-22T10:45:40.123Z till kernel - - - ', { wall: Date.UTC(2026, 10, 22, 10, 45, 40, 123), by: 'kernel' }],
    ['RFC 5424 with data', '<3>1 2026-11-22T10:45:40Z till kernel 0 id [a@1 b="c]d"][e@2 f="g"] ', { wall: Date.UTC(2026, 10, 22, 10, 45, 40), by: 'kernel' }],
    ['BusyBox', 'user.err kernel: [  134.595776] ', { up: 134.595776, by: 'kernel' }],
    ['another program', 'Nov 22 10:45:40 till pcscd[12]: ', { wall: local(2026, 10, 22, 10, 45, 40), by: 'pcscd' }],
  ])('%s', (_, heading, told) => {
    expect(readHeading(`${heading}${TEXT}`, NOW)).toEqual({ ...told, text: TEXT })
  })

  it('is left alone where the text only looks like one', () => {
    expect(readHeading('EXT4-fs (sda1): mount failed', NOW)).toEqual({ text: 'EXT4-fs (sda1): mount failed' })
    expect(readHeading('[ 10.5] pos[12]: segfault at 0', NOW)).toEqual({ up: 10.5, text: 'pos[12]: segfault at 0' })
  })

  it('of a journal entry is its fields; what is no entry stays text', () => {
    expect(readHeading('{"MESSAGE":"a","SYSLOG_IDENTIFIER":"pcscd","__REALTIME_TIMESTAMP":"1795344340000000"}', NOW)).toEqual({ text: 'a', by: 'pcscd', wall: 1_795_344_340_000 })
    for (const line of ['{"MESSAGE":', '{"MESSAGE":7}', '{}', '{']) expect(readHeading(line, NOW).text).toBe(line)
    expect(readHeading('\t"MESSAGE" : "a \\"b\\"",', NOW)).toEqual({ text: 'a "b"' })
  })

  it('never fails', () => {
    const word = fc.constantFrom('[ 1.5] ', '<6>', 'Nov 22 10:45:40 ', '{"MESSAGE":', '[', '2026-99-99T99:99:99 ', 'a[1]: ', '\u001e', '9999999999999.999999 ')
    fc.assert(fc.property(fc.array(fc.oneof(word, fc.string()), { maxLength: 6 }), (parts) => { readHeading(parts.join(''), NOW) }))
  })
})

describe('a whole log', () => {
  const ORDINARY = new URL('../../../../fixtures/logs/ordinary/', import.meta.url)

  it.each(readdirSync(ORDINARY))('of a sound machine gives no alarm: %s', (name) => {
    const log = readFileSync(new URL(name, ORDINARY), 'utf8')
    const findings = findingsIn(log)
    expect(findings.filter(({ classes }) => !classes.includes('benign.attach'))).toEqual([])
    expect(findings.length).toBeGreaterThan(0)
    // The same machine, booted every day for a year.
    expect(findingsIn(log.repeat(365)).filter(({ classes }) => !classes.includes('benign.attach'))).toEqual([])
  })

  it('is told once a device, with count, first and last', () => {
    const [finding, ...more] = findingsIn('Nov 22 10:00:00 till kernel: Under-voltage detected! (0x00050005)\nNov 22 11:00:00 till kernel: Under-voltage detected! (0x00050005)\n')
    expect(more).toEqual([])
    expect(finding).toMatchObject({ classes: ['power.undervoltage'], device: 'host', severity: 'error', count: 2, first: new Date(2026, 10, 22, 10).toISOString(), last: new Date(2026, 10, 22, 11).toISOString() })
  })

  it('takes no more memory however long it is and however many devices it names', () => {
    const classifier = createClassifier(NOW)
    for (let round = 0; round < 40; round += 1) {
      classifier.push(Buffer.from(Array.from({ length: 1000 }, (_, i) => `[ ${round}.${i}] usb 1-1.${round}.${i}: USB disconnect, device number 2\n[ ${round}.${i}] eth${round}${i}: Link is Down\n`).join('')))
    }
    const findings = classifier.end()
    expect(findings.filter(({ classes }) => classes.includes('usb.disconnect')).length).toBe(MOST_DEVICES + 1)
    expect(findings.filter(({ classes }) => classes.includes('network.link_down')).length).toBeLessThanOrEqual(MOST_DEVICES)
    const others = findings.find(({ device }) => device === 'others')
    expect(others?.count).toBe(40_000 - MOST_DEVICES)
  })

  it('may hold a line without an end', () => {
    const classifier = createClassifier(NOW)
    for (let i = 0; i < 64; i += 1) classifier.push(Buffer.alloc(64 * 1024, 'x'))
    classifier.push(Buffer.from('\nUnder-voltage detected!\n'))
    expect(classifier.end().map(({ classes }) => classes)).toEqual([['power.undervoltage']])
  })

  it('may hold anything', () => {
    const line = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('usb 1-1: USB disconnect, device number 2', 'usb 1-1: new high-speed USB device number 3 using xhci_hcd', '[ 1.0] a invoked oom-killer: gfp_mask=0', 'eth0: Link is Down', 'eth0: Link is Up', 'I/O error, dev sda, sector 1', '\u0000'))
    fc.assert(fc.property(fc.array(line, { maxLength: 30 }), fc.integer({ min: 1, max: 50 }), (lines, piece) => {
      expect(findingsIn(lines.join('\n'), piece)).toEqual(findingsIn(lines.join('\n')))
    }))
  })

  it('keeps no card number in what it prints', () => {
    const [finding] = findingsIn('[ 1.0] pos[12]: segfault at 0 ip 4111111111111111 sp 0 card 4111111111111111\n')
    expect(JSON.stringify(finding)).toContain('app.crash')
    expect(JSON.stringify(finding)).not.toContain('4111111111111111')
  })
})
