import { expect, it } from 'vitest'
import { metrics } from '../../src/hq/metrics.ts'

it('tell a quantile as far as their buckets do', () => {
  const all = metrics().histogram('x_seconds', 'x', [1, 2, 4])
  expect(all.quantile(0.5)).toBeUndefined()
  for (const value of [0.5, 0.5, 1.5, 3]) all.observe(value)
  expect([all.quantile(0.25), all.quantile(0.5), all.quantile(0.75), all.quantile(1)]).toEqual([0.5, 1, 2, 4])
  all.observe(100)
  expect(all.quantile(0.99)).toBe(4)
})

it('tell what was counted, by labels, and nothing of what was not', () => {
  const counter = metrics().counter('x_total', 'x')
  counter.add(2, { status: 'stored' })
  counter.add(1, { status: 'stored' })
  expect([counter.value({ status: 'stored' }), counter.value({ status: 'rejected' }), counter.value()]).toEqual([3, 0, 0])
})
