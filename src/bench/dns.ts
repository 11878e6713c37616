import { lookup, Resolver } from 'node:dns/promises'
import { BenchError, type Net } from '../model/bench.ts'
import { type Causes, causeOf, codeOf, messageOf } from './causes.ts'
import { within } from './deadline.ts'

const LOOKUP_MS = 4000
/** getaddrinfo holds one of the four threads that file reads need too, and cannot be ended: with no server answering, more at once would stall every probe. */
const MOST_LOOKUPS = 2
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

let running = 0
const waiting: (() => void)[] = []
const asked = new Map<string, ReturnType<typeof ask>>()

const turn = async (): Promise<void> => {
  if (running < MOST_LOOKUPS) running += 1
  else await new Promise<void>((resolve) => waiting.push(resolve))
}

const ask = async (name: string): Promise<{ addresses: string[]; ms: number }> => {
  await turn()
  const started = performance.now()
  try {
    const found = await lookup(name, { all: true })
    return { addresses: found.map(({ address }) => address), ms: performance.now() - started }
  } finally {
    asked.delete(name)
    const next = waiting.shift()
    if (next) next()
    else running -= 1
  }
}

/** Several that ask for the same name at once share one answer. */
const lookupName: Net['lookup'] = async (name) => {
  const shared = asked.get(name) ?? ask(name)
  asked.set(name, shared)
  try {
    return await within(shared, LOOKUP_MS, () => new BenchError('silent', `${name}: no answer within ${LOOKUP_MS} ms`))
  } catch (error) {
    throw causeOf(error, LOOKUP_CAUSES, name)
  }
}

const resolvers = new Map<string, Resolver>()
const MOST_RESOLVERS = 8

/** One for each name server: making one reads the system's own configuration. It keeps no answers and, between questions, no sockets. */
const resolverFor = (server: string): Resolver => {
  const known = resolvers.get(server)
  if (known) return known
  const resolver = new Resolver({ timeout: RESOLVE_MS, tries: 1 })
  try {
    resolver.setServers([server])
  } catch (error) {
    throw new BenchError('missing', `${server} is not the address of a name server: ${messageOf(error)}`)
  }
  if (resolvers.size >= MOST_RESOLVERS) resolvers.clear()
  resolvers.set(server, resolver)
  return resolver
}

const resolving = new Map<string, ReturnType<typeof askServer>>()

const askServer = async (name: string, server: string): Promise<{ addresses: string[]; ms: number }> => {
  const resolver = resolverFor(server)
  const started = performance.now()
  const answers = await within(Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]), RESOLVE_MS + 500, () => new BenchError('silent', `${server}: no answer within ${RESOLVE_MS} ms`))
  const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
  if (addresses.length > 0) return { addresses, ms: performance.now() - started }
  const failures = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []))
  throw causeOf(failures.find((error) => !nothing(error)) ?? failures[0], RESOLVE_CAUSES, `${name} at ${server}`)
}

/** Several that ask a server for the same name at once share one answer. */
const resolveName: Net['resolve'] = (name, server) => {
  const key = `${name} ${server}`
  const shared = resolving.get(key) ?? askServer(name, server).finally(() => resolving.delete(key))
  resolving.set(key, shared)
  return shared
}

/** Questions about names. */
export const hostNames: Pick<Net, 'lookup' | 'resolve'> = { lookup: lookupName, resolve: resolveName }
