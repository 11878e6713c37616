import { createPrivateKey } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { calculateJwkThumbprint, compactVerify, importJWK } from 'jose'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createHq, type Hq } from '../../src/agent/hq.ts'
import { createHttpClient } from '../../src/agent/http.ts'
import { makeReport } from '../../src/agent/report.ts'
import { terminalKey } from '../../src/agent/terminal-key.ts'
import { faults, sampleCheck, scratch, shop } from './sample-check.ts'
import { type TinyHq, tinyHq } from './tiny-hq.ts'

let remove: () => void
let dir: string
let server: TinyHq
const links: Hq[] = []

const link = (): Hq => {
  const made = createHq({ url: server.url, token: 'one-time-token-0001' }, createHttpClient(server.url, { version: '1', env: {}, now: Date.now }), {
    stateDir: dir, identity: shop.terminal, version: '1', now: Date.now, clock: () => ({ at: 1000, bootId: 'b', uptimeMs: 5 }),
  })
  links.push(made)
  return made
}
const send = async (hq: Hq): Promise<TinyHq['batches'][number] | undefined> => {
  const made = makeReport(sampleCheck(), { at: Date.now(), bootId: 'b', uptimeMs: 1, clock: 'unknown', identity: shop.terminal, version: '0', faults, incidents: [], transactions: [], problems: [] })
  expect((await hq.send([{ id: made.id, body: JSON.stringify({ ...made, agent: { ...made.agent, platform: '纸' } }) }])).kind).toBe('answered')
  return server.batches.at(-1)
}

/** Puts the body back between header and signature, and has a library that is not ours verify it. */
const verified = async (batch: TinyHq['batches'][number] | undefined) => {
  const key = server.key
  if (batch?.signature === undefined || key === undefined) throw new Error('not signed')
  const [header, signature] = batch.signature.split('..')
  return compactVerify(`${header}.${Buffer.from(batch.text).toString('base64url')}.${signature}`, await importJWK({ ...key }, 'Ed25519'))
}

beforeEach(async () => {
  ({ dir, remove } = scratch())
  server = await tinyHq()
})
afterEach(async () => {
  for (const one of links.splice(0)) one.close()
  await server.close()
  remove()
})

it('is made at enrolment, stays in a file of its own, and signs what is sent byte by byte', async () => {
  const { protectedHeader, payload } = await verified(await send(link()))
  expect(Buffer.from(payload).toString()).toBe(server.batches[0]?.text)
  expect(protectedHeader).toEqual({ alg: 'Ed25519', typ: 'posdiag-reports', kid: await calculateJwkThumbprint({ ...server.key }) })
  expect(statSync(join(dir, 'terminal-key.pem')).mode & 0o777).toBe(0o600)
  const { d } = createPrivateKey(readFileSync(join(dir, 'terminal-key.pem'))).export({ format: 'jwk' })
  expect(d).toHaveLength(43)
  expect(JSON.stringify(server)).not.toContain(d)
  // The next start signs with the same.
  const before = server.key
  await verified(await send(link()))
  expect([server.key, server.enrolments]).toEqual([before, 1])
})

it('is given to HQ by an agent that enrolled before it had one, once', async () => {
  await send(link())
  rmSync(join(dir, 'terminal-key.pem'))
  const known = JSON.parse(readFileSync(join(dir, 'hq.json'), 'utf8')) as { key?: string }
  writeFileSync(join(dir, 'hq.json'), JSON.stringify({ ...known, key: undefined }))
  server.key = undefined
  await verified(await send(link()))
  expect(JSON.parse(readFileSync(join(dir, 'hq.json'), 'utf8'))).toMatchObject({ key: terminalKey(dir).public.x })
})

it('is not missed by an HQ that knows no keys', async () => {
  server.takesKeys = false
  const hq = link()
  await send(hq)
  // It took no key with the enrolment, and a later start may not pretend that it did.
  writeFileSync(join(dir, 'hq.json'), readFileSync(join(dir, 'hq.json'), 'utf8').replace(/,"key":"[^"]+"/, ''))
  expect((await send(link()))?.signature).toBeUndefined()
})

it('signs all the same when HQ has another key, so that HQ can say what is wrong', async () => {
  await send(link())
  rmSync(join(dir, 'terminal-key.pem'))
  expect((await send(link()))?.signature).toMatch(/^[\w-]+\.\.[\w-]{86}$/)
})

it('goes unsigned where the state folder cannot hold a key', async () => {
  mkdirSync(join(dir, 'terminal-key.pem.new'))
  const hq = link()
  expect((await send(hq))?.signature).toBeUndefined()
  expect(server.key).toBeUndefined()
})

it('is not replaced if the file is damaged: uploads go unsigned, and the state says what to do', async () => {
  await send(link())
  writeFileSync(join(dir, 'terminal-key.pem'), '-----BEGIN PRIVATE KEY-----')
  const hq = link()
  expect((await send(hq))?.signature).toBeUndefined()
  expect(hq.state().problem).toMatch(/reports are not signed: .*remove it/)
  expect(() => terminalKey(dir)).toThrow(/terminal-key\.pem is no Ed25519 key; remove it/)
  expect(readFileSync(join(dir, 'terminal-key.pem'), 'utf8')).toBe('-----BEGIN PRIVATE KEY-----')
})
