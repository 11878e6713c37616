// Stand-ins for the benchmark, in a process of their own, so that their work is not counted as the measured program's.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { stringify } from 'yaml'
import { startAcquirer } from '../fixtures/standins/acquirer.ts'
import { listening } from '../fixtures/standins/listening.ts'
import { startNames } from '../fixtures/standins/names.ts'
import { startNut } from '../fixtures/standins/nut.ts'
import { startSerialDevice, startTcpDevice } from '../fixtures/standins/port.ts'
import { TerminalFile } from '../src/model/terminal.ts'

const ROOT = join(import.meta.dirname, '..')
const ACQUIRER = 'acquirer.test'
const START_MS = 20_000

/** What runs, and how it is reached. */
interface Opened {
  terminal: TerminalFile
  /** Where its terminal file is. */
  terminalFile: string
  /** Where each listens; connections to this port of the UPS are not counted as rounds. */
  ports: { printer: number; nut: number; names: number; acquirer: number }
}

/** A running shop for a benchmark. */
export interface StandIns extends Opened {
  /** Calls back at every connection to the UPS's server, which every round makes once; returns how to hear no more. */
  onRound(hear: () => void): () => void
  stop(): Promise<void>
}

type Said = { type: 'open'; opened: Opened } | { type: 'round' }

/**
 * Starts a TCP printer, a serial reader (where a pseudo-terminal can be made), a UPS behind NUT, a name server and an acquirer
 * behind TLS, all of loopback; printer and reader take `answerMs` for each answer. Rejects if they do not stand within 20 seconds.
 */
export const startStandIns = async (answerMs: number): Promise<StandIns> => {
  const child = fork(import.meta.filename, [String(answerMs)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const exit = once(child, 'exit')
  const [said] = (await Promise.race([once(child, 'message', { signal: AbortSignal.timeout(START_MS) }), exit.then(() => [])])) as [Said?]
  if (said?.type !== 'open') throw new Error('the stand-ins did not start')
  return {
    ...said.opened,
    onRound: (hear) => {
      const listen = (message: Said): void => {
        if (message.type === 'round') hear()
      }
      child.on('message', listen)
      return () => child.off('message', listen)
    },
    stop: async () => {
      child.disconnect()
      await exit
    },
  }
}

const dialogue = async (name: string, answerMs: number): Promise<string> =>
  (await readFile(join(ROOT, 'fixtures/dialogues', name), 'utf8')).replaceAll(/\+\d+ms/g, `+${answerMs}ms`)

const startReader = async (text: string): Promise<object[]> => {
  try {
    const { path } = await startSerialDevice(text)
    return [{ id: 'reader-1', kind: 'reader', transport: { type: 'serial', path, baud: 9600 }, dependsOn: ['ups-1'] }]
  } catch (error) {
    process.stderr.write(`without the serial reader: ${error instanceof Error ? error.message : String(error)}\n`)
    return []
  }
}

const open = async (answerMs: number): Promise<Opened> => {
  const [printer, reader, ups, names, acquirer] = await Promise.all([
    startTcpDevice(await dialogue('printer/healthy-tm-t88vi.txt', answerMs)), startReader(await dialogue('reader/ready.txt', answerMs)),
    startNut(), startNames({ [ACQUIRER]: '127.0.0.1' }), startAcquirer(ROOT),
  ])
  const counted = await listening(createServer(), (socket) => {
    process.send?.({ type: 'round' } satisfies Said)
    const behind = connect(ups.port, '127.0.0.1')
    behind.on('error', () => socket.destroy())
    socket.pipe(behind).pipe(socket)
  }, 0)
  const terminal = TerminalFile.parse({
    terminal: { id: 'BENCH-01', store: '建国路店' },
    devices: [
      ...reader,
      { id: 'printer-1', kind: 'printer', transport: { type: 'tcp', host: '127.0.0.1', port: printer.port }, dependsOn: ['ups-1'] },
      { id: 'ups-1', kind: 'power', transport: { type: 'nut', host: '127.0.0.1', port: counted.port, ups: 'ups' } },
    ],
    endpoints: [{ id: 'acquirer-1', role: 'acquirer', host: ACQUIRER, port: acquirer.port, ca: join(ROOT, 'fixtures/tls/ca.pem'), httpPath: '/' }],
    network: { resolvers: [`127.0.0.1:${names.port}`], knownName: ACQUIRER },
    pos: { process: basename(import.meta.filename), holds: reader.length > 0 ? ['reader-1'] : [] },
  })
  const folder = await mkdtemp(join(tmpdir(), 'posdiag-bench-shop-'))
  const terminalFile = join(folder, 'terminal.yaml')
  await writeFile(terminalFile, stringify(terminal))
  process.once('disconnect', () => void rm(folder, { recursive: true, force: true }).then(() => process.exit(0)))
  return { terminal, terminalFile, ports: { printer: printer.port, nut: ups.port, names: names.port, acquirer: acquirer.port } }
}

if (process.argv[1] === import.meta.filename && process.send) {
  process.send({ type: 'open', opened: await open(Number(process.argv[2])) } satisfies Said)
}
