import type { Bench, HidDevice } from '../../src/model/bench.ts'
import { looked, type Sight } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { idtechQuestion, readIdtech } from './idtech.ts'
import { type MagtekAnswer, QUESTIONS, REPORT_SIZES, readFeature, readState, readSwipe, textOf } from './magtek.ts'

/** How long a technician has to swipe a card. */
export const SWIPE_MS = 6000
const ANSWER_MS = 1500

export const SWIPE_QUESTION = { zh: '请在一个空白文本框里刷一张测试卡，然后删掉出现的内容。出现的是什么？', en: 'Swipe a test card into an empty text field, then delete what appears. What was it?' }
export const SWIPE_OPTIONS = [
  { key: 'right', zh: '以 % 或 ; 开头、以 ? 结尾', en: 'it begins with % or ; and ends with ?' },
  { key: 'wrong', zh: '有内容，但开头结尾不是这些符号', en: 'something, but not between these signs' },
  { key: 'nothing', zh: '什么都没有，或只有 %E?、;E?', en: 'nothing, or only %E? or ;E?' },
]

const NO_ANSWER = 'the answer to a feature report is none that its manual knows'

/** Of a device's collections that one speaks whose usage page is the maker's own. */
export const speaking = (devices: readonly HidDevice[]): HidDevice | undefined => devices.find(({ usagePage }) => (usagePage ?? 0) >= 0xff00) ?? devices[0]

type Ask = (question: (size: number) => Uint8Array) => Promise<MagtekAnswer | Extract<Sight, { absent: unknown }>>

const asker = (path: string, size: number, bench: Bench): Ask => async (question) => {
  const got = await looked(bench.hid.feature(path, question(size), 0, size + 1, 'magtek'))
  return 'absent' in got ? { name: 'reader.answers', ...got } : readFeature(got.value)
}

const textSight = (name: string, answer: Awaited<ReturnType<Ask>>): Sight[] => {
  const text = 'is' in answer && answer.is === 'ok' ? textOf(answer.data) : undefined
  return text === undefined ? [] : [{ name, value: text }]
}

/** What a reader that answers tells besides; one that falls silent is not asked on, as each wait is long. */
async function* magtekFacts(ask: Ask): AsyncIterable<Sight> {
  const state = await ask(QUESTIONS.state)
  if ('absent' in state) return
  if (state.is === 'ok') {
    const { state: now, lastSwipe } = readState(state.data)
    if (now !== undefined) yield { name: 'reader.state', value: now }
    if (lastSwipe === 'good' || lastSwipe === 'bad') yield { name: 'reader.last-swipe', value: lastSwipe }
  }
  const usb = await ask(QUESTIONS.usbSerial)
  if ('absent' in usb) return
  const serial = textSight('reader.serial', usb)
  yield* serial.length > 0 ? serial : textSight('reader.serial', await ask(QUESTIONS.deviceSerial))
  const inserted = await ask(QUESTIONS.cardInserted)
  if ('absent' in inserted) return
  if (inserted.is === 'ok' && inserted.data.length === 1) yield { name: 'reader.slot', value: inserted.data[0] === 0 ? 'none' : 'present' }
  const battery = await ask(QUESTIONS.battery)
  if ('absent' in battery) return
  if (battery.is === 'ok' && battery.data.length === 1) yield { name: 'reader.battery-low', value: battery.data[0] === 0 }
}

/** A swipe that nobody made says nothing. */
async function* swipeTest(path: string, bench: Bench): AsyncIterable<Sight> {
  const got = await looked(bench.hid.input(path, undefined, SWIPE_MS, 'magtek'))
  if ('absent' in got) {
    yield { name: 'reader.swipe-read', ...got }
    return
  }
  const swipe = readSwipe(got.value)
  if (!swipe) {
    yield { name: 'reader.swipe-read', absent: 'garbled', detail: 'a swipe with a track longer than its field' }
    return
  }
  yield { name: 'reader.swipe-read', value: swipe.tracks[0] !== 'error' && swipe.tracks[1] === 'read' }
  yield { name: 'reader.swipe-tracks', value: swipe.tracks.join(', ') }
  if (swipe.movement.length > 0) yield { name: 'reader.swipe-movement', value: swipe.movement.join(', ') }
}

async function* lookByMagtek(device: Device, path: string, bench: Bench): AsyncIterable<Sight> {
  const ask = asker(path, device.settings.report === 'magnesafe' ? REPORT_SIZES.magnesafe : REPORT_SIZES.sureswipe, bench)
  const software = await ask(QUESTIONS.software)
  if ('absent' in software) {
    yield software
    return
  }
  if (software.is === 'garbled') {
    yield { name: 'reader.answers', absent: 'garbled', detail: NO_ANSWER }
    return
  }
  yield { name: 'reader.answers', value: true }
  yield* textSight('reader.firmware', software)
  yield* magtekFacts(ask)
  if (device.settings.test === true) yield* swipeTest(path, bench)
}

async function* lookByIdtech(path: string, bench: Bench): AsyncIterable<Sight> {
  const ping = await looked(bench.hid.input(path, idtechQuestion('ping', { hid: true }), ANSWER_MS, 'idtech'))
  if ('absent' in ping) {
    yield { name: 'reader.answers', ...ping }
    return
  }
  const answer = readIdtech('ping', ping.value)
  if (answer.is !== 'ok' && answer.is !== 'refused') {
    yield { name: 'reader.answers', absent: 'garbled', detail: 'the answer to ping is cut off, or its check (CRC) is wrong' }
    return
  }
  yield { name: 'reader.answers', value: true }
  if (answer.is === 'refused') yield { name: 'reader.state', value: 'not-ready' }
  const version = await looked(bench.hid.input(path, idtechQuestion('version', { hid: true }), ANSWER_MS, 'idtech'))
  const told = 'absent' in version ? undefined : readIdtech('version', version.value)
  if (told?.is === 'ok' && told.text !== '') yield { name: 'reader.firmware', value: told.text }
}

/** A reader that types like a keyboard cannot be asked; somebody who swipes a card sees what comes. */
async function* keyboardTest(bench: Bench): AsyncIterable<Sight> {
  const answer = await looked(bench.operator.ask(SWIPE_QUESTION, SWIPE_OPTIONS))
  if ('absent' in answer) yield { name: 'reader.swipe-read', ...answer, source: 'operator' }
  else {
    yield { name: 'reader.swipe-read', value: answer.value !== 'nothing', source: 'operator' }
    if (answer.value !== 'nothing') yield { name: 'reader.layout-right', value: answer.value === 'right', source: 'operator' }
  }
}

/** Maker id of MagTek: its readers know these questions, those that type like a keyboard included. */
const MAGTEK = 0x0801

/** What a HID reader is spoken to in: as the terminal file says, or as its maker's readers do; undefined if neither tells. */
export const dialectOf = ({ settings }: Device, { vendorId }: HidDevice): unknown => settings.dialect ?? (vendorId === MAGTEK ? 'magtek' : undefined)

/** Asks a HID reader that is there, if its dialect is one that may be asked; without one, presence is all that is looked at. */
export async function* askHid(device: Device, devices: readonly HidDevice[], bench: Bench): AsyncIterable<Sight> {
  const found = speaking(devices)
  if (found === undefined) return
  const dialect = dialectOf(device, found)
  if (dialect === 'magtek') yield* lookByMagtek(device, found.path, bench)
  else if (dialect === 'idtech') yield* lookByIdtech(found.path, bench)
  else if (dialect === 'keyboard' && device.settings.test === true) yield* keyboardTest(bench)
}
