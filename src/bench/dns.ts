import { lookup, Resolver } from 'node:dns/promises'
import { BenchError, type Net } from '../model/bench.ts'
import { type Causes, causeOf, codeOf, messageOf } from './causes.ts'
import { within } from './deadline.ts'

const LOOKUP_MS = 8000
const RESOLVE_MS = 2000

/** getaddrinfo says ENOTFOUND where the name, or an address for it, does not exist, and EAI_AGAIN where no server answered. */
const LOOKUP_CAUSES: Causes = { codes: { ENOTFOUND: 'refused', ENODATA: 'refused', EAI_NONAME: 'refused', EAI_NODATA: 'refused', EMFILE: 'broke', EAI_MEMORY: 'broke' }, otherwise: 'silent' }

/** c-ares. ESERVFAIL and EREFUSED are answers: this server will not tell. */
const RESOLVE_CAUSES: Causes = {
  codes: {
    ENOTFOUND: 'refused', ENODATA: 'refused', ESERVFAIL: 'refused', EREFUSED: 'refused', ENONAME: 'refused', EBADNAME: 'refused',
    EBADRESP: 'garbled', EFORMERR: 'garbled', ENOTIMP: 'garbled', EBADSTR: 'garbled',
    ECONNREFUSED: 'missing', EACCES: 'blocked', EPERM: 'blocked', ENOMEM: 'broke',
  },
  otherwise: 'silent',
}

/** Codes that say only that there is no record of the kind asked for. */
const nothing = (error: unknown): boolean => codeOf(error) === 'ENODATA'

const lookupName: Net['lookup'] = async (name) => {
  const started = performance.now()
  try {
    const found = await within(lookup(name, { all: true }), LOOKUP_MS, () => new BenchError('silent', `${name}: no answer within ${LOOKUP_MS} ms`))
    return { addresses: found.map(({ address }) => address), ms: performance.now() - started }
  } catch (error) {
    throw causeOf(error, LOOKUP_CAUSES, name)
  }
}

const resolveName: Net['resolve'] = async (name, server) => {
  const resolver = new Resolver({ timeout: RESOLVE_MS, tries: 1 })
  try {
    resolver.setServers([server])
  } catch (error) {
    throw new BenchError('missing', `${server} is not the address of a name server: ${messageOf(error)}`)
  }
  const started = performance.now()
  const answers = await within(Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]), RESOLVE_MS + 500, () => new BenchError('silent', `${server}: no answer within ${RESOLVE_MS} ms`))
    .finally(() => resolver.cancel())
  const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
  if (addresses.length > 0) return { addresses, ms: performance.now() - started }
  const failures = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []))
  throw causeOf(failures.find((error) => !nothing(error)) ?? failures[0], RESOLVE_CAUSES, `${name} at ${server}`)
}

/** Questions about names. */
export const hostNames: Pick<Net, 'lookup' | 'resolve'> = { lookup: lookupName, resolve: resolveName }
