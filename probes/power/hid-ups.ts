import { type Bench, BenchError, type HidDevice } from '../../src/model/bench.ts'
import type { Transport } from '../../src/model/device.ts'
import type { Absence } from '../../src/model/observation.ts'
import { looked, type Missed, missed, type Sight, saw } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { afterId, type HidDescriptor, type HidField, parseDescriptor } from '../hid-descriptor.ts'
import { findBy } from '../presence.ts'
import { USAGE } from './hid-usages.ts'
import { hidVariables, hidWear, type UpsQuirks, type UpsValue, upsFields, valuesIn } from './hid-variables.ts'
import { upsSights } from './ups.ts'

/** UPSs report a change at once and otherwise about once a second. */
const LISTEN_MS = 2500
/** Some reports are longer than declared, which a UPS answers with an overflow where there is room for the declared length only (APC Back-UPS ES and CS). */
const ROOM = 64

type OnHid = Extract<Transport, { type: 'hid' }>

/** Facts of a profile that change how a HID UPS is read, and what each says. */
export const UPS_FACTS: Readonly<Record<string, string>> = {
  'battery-voltage-times': 'the voltage of its battery comes this many times too high, where it is more than 1.4 times the nominal one',
  'charge-most': 'a charge above 100 up to this is a full battery, percent',
  'discharging-is-outage': 'true: it goes on saying that mains is present while it already discharges',
  'dates-in-digits': 'true: its dates are mmddyy in hexadecimal digits',
  interrupts: 'false: its input reports are not listened to',
  'settle-ms': 'its flags of a low or worn battery come and go for so long after a change-over, ms: only a second look counts',
}

const quirksOf = ({ settings }: Device): UpsQuirks => ({
  batteryVoltageTimes: typeof settings['battery-voltage-times'] === 'number' ? settings['battery-voltage-times'] : 1,
  chargeMost: typeof settings['charge-most'] === 'number' ? settings['charge-most'] : 100,
  dischargingIsOutage: settings['discharging-is-outage'] === true,
  datesInDigits: settings['dates-in-digits'] === true,
  interrupts: settings.interrupts !== false,
  settleMs: typeof settings['settle-ms'] === 'number' ? settings['settle-ms'] : 0,
})

const fits = (wanted: OnHid) => (device: HidDevice): boolean =>
  device.vendorId === Number.parseInt(wanted.vendorId, 16) &&
  (wanted.productId === undefined || device.productId === Number.parseInt(wanted.productId, 16)) &&
  (wanted.serial === undefined || device.serial === wanted.serial)

const POWER_PAGE = 0x84

const onBus = findBy(() => Promise.reject(new BenchError('blocked', 'only devices on the USB bus are looked for there')))

/** Why a UPS is not in the list of HID devices: it may be on the bus all the same, driven by another program. */
const whyNotListed = async (device: Device, bench: Bench): Promise<Missed> => {
  const there = await looked(onBus(device, bench))
  if ('absent' in there) return there
  return { absent: 'busy', detail: 'the UPS is on the USB bus, but another program drives it (NUT does); give it the transport nut to ask that program' }
}

/** The feature report of that id, asked for once more with room to spare if the UPS refuses. */
const feature = async (bench: Bench, path: string, id: number, length: number): Promise<{ value: Uint8Array } | Missed> => {
  const answer = await looked(bench.hid.feature(path, undefined, id, 1 + length, 'hid-power'))
  return 'absent' in answer && answer.absent === 'refused' && 1 + length < ROOM ? looked(bench.hid.feature(path, undefined, id, ROOM, 'hid-power')) : answer
}

const STATUS: ReadonlySet<number> = new Set([USAGE.acPresent, USAGE.communicationLost])

const hasStatus = (values: readonly UpsValue[]): boolean => values.some(({ field }) => field.usage === USAGE.acPresent)

interface Read {
  values: UpsValue[]
  /** Why reports did not come. */
  failures: Missed[]
}

/** Why one report does not come while others do. */
const PASSING: ReadonlySet<Absence> = new Set(['refused', 'garbled'])

const readFeatures = async (bench: Bench, path: string, descriptor: HidDescriptor, fields: readonly HidField[]): Promise<Read> => {
  const inFeatures = fields.filter(({ report }) => report === 'feature')
  // Status first: if the deadline comes in between, that is what counts.
  const ids = [...new Set([...inFeatures.filter(({ usage }) => STATUS.has(usage)), ...inFeatures].map(({ id }) => id))]
  const values: UpsValue[] = []
  const failures: Missed[] = []
  for (const id of ids) {
    const answer = await feature(bench, path, id, descriptor.lengths.get(`feature ${id}`) ?? 0)
    const got = 'value' in answer ? afterId(descriptor, 'feature', answer.value) : undefined
    // Some answer with the report of the question before; its bytes mean something else.
    if (got?.id === id) values.push(...valuesIn(inFeatures, 'feature', id, got.data))
    else failures.push('absent' in answer ? answer : { absent: 'garbled', detail: `the UPS answers the question for report ${id} with another one` })
    // One that is gone or may not be opened will not be otherwise for the next report, and each silence costs seconds.
    if ('absent' in answer && !PASSING.has(answer.absent)) break
  }
  return { values, failures }
}

/** Listens until every input report has come that holds what is not known yet. */
const readInputs = async (bench: Bench, path: string, descriptor: HidDescriptor, fields: readonly HidField[], known: readonly UpsValue[]): Promise<Read> => {
  const usages = new Set(known.map(({ field }) => field.usage))
  const wanted = new Set(fields.filter(({ report, usage }) => report === 'input' && !usages.has(usage)).map(({ id }) => id))
  const valuesOf = (reports: readonly Uint8Array[]): UpsValue[] => reports.flatMap((bytes) => {
    const { id, data } = afterId(descriptor, 'input', bytes)
    return valuesIn(fields, 'input', id, data)
  })
  const heard = await looked(bench.hid.listen(path, undefined, LISTEN_MS, 'hid-power', (got) => [...wanted].every((id) => got.some((bytes) => afterId(descriptor, 'input', bytes).id === id))))
  return 'value' in heard ? { values: valuesOf(heard.value), failures: [] } : { values: [], failures: [heard] }
}

const readAll = async (bench: Bench, path: string, descriptor: HidDescriptor, fields: readonly HidField[], interrupts: boolean): Promise<Read> => {
  const asked = await readFeatures(bench, path, descriptor, fields)
  const gone = asked.failures.some(({ absent }) => !PASSING.has(absent))
  if (hasStatus(asked.values) || gone || !interrupts || !fields.some(({ report }) => report === 'input')) return asked
  const heard = await readInputs(bench, path, descriptor, fields, asked.values)
  return { values: [...asked.values, ...heard.values], failures: [...asked.failures, ...heard.failures] }
}

const FLEETING = /\b(?:LB|RB)\b/

/** As readAll; where flags of this model come and go, what a second look says. */
const readSettled = async (bench: Bench, path: string, descriptor: HidDescriptor, fields: readonly HidField[], quirks: UpsQuirks): Promise<Read> => {
  const first = await readAll(bench, path, descriptor, fields, quirks.interrupts)
  if (quirks.settleMs === 0 || !FLEETING.test(hidVariables(first.values, quirks).get('ups.status') ?? '')) return first
  await bench.clock.sleep(quirks.settleMs)
  return readAll(bench, path, descriptor, fields, quirks.interrupts)
}

async function* lost(why: Missed): AsyncGenerator<Sight> {
  yield missed('power.ups-contact', why)
}

/** Looks at a UPS that is a HID power device on this host. Asks for reports and listens; never sends one that sets anything. */
export async function* lookAtHidUps(device: Device, wanted: OnHid, bench: Bench): AsyncGenerator<Sight> {
  const listed = await looked(bench.hid.list())
  if ('absent' in listed) {
    yield missed('power.tool', listed)
    const there = await looked(onBus(device, bench))
    return yield* lost('absent' in there && there.absent === 'missing' ? there : { absent: 'blocked', detail: listed.detail })
  }
  yield saw('power.tool', true, 'passive')
  const candidates = listed.value.filter(fits(wanted))
  const ups = candidates.find(({ usagePage }) => usagePage === POWER_PAGE) ?? candidates[0]
  if (ups === undefined) return yield* lost(await whyNotListed(device, bench))
  // APC puts its firmware behind the product's name: `Back-UPS ES 700G FW:871.O4 .I USB FW:O4`.
  const [product, ...firmware] = (ups.product ?? '').split(/\s*\bFW:/)
  const name = [ups.manufacturer ?? '', product ?? ''].filter((part) => part !== '').join(' ')
  if (name !== '') yield saw('power.ups-model', name.slice(0, 200), 'passive')
  if (product) yield saw('power.product', product.slice(0, 200), 'passive')
  if (firmware.length > 0) yield saw('power.firmware', firmware.join(' / ').slice(0, 100), 'passive')
  if (ups.serial !== undefined) yield saw('power.serial', ups.serial.slice(0, 100), 'passive')

  const bytes = await looked(bench.hid.descriptor(ups.path))
  if ('absent' in bytes) return yield* lost(bytes)
  const descriptor = parseDescriptor(bytes.value)
  if ('unreadable' in descriptor) return yield* lost({ absent: 'garbled', detail: `the report descriptor cannot be read: ${descriptor.unreadable}` })
  const fields = upsFields(descriptor)
  if (fields.length === 0) return yield* lost({ absent: 'blocked', detail: 'this HID device does not describe itself as a UPS (usage 84:04)' })

  const quirks = quirksOf(device)
  const { values, failures } = await readSettled(bench, ups.path, descriptor, fields, quirks)
  if (values.length === 0) return yield* lost(failures[0] ?? { absent: 'silent', detail: 'the UPS sends no report' })
  yield saw('power.ups-contact', true)
  const stale = values.some(({ field, raw }) => field.usage === USAGE.communicationLost && raw > 0)
  yield saw('power.ups-stale', stale)
  if (stale) return
  yield* upsSights(hidVariables(values, quirks), bench.clock.now())
  const wear = hidWear(values)
  if (wear !== undefined) yield saw('power.battery-wear-percent', Math.round(wear * 10) / 10)
}
