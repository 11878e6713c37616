import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ROOT } from './till.ts'

/** How many processes are killed; more or fewer by hand with POSDIAG_KILLS. */
const KILLS = Number(process.env.POSDIAG_KILLS ?? 200)

/** The same numbers at every run (Lehmer). */
const chances = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posdiag-kills-'))
  const bundle = await rolldown({
    input: { agent: join(ROOT, 'test/end-to-end/kill-agent-child.ts'), hq: join(ROOT, 'test/end-to-end/kill-hq-child.ts'), 'reading-thread': join(ROOT, 'src/hq/reading/program.ts') },
    platform: 'node',
    external: ['fastify', /^@fastify\//, 'fastify-type-provider-zod', 'kysely', /^kysely\//],
  })
  await bundle.write({ dir: folder, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' })
  await bundle.close()
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

type Who = 'agent' | 'hq'

/** A moment of an upload: its request on the way to HQ, or HQ's answer on the way back. */
type Moment = 'asked' | 'answered'

/** What becomes of the bytes that the agent or HQ has just sent. */
type Passing = 'pass' | 'cut'

/** A wire between agent and HQ that says when an upload passes. Its address stays, whoever is killed. */
const wire = async (hqPort: () => number, passing: (moment: Moment) => Passing, onDuplicate: () => void): Promise<{ port: number; server: Server }> => {
  const server = createServer((agent: Socket) => {
    const hq = connect(hqPort(), '127.0.0.1')
    let uploading = false
    const relay = (from: Socket, to: Socket, seen: (text: string) => Passing): void => {
      from.on('data', (chunk) => {
        if (seen(chunk.toString('latin1')) === 'cut') {
          from.destroy()
          to.destroy()
        } else to.write(chunk)
      })
      from.on('close', () => to.destroy())
      // A killed process resets its connections: that is what this is about.
      from.on('error', () => to.destroy())
    }
    relay(agent, hq, (text) => {
      if (text.startsWith('POST ')) uploading = text.startsWith('POST /v1/reports')
      return uploading && text.startsWith('POST ') ? passing('asked') : 'pass'
    })
    relay(hq, agent, (text) => {
      if (text.includes('"status":"duplicate"')) onDuplicate()
      return uploading && text.startsWith('HTTP/1.1 202') ? passing('answered') : 'pass'
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, server }
}

interface Running {
  child: ChildProcess
  /** First line that it printed. */
  line: Promise<string>
  ended: Promise<unknown>
  said: () => string
}

const start = (who: Who, ...args: string[]): Running => {
  const child = spawn(process.execPath, [join(folder, `${who}.js`), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4000)
  })
  const ended = once(child, 'exit')
  const line = Promise.race([once(createInterface({ input: child.stdout }), 'line').then(([text]) => String(text)), ended.then(() => '')])
  return { child, line, ended, said: () => said }
}

it(`stores every report exactly once and without a gap, with agent or HQ killed ${KILLS} times in the middle of uploads`, async () => {
  const chance = chances(20_261_122)
  const [stateDir, dataDir] = [join(folder, 'state'), join(folder, 'hq-data')]
  let hqPort = 0
  let duplicates = 0
  const counts = { agent: 0, hq: 0, asked: 0, answered: 0, cut: 0 }

  /** The next kill: who, at which moment of which upload, how long after it, and what becomes of the bytes on the way. */
  let plan: { who: Who; moment: Moment; uploads: number; afterMs: number; bytes: Passing; due: () => void } | undefined
  const running: Partial<Record<Who, Running>> = {}
  const { port, server } = await wire(() => hqPort, (moment) => {
    if (plan?.moment !== moment) return 'pass'
    plan.uploads -= 1
    if (plan.uploads > 0) return 'pass'
    const { who, afterMs, bytes, due } = plan
    plan = undefined
    const strike = (): void => {
      running[who]?.child.kill('SIGKILL')
      due()
    }
    if (afterMs === 0) strike()
    else setTimeout(strike, afterMs)
    counts[moment] += 1
    counts.cut += bytes === 'cut' ? 1 : 0
    return bytes
  }, () => {
    duplicates += 1
  })

  const startHq = (): Running => start('hq', dataDir, String(hqPort))
  running.hq = startHq()
  hqPort = Number(await running.hq.line)
  expect(hqPort, running.hq.said()).toBeGreaterThan(0)
  const made = await fetch(`http://127.0.0.1:${hqPort}/api/enrolment-tokens`, { method: 'POST', headers: { authorization: 'Bearer operator-token-for-tests', 'content-type': 'application/json' }, body: '{}' })
  const { token } = await made.json() as { token: string }
  const startAgent = (mode: string): Running => start('agent', stateDir, `http://127.0.0.1:${port}`, token, mode)
  running.agent = startAgent('make')

  for (let kill = 0; kill < KILLS; kill += 1) {
    const who: Who = chance() < 0.5 ? 'agent' : 'hq'
    const moment: Moment = chance() < 0.6 ? 'asked' : 'answered'
    const uploads = 1 + Math.floor(chance() * 4)
    const afterMs = chance() < 0.4 ? 0 : Math.floor(chance() * 12)
    const bytes: Passing = chance() < 0.35 ? 'cut' : 'pass'
    const victim = running[who]
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`no upload passed within 30 s; agent: ${running.agent?.said()}; HQ: ${running.hq?.said()}`)), 30_000)
      plan = { who, moment, uploads, afterMs, bytes, due: () => {
        clearTimeout(late)
        resolve()
      } }
    })
    await victim?.ended
    expect([who, victim?.child.signalCode, victim?.said()]).toEqual([who, 'SIGKILL', ''])
    counts[who] += 1
    running[who] = who === 'hq' ? startHq() : startAgent('make')
  }
  running.agent.child.kill('SIGKILL')
  await running.agent.ended
  await running.hq.line
  const last = startAgent('drain')
  expect(JSON.parse(await last.line)).toMatchObject({ reports: 0, lost: 0, rejected: 0 })
  await last.ended
  expect([last.child.exitCode, last.said()]).toEqual([0, ''])
  running.hq.child.kill('SIGTERM')
  await running.hq.ended
  expect([running.hq.child.exitCode, running.hq.said()]).toEqual([0, ''])
  server.close()

  const atHq = new DatabaseSync(join(dataDir, 'hq.sqlite'), { readOnly: true })
  const stored = atHq.prepare('select sequence, id from report order by sequence, position').all() as { sequence: number; id: string }[]
  atHq.close()
  const atAgent = new DatabaseSync(join(stateDir, 'store.db'), { readOnly: true })
  const kept = atAgent.prepare('select sequence, id, state from reports order by sequence').all() as { sequence: number; id: string; state: string }[]
  const given = Number(atAgent.prepare("select value from meta where key = 'sequence'").get()?.value)
  atAgent.close()

  expect(stored.map((r) => r.sequence)).toEqual(Array.from({ length: given }, (_, i) => i + 1))
  expect(kept.map(({ sequence, id }) => ({ sequence, id }))).toEqual(stored.map((r) => ({ ...r })))
  expect(kept.filter((r) => r.state !== 'delivered')).toEqual([])
  expect((await readdir(stateDir)).filter((name) => name.includes('damaged'))).toEqual([])

  // That the loop did what it is for: both were killed, at both moments, with bytes lost on the way, and reports were sent again that HQ already had.
  expect(given).toBeGreaterThan(KILLS)
  for (const count of Object.values(counts)) expect(count).toBeGreaterThanOrEqual(Math.floor(KILLS / 20))
  expect(counts.agent + counts.hq).toBe(KILLS)
  expect(duplicates).toBeGreaterThan(0)
  if (process.env.POSDIAG_KILLS !== undefined) console.log({ ...counts, reports: given, duplicates })
}, 120_000 + KILLS * 3_000)
