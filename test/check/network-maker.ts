import type { DeviceKind } from '../../src/model/device.ts'
import { Fault, type Shows } from '../../src/model/fault.ts'
import type { Presence, Symptom } from '../../src/model/symptom.ts'
import { Device } from '../../src/model/terminal.ts'

const text = { zh: '测试', en: 'test' }

/** A fitted device for a made-up network. */
export const device = (id: string, kind: DeviceKind, dependsOn: string[] = [], transport: object = { type: 'host' }): Device => Device.parse({ id, kind, transport, dependsOn })

/** A fault for a made-up network. */
export const fault = (code: string, on: DeviceKind, prior: number, shows: Shows[], more: Partial<Pick<Fault, 'impact' | 'severity' | 'ways'>> = {}): Fault => Fault.parse({
  code, subsystem: 'printer', severity: 'degraded', actors: ['cashier'], title: text, signs: text, causes: text, detect: 'test',
  remedy: { steps: [text], workaround: text, verify: text }, evidence: text, on, prior: { p: prior }, shows, impact: {}, ...more,
})

/** A symptom as read. */
export const symptom = (id: string, at: string, is: Presence): Symptom => ({ id, device: at, is, because: is === 'unknown' ? [] : [`${id}-seen`] })
