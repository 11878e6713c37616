import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kernelLogReader, parseKernelRecord, parseSyslog } from '../../src/bench/kernel-log.ts'

describe('a record of the kernel log', () => {
  it('is its priority, its time and its first line', () => {
    expect(parseKernelRecord('6,339,5140900,-;usb 1-1: USB disconnect, device number 2\n SUBSYSTEM=usb\n DEVICE=c189:1\n')).toEqual({ priority: 6, us: 5140900, text: 'usb 1-1: USB disconnect, device number 2' })
    expect(parseKernelRecord('3,340,5140901,-,caller=T1;EXT4-fs error')?.text).toBe('EXT4-fs error')
  })

  it('is none if a program wrote it, or if it is something else', () => {
    expect(parseKernelRecord('12,340,5140901,-;usb 1-1: USB disconnect, device number 2')).toBeUndefined()
    expect(parseKernelRecord('usb 1-1: USB disconnect')).toBeUndefined()
  })

  it('never fails', () => {
    fc.assert(fc.property(fc.string(), (text) => { parseKernelRecord(text) }))
  })
})

describe('a system log', () => {
  const now = new Date(2026, 0, 2, 12, 0, 0).getTime()

  it('gives the kernel lines that matter with their ages, also over the turn of the year', () => {
    const lines = parseSyslog([
      'Dec 31 12:00:00 till kernel: [ 1234.567890] usb 1-1: USB disconnect, device number 2',
      'Jan  2 11:59:00 till kernel: EXT4-fs error (device sda1): something',
      'Jan  2 11:59:30 till sshd[1]: usb 1-1: USB disconnect, device number 3',
      'Jan  2 11:59:40 till kernel: [ 1300.000000] [UFW BLOCK] IN=eth0 OUT= SRC=192.0.2.1 usb',
      'Jan  2 11:59:50 till kernel: random: crng init done',
      `${new Date(now - 5000).toISOString()} till kernel: Under-voltage detected!`,
    ].join('\n'), now)
    expect(lines).toEqual([
      { ageS: 172_800, text: 'usb 1-1: USB disconnect, device number 2' },
      { ageS: 60, text: 'EXT4-fs error (device sda1): something' },
      { ageS: 5, text: 'Under-voltage detected!' },
    ])
  })

  it('never fails', () => {
    fc.assert(fc.property(fc.string(), (text) => { parseSyslog(text, now) }))
  })
})

describe('the reader', () => {
  let folder = ''
  beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'posdiag-log-')) })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('falls back on the file of the system log and keeps the newest of a flood', async () => {
    const file = join(folder, 'kern.log')
    const stamp = new Date().toISOString()
    writeFileSync(file, Array.from({ length: 20_000 }, (_, i) => `${stamp} till kernel: usb 1-1: USB disconnect, device number ${i}`).join('\n'))
    const { source, lines } = await kernelLogReader({ device: join(folder, 'no-such-device'), files: [join(folder, 'no-such-file'), file] }).read()
    expect(source).toBe(file)
    expect(lines.at(-1)?.text).toBe('usb 1-1: USB disconnect, device number 19999')
    expect(lines.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(24 * 1024)
  })

  it('says that there is no log', async () => {
    await expect(kernelLogReader({ device: join(folder, 'none'), files: [join(folder, 'neither')] }).read()).rejects.toMatchObject({ absence: 'missing' })
  })

  it.skipIf(process.platform !== 'linux')('reads the log of this machine, or says why it may not', async () => {
    const reader = kernelLogReader()
    try {
      const log = await reader.read().catch((error: unknown) => error)
      if (log instanceof Error) expect(log).toMatchObject({ name: 'BenchError', absence: expect.stringMatching(/^(blocked|missing)$/) })
      else expect(log).toMatchObject({ source: expect.any(String), lines: expect.any(Array) })
      // A second look starts where the first one ended and still knows what that one saw.
      const again = await reader.read().catch(() => undefined)
      if (again && !(log instanceof Error)) expect(again.lines.length).toBeGreaterThanOrEqual((log as { lines: unknown[] }).lines.length)
    } finally {
      reader.close()
    }
  })
})
