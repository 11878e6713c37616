import { keepOf } from '../guard/keep.ts'
import { BenchError, type SmartCards } from '../model/bench.ts'
import type { Absence } from '../model/observation.ts'
import { openLocal, type Service } from './local-socket.ts'
import { COMMAND, nameField, numberAt, numbers, readStates, request, STATES_LENGTH } from './pcscd-wire.ts'

/** Where pcscd listens; pcsc-lite's own clients take the variable too. */
const socketPath = (): string => process.env.PCSCLITE_CSOCK_NAME ?? '/run/pcscd/pcscd.comm'

const ANSWER_MS = 2000

/** A card may think for some seconds; pcscd waits no longer either. */
const CARD_MS = 4000
const LONGEST_ANSWER = 65_538

/** pcscd as it is reached, and what is said when it is not. */
const pcscd = (): Service => ({
  path: socketPath(),
  missing: 'pcscd is not running: install and start pcscd',
  silent: (ms) => `the PC/SC service: no answer within ${ms} ms`,
  ended: 'the PC/SC service: COMM_ERROR',
})

/** Protocol versions of pcscd that this program speaks, the one asked for first; 4.5 differs in what is not used here. */
const VERSION = { major: 4, minors: [3, 4, 5], first: 4 } as const

/** PC/SC return codes (pcsclite.h) that say something of the reader, the card or the host; any other is a refusal. */
export const PCSC_CODES: Readonly<Record<number, readonly [Absence, string]>> = {
  2148532233: ['missing', 'UNKNOWN_READER'],
  2148532234: ['silent', 'TIMEOUT'],
  2148532235: ['busy', 'SHARING_VIOLATION'],
  2148532236: ['missing', 'NO_SMARTCARD'],
  2148532239: ['refused', 'PROTO_MISMATCH'],
  2148532240: ['refused', 'NOT_READY'],
  2148532243: ['silent', 'COMM_ERROR'],
  2148532246: ['silent', 'NOT_TRANSACTED'],
  2148532247: ['missing', 'READER_UNAVAILABLE'],
  2148532253: ['missing', 'NO_SERVICE'],
  2148532254: ['missing', 'SERVICE_STOPPED'],
  2148532325: ['refused', 'UNSUPPORTED_CARD'],
  2148532326: ['silent', 'UNRESPONSIVE_CARD'],
  2148532327: ['silent', 'UNPOWERED_CARD'],
  2148532328: ['busy', 'RESET_CARD'],
  2148532329: ['missing', 'REMOVED_CARD'],
  2148532330: ['blocked', 'SECURITY_VIOLATION'],
}

const checked = (code: number, what: string): void => {
  if (code === 0) return
  const [absence, name] = PCSC_CODES[code] ?? ['refused', `0x${code.toString(16)}`]
  throw new BenchError(absence, `${what}: ${name}`)
}

/** An open conversation with pcscd. `ask` sends a command, and what goes after it, and gives exactly so many bytes of answer. */
interface Talk {
  ask(command: number, body: Uint8Array, length: number, ms?: number, after?: Uint8Array): Promise<Uint8Array>
  /** More of the last answer. */
  more(length: number): Promise<Uint8Array>
}

/** Opens a conversation, does something in it, and ends it whatever happens; pcscd lets go of everything that it held. */
const talking = async <T>(signal: AbortSignal, minor: number, act: (talk: Talk) => Promise<T>): Promise<T> => {
  const socket = await openLocal(pcscd(), signal)
  const talk: Talk = {
    ask: (command, body, length, ms = ANSWER_MS, after = new Uint8Array()) => {
      socket.send(Uint8Array.of(...request(command, body), ...after))
      return socket.next(() => length, ms)
    },
    more: (length) => socket.next(() => length, ANSWER_MS),
  }
  try {
    const version = await talk.ask(COMMAND.version, numbers(VERSION.major, minor, 0), 12).catch((error: unknown) => {
      // Whoever polkit does not let in is hung up on without a word.
      throw socket.gone() && !signal.aborted ? new BenchError('blocked', 'the PC/SC service refuses this user: AccessDenied') : error
    })
    const theirs = { major: numberAt(version, 0), minor: numberAt(version, 1) }
    if (numberAt(version, 2) === 0) return await act(talk)
    const other = theirs.major === VERSION.major && theirs.minor !== minor && minor === VERSION.first && VERSION.minors.some((known) => known === theirs.minor)
    if (!other) throw new BenchError('refused', `the PC/SC service speaks protocol ${theirs.major}.${theirs.minor}, which this program does not`)
    socket.close()
    return await talking(signal, theirs.minor, act)
  } finally {
    socket.close()
  }
}

const SHARED = 2
const LEAVE = 0
const ANY_PROTOCOL = 3

/** Length of SCARD_IO_REQUEST as pcsc-lite's 64-bit client tells it. */
const IO_REQUEST = 16

interface Card {
  talk: Talk
  handle: number
  protocol: number
}

/** One command and the card's answer as it is: the numbers of the answer's head are handle, protocol, 16, sent, protocol, 16, length, result. */
const transmitted = async ({ talk, handle, protocol }: Card, command: Uint8Array): Promise<Uint8Array> => {
  const head = await talk.ask(COMMAND.transmit, numbers(handle, protocol, IO_REQUEST, command.length, protocol, IO_REQUEST, LONGEST_ANSWER, 0), 32, CARD_MS, command)
  checked(numberAt(head, 7), 'the card')
  return talk.more(Math.min(numberAt(head, 6), LONGEST_ANSWER))
}

/** T=0 cards say how much they have (61 xx) or how much to ask for (6c xx) instead of answering at once (ISO 7816-3, 10.3). */
const answered = async (card: Card, command: Uint8Array): Promise<Uint8Array> => {
  const answer = await transmitted(card, command)
  const [sw1, sw2 = 0] = answer.subarray(-2)
  if (answer.length !== 2) return answer
  if (sw1 === 0x61) return transmitted(card, Uint8Array.of(0x00, 0xc0, 0x00, 0x00, sw2))
  return sw1 === 0x6c ? transmitted(card, Uint8Array.of(...command.subarray(0, -1), sw2)) : answer
}

/** Connects to the card without keeping others from it, holds it for one command, and leaves it as it is. */
const sent = async (talk: Talk, reader: string, command: Uint8Array): Promise<Uint8Array> => {
  const name = nameField(reader)
  if (!name) throw new BenchError('missing', `the reader ${reader.slice(0, 60)}: UNKNOWN_READER`)
  const context = await talk.ask(COMMAND.establish, numbers(2, 0, 0), 12)
  checked(numberAt(context, 2), 'the PC/SC service')
  const connection = await talk.ask(COMMAND.connect, Uint8Array.of(...numbers(numberAt(context, 1)), ...name, ...numbers(SHARED, ANY_PROTOCOL, 0, 0, 0)), 152, CARD_MS)
  checked(numberAt(connection, 37), 'the card')
  const card: Card = { talk, handle: numberAt(connection, 35), protocol: numberAt(connection, 36) }
  checked(numberAt(await talk.ask(COMMAND.begin, numbers(card.handle, 0), 8, CARD_MS), 1), 'the card')
  try {
    return await answered(card, command)
  } finally {
    await talk.ask(COMMAND.end, numbers(card.handle, LEAVE, 0), 12)
    await talk.ask(COMMAND.disconnect, numbers(card.handle, LEAVE, 0), 12)
  }
}

/** PC/SC as pcsc-lite's daemon offers it: its own socket, without a library. Looking at slots connects to no card. */
export const hostSmartCards = (signal: AbortSignal): SmartCards => ({
  slots: () => talking(signal, VERSION.first, async (talk) => readStates(await talk.ask(COMMAND.states, new Uint8Array(), STATES_LENGTH))),
  send: async (reader, command) => {
    const kept = keepOf('apdu', await talking(signal, VERSION.first, (talk) => sent(talk, reader, command)))
    if (!kept) throw new BenchError('garbled', 'the card answers without a status word')
    return kept
  },
})
