import { mask } from '../../../src/guard/card-data.ts'
import { LOG_CLASSES, type LogFinding, type LogSeverity } from '../../../src/model/log.ts'
import { LOG_CLASS_TEXTS } from '../../../src/texts/log-classes.ts'
import { readHeading } from './heading.ts'
import { createLedger, type Weighed } from './ledger.ts'
import { readLine, searchAnchors, type Told } from './match.ts'
import { told } from './moment.ts'
import { searchFor } from './search.ts'
import { weigh } from './weigh.ts'

/** A longer line is cut: no message is that long. */
const LONGEST_LINE = 16 * 1024

const NEWLINE = 10

const RANK: readonly LogSeverity[] = ['info', 'warning', 'error', 'critical']

/** What a class weighs here: resets by the hundred are more than one. */
const severityOf = ({ classes, count }: Weighed): LogSeverity => {
  const heaviest = classes.map((name): LogSeverity => LOG_CLASSES[name]).reduce((a, b) => (RANK.indexOf(b) > RANK.indexOf(a) ? b : a))
  return heaviest === 'info' && classes.includes('usb.reset') && count >= 3 ? 'warning' : heaviest
}

const findingOf = (one: Weighed): LogFinding => {
  const [main] = one.classes
  if (main === undefined) throw new Error('a finding has a class')
  const first = told(one.first)
  const last = told(one.last)
  return {
    classes: one.classes,
    device: mask(one.device).text,
    severity: severityOf(one),
    count: one.count,
    ...(first === undefined ? {} : { first }),
    ...(last === undefined ? {} : { last }),
    ...(one.follows ? { follows: { class: one.follows.class, device: mask(one.follows.device).text } } : {}),
    meaning: LOG_CLASS_TEXTS[main],
    line: mask(one.text.trim()).text,
  }
}

/** Reads a log in pieces of any size, in bounded memory, and says at the end what it shows. */
export interface Classifier {
  push(bytes: Uint8Array): void
  /** What the whole log shows, in the order of the first lines. */
  end(): LogFinding[]
}

// A message that is no valid text is given by journalctl as a list of numbers, in which no anchor can be found.
const BYTES = '"MESSAGE":['
const searchBytes = searchFor([BYTES])

/** Calls `each` for every line that may tell something, with the anchors that it holds. */
const candidates = (block: Buffer, each: (line: string, anchors: ReadonlySet<number>, start: number) => void): void => {
  let start = 0
  let end = -1
  let anchors = new Set<number>()
  const flush = (): void => {
    if (anchors.size > 0) each(block.toString('utf8', start, Math.min(end, start + LONGEST_LINE)), anchors, start)
    anchors = new Set()
  }
  searchAnchors(block, (anchor, at) => {
    if (at >= end) {
      flush()
      start = block.lastIndexOf(NEWLINE, at) + 1
      const newline = block.indexOf(NEWLINE, at)
      end = newline < 0 ? block.length : newline
    }
    anchors.add(anchor)
  })
  flush()
}

const anchorsIn = (text: string): Set<number> => {
  const found = new Set<number>()
  searchAnchors(Buffer.from(text), (anchor) => found.add(anchor))
  return found
}

/** A classifier of kernel and service logs. `now` (milliseconds) gives years to times without one. */
export const createClassifier = (now: number): Classifier => {
  const ledger = createLedger()
  let held: Buffer = Buffer.alloc(0)
  let before = 0

  const take = (line: string, anchors: ReadonlySet<number>, offset: number): void => {
    const read = readHeading(line.endsWith('\r') ? line.slice(0, -1) : line, now)
    const all: Told[] = readLine(read, anchors)
    if (all.length > 0) ledger.take(all, read, offset)
  }

  const block = (bytes: Buffer): void => {
    candidates(bytes, (line, anchors, start) => take(line, anchors, before + start))
    searchBytes(bytes, (_, at) => {
      const start = bytes.lastIndexOf(NEWLINE, at) + 1
      const end = bytes.indexOf(NEWLINE, at)
      const line = bytes.toString('utf8', start, Math.min(end < 0 ? bytes.length : end, start + LONGEST_LINE))
      take(line, anchorsIn(readHeading(line, now).text), before + start)
    })
    before += bytes.length
  }

  return {
    push: (bytes) => {
      const all = held.length > 0 ? Buffer.concat([held, bytes]) : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      const end = all.lastIndexOf(NEWLINE) + 1
      // A line without an end may not fill the memory: what is long enough counts as a line.
      const cut = end === 0 && all.length > LONGEST_LINE ? all.length : end
      if (cut > 0) block(all.subarray(0, cut))
      held = Buffer.from(all.subarray(cut))
    },
    end: () => {
      block(held)
      held = Buffer.alloc(0)
      return weigh(ledger.close()).map(findingOf)
    },
  }
}
