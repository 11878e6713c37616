import { expect, it } from 'vitest'
import { environment } from '../../../probes/environment/probe.ts'
import { device, lookAtDialogue } from '../looking.ts'

const TEMPERATURE = 'environment.temperature-c'
const HUMIDITY = 'environment.humidity-percent'

it.each([
  ['pleasant', 22.5, 45, []],
  ['hot-and-humid', 46, 91, ['environment.too-hot', 'environment.humid']],
  ['cold-and-dry', -4.2, 12, ['environment.too-cold', 'environment.dry']],
  ['industrial-io', 31, 60, []],
  ['no-sensor', '!missing', '!missing', []],
])('%s', async (dialogue, temperature, humidity, symptoms) => {
  const { run, seen, present, unknown } = await lookAtDialogue(`environment/${dialogue}`, environment, device('environment'))
  expect(run.outcome).toBe('done')
  expect(seen).toEqual({ [TEMPERATURE]: temperature, [HUMIDITY]: humidity })
  expect(present).toEqual(symptoms)
  expect(unknown.includes('environment.too-hot')).toBe(temperature === '!missing')
})

it('trusts the sensor that the terminal file names', async () => {
  const { seen } = await lookAtDialogue('environment/no-sensor', environment, device('environment', { type: 'host' }, { sensor: 'coretemp' }))
  expect(seen[TEMPERATURE]).toBe(71)
})
