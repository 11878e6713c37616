import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { ProblemError } from '../problems.ts'

/** Cost of a new hash: 19 MiB and two passes, as OWASP's Password Storage Cheat Sheet demands at least of argon2id. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 } as const
const TAG_BYTES = 32

/** A hash takes 19 MiB and a core for a tenth of a second: so many are made at once, and so many may wait. */
const AT_ONCE = 2
const MOST_WAITING = 20

const derive = promisify<'argon2id', Argon2Parameters, Buffer>(argon2)

let running = 0
const waiting: (() => void)[] = []

const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
  if (waiting.length >= MOST_WAITING) throw new ProblemError(503, 'overloaded', 'too many people sign in at once; try again in a moment', 5)
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve))
  running++
  try {
    return await work()
  } finally {
    running--
    waiting.shift()?.()
  }
}

// Two ways to type the same character are one password.
const messageOf = (password: string): string => password.normalize('NFKC')

const encode = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')

/** A password as HQ keeps it: argon2id in the PHC string format, `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. */
export const hashPassword = async (password: string): Promise<string> => {
  const nonce = randomBytes(16)
  const tag = await inTurn(() => derive('argon2id', { message: messageOf(password), nonce, tagLength: TAG_BYTES, ...COST }))
  return `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${encode(nonce)}$${encode(tag)}`
}

/** What an unknown name is held against, so that it takes as long as a wrong password. */
const NOBODY = `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${encode(Buffer.alloc(16))}$${encode(Buffer.alloc(TAG_BYTES))}`

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

/** True if it is the password of this hash; with no hash false, after as long a time. Throws if the hash is none of ours, or a ProblemError (503) if too many wait. */
export const isPassword = async (password: string, hash: string | undefined): Promise<boolean> => {
  const [, memory, passes, parallelism, salt = '', tag = ''] = PHC.exec(hash ?? NOBODY) ?? []
  if (memory === undefined) throw new Error('a stored password is not in the form that HQ writes')
  const expected = Buffer.from(tag, 'base64')
  const parameters = { message: messageOf(password), nonce: Buffer.from(salt, 'base64'), tagLength: expected.length, memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) }
  const given = await inTurn(() => derive('argon2id', parameters))
  return timingSafeEqual(given, expected) && hash !== undefined
}
