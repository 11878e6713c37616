import { ASB_BITS, EXTRAS, QUERIES, STATUS_BITS } from '../../../probes/printer/esc-pos.ts'
import { IDENTITY } from '../../../probes/printer/esc-pos-more.ts'
import { FACTS } from '../../../probes/printer/facts.ts'
import { type Bits, FLAGS } from '../../../probes/printer/flags.ts'
import { BUFFERED_BITS, COUNTERS, FULL_BITS } from '../../../probes/printer/frames.ts'
import { observes } from '../../../probes/printer/observes.ts'
import { PAUSED, REASON_FLAGS, STATES, UNREACHED } from '../../../probes/printer/queue.ts'
import { ALERT_CODES, ERROR_BITS, STATUS_WORDS } from '../../../probes/printer/snmp.ts'
import { BLOCK_BITS, ENQ_BITS, EOT_BITS } from '../../../probes/printer/star.ts'

/** One query or bit of the protocols, and what became of it. */
interface Row {
  what: string
  meaning: string
  observation?: string
  /** Why it was left out, or under which condition it is asked; a row without an observation and without `passed` is left out. */
  reason?: string
  passed?: true
}

const two = (n: number): string => n.toString(16).padStart(2, '0').toUpperCase()

const bitRows = (what: string, bits: readonly Bits[], reason?: string): Row[] =>
  bits.map(({ flag, mask, inverted }) => ({ what: `${what} · ${two(mask)}`, meaning: inverted ? `not: ${FLAGS[flag]}` : FLAGS[flag], observation: `printer.${flag}`, ...(reason === undefined ? {} : { reason }) }))

const out = (what: string, meaning: string, reason: string): Row => ({ what, meaning, reason })
const seen = (what: string, meaning: string, observation: string, reason?: string): Row => ({ what, meaning, observation, ...(reason === undefined ? {} : { reason }) })
const handled = (what: string, meaning: string, reason: string): Row => ({ what, meaning, reason, passed: true })

const ACTS = 'acts on the printer: never sent by a diagnosis'
const fact = (name: string): string => `asked where the profile says \`${name}\``

/** The sections of the table, in the order of the protocols. */
export const SECTIONS: readonly { title: string; rows: readonly Row[] }[] = [
  {
    title: 'ESC/POS: what may arrive',
    rows: [
      handled('XON `11`, XOFF `13`', 'flow control, anywhere', 'dropped before anything is read; alone they are told as "alive, but held"'),
      handled('`(b & 93) == 12`', 'answer to DLE EOT', 'all four questions must be answered so, or at least two, before a printer is believed'),
      handled('`(b & 93) == 10` and three of `(b & 90) == 00`', 'status block (ASB) that comes unasked', 'taken out from between answers; decoded where nothing else is answered'),
      handled('`5F … 00`, `37 22 … 00`, `37 23 … 00`, `35 A B 00`', "late names, answers to the till's own process ids, ink blocks", 'set aside whole, never decoded as status'),
      handled('the bytes that were sent', 'echo', 'recognised before decoding: garbled'),
      handled('text, noise, `00`, `FF`', 'greeting, tail of a job, wrong speed', 'never decoded; the question is put again after it is quiet'),
      handled('answers that lag one question, or seconds', 'clones, slow adapters', 'told by contradictions and by counting what is outstanding; asked again, each question twice'),
    ],
  },
  {
    title: 'ESC/POS: real-time status',
    rows: [
      ...QUERIES.flatMap((n) => bitRows(`DLE EOT ${n} (\`10 04 0${n}\`)`, STATUS_BITS[n])),
      seen('DLE EOT 1 (`10 04 01`) · 04 on mobile printers', FLAGS['battery-low'], 'printer.battery-low', 'where the profile says `drawer-pin: battery`'),
      ...EXTRAS.flatMap(({ fact: of, sent, bits, raw }) => {
        const what = `\`${sent.map(two).join(' ')}\``
        return raw === undefined ? bitRows(what, bits, fact(of)) : [seen(what, 'bits of the model', `printer.${raw}`, `${fact(of)}; told as it is`)]
      }),
      ...bitRows('Custom `10 04 14`, byte 3', FULL_BITS, '`status-by: full-status`'),
      seen('Custom `10 04 14`, byte 5', 'recoverable errors, any bit', 'printer.mechanical-error', '`status-by: full-status`'),
      seen('Custom `10 04 14`, byte 6', 'unrecoverable errors, any bit', 'printer.unrecoverable-error', '`status-by: full-status`'),
      out('Custom `10 04 14`, byte 4', 'user status', 'its bits differ from model to model'),
      out('Custom `10 04 11`, `12`, `13`, `15`', 'print, paper, error and sensor status', 'tell no more than `14` does at once'),
      out('Custom `1D E0 n`', 'automatic full status', 'changes a setting whose former value cannot be asked for'),
      out('DLE ENQ 0-3 (`10 05 n`)', 'go on, recover, clear, cancel', ACTS),
      out('DLE DC4 1 (`10 14 01 m t`)', 'drawer pulse', ACTS),
      out('DLE DC4 2 (`10 14 02 01 08`)', 'power off', ACTS),
      handled('DLE DC4 7 1 (`10 14 07 01`)', 'status block once, without changing a setting', '`status-by: asb-once`; its bits are those of ASB'),
      out('DLE DC4 7 2, 4, 5', 'extended status, off-line response, battery once', 'layout of the answer unverified'),
      out('DLE DC4 8', 'clear buffers', ACTS),
    ],
  },
  {
    title: 'ESC/POS: automatic status (ASB)',
    rows: [
      out('GS a n (`1D 61 n`)', 'switches ASB on', 'changes a setting of the till whose former value cannot be asked for; DLE EOT and DLE DC4 7 1 tell the same'),
      ...ASB_BITS.flatMap((bits, i) => bitRows(`ASB byte ${i + 1}`, bits)),
      out('ASB byte 3 · 60, byte 4', 'reserved', 'no meaning; the flags of makers\' kits above them (label, peeler, spooler) do not come over the wire'),
      out('GS j n (`1D 6A n`)', 'switches automatic ink status on', 'changes a setting; DLE EOT 7 tells the same'),
      out('FS ( e (`1C 28 65 …`)', 'extended ASB', 'header of the answer unverified'),
    ],
  },
  {
    title: 'ESC/POS: what waits in the receive buffer',
    rows: [
      ...([1, 2] as const).flatMap((n) => bitRows(`GS r ${n} (\`1D 72 0${n}\`)`, BUFFERED_BITS[n], '`status-by: gs-r`')),
      out('GS r 4', 'ink', 'bits unverified; DLE EOT 7 tells the same'),
      ...IDENTITY.map(({ name, n, fact: of }) => seen(`GS I ${n} (\`1D 49 ${two(n)}\`)`, observes[name] ?? '', name, of === undefined ? 'only while on-line, after two valid answers' : fact(of))),
      out('GS I 96, 110', 'model-specific', 'no meaning known'),
      ...COUNTERS.map(({ name, n, meaning }) => seen(`GS g 2 ${n} (\`1D 67 32 00 ${two(n)} 00\`)`, meaning, `printer.${name}`, `${fact('counters')}, and only while it has nothing to do: they block real-time status`)),
      out('GS g 2 20, 21, 50, 70', 'the same counters since somebody reset them', 'cumulative ones cannot be reset, so they do not jump'),
      out('GS g 0 (`1D 67 30 …`)', 'resets a counter', 'writes the memory of the printer'),
      seen('GS ( H 30 30 (`1D 28 48 06 00 30 30 …`)', 'round trip through the buffer that prints nothing', 'printer.buffer-ms', `${fact('process-id')} and GS I was not answered, which is such a round trip itself`),
      out('GS ( H 31 30', 'off-line response', 'its cause bytes are not documented; DLE EOT 2 and 3 tell the cause'),
      out('GS ( E 12', 'serial settings', 'layout of the answer differs from model to model'),
    ],
  },
  {
    title: 'Drawer, lines, slip',
    rows: [
      seen('drawer connector, pin 3', 'open or closed, once somebody said which level means open', 'printer.drawer-open', '`drawer-open-when: high` or `low`; `posdiag test printer` finds it out'),
      out('drawer left open for long', 'level over time', 'needs the history of several checks'),
      seen('CTS', observes['printer.cts'] ?? '', 'printer.cts'),
      seen('DSR', observes['printer.dsr'] ?? '', 'printer.dsr'),
      handled('ESC p (`1B 70 00 19 FA`), Star BEL', 'drawer pulse', 'only by `posdiag test printer`, with a consent of its own'),
      handled('text, FS &, ESC d, GS V 66', 'test slip in Chinese (GB 18030) and English, cut', 'only by `posdiag test printer`, with consent'),
    ],
  },
  {
    title: 'Star Line Mode, StarPRNT',
    rows: [
      ...bitRows('ENQ (`05`)', ENQ_BITS),
      ...bitRows('EOT (`04`)', EOT_BITS),
      out('EOT · 80', 'compulsion switch on some models', 'the block tells the same'),
      seen('ESC ACK SOH (`1B 06 01`), header', 'version of the block', 'printer.status-version'),
      ...Object.entries(BLOCK_BITS).flatMap(([at, bits]) => bitRows(`block byte ${at}`, bits, Number(at) >= 10 ? fact('starprnt') : undefined)),
      seen('block byte 16 · 0E', 'paper width', 'printer.paper-width-mm', fact('starprnt')),
      out('block byte 3 · 02, byte 8', 'ETB executed, ETB counter', 'count print jobs of the till'),
      out('block bytes 9, 12, 15', 'presenter position, interface, external devices', 'no fault to tell'),
      out('block byte 13 · 40', 'how the drawer is driven', 'a setting'),
      out('ESC RS a (`1B 1E 61 n`)', 'switches automatic status on or off', 'changes a setting whose former value cannot be asked for'),
      out('ESC # * (`1B 23 2A 0A 00`)', 'version', 'layout of the answer unverified'),
    ],
  },
  {
    title: 'Network: TCP 9100, SNMP',
    rows: [
      seen('connect', 'refused, silent, no route', 'printer.port', 'held for less than 2 s, since it keeps the till from printing'),
      out('ENPC (UDP 3289)', "Epson's own", 'layout of the status answer unknown; its C functions act'),
      seen(`hrPrinterStatus: ${STATUS_WORDS.filter(Boolean).join(', ')}`, 'state', 'printer.agent-state', 'where the printer itself did not answer, or `snmp: true`'),
      seen('hrPrinterStatus printing', 'prints for somebody', 'printer.printing', 'makes silence and refusal "busy"'),
      ...ERROR_BITS.map(({ word, flag }, i) => {
        const what = `hrPrinterDetectedErrorState octet ${i >> 3} · ${two(0x80 >> (i & 7))}`
        return flag ? seen(what, word, `printer.${flag}`, 'where the printer itself did not tell') : seen(what, word, 'printer.agent-errors')
      }),
      ...Object.entries(ALERT_CODES).map(([code, flag]) => seen(`prtAlertCode ${code}`, FLAGS[flag], `printer.${flag}`, 'RFC 3805; unverified on a device')),
      seen('prtAlertDescription', 'alerts in words', 'printer.alerts'),
      seen('hrDeviceDescr', 'what it calls itself', 'printer.product'),
      out('hrDeviceStatus', 'running, warning, down', 'tells less than the two above'),
    ],
  },
  {
    title: 'Print queues: IPP, CUPS',
    rows: [
      seen(`printer-state: ${Object.values(STATES).join(', ')}`, 'state', 'printer.queue-state', 'setting `queue`'),
      seen('printer-state-reasons', 'as given', 'printer.queue-reasons'),
      ...Object.entries(REASON_FLAGS).map(([word, flag]) => seen(word, FLAGS[flag], `printer.${flag}`, 'only as set: that a spooler does not report it says nothing')),
      seen(UNREACHED.join(', '), 'does not reach the printer', 'printer.queue-reaches'),
      seen(PAUSED.join(', '), 'stopped by somebody', 'printer.queue-paused'),
      seen('printer-is-accepting-jobs', 'takes jobs', 'printer.queue-paused'),
      seen('Get-Jobs', 'jobs that wait', 'printer.queue-jobs'),
      seen('time-at-creation against printer-up-time', 'age of the oldest', 'printer.queue-oldest-s'),
      out('Print-Job, Cancel-Job, Pause-, Resume-, Purge-', 'act', 'refused by the deny-list'),
    ],
  },
  {
    title: 'USB',
    rows: [
      seen('GET_DEVICE_ID: MFG, MDL', 'what it calls itself', 'printer.product', "read from the host's files (`ieee1284_id`)"),
      seen('GET_DEVICE_ID: CMD', 'its command sets', 'printer.commands'),
      seen('GET_DEVICE_ID: SN', 'serial number', 'printer.serial'),
      seen('GET_PORT_STATUS by write errors ENOSPC, EIO', 'no paper; off-line or error', 'printer.answers', 'refused'),
      out('GET_PORT_STATUS by LPGETSTATUS', 'paper, selected, error', 'an ioctl: needs native code; most receipt printers always say "ok"'),
      seen('read gives EINVAL', 'no way back to the host', 'printer.answers', 'not-fitted: cannot be known on this path'),
      seen('driver other than usblp', 'claimed by CUPS through libusb', 'printer.port', 'busy, not missing, where the setting `usb-id` says which printer is meant'),
      out('SOFT_RESET', 'resets', ACTS),
    ],
  },
]

const cell = (text: string): string => text.replaceAll('|', '\\|')

const line = ({ what, meaning, observation, reason, passed }: Row): string =>
  `| ${[what, meaning, observation ? `\`${observation}\`` : '', observation || passed ? 'implemented' : 'left out', reason ?? ''].map(cell).join(' | ')} |`

/** The whole page. */
export const page = (): string => [
  '# 打印机协议 · Printer protocols',
  '',
  '每一个可以安全询问的命令和每一位状态：是否实现、对应哪个观察结果、没有实现的原因。本页由代码生成，测试保证它是最新的（`npx vitest run test/probes/printer/protocol.test.ts -u` 重新生成）。',
  '',
  'Every query and bit of the printer protocols: whether it is implemented, which observation it becomes, and why it is left out. Generated from the code; a test keeps it current (`npx vitest run test/probes/printer/protocol.test.ts -u` writes it anew).',
  '',
  ...SECTIONS.flatMap(({ title, rows }) => [`## ${title}`, '', '| query or bit | meaning | observation | state | reason |', '|---|---|---|---|---|', ...rows.map(line), '']),
  '## Facts of a profile',
  '',
  '| fact | what it changes |',
  '|---|---|',
  ...Object.entries(FACTS).map(([name, meaning]) => `| \`${name}\` | ${cell(meaning)} |`),
  '',
].join('\n')
