import type { LogClass } from '../../../src/model/log.ts'
import { readLine, searchAnchors } from './match.ts'
import type { Moment } from './moment.ts'
import type { Sign } from './row.ts'
import { watchMemory } from './watch-memory.ts'

/** What each of these kernel messages (without headings, oldest first) tells; whose memory ran out is settled over several of them and told of the first. */
export const tellTexts = (lines: readonly { ageS?: number; text: string }[]): (LogClass | Sign)[][] => {
  const starts: number[] = []
  let length = 0
  for (const { text } of lines) {
    starts.push(length)
    length += Buffer.byteLength(text) + 1
  }
  const anchors = new Map<number, Set<number>>()
  let index = 0
  searchAnchors(Buffer.from(lines.map(({ text }) => text).join('\n')), (anchor, at) => {
    while ((starts[index + 1] ?? Number.POSITIVE_INFINITY) <= at) index += 1
    anchors.set(index, (anchors.get(index) ?? new Set()).add(anchor))
  })
  const told = lines.map((): (LogClass | Sign)[] => [])
  const memory = watchMemory((whose, _, { offset }) => void told[starts.indexOf(offset)]?.push(whose))
  for (const [i, found] of anchors) {
    const { text = '', ageS } = lines[i] ?? {}
    const at: Moment = { offset: starts[i] ?? 0, ...(ageS === undefined ? {} : { up: -ageS }) }
    for (const { tells, device } of readLine({ text, by: 'kernel' }, found)) {
      if (tells.startsWith('oom.')) memory.see(tells, device, at, text)
      told[i]?.push(tells)
    }
  }
  memory.close()
  return told
}
