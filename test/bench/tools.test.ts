import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { realBench } from '../../src/bench/real.ts'
import { type Bench, BenchError } from '../../src/model/bench.ts'
import { absenceOf, failureOf, type Lent, lent } from './lent.ts'

const borrowed = (): Lent => lent(realBench({ paths: { proc: '/proc', sys: '/sys' } }))
const bench = (): Bench => borrowed().bench

describe('ping', () => {
  let folder = ''
  const program = (script: string): void => writeFileSync(join(folder, 'ping'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  const prints = (text: string): void => program(`cat <<'END'\n${text}\nEND`)

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'posdiag-ping-'))
    vi.stubEnv('PATH', `${folder}:/usr/bin:/bin`)
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true })
  })

  it('that is not installed is missing, and says what to install', async () => {
    vi.stubEnv('PATH', folder)
    expect(await failureOf(bench().net.ping('127.0.0.1', { count: 1, ms: 500 }))).toEqual({ absence: 'missing', detail: 'no ping program: install iputils-ping' })
  })

  it('counts what iputils prints', async () => {
    prints('PING 10.0.0.1 (10.0.0.1) 56(84) bytes of data.\n64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=0.404 ms\n64 bytes from 10.0.0.1: icmp_seq=3 ttl=64 time=12.5 ms\n\n--- 10.0.0.1 ping statistics ---\n3 packets transmitted, 2 received, 33.3333% packet loss, time 2044ms\nrtt min/avg/max/mdev = 0.404/6.4/12.5/6.0 ms')
    expect(await bench().net.ping('10.0.0.1', { count: 3, ms: 3000 })).toEqual({ sent: 3, received: 2, rttMs: [0.404, 12.5] })
  })

  it('counts what busybox prints', async () => {
    prints('PING 10.0.0.1 (10.0.0.1): 56 data bytes\n64 bytes from 10.0.0.1: seq=0 ttl=64 time=0.111 ms\n\n--- 10.0.0.1 ping statistics ---\n1 packets transmitted, 1 packets received, 0% packet loss\nround-trip min/avg/max = 0.111/0.111/0.111 ms')
    expect(await bench().net.ping('10.0.0.1', { count: 1, ms: 3000 })).toEqual({ sent: 1, received: 1, rttMs: [0.111] })
  })

  it('that loses everything is an answer', async () => {
    prints('PING 10.0.0.1 (10.0.0.1) 56(84) bytes of data.\n\n--- 10.0.0.1 ping statistics ---\n3 packets transmitted, 0 received, 100% packet loss, time 2044ms')
    expect(await bench().net.ping('10.0.0.1', { count: 3, ms: 3000 })).toEqual({ sent: 3, received: 0, rttMs: [] })
  })

  it.each([
    ['ping: socktype: SOCK_RAW\nping: socket: Operation not permitted\nping: => missing cap_net_raw+p capability or setuid?', 'blocked'],
    ['ping: permission denied (are you root?)', 'blocked'],
    ['ping: nowhere.example: Name or service not known', 'refused'],
    ["ping: bad address 'nowhere.example'", 'refused'],
    ['ping: nowhere.example: Temporary failure in name resolution', 'silent'],
    ['ping: connect: Network is unreachable', 'missing'],
    ['Usage\n  ping [options] <destination>', 'garbled'],
    ['', 'garbled'],
  ])('that prints %j is %s', async (text, absence) => {
    prints(text)
    expect(await absenceOf(bench().net.ping('nowhere.example', { count: 1, ms: 3000 }))).toBe(absence)
  })

  it('that prints what its reader does not expect is garbled and harms nothing', async () => {
    prints('odd\n1 packets transmitted, 1 received')
    expect(await absenceOf(bench().net.ping('10.0.0.1', { count: 1, ms: 3000 }))).toBe('garbled')
  })

  it('speaks English to it whatever the host speaks, and asks it for what was asked', async () => {
    vi.stubEnv('LC_ALL', 'zh_CN.UTF-8')
    program('echo "ping: $LC_ALL $*"')
    expect((await failureOf(bench().net.ping('10.0.0.1', { count: 3, ms: 1500 }))).detail).toMatch(/ping: C -n -W 2 -w 2 -c 3 .*-i 0\.2 10\.0\.0\.1$/)
  })

  it('is ended when it hangs, and with the probe', async () => {
    program('trap "" INT; exec sleep 600')
    expect(await absenceOf(bench().net.ping('10.0.0.1', { count: 1, ms: 50 }))).toBe('garbled')
    const { bench: other, deadline } = borrowed()
    const pending = absenceOf(other.net.ping('10.0.0.1', { count: 1, ms: 60_000 }))
    deadline()
    expect(await pending).toBe('silent')
  })

  it('takes no options for a host', async () => {
    prints('')
    expect(await absenceOf(bench().net.ping('-f', { count: 1, ms: 500 }))).toBe('broke')
  })
})

/** Resolves with the value or with the BenchError; anything else is a failure of the test. */
const outcome = <T>(work: Promise<T>): Promise<T | BenchError> => work.catch((error: unknown) => {
  if (error instanceof BenchError) return error
  throw error
})

describe('native libraries', () => {
  it('HID lists devices, or says what is missing', async () => {
    const list = await outcome(bench().hid.list())
    if (list instanceof BenchError) expect(list).toMatchObject({ absence: 'missing', message: expect.stringMatching(/install lib(usb-1\.0-0|udev1)/) })
    else expect(list.every(({ path, vendorId }) => path !== '' && vendorId >= 0)).toBe(true)
  })

  it('HID knows no device that is not there', async () => {
    expect(await absenceOf(bench().hid.feature('/dev/hidraw999', undefined, 1, 8, 'magtek'))).toBe('missing')
  })

  it('PC/SC lists its slots, or says what is missing', async () => {
    const slots = await outcome(bench().smartcards.slots())
    if (slots instanceof BenchError) expect(slots).toMatchObject({ absence: 'missing', message: expect.stringContaining('install and start pcscd') })
    else expect(slots.every(({ name }) => name !== '')).toBe(true)
  })

  it('nobody answers for an operator who is not there', async () => {
    expect(await absenceOf(bench().operator.ask({ zh: '在吗？', en: 'There?' }, []))).toBe('missing')
  })
})
