import type { Bench, HidDevice } from '../../src/model/bench.ts'
import { looked, type Missed, missed, type Probe, type Sight, saw } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { dialectOf, SWIPE_MS, SWIPE_OPTIONS, SWIPE_QUESTION, speaking } from './hid-look.ts'
import { readSwipe, type Swipe, type TrackRead } from './magtek.ts'
import { lookAtHid } from './presence.ts'
import { isContactless, readSelected, selectFor } from './select.ts'
import { chooseSlot } from './smartcard.ts'

/** Reads of one test: one bad one is chance, three in ten are not. */
const ROUNDS = 10

/** Of ten reads at least nine go well with a reader that is. */
const WELL = 0.9

const DEADLINE_MS = 300_000

const START = { zh: `请准备一张好的测试卡，接下来连续刷 ${ROUNDS} 次，每次等上一次读完。开始？`, en: `Have a test card that is known to be good ready, and swipe it ${ROUNDS} times, one after the other. Begin?` }
const SWIPED = { zh: '没有收到刷卡。刚才刷了吗？', en: 'No swipe came. Was the card swiped just now?' }
const INSERT = { zh: '请插入（或贴上）测试卡；已经插着的先取出再插。好了吗？', en: 'Put the test card in, or hold it to the reader; take it out first if it is in. Ready?' }
const READY = [{ key: 'yes', zh: '是', en: 'yes' }, { key: 'no', zh: '否，结束测试', en: 'no, end the test' }]

const UNTOLD: Missed = { absent: 'blocked', detail: 'this reader does not tell how well it read a card: a read test needs one of the dialect magtek or keyboard, or one behind PC/SC' }
const UNREAD: Missed = { absent: 'missing', detail: 'no card was read in the test' }

/** One try: what came of it, or the end of the test, with the reason if it is not that the person ended it. */
type Try = { is: 'read' | 'failed'; swipe?: Swipe } | { is: 'over'; why?: Missed }

const asked = async (bench: Bench, question: { zh: string; en: string }): Promise<boolean | Missed> => {
  const answer = await looked(bench.operator.ask(question, READY))
  return 'absent' in answer ? answer : answer.value === 'yes'
}

/** A head that is dead sends no report at all, so that only the person knows of the swipe. */
const trySwipe = async (path: string, bench: Bench): Promise<Try> => {
  const got = await looked(bench.hid.input(path, undefined, SWIPE_MS, 'magtek'))
  if ('value' in got) {
    const swipe = readSwipe(got.value)
    return swipe === undefined ? { is: 'failed' } : { is: swipe.tracks[0] !== 'error' && swipe.tracks[1] === 'read' ? 'read' : 'failed', swipe }
  }
  if (got.absent !== 'silent') return { is: 'over', why: got }
  const swiped = await asked(bench, SWIPED)
  if (swiped === true) return { is: 'failed' }
  return { is: 'over', ...(swiped === false ? {} : { why: swiped }) }
}

const tryTyped = async (bench: Bench): Promise<Try> => {
  const answer = await looked(bench.operator.ask(SWIPE_QUESTION, [...SWIPE_OPTIONS, { key: 'end', zh: '结束测试', en: 'end the test' }]))
  if ('absent' in answer) return { is: 'over', why: answer }
  return answer.value === 'end' ? { is: 'over' } : { is: answer.value === 'nothing' ? 'failed' : 'read' }
}

const tryCard = async (reader: string | undefined, bench: Bench): Promise<Try & { slot?: string }> => {
  const ready = await asked(bench, INSERT)
  if (ready !== true) return { is: 'over', ...(ready === false ? {} : { why: ready }) }
  const slots = await looked(bench.smartcards.slots())
  if ('absent' in slots) return { is: 'over', why: slots }
  const slot = chooseSlot(slots.value, reader)
  if (slot === undefined) return { is: 'over', why: { absent: 'missing', detail: 'PC/SC lists no such reader' } }
  if (slot.card === 'in-use') return { is: 'over', why: { absent: 'busy', detail: 'another program holds the card' } }
  if (slot.card !== 'present') return { is: 'failed', slot: slot.name }
  const answer = await looked(bench.smartcards.send(slot.name, selectFor(slot.name)))
  if ('absent' in answer && answer.absent !== 'silent' && answer.absent !== 'garbled') return { is: 'over', why: answer }
  return { is: 'value' in answer && readSelected(answer.value) ? 'read' : 'failed', slot: slot.name }
}

const TRACKS = [1, 2, 3] as const

/** How often each track was read, of the swipes that had it: `1: 10/10, 2: 7/10`. */
const byTrack = (swipes: readonly Swipe[]): string =>
  TRACKS.flatMap((track) => {
    const had: TrackRead[] = swipes.map(({ tracks }) => tracks[track - 1] ?? 'absent').filter((read) => read !== 'absent')
    return had.length === 0 ? [] : [`${track}: ${had.filter((read) => read === 'read').length}/${had.length}`]
  }).join(', ')

const movement = (swipes: readonly Swipe[]): string => [...new Set(swipes.flatMap((swipe) => swipe.movement))].join(', ')

async function* rounds(way: string, next: () => Promise<Try & { slot?: string }>): AsyncIterable<Sight> {
  const tries: Exclude<Try, { is: 'over' }>[] = []
  let slot = ''
  let stopped: Missed | undefined
  while (tries.length < ROUNDS) {
    const one = await next()
    if (one.is === 'over') {
      stopped = one.why ?? (tries.length === 0 ? UNREAD : undefined)
      break
    }
    slot = one.slot ?? slot
    tries.push(one)
  }
  const read = tries.filter(({ is }) => is === 'read').length
  yield stopped ? missed('reader.reads-well', stopped) : saw('reader.reads-well', read >= WELL * tries.length)
  if (tries.length === 0) return
  yield saw('reader.test-way', slot !== '' && isContactless(slot) ? 'tap' : way)
  yield saw('reader.test-read', read)
  yield saw('reader.test-failed', tries.length - read)
  const made = tries.flatMap(({ swipe }) => swipe ?? [])
  if (made.length > 0) yield saw('reader.test-tracks', byTrack(made))
  const moved = movement(made)
  if (moved !== '') yield saw('reader.swipe-movement', moved)
}

async function* swipes(device: Device, found: readonly HidDevice[], bench: Bench): AsyncIterable<Sight> {
  const reader = speaking(found)
  const dialect = reader && dialectOf(device, reader)
  if (reader === undefined || (dialect !== 'magtek' && dialect !== 'keyboard')) {
    yield missed('reader.reads-well', UNTOLD)
    return
  }
  if (dialect === 'keyboard') {
    yield* rounds('swipe', () => tryTyped(bench))
    return
  }
  const begin = await asked(bench, START)
  if (begin === true) yield* rounds('swipe', () => trySwipe(reader.path, bench))
  else yield missed('reader.reads-well', begin === false ? UNREAD : begin)
}

const observes = {
  'reader.reads-well': 'true: of the cards presented in a read test nine in ten were read',
  'reader.test-way': 'how they were presented: swipe, chip or tap',
  'reader.test-read': 'cards read in the test',
  'reader.test-failed': 'cards that could not be read in the test',
  'reader.test-tracks': 'how often each track was read, of the swipes that had it; one track alone that fails is dirt on the head, or that card',
  'reader.swipe-movement': 'what was wrong with how the card was moved: noisy, too-slow, too-fast, backwards',
}

/** Of what is seen of a HID reader only what this test is about; that it cannot be reached is why nothing was read. */
async function* ofTest(sights: AsyncIterable<Sight>): AsyncIterable<Sight> {
  for await (const sight of sights) {
    if (sight.name in observes) yield sight
    else if ('absent' in sight) {
      yield missed('reader.reads-well', sight)
      return
    }
  }
}

/**
 * A read test: a person presents a good card ten times, and what the reader says of each is counted. Of a magnetic stripe only the
 * decode state, of a chip only that it answers leaves the bench.
 */
export const readTest: Probe = {
  kind: 'reader',
  touch: 'asks',
  isolate: true,
  deadlineMs: DEADLINE_MS,
  observes,
  limits: {},
  symptoms: [],
  async *observe(device, bench) {
    const { transport } = device
    if (transport.type === 'hid') yield* ofTest(lookAtHid('reader', device, transport, bench, swipes))
    else if (transport.type === 'pcsc') yield* rounds('chip', () => tryCard(transport.reader, bench))
    else yield missed('reader.reads-well', UNTOLD)
  },
}
