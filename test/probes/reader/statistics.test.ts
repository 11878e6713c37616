import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reader } from '../../../probes/reader/probe.ts'
import { readStatistics } from '../../../probes/reader/statistics.ts'
import { RUNS } from '../fuzz.ts'
import { playTo } from '../play.ts'

const statistics = (...values: readonly (readonly [string, string | number])[]): string => `<?xml version='1.0'?>
<UPOSStat version="1.10.0" xmlns="http://www.nrf-arts.org/UnifiedPOS/namespace/">
  <Event>
${values.map(([name, value]) => `    <Parameter>\n      <Name>${name}</Name>\n      <Value>${value}</Value>\n    </Parameter>`).join('\n')}
  </Event>
  <Equipment><UnifiedPOSVersion>1.10</UnifiedPOSVersion><DeviceCategory UPOS="MSR"/></Equipment>
</UPOSStat>
`

describe('UnifiedPOS statistics of a magnetic stripe reader', () => {
  it('tell good and failed reads; where a driver counts no failed ones, unreadable cards', () => {
    expect(readStatistics(statistics(['HoursPoweredCount', 120], ['GoodReadCount', 812], ['FailedReadCount', 9], ['UnreadableCardCount', 11]))).toEqual({ read: 812, failed: 9 })
    expect(readStatistics(statistics(['GoodReadCount', 812], ['UnreadableCardCount', 11]))).toEqual({ read: 812, failed: 11 })
  })

  it.each([
    ['without reads', statistics(['HoursPoweredCount', 120])], ['without failures', statistics(['GoodReadCount', 5])], ['without values', statistics(['GoodReadCount', ''], ['FailedReadCount', ''])],
    ['with a negative count', statistics(['GoodReadCount', -5], ['FailedReadCount', 1])], ['with a count beyond any', statistics(['GoodReadCount', '9'.repeat(40)], ['FailedReadCount', 1])], ['that are no XML', 'GoodReadCount=5'], ['that are empty', ''],
  ])('%s tell nothing', (_, xml) => expect(readStatistics(xml)).toBeUndefined())

  it('of any text are read without failing, and never below zero', () => {
    fc.assert(fc.property(fc.string({ maxLength: 400 }), fc.nat(400), (noise, at) => {
      const xml = statistics(['GoodReadCount', 5], ['FailedReadCount', 1])
      const told = readStatistics(xml.slice(0, at) + noise + xml.slice(at))
      expect(told === undefined || (told.read >= 0 && told.failed >= 0)).toBe(true)
    }), RUNS)
  })
})

describe('a reader whose till leaves its statistics in a file', () => {
  const look = (answer: string) => playTo(reader, `? files.read ["/var/lib/shop-pos/msr.xml"]\n${answer}\n`, { transport: { type: 'hid', vendorId: '0801' }, settings: { statistics: '/var/lib/shop-pos/msr.xml' } })

  it('tells what its driver counted', async () => {
    expect((await look(`= ${JSON.stringify(statistics(['GoodReadCount', 812], ['FailedReadCount', 9]))}`)).seen).toMatchObject({ 'reader.good-reads': 812, 'reader.failed-reads': 9 })
  })

  it('that is not there, or holds something else, is no fault of the reader', async () => {
    const none = await look('! missing /var/lib/shop-pos/msr.xml: ENOENT')
    expect(none.seen['reader.good-reads']).toBe('!missing')
    expect(none.present).toEqual([])
    const other = await look('= "hello"')
    expect(other.why['reader.good-reads']).toBe('/var/lib/shop-pos/msr.xml holds no UnifiedPOS statistics with GoodReadCount and FailedReadCount')
    expect(other.present).toEqual([])
  })
})
