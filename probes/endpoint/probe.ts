import { isIP } from 'node:net'
import { type Bench, BenchError, type HttpFacts, type TlsFacts } from '../../src/model/bench.ts'
import { missed, type Probe, type Sight, saw } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { type Climb, climbTo, clockBehind, clockOffset, type Outcome, pageUrl, resolveTarget, type Target, targetOf } from './ladder.ts'
import { lookForBlackHole } from './packet-size.ts'
import { limits, symptoms } from './symptoms.ts'

const DAY_MS = 86_400_000

const tenth = (n: number): number => Math.round(n * 10) / 10

const tlsSights = (target: Target, tls: Outcome<TlsFacts>, now: number): Sight[] => {
  if ('absent' in tls) return [missed('endpoint.tls-ok', tls)]
  const { problem, ms, validFrom, validTo, issuer, chain } = tls.value
  return [
    saw('endpoint.tls-ok', problem === undefined),
    saw('endpoint.tls-problem', problem ?? 'none'),
    saw('endpoint.tls-ms', ms),
    saw('endpoint.cert-days-left', tenth((validTo - now) / DAY_MS)),
    saw('endpoint.cert-age-days', tenth((now - validFrom) / DAY_MS)),
    saw('endpoint.cert-issuer', issuer.slice(0, 300)),
    ...(target.issuer === undefined ? [] : [saw('endpoint.issuer-expected', `${issuer} ${chain.join(' ')}`.toLowerCase().includes(target.issuer.toLowerCase()))]),
  ]
}

/** The host that a redirect leads to, if it is another one than was asked. */
const redirect = (target: Target, { status, location }: HttpFacts): Sight[] => {
  const asked = pageUrl(target, target.httpPath ?? '/')
  if (status < 300 || status >= 400 || location === undefined || !URL.canParse(location, asked)) return []
  const { hostname } = new URL(location, asked)
  return hostname === new URL(asked).hostname ? [] : [saw('endpoint.http-redirect', hostname)]
}

const httpSights = (target: Target, http: Outcome<HttpFacts>): Sight[] => {
  if (target.httpPath === undefined) return []
  if ('absent' in http) return [missed('endpoint.http-status', http)]
  return [saw('endpoint.http-status', http.value.status), saw('endpoint.http-ms', http.value.ms), ...redirect(target, http.value)]
}

const clockSights = (http: Outcome<HttpFacts>): Sight[] => {
  const offset = 'value' in http ? clockOffset(http.value) : undefined
  return offset === undefined ? [] : [saw('endpoint.clock-offset-s', offset)]
}

const blackHoleSights = (found: boolean | undefined): Sight[] => (found === undefined ? [] : [saw('endpoint.mtu-black-hole', found)])

/** True if the rung holds the next ones up: a certificate that is not trusted still carries an answer, a handshake that fails does not. */
const handshakes = (tls: Climb['tls']): boolean => tls === undefined || 'value' in tls

async function* observe(device: Device, bench: Bench): AsyncGenerator<Sight> {
  const target = targetOf(device)
  if (target === undefined) throw new BenchError('not-fitted', `${device.id} has no TCP address`)
  const named = await resolveTarget(bench, target)
  if (named !== undefined && 'absent' in named) return yield missed('endpoint.resolves', named)
  const addresses = named?.value.addresses ?? (isIP(target.host) === 0 ? [] : [target.host])
  if (named !== undefined) {
    yield saw('endpoint.resolves', true)
    yield saw('endpoint.dns-ms', named.value.ms)
  }
  const reached = await climbTo(bench, target, addresses)
  if (reached === undefined) return yield missed('endpoint.connects', { absent: 'missing', detail: `${target.host} resolved to no address` })
  yield saw('endpoint.address', reached.address)
  if ('absent' in reached.connect) return yield missed('endpoint.connects', reached.connect)
  yield saw('endpoint.connects', true)
  yield saw('endpoint.connect-ms', reached.connect.value.ms)
  if (reached.tls !== undefined) yield* tlsSights(target, reached.tls, bench.clock.now())
  if (reached.tls !== undefined && 'absent' in reached.tls && reached.tls.absent === 'silent' && device.settings.light !== true) yield* blackHoleSights(await lookForBlackHole(bench, reached.address))
  if (!handshakes(reached.tls)) return
  const http = await clockBehind(bench, target, reached)
  if (http === undefined) return
  yield* httpSights(target, http)
  yield* clockSights(http)
}

/**
 * A server that the terminal must reach, climbed rung by rung: name, TCP, TLS, HTTP; what lies above a failing rung is not yielded.
 * Settings: `role`, `tls`, `ca`, `issuer`, `httpPath` and `resolvers` (see fitted.ts), `light` (a steady round: packets are not sized, which starts a program).
 */
export const endpoint: Probe = {
  kind: 'endpoint',
  touch: 'asks',
  isolate: false,
  deadlineMs: 9500,
  observes: {
    'endpoint.resolves': 'true if the name resolves; refused if there is no such name, silent if no name server answers',
    'endpoint.address': 'address that was tried',
    'endpoint.dns-ms': 'time to resolve the name, ms',
    'endpoint.connects': 'true if TCP connects; refused, silent or missing (no route) if not',
    'endpoint.connect-ms': 'time to connect, ms',
    'endpoint.tls-ok': 'true if the certificate is trusted, current and made out to this name; an absence if the handshake fails',
    'endpoint.tls-problem': 'why the certificate is not accepted, Node\'s error code, or none',
    'endpoint.tls-ms': 'time of the handshake, ms',
    'endpoint.cert-days-left': 'days until the certificate expires by this host\'s clock, negative if it has',
    'endpoint.cert-age-days': 'days since the certificate became valid by this host\'s clock, negative if it is not yet',
    'endpoint.cert-issuer': 'issuer of the certificate',
    'endpoint.issuer-expected': 'true if the certificate comes from the issuer that the terminal file names',
    'endpoint.mtu-black-hole': 'true if small packets come through to the server and full ones vanish; looked at where the server falls silent in the handshake',
    'endpoint.http-status': 'status of the answer to the harmless request',
    'endpoint.http-ms': 'time to the answer, ms',
    'endpoint.http-redirect': 'host that the answer redirects to, where it is another one',
    'endpoint.clock-offset-s': 'server\'s clock minus this host\'s, seconds',
  },
  limits,
  symptoms,
  observe,
}
