import type { DeviceKind } from '../src/model/device.ts'
import type { Probe } from '../src/model/probe.ts'
import { whenNumber } from '../src/model/symptom.ts'
import type { Text } from '../src/model/text.ts'

/** Devices that have a cable of their own to lose. */
const CABLED: Partial<Record<DeviceKind, Text>> = {
  reader: { zh: '读卡器', en: 'card reader' },
  pinpad: { zh: '密码键盘', en: 'PIN pad' },
  printer: { zh: '打印机', en: 'printer' },
  scanner: { zh: '扫码枪', en: 'barcode scanner' },
  scale: { zh: '电子秤', en: 'scale' },
  keyboard: { zh: '键盘', en: 'keyboard' },
  display: { zh: '显示屏', en: 'display' },
}

/** Gives a probe of a cabled device the symptom `<kind>.flapping`, read from how often the agent saw the device go: what comes and goes looks well whenever it is there. */
export const withLosses = (probe: Probe): Probe => {
  const called = CABLED[probe.kind]
  if (called === undefined) return probe
  const counted = `${probe.kind}.losses-per-hour`
  return {
    ...probe,
    observes: { ...probe.observes, [counted]: 'times that the agent saw it go within the last hour' },
    limits: { ...probe.limits, [counted]: { standard: 3, unit: 'times per hour', basis: 'estimate: twice is somebody moving a cable' } },
    symptoms: [...probe.symptoms, {
      id: `${probe.kind}.flapping`,
      meaning: { zh: `${called.zh}一小时内反复断开又恢复`, en: `the ${called.en} has gone and come back several times within an hour` },
      reads: [counted],
      read: (see, limit) => whenNumber(see, counted, (n) => n >= limit(counted)),
    }],
  }
}
