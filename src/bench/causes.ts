import { BenchError } from '../model/bench.ts'
import type { Absence } from '../model/observation.ts'

/** What an attempt over a kind of address gives that this host does not have; where a name has addresses of both kinds it says nothing. */
const NOT_TRIED = ['ENETUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT']

/** Error code of Node or the system, as ECONNREFUSED; of several attempts that of the first that led anywhere. */
export const codeOf = (error: unknown): string | undefined => {
  if (error instanceof AggregateError) {
    const codes = error.errors.map(codeOf)
    return codes.find((code) => code !== undefined && !NOT_TRIED.includes(code)) ?? codes[0]
  }
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** Message of anything thrown; native add-ons also throw plain strings. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Which absence each error code stands for; a code that is not in the table gets `otherwise`. */
export interface Causes {
  readonly codes: Readonly<Record<string, Absence>>
  readonly otherwise: Absence
}

/** Turns whatever was thrown into a BenchError that says what was tried and keeps the code; a BenchError stays as it is. */
export const causeOf = (error: unknown, causes: Causes, what: string): BenchError => {
  if (error instanceof BenchError) return error
  const code = codeOf(error)
  return new BenchError((code === undefined ? undefined : causes.codes[code]) ?? causes.otherwise, `${what}: ${code ?? messageOf(error)}`)
}

/** Running out of descriptors or memory is this program's trouble and says nothing of a device. */
const OURS = { EMFILE: 'broke', ENFILE: 'broke', ENOMEM: 'broke' } as const

/** open(2), read(2) and their kin on files: what a driver cannot say is missing, what takes permission is blocked. */
export const FILE_CAUSES: Causes = { codes: { ...OURS, EACCES: 'blocked', EPERM: 'blocked', EBUSY: 'busy', ETIMEDOUT: 'silent' }, otherwise: 'missing' }

/** connect(2), handshakes and requests. EPERM is what a local firewall's reject gives. */
export const CONNECT_CAUSES: Causes = {
  codes: {
    ...OURS,
    ECONNREFUSED: 'refused', ECONNRESET: 'refused', EPIPE: 'refused',
    ETIMEDOUT: 'silent', EAI_AGAIN: 'silent',
    EHOSTUNREACH: 'missing', ENETUNREACH: 'missing', EHOSTDOWN: 'missing', ENETDOWN: 'missing', EADDRNOTAVAIL: 'missing', ENOTFOUND: 'missing', EINVAL: 'missing',
    EACCES: 'blocked', EPERM: 'blocked',
  },
  otherwise: 'refused',
}
