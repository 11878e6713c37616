import { once } from 'node:events'
import { mask } from '../guard/card-data.ts'
import type { Context } from './context.ts'
import { EXIT } from './failure.ts'

/** Text held back at the end of a block, so that a number that two blocks share is seen whole. Longer than any track. */
const OVERLAP = 512

/** posdiag redact: standard input to standard output through the card-data filter; what was masked is counted on standard error. */
export const redact = async (context: Context): Promise<number> => {
  const counts = new Map<string, number>()
  const pass = async (text: string): Promise<void> => {
    const { text: clean, masked } = mask(text)
    for (const [type, count] of Object.entries(masked)) counts.set(type, (counts.get(type) ?? 0) + count)
    if (!process.stdout.write(clean)) await once(process.stdout, 'drain')
  }
  let held = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    held += String(chunk)
    const end = held.lastIndexOf('\n', held.length - OVERLAP) + 1
    if (end > 0) {
      await pass(held.slice(0, end))
      held = held.slice(end)
    } else if (held.length > 1 << 20) {
      // A line without an end is cut where no digit stands: nothing that could be a card number is torn apart.
      const cut = held.slice(0, held.length - OVERLAP).search(/\D[^\d]*$/) + 1 || held.length
      await pass(held.slice(0, cut))
      held = held.slice(cut)
    }
  }
  await pass(held)
  context.err([...counts].map(([type, count]) => `${type}: ${count}`).join(', ') || '0')
  return EXIT.ready
}
