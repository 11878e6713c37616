import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { realBench } from '../../src/bench/real.ts'
import type { Files } from '../../src/model/bench.ts'
import { absenceOf, lent } from './lent.ts'

let folder = ''
const under = (name: string): string => join(folder, name)
const files = (paths = { proc: '/proc', sys: '/sys' }): Files => lent(realBench({ paths })).bench.files

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'posdiag-files-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('reading a file', () => {
  it('gives its text, of a long one the last 256 KiB', async () => {
    writeFileSync(under('short'), '电源正常\n')
    writeFileSync(under('long'), `${'a'.repeat(100_000)}${'b'.repeat(262_143)}c`)
    expect(await files().read(under('short'))).toBe('电源正常\n')
    expect(await files().read(under('long'))).toBe(`${'b'.repeat(262_143)}c`)
  })

  it('reads what tells no size to its end', async () => {
    expect(await files().read('/proc/meminfo')).toMatch(/^MemTotal:.*\n(.*\n)+$/)
    expect(Number(await files().read('/sys/class/net/lo/mtu'))).toBeGreaterThan(0)
  })

  it('keeps the end of what is endless, and stops', async () => {
    expect(await files().read('/dev/zero')).toHaveLength(262_144)
  })

  it('never waits for a pipe', async () => {
    execFileSync('/usr/bin/env', ['mkfifo', under('pipe')])
    expect(await files().read(under('pipe'))).toBe('')
  })

  it('is missing or blocked', async () => {
    expect(await absenceOf(files().read(under('none')))).toBe('missing')
    expect(await absenceOf(files().read(folder))).toBe('missing')
    expect(await absenceOf(files().read('relative'))).toBe('broke')
  })

  it.skipIf(process.getuid?.() === 0)('is blocked without permission', async () => {
    writeFileSync(under('secret'), 'x')
    chmodSync(under('secret'), 0)
    expect(await absenceOf(files().read(under('secret')))).toBe('blocked')
  })
})

describe('paths of the kernel', () => {
  it('are where the terminal file says', async () => {
    mkdirSync(under('p'))
    mkdirSync(under('s/devices/usb1/net/eth7'), { recursive: true })
    mkdirSync(under('s/class/net'), { recursive: true })
    writeFileSync(under('p/uptime'), '7 7\n')
    symlinkSync('../../devices/usb1/net/eth7', under('s/class/net/eth7'))
    symlinkSync('../../../usb1', under('s/devices/usb1/net/eth7/device'))
    const mapped = files({ proc: under('p'), sys: under('s') })
    expect(await mapped.read('/proc/uptime')).toBe('7 7\n')
    expect(await mapped.list('/proc/')).toEqual(['uptime'])
    expect(await mapped.link('/sys/class/net/eth7')).toBe('/sys/devices/usb1/net/eth7')
    expect(await mapped.link('/sys/class/net/eth7/device')).toBe('/sys/devices/usb1')
    expect(await absenceOf(mapped.read('/proc/meminfo'))).toBe('missing')
    writeFileSync(under('pess'), 'not below /proc')
    expect(await absenceOf(mapped.read('/process'))).toBe('missing')
  })
})

describe('folders, links and space', () => {
  it('are listed in order, shown whole, and measured', async () => {
    for (const name of ['b', 'a', 'c']) writeFileSync(under(name), '')
    symlinkSync('a', under('to-a'))
    expect(await files().list(folder)).toEqual(['a', 'b', 'c', 'to-a'])
    expect(await files().link(under('to-a'))).toBe(under('a'))
    expect(await files().link('/proc/self/exe')).toBe(process.execPath)
    expect(await files().link('/proc/self/ns/net')).toMatch(/^net:\[\d+\]$/)
    expect(await absenceOf(files().link(under('a')))).toBe('missing')
    const space = await files().space(folder)
    expect(space.totalBytes).toBeGreaterThan(space.freeBytes)
    expect(await absenceOf(files().space(under('none')))).toBe('missing')
    expect(await files().space('/proc')).not.toHaveProperty('totalInodes')
  })
})
