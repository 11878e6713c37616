import { generateKeyPairSync, sign } from 'node:crypto'
import { calculateJwkThumbprint, type JWK } from 'jose'
import { SIGNATURE_HEADER, TerminalKey } from '../../../src/model/access.ts'
import type { Report } from '../../../src/model/report.ts'
import type { TestHq } from '../hq.ts'
import { eventOf } from '../reports.ts'

/** A terminal with a key, as an agent has one; what it sends can be bent on the way. */
export interface SigningTerminal {
  token: string
  key: TerminalKey
  /** The signature over a body; parts of its header may be others. */
  sign(body: string, header?: object): Promise<string>
  send(reports: Report[], bend?: { body?: (body: string) => string; signature?: string | null }): ReturnType<TestHq['sendRaw']>
}

/** Enrols one. `identity` beyond its id; the answer of HQ where that refuses is thrown. */
export const signingTerminal = async (hq: TestHq, id: string, identity: object = {}): Promise<SigningTerminal> => {
  const { privateKey } = generateKeyPairSync('ed25519')
  const { kty, crv, x } = privateKey.export({ format: 'jwk' })
  const key = TerminalKey.parse({ kty, crv, x })
  const oneTime = await hq.hq.createEnrolmentToken(id)
  const answer = await hq.ask<{ token: string }>('/v1/enrol', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token: oneTime, terminal: { id, ...identity }, agentVersion: '0.1.0', key }) })
  if (answer.status !== 201) throw new Error(answer.text)
  const signed: SigningTerminal['sign'] = async (body, header = {}) => {
    const head = Buffer.from(JSON.stringify({ alg: 'Ed25519', typ: 'posdiag-reports', kid: await calculateJwkThumbprint(key as JWK), ...header })).toString('base64url')
    return `${head}..${sign(null, Buffer.from(`${head}.${Buffer.from(body).toString('base64url')}`), privateKey).toString('base64url')}`
  }
  return {
    token: answer.json.token,
    key,
    sign: signed,
    send: async (reports, { body: bent = (body: string) => body, signature } = {}) => {
      const body = JSON.stringify(reports.map(eventOf))
      const value = signature === undefined ? await signed(body) : signature
      return hq.sendRaw(answer.json.token, bent(body), value === null ? {} : { [SIGNATURE_HEADER]: value })
    },
  }
}
