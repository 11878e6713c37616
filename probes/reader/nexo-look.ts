import { type Bench, BenchError } from '../../src/model/bench.ts'
import type { Sight } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { missedBy, rounded } from '../sight.ts'
import { diagnosisRequest, framed, type NexoState, readDiagnosis, readFramed } from './nexo.ts'

const ANSWER_MS = 5000

const NOT_NEXO = 'the answer is no nexo DiagnosisResponse: another service, another version, or encrypted'

/** What brought the answer, and its text; undefined if something answered that speaks no nexo. */
type Asked = (json: string) => Promise<string | undefined>

const byHttp = (bench: Bench, url: string): Asked => async (json) => {
  const answer = await bench.net.http(url, { method: 'POST', ms: ANSWER_MS, body: { dialect: 'nexo', json } })
  return answer.status === 200 ? answer.bodyStart : undefined
}

const byTcp = (bench: Bench, host: string, port: number): Asked => async (json) => {
  const stream = await bench.open({ type: 'tcp', host, port, dialect: 'nexo' })
  try {
    await stream.write(framed(json))
    const got = await stream.read(ANSWER_MS, (bytes) => readFramed(bytes).is !== 'waiting')
    const read = readFramed(got)
    if (read.is === 'whole') return read.json
    if (read.is === 'waiting') throw got.length === 0 ? new BenchError('silent', 'no answer') : new BenchError('garbled', 'an answer that was cut off')
    return undefined
  } finally {
    await stream.close()
  }
}

const VALUES: readonly (readonly [string, (state: NexoState) => string | number | boolean | undefined])[] = [
  ['reader.state', ({ state }) => state],
  ['reader.terminal-printer', ({ printer }) => printer],
  ['reader.card-reader-ok', ({ cardReaderOk }) => cardReaderOk],
  ['reader.pin-pad-ok', ({ pinPadOk }) => pinPadOk],
  ['reader.communication-ok', ({ communicationOk }) => communicationOk],
  ['reader.hosts-reachable', ({ hostsReachable }) => hostsReachable],
  ['reader.tamper', ({ tamper }) => tamper],
  ['reader.battery-percent', ({ batteryPercent }) => batteryPercent],
  ['reader.unsent-payments', ({ unsentPayments }) => unsentPayments],
]

function* stateSights(state: NexoState): Iterable<Sight> {
  yield { name: 'reader.answers', value: true }
  for (const [name, of] of VALUES) {
    const value = of(state)
    if (value !== undefined) yield { name, value }
  }
}

/**
 * A nexo terminal: one DiagnosisRequest, which changes nothing and asks no acquirer. Settings: `over` is https (the default), http or tcp;
 * `path` of the service (/nexo); `poi-id` and `sale-id` as the terminal knows them.
 */
export async function* lookByNexo(device: Device, bench: Bench, { host, port }: { host: string; port: number }): AsyncIterable<Sight> {
  const { over = 'https', path = '/nexo', 'sale-id': saleId = 'posdiag', 'poi-id': poiId = '' } = device.settings
  const ask = over === 'tcp' ? byTcp(bench, host, port) : byHttp(bench, `${over === 'http' ? 'http' : 'https'}://${host}:${port}${String(path)}`)
  const asked = bench.clock.mono()
  try {
    const json = await ask(diagnosisRequest({ saleId: String(saleId), poiId: String(poiId), serviceId: Math.floor(bench.clock.now() / 1000).toString(36).slice(-10) }))
    const state = json === undefined ? undefined : readDiagnosis(json)
    yield { name: 'reader.port', value: true }
    if (state) yield* stateSights(state)
    else yield { name: 'reader.answers', absent: 'garbled', detail: NOT_NEXO }
    if (state) yield { name: 'reader.reply-ms', value: rounded(bench.clock.mono() - asked) }
  } catch (error) {
    const missed = missedBy(error)
    // What kept us from its door, and what came or did not come once it was open.
    yield { name: ['silent', 'garbled'].includes(missed.absent) ? 'reader.answers' : 'reader.port', ...missed }
  }
}
