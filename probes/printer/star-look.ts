import type { Missed, Sight } from '../../src/model/probe.ts'
import { rounded } from '../sight.ts'
import { contradicts, decode, type Status, together } from './flags.ts'
import { drain, exchange, FLOOD, flagSights, type Line, reason } from './line.ts'
import { BLOCK, type Block, decodeBlock, ENQ_BITS, EOT_BITS, isPrinterByte, isSensorByte, PRINTER, paperWidth, SENSORS, sortBlocks, versionOf } from './star.ts'

/** One byte with its fixed bits; more than one belong to something else. */
const readByte = (fits: (byte: number) => boolean) => (got: Uint8Array) => {
  const bytes = got.filter((byte) => byte !== 0x11 && byte !== 0x13)
  const [byte] = bytes
  return byte === undefined ? { is: 'waiting' as const } : bytes.length === 1 && fits(byte) ? { is: 'whole' as const, value: byte } : { is: 'wrong' as const }
}

const readBlock = (got: Uint8Array) => {
  const { blocks, other } = sortBlocks(got.subarray(0, FLOOD))
  const block = blocks.at(-1)
  return block ? { is: 'whole' as const, value: block } : { is: other.length > 0 || got.length > FLOOD ? 'wrong' as const : 'waiting' as const }
}

const shown = (got: Uint8Array): string => Array.from(got.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join(' ')

const notStar = (line: Line, got: Uint8Array): Missed => {
  if (got.length === 0) return { absent: 'silent', detail: `no answer to EOT; ${line.silenceHint}` }
  if (got.length === 1 && got[0] === SENSORS[0]) return { absent: 'garbled', detail: 'the port returns what was sent: a loop-back plug, an echoing adapter, or nobody at the far end' }
  return { absent: 'garbled', detail: `no Star status: ${shown(got)}: wrong speed or parity, or another protocol` }
}

interface Told {
  status: Status
  block: Block | undefined
  replyMs: number | undefined
}

/** Asks in the order in which fixed bits tell most; twice on silence. A printer that sends blocks by itself is not asked one byte: its answers could not be told apart. */
const ask = async (line: Line): Promise<Told | Missed> => {
  let heard: Block | undefined
  await drain(line, (got) => { heard = sortBlocks(got.subarray(0, FLOOD)).blocks.at(-1) ?? heard })
  const starPrnt = line.facts.starprnt === true
  if (heard) return { status: decodeBlock(heard, starPrnt), block: heard, replyMs: undefined }
  const began = line.clock.mono()
  let sensors = await exchange(line, SENSORS, line.firstMs, readByte(isSensorByte))
  if (sensors.got.length === 0) sensors = await exchange(line, SENSORS, line.againMs, readByte(isSensorByte))
  if (sensors.reply.is !== 'whole') return notStar(line, sensors.got)
  const replyMs = line.clock.mono() - began
  const printer = await exchange(line, PRINTER, line.laterMs, readByte(isPrinterByte))
  const asked = await exchange(line, BLOCK, line.laterMs, readBlock)
  const block = asked.reply.is === 'whole' ? asked.reply.value : undefined
  // The one fixed bit of the second answer is a weak sign: a whole block, or both bytes, make a Star printer.
  if (!block && printer.reply.is !== 'whole') return { absent: 'garbled', detail: `no Star status: ${shown(printer.got)}: wrong speed or parity, or another protocol` }
  const bytes = [decode(sensors.reply.value, EOT_BITS), ...(printer.reply.is === 'whole' ? [decode(printer.reply.value, ENQ_BITS)] : [])]
  const { error: _, ...ofBytes } = together(bytes)
  return { status: block ? { ...ofBytes, ...decodeBlock(block, starPrnt) } : together(bytes), block, replyMs }
}

/** Status of a Star printer: EOT, ENQ and, in real time and without changing a setting, its status block. Nothing is sent that would be printed. */
export async function* lookStar(line: Line): AsyncGenerator<Sight, undefined> {
  let told: Told | Missed
  try {
    told = await ask(line)
  } catch (error) {
    told = reason(error)
  }
  if ('absent' in told) {
    yield { name: 'printer.answers', ...told }
    return undefined
  }
  yield { name: 'printer.answers', value: true }
  yield { name: 'printer.dialect', value: 'star' }
  if (told.replyMs !== undefined) yield { name: 'printer.reply-ms', value: rounded(told.replyMs) }
  yield* flagSights(told.status, line.facts)
  yield { name: 'printer.status-consistent', value: !contradicts(told.status) }
  if (!told.block) return undefined
  yield { name: 'printer.status-version', value: versionOf(told.block) }
  const width = line.facts.starprnt === true ? paperWidth(told.block) : undefined
  if (width !== undefined) yield { name: 'printer.paper-width-mm', value: width }
  return undefined
}
