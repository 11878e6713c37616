import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { scratch } from './sample-check.ts'
import { tinyHq } from './tiny-hq.ts'

const ROUNDS = 20
const CHILD = new URL('delivering-agent.ts', import.meta.url).pathname

/** The same numbers at every run (Lehmer). */
const chances = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

it(`loses and doubles nothing over ${ROUNDS} kills in the middle of storing and uploading`, async () => {
  const { dir, remove } = scratch()
  const hq = await tinyHq()
  const chance = chances(20_261_122)
  const kept = new Map<number, string>()
  let rest = ''
  const start = (mode: string) => {
    const child = spawn(process.execPath, [CHILD, dir, hq.url, mode], { stdio: ['ignore', 'pipe', 'pipe'] })
    const said = { error: '' }
    child.stdout.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const [sequence = '', id = ''] = line.split(' ')
        expect(kept.has(Number(sequence)), `sequence ${sequence} given twice`).toBe(false)
        kept.set(Number(sequence), id)
      }
    })
    child.stderr.on('data', (chunk: Buffer) => {
      said.error += chunk.toString()
    })
    return { child, said }
  }
  let cuts = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const { child, said } = start('make')
    const batchesToSee = 1 + Math.floor(chance() * 4)
    const how = Math.floor(chance() * 4)
    const wait = chance() * 25
    let seen = 0
    // The moments that matter: HQ has not read it yet, HQ has it but the answer is lost, the answer is on its way, any time.
    hq.interrupt = () => {
      seen += 1
      if (seen < batchesToSee) return undefined
      hq.interrupt = () => ({ status: 0, cut: 'before' })
      if (how === 3) setTimeout(() => child.kill('SIGKILL'), wait)
      else child.kill('SIGKILL')
      cuts += how < 2 ? 1 : 0
      return how === 0 ? { status: 0, cut: 'before' } : how === 1 ? { status: 0, cut: 'after' } : undefined
    }
    await once(child, 'close')
    rest = ''
    expect(said.error).toBe('')
    expect(child.signalCode).toBe('SIGKILL')
  }
  hq.interrupt = () => undefined
  const { child: last, said } = start('drain')
  await once(last, 'close')
  expect(said.error).toBe('')
  expect(last.exitCode).toBe(0)

  const sequences = [...hq.stored.values()].map(({ report }) => report.sequence).toSorted((a, b) => a - b)
  expect(sequences.length).toBeGreaterThan(ROUNDS)
  expect(sequences).toEqual(Array.from({ length: sequences.length }, (_, i) => i + 1))
  for (const [sequence, id] of kept) expect(hq.stored.get(id)?.report.sequence).toBe(sequence)
  expect(cuts).toBeGreaterThan(0)
  expect(hq.enrolments).toBe(1)
  await hq.close()
  remove()
}, 120_000)

it('lets no second agent near the store, and lets the next one in after a kill', async () => {
  const { dir, remove } = scratch()
  const hq = await tinyHq()
  const arguments_ = [CHILD, dir, hq.url, 'make']
  const first = spawn(process.execPath, arguments_, { stdio: ['ignore', 'pipe', 'ignore'] })
  await once(first.stdout, 'data')
  const second = spawn(process.execPath, arguments_, { stdio: ['ignore', 'ignore', 'pipe'] })
  let error = ''
  second.stderr.on('data', (chunk: Buffer) => {
    error += chunk.toString()
  })
  const [code] = await once(second, 'close')
  expect(code).not.toBe(0)
  expect(error).toContain(`process ${first.pid}`)
  first.kill('SIGKILL')
  await once(first, 'close')
  const third = spawn(process.execPath, arguments_, { stdio: ['ignore', 'pipe', 'ignore'] })
  await once(third.stdout, 'data')
  third.kill('SIGKILL')
  await once(third, 'close')
  await hq.close()
  remove()
}, 30_000)
