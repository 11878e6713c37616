import { ZVT_CODES } from '../../../probes/reader/zvt-codes.ts'
import { PCSC_CODES } from '../../../src/bench/smartcards.ts'

/** A query or bit of the protocols of readers and PIN pads, and what became of it. `sent` are its bytes in a dialect, so that the deny-list can be held against it. */
export interface Row {
  query: string
  meaning: string
  /** Names of the observations that it comes to. */
  seen: readonly string[]
  /** Why it is left out; undefined if it is implemented. */
  leftOut?: string
  sent?: readonly [dialect: string, bytes: string]
}

const row = (query: string, meaning: string, seen: string, sent?: Row['sent']): Row => ({ query, meaning, seen: seen.split(' ').filter(Boolean), ...(sent ? { sent } : {}) })
const out = (query: string, meaning: string, leftOut: string, sent?: Row['sent']): Row => ({ query, meaning, seen: [], leftOut, ...(sent ? { sent } : {}) })
const code = (n: number): string => n.toString(16).padStart(2, '0').toUpperCase()
const NO_DEVICE = 'unverified: no source prints its bytes, and no device was at hand'

/** Every query and bit, by protocol. */
export const PROTOCOLS: Readonly<Record<string, readonly Row[]>> = {
  'PC/SC (pcscd of pcsc-lite, over its socket)': [
    row('command 11, version', 'protocol version of the service; 4.3 to 4.5 are spoken', 'reader.service'),
    row('command 12, state of the readers', 'names, states, sharing, answers to reset; connects to no card', 'reader.port reader.product reader.slot reader.answers'),
    row('state 01 or neither 02 nor 04', 'reader unavailable: pulled out, or its driver lost it', 'reader.slot reader.answers'),
    row('state 02', 'slot empty', 'reader.slot'),
    row('state 04', 'card present', 'reader.slot'),
    row('state 08 with 04', 'mute card', 'reader.slot'),
    out('state 10, 20, 40', 'powered, protocol negotiable or chosen', 'says nothing of a fault: pcscd powers idle cards down and chooses protocols as programs ask'),
    row('sharing not 0', 'a program holds the card: software, not the reader', 'reader.slot'),
    row('reader not listed, interface class 0b bound to a driver', 'a driver of the kernel holds the reader', 'reader.driver reader.state'),
    row('SELECT 1PAY.SYS.DDF01', 'contact card and reader talk; only with the setting test', 'reader.card-answers reader.card-status reader.applications', ['apdu', '00a404000e315041592e5359532e444446303100']),
    row('SELECT 2PAY.SYS.DDF01', 'the same of a contactless card', 'reader.card-answers reader.card-status reader.applications', ['apdu', '00a404000e325041592e5359532e444446303100']),
    row('61 xx, then GET RESPONSE', 'a T=0 card tells how much it has', 'reader.card-answers', ['apdu', '00c0000033']),
    row('6C xx, then the command again', 'a T=0 card tells how much to ask for', 'reader.card-answers'),
    row('any status word', 'proves that reader and card talk (90 00, 62 83, 6A 82, 6D 00 …)', 'reader.card-status'),
    out('READ RECORD, GET DATA, READ BINARY', 'card data', 'never: it is card data', ['apdu', '00b2010c00']),
    out('VERIFY, GENERATE AC, GET PROCESSING OPTIONS', 'PIN tries, transaction counters', 'never: they use up what the card counts', ['apdu', '0020008008241234ffffffffff']),
    out('SCardControl, escape commands', 'firmware and features of the reader', 'may change the reader; refused', ['apdu', 'ff00000000']),
    ...Object.entries(PCSC_CODES).map(([n, [absence, name]]) => row(`return code ${code(Number(n))} ${name}`, `told as ${absence}`, 'reader.card-answers')),
  ],
  'Answer to reset (ISO 7816-3)': [
    row('TS 3B, 3F', 'direct or inverse convention; anything else is foreign', 'reader.atr-valid reader.atr-problem'),
    row('T0, TDi high half', 'interface bytes that follow; all of them must be there', 'reader.atr-valid reader.atr-problem'),
    row('TDi low half', 'protocols offered', 'reader.card-protocols'),
    row('T0 low half', 'number of historical bytes; none may be missing, none may follow', 'reader.atr-valid reader.atr-problem'),
    row('TCK', 'due where any protocol but T=0 is offered; xor from T0 must be 0', 'reader.atr-valid reader.atr-problem'),
    row('length over 33', 'longer than the standard allows', 'reader.atr-problem'),
    out('TA1, TB1, TC1 …', 'speed, voltage, guard time', 'matters of the driver; a card that answers was read with them'),
    out('content of the historical bytes', 'what the issuer wrote about the card', 'says nothing of the reader, and is not kept'),
  ],
  'CCID (USB)': [
    out('62, 63, 65, 6F, 6C, 61, 72', 'power, slot state, exchange, parameters, abort', 'pcscd owns the reader; what they bring comes through it'),
    out('6B Escape', 'commands of the maker', 'refused: they may change the reader'),
    out('bStatus, bError, interrupt 50, 51', 'slot errors as A2 short circuit, FE mute, FB hardware', 'pcscd does not hand them on; mute and unavailable come as states'),
  ],
  'MagTek (USB HID feature reports)': [
    row('00 property 00', 'software id', 'reader.answers reader.firmware', ['magtek', '00000100']),
    row('00 property 01', 'USB serial number', 'reader.serial', ['magtek', '00000101']),
    row('00 property 03', 'serial number of a MagneSafe', 'reader.serial', ['magtek', '00000103']),
    row('00 property 33', 'card inserted (insert readers)', 'reader.slot', ['magtek', '00000133']),
    out('00 property 02, 04, 05, 3A', 'polling interval, version, tracks enabled, second software id', 'settings and versions that no fault is read from'),
    out('00 property 10 (16)', 'interface type', 'unverified: manuals print two numbers for it'),
    row('14 reader state', 'what it waits for; how the last swipe was', 'reader.state reader.last-swipe', ['magtek', '001400']),
    out('14 antecedents of authentication', 'good or failed authentication, key synchronisation', 'matters of the acquirer’s keys; nothing a shop can act on'),
    row('29 battery', '00 low, 01 well (wireless)', 'reader.battery-low', ['magtek', '002900']),
    out('1C encryption counter', 'swipes encrypted so far', NO_DEVICE, ['magtek', '001c00']),
    out('09 key serial number', 'KSN and counter', 'key material; refused', ['magtek', '000900']),
    out('01, 02, 15, 28, 30', 'set property, reset, security level, switch off, encrypt', 'change the reader; refused', ['magtek', '00020000']),
    row('result 00, 01, 02, 05, 07', 'ok, failure, bad parameter, delayed, invalid: any of them proves that it lives', 'reader.answers'),
    row('input report 0-2', 'decode state of tracks 1 to 3; only with the setting test', 'reader.swipe-read reader.swipe-tracks'),
    row('input report 3-5', 'track lengths; 0 with an error on track 3 is a card without it', 'reader.swipe-tracks'),
    row('MagnePrint state b17, b18, b19, b21', 'noisy, too slow, too fast, backwards', 'reader.swipe-movement'),
    out('input report 6', 'kind of encoding', 'says what card it was, not how the head is'),
    out('track bytes, DUKPT, hash, session', 'card data and key material', 'never: the bench cuts them off'),
  ],
  'ID TECH': [
    row('18 01 ping (NEO)', 'lives', 'reader.answers', ['idtech', '5669564f74656368320018010000b3cd']),
    row('29 00 version (NEO)', 'firmware version', 'reader.firmware', ['idtech', '5669564f74656368320029000000dea0']),
    row('52 22 review (ITP)', 'firmware version', 'reader.answers reader.firmware', ['idtech', '0252220371']),
    out('52 39, 52 38 (ITP)', 'version of older models, copyright', 'one version is enough to know that it lives', ['idtech', '025239036a']),
    row('78 46 20 (NGA)', 'model', 'reader.answers reader.firmware', ['idtech', '0203007846201ede03']),
    out('78 46 31 (NGA)', 'detailed firmware', 'one version is enough to know that it lives', ['idtech', '0203007846310fef03']),
    out('52 49, 78 46 CC', 'reset, restart', 'change the reader; refused', ['idtech', '025249031a']),
    out('self-test', 'whatever it tests', NO_DEVICE),
  ],
  'Keyboard emulation': [
    row('presence', 'on the USB bus', 'reader.port reader.tool reader.product reader.serial'),
    row('a person swipes a card', 'whether it is read, and whether signs arrive right; only with the setting test', 'reader.swipe-read reader.layout-right'),
    out('%E?, ;E?, +E?', 'track read error', 'unverified, and typed text is not ours to read; the person is asked'),
  ],
  'Serial readers and PIN pads (STX … ETX LRC)': [
    row('05 ENQ', 'ready?', 'reader.answers reader.reply-ms pinpad.answers pinpad.reply-ms', ['enq', '05']),
    row('06, 15, 04', 'ready, not ready, idle', 'reader.state pinpad.state'),
    row('a whole packet before it is asked', 'in the middle of something: nothing is sent', 'reader.state pinpad.state'),
    row('packet 06', 'serial number; only with packets: visa', 'reader.serial pinpad.serial', ['enq', '0f30360e08']),
    row('LRC', 'wrong: disturbed line, or another start value (setting lrc-start)', 'reader.answers pinpad.answers'),
    row('control character with an eighth bit', '7E1 line opened as 8N1', 'reader.answers pinpad.answers'),
    out('packet 01nn', 'diagnostics of the pad', 'some show a text on the pad, and the packets that answer are not described', ['enq', '0f303130360e09']),
    out('packet 72', 'ends the session', 'ends that of the POS application; refused', ['enq', '0237320306']),
    row('ECR17 status', 'state 0 to 6; only with packets: ecr17', 'reader.condition pinpad.condition', ['enq', '0231323334353637383073 0337'.replaceAll(' ', '')]),
  ],
  'ZVT (only with status-enquiry: true)': [
    row('05 01 status enquiry', 'state of the terminal', 'reader.answers reader.state reader.condition reader.reply-ms', ['zvt', '050100']),
    out('05 01 with password or service byte', 'the same, with what a terminal may be set to ask for', NO_DEVICE),
    row('80 00, 84 00', 'accepted', 'reader.answers'),
    row('84 xx', 'refused with an error', 'reader.condition'),
    row('06 0F', 'completion: software version, status', 'reader.condition reader.firmware'),
    row('06 1E', 'aborted with an error', 'reader.condition'),
    row('04 FF', 'works on something; the second byte (a new T4) is not waited for, as the look ends before', 'reader.state'),
    out('06 00', 'registration', 'changes settings of the terminal; refused', ['zvt', '060006000000009978']),
    out('06 70, 06 79', 'diagnosis, self-test', 'go on-line and print; refused', ['zvt', '067000']),
    out('06 B0', 'abort', 'would end what the POS application began; refused', ['zvt', '06b000']),
    out('06 01, 06 30, 06 31, 06 50, 06 93', 'payment, reversal, refund, end of day, initialisation', 'never: financial messages', ['zvt', '06010704000000000100']),
    ...[...ZVT_CODES].sort(([a], [b]) => a - b).map(([n, { word, class: what }]) => row(`code ${code(n)}`, `${word} (${what})`, 'reader.condition reader.state')),
    out('other error codes', 'of cards, hosts and payments', 'do not come to a status enquiry; told as unknown-code'),
  ],
  'nexo (DiagnosisRequest, JSON)': [
    row('GlobalStatus', 'OK ready, Busy talking, Maintenance and Unreachable not ready', 'reader.answers reader.state'),
    row('PrinterStatus', 'printer of the terminal; without it there is none', 'reader.terminal-printer'),
    row('CardReaderOKFlag, PEDOKFlag', 'card reader, PIN pad', 'reader.card-reader-ok reader.pin-pad-ok'),
    row('CommunicationOKFlag', 'communication', 'reader.communication-ok'),
    row('SecurityOKFlag, FraudPreventionFlag', 'possible tampering', 'reader.tamper'),
    row('HostStatus IsReachableFlag', 'acquirers', 'reader.hosts-reachable'),
    row('AdditionalResponse batteryLevel, unconfirmedBatchCount', 'charge, payments not sent (Adyen)', 'reader.battery-percent reader.unsent-payments'),
    out('HostDiagnosisFlag true', 'makes the terminal ask its acquirers', 'sends something to a host; refused'),
    out('CashHandlingDevice', 'cash units', 'no cash device is among the kinds of devices'),
    out('XML, SecurityTrailer', 'the same in XML, or encrypted', 'encrypted answers need the merchant’s key, which the agent does not hold'),
  ],
  'How well cards are read': [
    row('decode state of ten swipes, answers of ten cards', '`posdiag test reader`: a person presents a good card, the decode state of each swipe (MagTek), each answer to SELECT (PC/SC) or the person (keyboard) counts', 'reader.chip-tested reader.swipe-tested reader.tap-tested'),
    out('counters of reads and errors in the device', 'how many cards it read and could not read', 'no supported reader has one that is described: MagTek 09 is key material and 1C unverified, 14 tells of the last swipe alone; ID TECH, CCID, ZVT 05 01 and nexo Diagnosis tell none'),
    row('UnifiedPOS GoodReadCount, FailedReadCount (UnreadableCardCount)', 'what the driver of a magnetic stripe reader counted, where the POS application leaves RetrieveStatistics in a file (setting statistics)', 'reader.good-reads reader.failed-reads reader.swipe-counted'),
  ],
  'From the journal': [
    row('card-presented, with or without error', 'reads that failed within seven days, by way', 'reader.chip-fail-percent reader.swipe-fail-percent reader.tap-fail-percent'),
    row('the same against the four weeks before', 'a rise that chance would not bring (one per cent)', 'reader.chip-fail-rise reader.swipe-fail-rise reader.tap-fail-rise'),
  ],
}

/** Observations that no query of these protocols brings, and where they come from. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  'reader.collisions': 'told by the POS application',
  'reader.emv-parameters-ok': 'told by the POS application',
  'pinpad.keys-valid': 'told by the POS application',
  'pinpad.port': 'presence of the port or on the USB bus',
  'pinpad.tool': 'whether HID devices can be listed',
  'pinpad.product': 'USB',
}

const cell = (text: string): string => text.replaceAll('|', '\\|')

/** The page docs/protocols/reader.md. */
export const page = (): string => [
  '# Card readers and PIN pads: every query and bit',
  '',
  'Made from `test/probes/reader/protocol.ts`, whose test holds it against the probes, the deny-list and this page; `POSDIAG_WRITE_DOCS=1 npx vitest run test/probes/reader/protocol.test.ts` writes it anew.',
  'A query that is left out is never sent; where it says *refused*, the transport refuses its bytes.',
  ...Object.entries(PROTOCOLS).flatMap(([name, rows]) => [
    '', `## ${name}`, '', '| query or bit | meaning | observation | state | reason |', '|---|---|---|---|---|',
    ...rows.map(({ query, meaning, seen, leftOut }) => `| ${cell(query)} | ${cell(meaning)} | ${seen.map((one) => `\`${one}\``).join(' ')} | ${leftOut === undefined ? 'implemented' : 'left out'} | ${cell(leftOut ?? '')} |`),
  ]),
  '', '## Observations that come from elsewhere', '', '| observation | from |', '|---|---|',
  ...Object.entries(ELSEWHERE).map(([name, from]) => `| \`${name}\` | ${from} |`),
  '',
].join('\n')
