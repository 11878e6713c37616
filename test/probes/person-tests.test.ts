import { describe, expect, it } from 'vitest'
import { probes, tests } from '../../probes/index.ts'
import { personTests } from '../../probes/person-tests.ts'
import { TEST_RESULTS } from '../../src/texts/tests.ts'
import { playTo } from './play.ts'

const testOf = (kind: string) => personTests.find((probe) => probe.kind === kind) ?? expect.fail(kind)
const said = (answer: string) => `? operator.ask\n= "${answer}"`

describe.each(personTests.map((probe) => [probe.kind, probe] as const))('the test of a %s', (kind, probe) => {
  it('tells only what its probe knows, in words for both languages', () => {
    const known = probes.find((one) => one.kind === kind)?.observes ?? {}
    for (const name of Object.keys(probe.observes)) {
      expect(known).toHaveProperty([name])
      expect(TEST_RESULTS[name]?.name.zh).toMatch(/\p{Script=Han}/u)
    }
  })

  it('writes down what the person says, as said by a person', async () => {
    const { run, seen, transcript } = await playTo(probe, said('no'), { transport: { type: 'host' }, settings: { touch: true } })
    expect(run.outcome).toBe('done')
    expect(seen).toEqual(Object.fromEntries(Object.keys(probe.observes).map((name) => [name, false])))
    expect(transcript).not.toMatch(/^> /m)
  })
})

it('asks of a touch panel only where there is one', async () => {
  expect(Object.keys((await playTo(testOf('display'), said('yes'), { transport: { type: 'host' } })).seen)).toEqual(['display.lit'])
})

it('says that nobody answered, and nothing of the device', async () => {
  expect((await playTo(testOf('scanner'), '? operator.ask\n! missing nobody is there to answer', { transport: { type: 'host' } })).seen).toEqual({ 'scanner.reads': '!missing' })
})

it('is one for each kind', () => {
  expect(tests.map(({ kind }) => kind).length).toBe(new Set(tests.map(({ kind }) => kind)).size)
})
