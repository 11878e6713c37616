import type { Bench } from '../../src/model/bench.ts'
import { looked, type Missed, missed, type Sight, saw } from '../../src/model/probe.ts'
import { neighbour } from './tables.ts'

/** Discard, RFC 863: a datagram there makes the kernel ask for the neighbour and asks nothing of it. */
const DISCARD_PORT = 9
/** How long a neighbour gets to answer ARP, in steps; a sleeping Wi-Fi client can take a third of a second. */
const ARP_WAITS_MS = [40, 160, 600] as const

const PINGS = 3
/** One packet lost of three says little: a second, longer series decides. */
const MORE_PINGS = 10
const PINGS_MS = 1000
const MORE_PINGS_MS = 3000

type Seen = { seen: Sight; refused: boolean }

const inTable = async (bench: Bench, gateway: string): Promise<'complete' | 'incomplete' | 'unknown' | Missed> => {
  const table = await looked(bench.files.read('/proc/net/arp'))
  return 'value' in table ? neighbour(table.value, gateway) : table
}

/** Asks whether the gateway answers ARP, by making the kernel ask where its table does not know. A gateway that refuses the datagram has answered as well. */
const arp = async (bench: Bench, gateway: string): Promise<Seen> => {
  let refused = false
  let state = await inTable(bench, gateway)
  for (const wait of ARP_WAITS_MS) {
    if (typeof state !== 'string' || state === 'complete') break
    const answer = await looked(bench.net.datagram(gateway, DISCARD_PORT, new Uint8Array(1), wait))
    refused = 'value' in answer || answer.absent === 'refused'
    if ('absent' in answer && answer.absent === 'blocked') return { seen: missed('network.gateway-seen', answer), refused }
    state = await inTable(bench, gateway)
    if ('absent' in answer && answer.absent === 'missing') break
  }
  if (typeof state !== 'string') return { seen: missed('network.gateway-seen', state), refused }
  if (state === 'complete') return { seen: saw('network.gateway-seen', true), refused }
  return { seen: missed('network.gateway-seen', { absent: 'silent', detail: `${gateway} does not answer ARP (${state === 'incomplete' ? 'asked, no answer' : 'not in the table after a datagram'})` }), refused }
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0) / numbers.length

const round = (n: number): number => Math.round(n * 100) / 100

/** Mean of the differences between neighbouring round trips, as RFC 3550 weighs jitter but without its smoothing. */
const jitter = (rtts: readonly number[]): number => mean(rtts.slice(1).map((rtt, i) => Math.abs(rtt - (rtts[i] ?? rtt))))

const quality = (sent: number, received: number, rtts: readonly number[]): Sight[] => [
  saw('network.gateway-answers', true),
  saw('network.loss-percent', round((100 * Math.max(0, sent - received)) / Math.max(sent, 1))),
  ...(rtts.length > 0 ? [saw('network.rtt-ms', round(mean(rtts)))] : []),
  ...(rtts.length > 1 ? [saw('network.jitter-ms', round(jitter(rtts)))] : []),
]

const ping = async (bench: Bench, gateway: string): Promise<Sight[]> => {
  const first = await looked(bench.net.ping(gateway, { count: PINGS, ms: PINGS_MS }))
  if ('absent' in first) return ['network.gateway-answers', 'network.loss-percent', 'network.rtt-ms', 'network.jitter-ms'].map((name) => missed(name, first))
  const { sent, received, rttMs } = first.value
  if (received === 0) return [missed('network.gateway-answers', { absent: 'silent', detail: `${gateway} answered none of ${sent} echo requests` })]
  if (received >= sent) return quality(sent, received, rttMs)
  const more = await looked(bench.net.ping(gateway, { count: MORE_PINGS, ms: MORE_PINGS_MS }))
  if ('absent' in more) return quality(sent, received, rttMs)
  return quality(sent + more.value.sent, received + more.value.received, [...rttMs, ...more.value.rttMs])
}

/**
 * Rungs 5 and 6: is the gateway there (ARP), how well does it answer (ping). Without a ping program, or in a light round, a refusal
 * of the datagram that provoked ARP still counts as an answer.
 */
export const lookAtGateway = async (bench: Bench, gateway: string, how: { arp: boolean; light: boolean }): Promise<Sight[]> => {
  const noArp: Seen = { seen: missed('network.gateway-seen', { absent: 'missing', detail: 'this kind of link has no ARP' }), refused: false }
  const [neighbourhood, echoes] = await Promise.all([how.arp ? arp(bench, gateway) : noArp, how.light ? [] : ping(bench, gateway)])
  const answered = echoes.some((s) => s.name === 'network.gateway-answers' && 'value' in s)
  const rest = neighbourhood.refused && !answered ? [saw('network.gateway-answers', true), ...echoes.filter((s) => s.name !== 'network.gateway-answers')] : echoes
  return [neighbourhood.seen, ...rest]
}
