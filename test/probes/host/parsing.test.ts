import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseBootStatus } from '../../../probes/host/boot.ts'
import { mountOf, parseMounts, turnedReadOnly } from '../../../probes/host/disks.ts'
import { parseMeminfo, parseStat } from '../../../probes/host/load.ts'

describe('/proc/stat and /proc/meminfo', () => {
  it('counts guest time once and iowait as idle', () => {
    expect(parseStat('cpu  10 1 2 80 7 0 0 0 5 0\ncpu0 10 1 2 80 7 0 0 0 5 0\ncpu1 0 0 0 0 0 0 0 0 0 0\nintr 1\n')).toEqual({ busy: 13, total: 100, processors: 2 })
  })

  it('knows when it is not such a file', () => {
    expect(parseStat('')).toBeUndefined()
    expect(parseMeminfo('MemTotal: 0 kB\nMemAvailable: 0 kB\n')).toBeUndefined()
    expect(parseMeminfo('MemTotal:  100 kB\n')).toBeUndefined()
  })

  it('never fails on any text', () => {
    fc.assert(fc.property(fc.string(), (text) => {
      parseStat(text)
      parseMeminfo(text)
      parseMounts(text)
      parseBootStatus(text)
    }))
  })
})

describe('watchdog status', () => {
  it.each([['32\n', 'reset by the watchdog'], ['17', 'overheated, voltage too low'], ['0\n', undefined], ['32768', undefined]])('%s', (text, reason) => {
    expect(parseBootStatus(text)).toBe(reason)
  })
})

describe('mounts', () => {
  const mounts = parseMounts([
    '/dev/sda1 / ext4 rw,relatime 0 0',
    'tmpfs /var/lib tmpfs rw 0 0',
    '/dev/sda2 /var/lib ext4 ro,noatime 0 0',
    '/dev/sdb1 /media/back\\040up vfat rw 0 0',
    '/dev/loop0 /opt/image squashfs ro 0 0',
    '/dev/sda3 /fixed ext4 ro 0 0',
    '/dev/sda4 /halted ext4 rw,emergency_ro 0 0',
  ].join('\n'))
  const fstab = parseMounts('# a comment\n/dev/sda3 /fixed ext4 ro 0 2\n')

  it('finds the file system of a path: the longest mount point, the last of several', () => {
    expect(mountOf('/var/lib/pos/db', mounts)).toMatchObject({ type: 'ext4', options: ['ro', 'noatime'] })
    expect(mountOf('/var/library', mounts)?.point).toBe('/')
    expect(mountOf('/media/back up/x', mounts)?.type).toBe('vfat')
  })

  it.each([
    ['/', false],
    ['/var/lib/pos', true],
    ['/opt/image/x', false],
    ['/fixed', false],
    ['/halted', true],
  ])('%s turned read-only: %s', (path, expected) => {
    expect(turnedReadOnly(path, mounts, fstab)).toBe(expected)
  })
})
