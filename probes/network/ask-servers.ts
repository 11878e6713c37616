import type { Bench } from '../../src/model/bench.ts'
import { looked, type Missed } from '../../src/model/probe.ts'

const MOST_SERVERS = 3

type Answer = { value: { addresses: string[]; ms: number } } | Missed

/**
 * Asks several name servers at once, at most three. The first resolved answer wins and is not held up by the others; without one,
 * a server that says there is no such name says more than one that is silent. Undefined if there is no server.
 */
export const askServers = async (bench: Bench, name: string, servers: readonly string[]): Promise<Answer | undefined> => {
  const waiting = new Map(servers.slice(0, MOST_SERVERS).map((server, i) => [i, looked(bench.net.resolve(name, server)).then((answer) => ({ i, answer }))]))
  const failed: Missed[] = []
  while (waiting.size > 0) {
    const { i, answer } = await Promise.race(waiting.values())
    if ('value' in answer) return answer
    waiting.delete(i)
    failed.push(answer)
  }
  return failed.find((f) => f.absent === 'refused') ?? failed[0]
}
