import type { DeviceKind } from '../../src/model/device.ts'
import { Fault, type Knowledge, type Shows } from '../../src/model/fault.ts'
import type { Presence, Symptom } from '../../src/model/symptom.ts'
import { Device } from '../../src/model/terminal.ts'

const text = { zh: '测试', en: 'test' }

/** A fitted device for a made-up network. */
export const device = (id: string, kind: DeviceKind, dependsOn: string[] = [], transport: object = { type: 'host' }): Device => Device.parse({ id, kind, transport, dependsOn })

/** A fault for a made-up network. */
export const fault = (code: string, on: DeviceKind, prior: number, shows: Shows[], more: Partial<Pick<Fault, 'impact' | 'severity' | 'ways' | 'through' | 'after'>> = {}): Fault => Fault.parse({
  code, subsystem: 'printer', severity: 'degraded', actors: ['cashier'], title: text, signs: text, causes: text, detect: 'test',
  remedy: { steps: [text], workaround: text, verify: text }, evidence: text, on, prior: { p: prior }, shows, impact: {}, ...more,
})

/** A symptom as read. */
export const symptom = (id: string, at: string, is: Presence): Symptom => ({ id, device: at, is, because: is === 'unknown' ? [] : [`${id}-seen`] })

/** Knowledge of made-up faults: changes come once in a hundred windows of a day, and what is learnt about hubs is believed. */
export const knows = (faults: readonly Fault[], leak: Knowledge['leak']): Knowledge => {
  const change = { hours: 24, p: 0.01 }
  return { faults, leak, changes: { version: change, configuration: change, port: change, reboot: change, power: change }, groups: { declared: 1, path: 0.9, 'lost-together': 0.5, 'missing-together': 0.1, all: 0.5 } }
}
