import type { LogClass } from '../../../src/model/log.ts'
import type { LogLine } from './heading.ts'
import { anchorsOf, patternOf } from './pattern.ts'
import type { LogRow, LogTable, Sign } from './row.ts'
import { FILES, MOUNTS } from './rows-files.ts'
import { CRASHES, HEAT_AND_POWER, KERNEL, MEMORY, MEMORY_KEEPERS } from './rows-machine.ts'
import { CLOCK, NETWORK, NETWORK_KEEPERS } from './rows-network.ts'
import { CARD_READER, CARD_READER_CLAIM, PRINT_SYSTEM, UPS } from './rows-services.ts'
import { ATA, MMC, NVME, SMART, STORAGE } from './rows-storage.ts'
import { PRINTER, SERIAL, USB } from './rows-usb.ts'
import { searchFor } from './search.ts'

/** Everything that posdiag knows of messages. */
export const LOG_TABLES: readonly LogTable[] = [
  USB, SERIAL, PRINTER, STORAGE, MMC, ATA, NVME, SMART, FILES, MOUNTS, MEMORY, MEMORY_KEEPERS, HEAT_AND_POWER, KERNEL, CRASHES, NETWORK, NETWORK_KEEPERS, CLOCK,
  CARD_READER, CARD_READER_CLAIM, UPS, PRINT_SYSTEM,
]

/** What one line tells of one device. */
export interface Told {
  tells: LogClass | Sign
  also: readonly LogClass[]
  device: string
}

/** A row made ready; its patterns are compiled when a line may fit them, as most never do. */
interface Matcher {
  row: LogRow
  table: LogTable
  is?: RegExp
  unless?: readonly RegExp[]
}

const MATCHERS: readonly Matcher[] = LOG_TABLES.flatMap((table) => table.rows.map((row) => ({ row, table })))

const byAnchor = new Map<string, Matcher[]>()
for (const matcher of MATCHERS) for (const anchor of anchorsOf(matcher.row)) byAnchor.set(anchor, [...(byAnchor.get(anchor) ?? []), matcher])

/** Texts of which every line that tells anything holds at least one. */
export const ANCHORS: readonly string[] = [...byAnchor.keys()]

/** Searches bytes for the anchors. */
export const searchAnchors = searchFor(ANCHORS)

const KERNEL_ITSELF = /^kernel$/

const read = (matcher: Matcher, { text, by }: LogLine): Told | undefined => {
  const { row, table } = matcher
  if (by !== undefined && !(table.by ?? KERNEL_ITSELF).test(by)) return undefined
  matcher.is ??= patternOf(row.says)
  // The blank lets a pattern that begins with one fit at the start of the line.
  const match = matcher.is.exec(` ${text}`)
  if (!match) return undefined
  matcher.unless ??= (row.unless ?? []).map(patternOf)
  if (matcher.unless.some((pattern) => pattern.test(` ${text}`))) return undefined
  const name = match.groups?.on
  return { tells: row.tells, also: row.also ?? [], device: name ? `${table.prefix === undefined ? '' : `${table.prefix} `}${name}` : (table.prefix ?? 'host') }
}

/** What a line tells, given the anchors that it holds (indices into ANCHORS). The same thing of the same device is told once. */
export const readLine = (line: LogLine, anchors: Iterable<number>): Told[] => {
  const told: Told[] = []
  for (const anchor of anchors) {
    for (const matcher of byAnchor.get(ANCHORS[anchor] ?? '') ?? []) {
      const one = read(matcher, line)
      if (one && !told.some(({ tells, device }) => tells === one.tells && device === one.device)) told.push(one)
    }
  }
  return told
}
