import { expect, it } from 'vitest'
import { screen } from '../../src/hq/screen.ts'
import { eventOf, makeReport } from './reports.ts'

const sent = (change: (report: ReturnType<typeof makeReport>) => void) => {
  const report = makeReport()
  change(report)
  const event = eventOf(report)
  return { event, bytes: Buffer.from(JSON.stringify(event)) }
}

it('leaves the bytes of a clean report as they are', () => {
  const { event, bytes } = sent(() => {})
  const screened = screen(event, bytes)
  expect(screened.bytes).toBe(bytes)
  expect(screened).toMatchObject({ value: event, masked: 0 })
})

it('masks card data wherever a text or a number may stand, also the second time it comes', () => {
  const places: ((report: ReturnType<typeof makeReport>) => void)[] = [
    (r) => { r.agentProblems = [{ code: 'E', detail: 'card 5555555555554444 declined' }] },
    (r) => { r.check.trigger = { by: 'operator', detail: '4111 1111 1111 1111' } },
    (r) => { r.check.observations.push({ name: 'reader.product', device: 'reader-1', at: 1, source: 'live', value: ';4111111111111111=30121010000000000000?' }) },
    (r) => { r.check.observations.push({ name: 'reader.product', device: 'reader-1', at: 1, source: 'live', value: 4111111111111111 }) },
    (r) => { r.versions = { '4111111111111111': '1' } },
    (r) => { r.bootId = '4111111111111111' },
  ]
  for (const place of places) {
    for (let again = 0; again < 2; again++) {
      const { event, bytes } = sent(place)
      const screened = screen(event, bytes)
      expect(screened.masked).toBeGreaterThan(0)
      expect(Buffer.from(screened.bytes).toString().replaceAll(/\D{1,3}/g, '')).not.toMatch(/4111111111111111|5555555555554444/)
      expect(screened.value).toMatchObject({ id: event.id, data: { id: event.data.id } })
    }
  }
})
