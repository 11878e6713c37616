import { type Bench, BenchError } from '../../src/model/bench.ts'
import { JournalSummary } from '../../src/model/journal.ts'
import { missed, type Probe, type Sight, saw } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { rounded } from '../sight.ts'
import { FACTS, SIGNALS } from './facts.ts'
import { limits, symptoms } from './symptoms.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** The agent writes its summary every minute; an older one is of an agent that does not run. */
const STALE_MS = 600_000

const summaryOf = async (device: Device, bench: Bench): Promise<JournalSummary> => {
  const { summary } = device.settings
  if (typeof summary !== 'string') throw new BenchError('not-fitted', 'the terminal file does not say where the journal’s summary is: set settings.summary')
  const text = await bench.files.read(summary)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new BenchError('garbled', `${summary} is not what the agent writes`)
  }
  const parsed = JournalSummary.safeParse(value)
  if (!parsed.success) throw new BenchError('garbled', `${summary} is not what the agent writes`)
  return parsed.data
}

const told = (summary: JournalSummary, now: number): Sight[] => {
  const hold = summary.faults['AUT-OPEN-EXPIRING']?.oldestAt
  const authorisation = summary.paces.authorisation
  return [
    saw('journal.transactions', summary.transactions, 'journal'),
    saw('journal.gaps', summary.gaps, 'journal'),
    saw('journal.drawer-without-sale', summary.contradictions['drawer-without-sale'] ?? 0, 'journal'),
    ...FACTS.map(({ name, from, key }) => saw(name, from === 'faults' ? (summary.faults[key]?.count ?? 0) : (summary[from][key] ?? 0), 'journal')),
    ...SIGNALS.map(({ name, key }) => saw(name, summary.silent[key], 'journal')),
    // What the host answered hours ago does not say that it would not refuse the terminal now.
    ...(summary.refusedInRow > 0 || now - (summary.lastAnsweredAt ?? Number.NEGATIVE_INFINITY) <= HOUR_MS ? [saw('journal.refused-in-row', summary.refusedInRow, 'journal')] : []),
    saw('journal.one-kind-refused', summary.oneKindRefused, 'journal'),
    saw('journal.never-approved', summary.neverApproved, 'journal'),
    ...(summary.lastApprovedAt === undefined ? [] : [saw('journal.idle-days', rounded((now - summary.lastApprovedAt) / DAY_MS), 'journal')]),
    saw('journal.hold-days', hold === undefined ? 0 : rounded((now - hold) / DAY_MS), 'journal'),
    ...(authorisation ? [saw('journal.authorisation-ms', authorisation.latelyMs, 'journal'), saw('journal.authorisation-usual-ms', authorisation.usualMs, 'journal')] : []),
  ]
}

/** What the journal of transactions says: the summary that the agent keeps. Settings: `summary`, its path. */
export const journal: Probe = {
  kind: 'journal',
  touch: 'listens',
  isolate: false,
  deadlineMs: 3000,
  observes: {
    'journal.age-s': 'age of what the journal says, s',
    'journal.transactions': 'transactions in the journal',
    'journal.gaps': 'runs of trace numbers missing in batches of the last day',
    'journal.drawer-without-sale': 'openings of the drawer without a cash payment, in a day',
    'journal.refused-in-row': 'last answers of the host in a row, over two cards at least, that refuse the terminal; none said if the host answered nothing for an hour',
    'journal.one-kind-refused': 'true if one type, brand or way of reading is always refused while others are approved',
    'journal.never-approved': 'true if the host answered and never approved anything',
    'journal.idle-days': 'time since the last approval, days',
    'journal.hold-days': 'age of the oldest pre-authorisation neither completed nor cancelled, days',
    'journal.authorisation-ms': 'how long the host took to answer of late (median), ms',
    'journal.authorisation-usual-ms': 'how long the host usually takes to answer on this terminal (median), ms',
    ...Object.fromEntries([...FACTS, ...SIGNALS].map(({ name, unit }) => [name, unit])),
  },
  limits,
  symptoms,
  async *observe(device, bench) {
    const summary = await summaryOf(device, bench)
    const now = bench.clock.now()
    yield saw('journal.age-s', Math.round((now - summary.writtenAt) / 1000), 'journal')
    if (now - summary.writtenAt <= STALE_MS) yield* told(summary, now)
    else for (const sight of told(summary, now)) yield missed(sight.name, { absent: 'silent', detail: `what the journal says is ${Math.round((now - summary.writtenAt) / 60_000)} minutes old: the agent does not run` })
  },
}
