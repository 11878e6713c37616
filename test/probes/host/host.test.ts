import { describe, expect, it } from 'vitest'
import { host } from '../../../probes/host/probe.ts'
import { realBench } from '../../../src/bench/real.ts'
import { replayBench } from '../../../src/bench/replay.ts'
import { device, lookAtDialogue, lookOver } from '../looking.ts'

const terminal = device('host', { type: 'host' }, { disks: ['/var/lib/pos'], process: 'posapp', holds: ['printer-1'], portPaths: ['printer-1=/dev/ttyS0'] })

const look = (dialogue: string, limits?: Record<string, number>) => lookAtDialogue(`host/${dialogue}`, host, terminal, limits)

/** What nobody asks during a check, on any host. */
const NEVER_ASKED = ['host.service-failed', 'host.database-error', 'host.backup-stale']

describe('a healthy host', () => {
  it('is seen whole and shows no symptom', async () => {
    const { run, seen, present, unknown } = await look('healthy')
    expect(run.outcome).toBe('done')
    expect(present).toEqual([])
    expect(unknown).toEqual(NEVER_ASKED)
    expect(seen).toEqual({
      'host.uptime-s': 98765,
      'host.boot-reason': '!missing',
      'host.clock-plausible': true,
      'host.clock-synchronised': true,
      'host.cpu-percent': 20,
      'host.load-per-core': 0.16,
      'host.memory-free-percent': 55,
      'host.temperature-c': 52.1,
      'host.pos-running': true,
      'host.pos-pid': 812,
      'host.pos-age-s': 98700,
      'host.pos-holds': '',
      'host.port-holder': '',
      'host.log-readable': true,
      'host.log-oom': 0,
      'host.log-usb-disconnects': 0,
      'host.log-usb-errors': 0,
      'host.log-overcurrent': 0,
      'host.log-emi': 0,
      'host.log-fs-errors': 0,
      'host.log-io-errors': 0,
      'host.log-hung': 0,
      'host.log-thermal': 0,
      'host.log-undervoltage': 0,
      'host.disk-unseen': '',
      'host.disk-worst': '/',
      'host.disk-free-percent': 56.3,
      'host.disk-free-mb': 8192,
      'host.disk-inodes-free-percent': 75,
      'host.disk-read-only': false,
      'host.failed-units': '!blocked',
    })
  })
})

describe('a host in trouble', () => {
  const cases: [string, string[]][] = [
    ['busy', ['host.cpu-high', 'host.memory-low', 'host.oom', 'host.hung']],
    ['disk-full', ['host.disk-low', 'host.inodes-low']],
    ['disk-failing', ['host.disk-read-only', 'host.disk-errors', 'host.filesystem-errors']],
    ['hot', ['host.hot']],
    ['pos-dead', ['host.pos-dead']],
    ['pos-restarted', ['host.pos-restarted']],
    ['port-held-by-other', ['host.pos-port-not-held', 'host.port-held-by-other']],
    ['clock-lost', ['host.clock-implausible', 'host.clock-unsynchronised']],
    ['usb-flapping', ['host.usb-flapping', 'host.usb-errors']],
    ['interference', ['host.usb-overcurrent', 'host.emi']],
  ]
  it.each(cases)('%s', async (dialogue, symptoms) => {
    const { run, present } = await look(dialogue)
    expect(run.outcome).toBe('done')
    expect(present).toEqual(symptoms)
  })

  it('names who holds the port', async () => {
    expect((await look('port-held-by-other')).seen['host.port-holder']).toBe('printer-1: minicom (pid 4711)')
  })

  it('measures the worst disk', async () => {
    const { seen } = await look('disk-full')
    expect(seen).toMatchObject({ 'host.disk-worst': '/var/lib/pos', 'host.disk-free-percent': 0.4, 'host.disk-free-mb': 51, 'host.disk-inodes-free-percent': 1.5 })
  })

  it('obeys the limits of the terminal file', async () => {
    const { present } = await look('healthy', { 'host.disk-free-percent': 60, 'host.temperature-c': 50, 'host.memory-free-percent': 56, 'host.uptime-d': 1 })
    expect(present).toEqual(['host.memory-low', 'host.disk-low', 'host.hot', 'host.uptime-long'])
  })
})

describe('what cannot be told', () => {
  it('is no fault right after boot, when the application and the time service have yet to start', async () => {
    const { seen, present, unknown } = await look('just-booted')
    expect(seen).toMatchObject({ 'host.pos-running': false, 'host.pos-holds': '!missing', 'host.clock-synchronised': false })
    expect(present).toEqual([])
    expect(unknown).toEqual(expect.arrayContaining(['host.pos-dead', 'host.clock-unsynchronised', 'host.pos-port-not-held']))
  })

  it('is unknown where permission is lacking', async () => {
    const { seen, present, unknown } = await look('log-denied')
    expect(present).toEqual([])
    expect(seen).toMatchObject({ 'host.log-readable': '!blocked', 'host.pos-holds': '!blocked', 'host.port-holder': '!blocked' })
    expect(unknown).toEqual(expect.arrayContaining(['host.oom', 'host.usb-flapping', 'host.disk-errors', 'host.port-held-by-other', 'host.pos-port-not-held']))
  })

  it('is unknown on a host that shows nothing, and nothing is a fault', async () => {
    const { run, present } = await lookAtDialogue('scanner/no-usb', host, terminal)
    expect(run.outcome).toBe('done')
    expect(present).toEqual([])
  })

  it('leaves the application out where the terminal file names none', async () => {
    const { seen } = await lookAtDialogue('host/healthy', host, device('host', { type: 'host' }, { disks: [] }))
    expect(Object.keys(seen).filter((name) => name.startsWith('host.p'))).toEqual([])
  })

  it('takes a child of the application for the application', async () => {
    const wrapped = device('host', { type: 'host' }, { process: 'poslauncher', holds: ['printer-1'], portPaths: ['printer-1=/dev/ttyS0'] })
    const text = '? host.processes []\n= [{"pid":800,"ageS":4000}]\n? host.holders []\n= {"holders":[{"path":"/dev/ttyS0","pid":812,"process":"java","ancestors":[810,800]}],"unreadable":[]}\n'
    const { seen } = await lookOver(replayBench({ 'host-1': text }), host, wrapped)
    expect(seen).toMatchObject({ 'host.pos-holds': '', 'host.port-holder': '' })
  })
})

describe.skipIf(process.platform !== 'linux')('this machine', () => {
  it('is looked at without starting a program, and every value has its shape', async () => {
    const lend = realBench({ paths: { proc: '/proc', sys: '/sys' } })
    const here = device('host', { type: 'host' }, { disks: ['/tmp', '/no/such/disk'], process: 'no-such-pos', portPaths: ['printer-1=/dev/no-such-port'] })
    const { run, observations, seen } = await lookOver(lend, host, here)
    expect(run).toMatchObject({ outcome: 'done' })
    expect(observations.filter((o) => 'absent' in o && o.absent === 'broke')).toEqual([])
    expect(seen['host.cpu-percent']).toBeTypeOf('number')
    expect(seen['host.memory-free-percent']).toBeGreaterThan(0)
    expect(seen['host.memory-free-percent']).toBeLessThanOrEqual(100)
    expect(seen['host.uptime-s']).toBeGreaterThan(0)
    expect(seen['host.load-per-core']).toBeGreaterThanOrEqual(0)
    expect(seen['host.disk-free-mb']).toBeGreaterThanOrEqual(0)
    expect(seen['host.disk-unseen']).toBe('/no/such/disk')
    expect(seen['host.pos-running']).toBe(false)
    expect(seen['host.clock-plausible']).toBe(true)
  })
})
