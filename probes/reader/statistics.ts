import type { Bench } from '../../src/model/bench.ts'
import { looked, missed, type Sight, saw } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'

/** Reads and failures since the counters began. */
interface ReadCounters {
  read: number
  failed: number
}

const COUNTER = /<Name>\s*(\w{1,60})\s*<\/Name>\s*<Value>\s*(\d{1,9})\s*<\/Value>/g

/**
 * Counters of a magnetic stripe reader in what UnifiedPOS RetrieveStatistics returns (UPOSStat.xsd; the form that POS for .NET documents
 * and JavaPOS services write). Undefined if it does not hold both good reads and failed ones.
 *
 *   <UPOSStat …><Event><Parameter><Name>GoodReadCount</Name><Value>1234</Value></Parameter>
 */
export const readStatistics = (xml: string): ReadCounters | undefined => {
  const values = new Map([...xml.matchAll(COUNTER)].map(([, name = '', value]) => [name, Number(value)]))
  const [read, failed] = [values.get('GoodReadCount'), values.get('FailedReadCount') ?? values.get('UnreadableCardCount')]
  return read === undefined || failed === undefined ? undefined : { read, failed }
}

/** Counters of the reader's own driver, where the POS application leaves them in a file (setting `statistics`). */
export async function* lookAtStatistics({ settings }: Device, bench: Bench): AsyncIterable<Sight> {
  if (typeof settings.statistics !== 'string') return
  const file = await looked(bench.files.read(settings.statistics))
  if ('absent' in file) {
    yield missed('reader.good-reads', file, 'passive')
    return
  }
  const counters = readStatistics(file.value)
  if (counters === undefined) {
    yield missed('reader.good-reads', { absent: 'garbled', detail: `${settings.statistics} holds no UnifiedPOS statistics with GoodReadCount and FailedReadCount` }, 'passive')
    return
  }
  yield saw('reader.good-reads', counters.read, 'passive')
  yield saw('reader.failed-reads', counters.failed, 'passive')
}
