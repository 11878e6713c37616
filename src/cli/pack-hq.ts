import { readFileSync } from 'node:fs'
import type * as z from 'zod'
import { HQ_PATIENCE, said } from '../agent/hq.ts'
import { type Ask, createHttpClient } from '../agent/http.ts'
import { fill } from '../texts/say.ts'
import { EXIT, Failure } from './failure.ts'
import { PACK } from './pack-texts.ts'
import { VERSION } from './package.ts'

/** Where HQ is and who asks. */
export interface Operator { hq?: string; operatorToken?: string; ca?: string }

/** What of `posdiag pack` cannot be done, with an exit code of EXIT. */
export const packFailure = (code: number, key: keyof typeof PACK, params: Record<string, string> = {}): Failure => new Failure(code, { zh: fill(PACK[key], 'zh-CN', params), en: fill(PACK[key], 'en', params) })

const problemOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Asks HQ as an operator. Throws a Failure: 64 without an address or token, 66 if the token cannot be read, 69 with HQ's words if it does not do what was asked. */
export const askHq = async <T>({ hq, operatorToken, ca }: Operator, question: Pick<Ask, 'method' | 'path' | 'body'>, shape: z.ZodType<T>): Promise<T> => {
  if (hq === undefined || operatorToken === undefined) throw packFailure(EXIT.usage, 'no-hq')
  if (!URL.canParse(hq) || !/^https?:$/.test(new URL(hq).protocol)) throw packFailure(EXIT.usage, 'bad-hq', { value: hq })
  let token: string
  try {
    token = readFileSync(operatorToken, 'utf8').trim()
  } catch (error) {
    throw packFailure(EXIT.noInput, 'bad-file', { file: operatorToken, problem: problemOf(error) })
  }
  const client = createHttpClient(hq, { version: VERSION, env: process.env, now: Date.now, ...(ca === undefined ? {} : { ca }) })
  try {
    const answer = await client.ask({ ...question, token, deadlineMs: HQ_PATIENCE.sendMs })
    const read = answer.ok && answer.status >= 200 && answer.status < 300 ? shape.safeParse(answer.json).data : undefined
    if (read === undefined) throw packFailure(EXIT.unavailable, 'not-hq', { why: said(answer) })
    return read
  } finally {
    client.close()
  }
}
