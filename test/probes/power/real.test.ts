import { afterEach, describe, expect, it } from 'vitest'
import { type HostFiles, startHostFiles } from '../../../fixtures/standins/host-files.ts'
import { type Nut, startNut } from '../../../fixtures/standins/nut.ts'
import { power } from '../../../probes/power/probe.ts'
import { realBench } from '../../../src/bench/real.ts'
import { lookAt } from '../../../src/check/observe.ts'
import { hasValue } from '../../../src/model/observation.ts'
import { Device } from '../../../src/model/terminal.ts'

const look = async (transport: object, paths: { proc: string; sys: string } = { proc: '/proc', sys: '/sys' }) => {
  const device = Device.parse({ id: 'power-1', kind: 'power', transport })
  const { observations, run } = await lookAt({ device, probe: power }, realBench({ paths }), { now: () => Date.now(), mono: () => performance.now() }, power.deadlineMs)
  expect(run.outcome).toBe('done')
  return Object.fromEntries(observations.map((o) => [o.name, hasValue(o) ? o.value : `!${o.absent}`]))
}

describe('power over real sockets and files', () => {
  let nut: Nut | undefined
  let files: HostFiles | undefined
  afterEach(async () => {
    await Promise.all([nut?.stop(), files?.stop()])
    nut = undefined
    files = undefined
  })

  it('a UPS is read, lost and found again', async () => {
    nut = await startNut()
    const at = { type: 'nut', ups: 'ups', port: nut.port }
    expect(await look(at)).toMatchObject({ 'power.ups-contact': true, 'power.on-battery': false, 'power.plausible': true })
    nut.set({ 'ups.status': 'OB DISCHRG LB', 'battery.charge': '12', 'input.voltage': '0.0' })
    expect(await look(at)).toMatchObject({ 'power.on-battery': true, 'power.battery-percent': 12, 'power.ups-low-battery': true })
    nut.become('stale')
    expect(await look(at)).toMatchObject({ 'power.ups-contact': '!silent', 'power.ups-stale': true })
    nut.become('gone')
    expect(await look(at)).toMatchObject({ 'power.ups-contact': '!missing', 'power.ups-stale': false })
    expect(await look({ ...at, ups: 'other' })).toMatchObject({ 'power.ups-contact': '!refused' })
    await nut.stop()
    expect(await look(at)).toMatchObject({ 'power.ups-contact': '!missing' })
    nut = undefined
  })

  it('the host\'s own view is read from its files', async () => {
    files = await startHostFiles({ 'sys/class/power_supply/AC/type': 'Mains\n', 'sys/class/power_supply/AC/online': '0\n', 'sys/class/power_supply/BAT0/type': 'Battery\n', 'sys/class/power_supply/BAT0/status': 'Discharging\n', 'sys/class/power_supply/BAT0/capacity': '41\n' })
    expect(await look({ type: 'host' }, files)).toMatchObject({ 'power.mains-online': false, 'power.on-battery': true, 'power.battery-percent': 41 })
  })

  it('this very host is looked at without an error, whatever it is', async () => {
    expect(await look({ type: 'host' })).toHaveProperty('power.mains-online')
  })
})
