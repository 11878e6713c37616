import type { DeviceKind } from '../src/model/device.ts'
import type { Probe } from '../src/model/probe.ts'
import { type SymptomRule, whenFalse } from '../src/model/symptom.ts'
import type { Text } from '../src/model/text.ts'

/** What only a person at the terminal can see of a device: true is as it should be, false is the symptom. */
interface Told { name: string; unit: string; symptom: string; meaning: Text }

const lamp = (kind: string, zh: string, en: string): Told => ({
  name: `${kind}.lamp`, unit: `true if a person sees a lamp or light of the ${en} lit`, symptom: `${kind}.dark`, meaning: { zh: `${zh}上没有一盏灯亮着`, en: `no lamp of the ${en} is lit` },
})

const TOLD: Partial<Record<DeviceKind, readonly Told[]>> = {
  printer: [lamp('printer', '打印机', 'printer')],
  pinpad: [lamp('pinpad', '密码键盘', 'PIN pad')],
  scanner: [lamp('scanner', '扫码枪', 'barcode scanner')],
  reader: [
    lamp('reader', '读卡器', 'card reader'),
    { name: 'reader.other-card-reads', unit: 'true if another card could be read', symptom: 'reader.other-card-fails', meaning: { zh: '换一张卡也读不出', en: 'another card cannot be read either' } },
  ],
  host: [
    { name: 'host.hub-lamp', unit: 'true if a person sees a lamp of the USB hub lit', symptom: 'host.hub-dark', meaning: { zh: 'USB 集线器的灯不亮', en: 'no lamp of the USB hub is lit' } },
    { name: 'host.clock-right', unit: 'true if a person finds date and time of the screen right to two minutes', symptom: 'host.clock-seen-wrong', meaning: { zh: '屏幕上的日期或时间与手机不符', en: 'date or time on the screen differ from a phone' } },
  ],
  network: [
    { name: 'network.router-lamp', unit: 'true if a person sees a lamp of the router lit', symptom: 'network.router-dark', meaning: { zh: '路由器的灯不亮', en: 'no lamp of the router is lit' } },
    { name: 'network.phone-online', unit: 'true if a phone on the shop’s own network opens a web page', symptom: 'network.phone-offline', meaning: { zh: '手机连本店网络也打不开网页', en: 'a phone on the shop’s network opens no web page either' } },
  ],
  endpoint: [
    { name: 'endpoint.other-lanes-well', unit: 'true if other lanes take cards', symptom: 'endpoint.other-lanes-fail', meaning: { zh: '其他收银台也刷不了卡', en: 'other lanes cannot take cards either' } },
  ],
}

/** Gives a probe the symptoms that no program can see and that a person is asked for in a guided repair. */
export const withTold = (probe: Probe): Probe => {
  const told = TOLD[probe.kind]
  if (told === undefined) return probe
  return {
    ...probe,
    told: told.map(({ name }) => name),
    observes: { ...probe.observes, ...Object.fromEntries(told.map(({ name, unit }) => [name, unit])) },
    symptoms: [...probe.symptoms, ...told.map(({ name, symptom, meaning }): SymptomRule => ({ id: symptom, meaning, reads: [name], read: (see) => whenFalse(see, name) }))],
  }
}
