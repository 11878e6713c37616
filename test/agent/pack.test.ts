import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PACK_FILE, PACK_KEY_FILE, packIn, takePack } from '../../src/agent/pack.ts'
import { canonical, signed } from '../../src/guard/signature.ts'
import type { PackBody } from '../../src/model/pack.ts'

const keys = () => generateKeyPairSync('ed25519', { publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } })
const [ours, theirs] = [keys(), keys()]
const body = (sequence: number): PackBody => ({ schema: 'posdiag.pack/1', sequence, issuedAt: 1, remedies: [{ fault: 'PRN-OFFLINE', remedy: 'reseat-cable', worked: 3, failed: 1 }], symptoms: [] })
const pack = (sequence: number, key = ours.privateKey): string => JSON.stringify({ body: body(sequence), signature: signed(body(sequence), key) })

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'posdiag-pack-'))
  writeFileSync(join(dir, PACK_KEY_FILE), ours.publicKey)
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

describe('a knowledge pack', () => {
  it('is taken if it is newer, and read again', () => {
    expect(packIn(dir)).toBeUndefined()
    expect(takePack(dir, pack(2))).toEqual({ pack: body(2) })
    expect(packIn(dir)).toEqual({ pack: body(2) })
    expect(takePack(dir, pack(2))).toMatchObject({ unbelieved: expect.stringContaining('number 2 is in use') })
    expect(takePack(dir, pack(1))).toHaveProperty('unbelieved')
    expect(takePack(dir, pack(3))).toEqual({ pack: body(3) })
  })

  it('is unbelieved if it was signed by another, changed, cut or never one, and the one in use stays', () => {
    takePack(dir, pack(2))
    const changed = pack(9).replace('"worked":3', '"worked":300')
    for (const text of [pack(9, theirs.privateKey), changed, pack(9).slice(0, 50), '{}', 'null', '']) expect(takePack(dir, text), text).toHaveProperty('unbelieved')
    expect(packIn(dir)).toEqual({ pack: body(2) })
  })

  it('is not believed without a key, nor if it was changed where it lies', () => {
    writeFileSync(join(dir, PACK_FILE), pack(2).replace('"failed":1', '"failed":0'))
    expect(packIn(dir)).toMatchObject({ unbelieved: expect.stringContaining('signature') })
    rmSync(join(dir, PACK_KEY_FILE))
    expect(takePack(dir, pack(2))).toMatchObject({ unbelieved: expect.stringContaining(PACK_KEY_FILE) })
  })

  it('is signed over its values and not over the order of its keys', () => {
    expect(canonical({ b: [1, { d: 2, c: 'ü' }], a: null, x: undefined })).toBe('{"a":null,"b":[1,{"c":"ü","d":2}]}')
  })
})
