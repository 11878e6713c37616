import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { cpuSeconds, type Figure, memory } from './figures.ts'
import { type Peers, startPeers } from './peers.ts'
import { bundled } from './process.ts'
import { type StandIns, startStandIns } from './standins.ts'
import { countStarts } from './starts.ts'

const ANSWER_MS = 10
const ROUND_S = 15
const RATIO_AIM = 0.5
const PSS_AIM_MB = 58
/** A round is over by then: its longest look takes a tenth of a second, and all answers come from this machine. */
const SETTLED_MS = 2_000
const STOP_MS = 10_000

interface Daemon {
  pid: number
  /** Resolves when that many more rounds have begun; rejects if the daemon ends or makes none for a minute. */
  rounds(count: number, atEach?: () => void): Promise<void>
  stop(): Promise<void>
}

const startProgram = (node: string, args: readonly string[], stdio: StdioOptions = 'ignore'): { child: ChildProcess; pid: number; stop: () => Promise<void> } => {
  const child = spawn(node, args, { stdio })
  const exit = once(child, 'exit')
  return {
    child,
    pid: child.pid ?? 0,
    stop: async () => {
      const killer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
      child.kill('SIGTERM')
      await exit
      clearTimeout(killer)
    },
  }
}

/** What the systemd unit gives the engine: the daemon is measured as a shop runs it. Throws if the unit starts it in another way than that. */
const engineSettings = async (): Promise<string[]> => {
  const unit = await readFile(join(import.meta.dirname, '../packaging/posdiag.service'), 'utf8')
  const settings = /^ExecStart=\/usr\/bin\/env node ((?:--\S+ )+)\/usr\/bin\/posdiag agent /m.exec(unit)?.[1]
  if (settings === undefined) throw new Error('packaging/posdiag.service does not start node with settings')
  return settings.trim().split(' ')
}

const startDaemon = (node: string, settings: readonly string[], standIns: StandIns, stateDir: string): Daemon => {
  const { child, pid, stop } = startProgram(node, [...settings, bundled(), 'agent', '--round', `${ROUND_S}s`, '--terminal', standIns.terminalFile, '--state', stateDir])
  const round = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const end = (settle: () => void) => (): void => {
        clearTimeout(patience)
        deaf()
        child.off('exit', died)
        settle()
      }
      const died = end(() => reject(new Error(`the daemon ended; its log is ${stateDir}/agent.log`)))
      const patience = setTimeout(end(() => reject(new Error(`the daemon made no round for a minute; its log is ${stateDir}/agent.log`))), 60_000)
      const deaf = standIns.onRound(end(resolve))
      child.once('exit', died)
    })
  return {
    pid, stop,
    rounds: async (count, atEach) => {
      for (let i = 0; i < count; i += 1) {
        await round()
        atEach?.()
        await pause(SETTLED_MS)
      }
    },
  }
}

const bareNode = async (node: string): Promise<ReturnType<typeof memory>> => {
  const bare = startProgram(node, ['-e', 'setInterval(() => undefined, 1e6)'])
  await pause(1_500)
  const used = memory(bare.pid)
  await bare.stop()
  return used
}

/** A program that does by hand what a round needs, and nothing else: no daemon on this engine can use less. */
interface ByHand {
  pid: number
  round(): void
  stop(): Promise<void>
}

/** Starts it with the daemon's settings of the engine, on a copy of Node of its own. */
const startByHand = (node: string, settings: readonly string[], { terminal, ports }: StandIns): ByHand => {
  const [endpoint] = terminal.endpoints
  const args = [ports.nut, ports.names, ports.acquirer, endpoint?.host ?? '', endpoint?.ca ?? ''].map(String)
  const { child, pid, stop } = startProgram(node, [...settings, join(import.meta.dirname, 'by-hand.js'), ...args], ['ignore', 'ignore', 'inherit', 'ipc'])
  return { pid, stop, round: () => void child.send('round') }
}

interface Window { seconds: number; daemon: number; byHand: number; peers: number | undefined; failed: string[] }

/** CPU seconds of all over so many rounds; the others do theirs whenever the daemon makes a round, so all do the same number. */
const watchWindow = async (daemon: Daemon, byHand: ByHand, peers: Peers | undefined, rounds: number): Promise<Window> => {
  const used = () => ({ at: performance.now(), daemon: cpuSeconds(daemon.pid), byHand: cpuSeconds(byHand.pid), peers: peers?.pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0) })
  const scrapes: Promise<string[]>[] = []
  const scrape = (): void => {
    byHand.round()
    if (peers) scrapes.push(peers.scrape())
  }
  // From the end of one round to the end of another: whole rounds and whole pauses.
  await daemon.rounds(1, scrape)
  const before = used()
  await daemon.rounds(rounds, scrape)
  const after = used()
  const failed = (await Promise.all(scrapes)).flat()
  return {
    seconds: (after.at - before.at) / 1000,
    daemon: after.daemon - before.daemon,
    byHand: after.byHand - before.byHand,
    peers: after.peers === undefined || before.peers === undefined ? undefined : after.peers - before.peers,
    failed: [...new Set(failed)],
  }
}

const cpuFigures = ({ seconds, daemon, byHand, peers, failed }: Window, rounds: number): Figure[] => {
  const hourly = (used: number): string => `${((used / seconds) * 3600).toFixed(2)} s/h`
  const length = `${rounds} rounds, ${seconds.toFixed(0)} s`
  const each = (used: number): string => `${hourly(used)}, ${((used / rounds) * 1000).toFixed(1)} ms a round`
  const own: Figure[] = [
    { what: `CPU of the idle daemon (${length})`, got: each(daemon) },
    { what: 'CPU of the same files, sockets and handshake by hand', got: each(byHand) },
  ]
  if (peers === undefined) return [...own, { what: 'against node_exporter + blackbox_exporter', got: 'not measured: the Debian packages prometheus-node-exporter and prometheus-blackbox-exporter are not there', reached: false }]
  return [
    ...own,
    { what: 'CPU of node_exporter + blackbox_exporter', got: each(peers) + (failed.length > 0 ? `   (failed probes: ${failed.join(', ')})` : '') },
    { what: 'daemon ÷ node_exporter + blackbox_exporter', got: (daemon / peers).toFixed(2), aim: `≤ ${RATIO_AIM.toFixed(2)}`, reached: daemon / peers <= RATIO_AIM },
  ]
}

const mb = ({ pss, dirty }: ReturnType<typeof memory>): string => `${pss.toFixed(1)} MB PSS, ${dirty.toFixed(1)} MB private dirty`

/** The idle daemon, started as by systemd and alone on its own copy of Node, against the two exporters that a shop would otherwise run. */
export const measureIdle = async ({ quick }: { quick: boolean }): Promise<Figure[]> => {
  const rounds = quick ? { warmUp: 1, window: 3, starts: 1 } : { warmUp: 8, window: 12, starts: 5 }
  const folder = await mkdtemp(join(tmpdir(), 'posdiag-bench-idle-'))
  const node = join(folder, 'node')
  await copyFile(process.execPath, node)
  const bare = await bareNode(node)
  const standIns = await startStandIns(ANSWER_MS)
  let peers: Peers | undefined
  let daemon: Daemon | undefined
  let byHand: ByHand | undefined
  try {
    peers = await startPeers(standIns, folder)
    const settings = await engineSettings()
    const other = join(folder, 'other-node')
    await copyFile(process.execPath, other)
    byHand = startByHand(other, settings, standIns)
    daemon = startDaemon(node, settings, standIns, join(folder, 'state'))
    // One more: the check at the start, made by a child, also asks the UPS.
    await daemon.rounds(rounds.warmUp + 1, byHand.round)
    const window = await watchWindow(daemon, byHand, peers, rounds.window)
    const used = memory(daemon.pid)
    const least = memory(byHand.pid)
    const others = peers?.pids.map((pid) => memory(pid))
    const stopCounting = await countStarts(daemon.pid)
    await daemon.rounds(rounds.starts)
    const { by, seen } = await stopCounting()
    const complaints = (await readFile(join(folder, 'state/agent.log'), 'utf8')).split('\n').filter((line) => /"level":"(error|warn)"/.test(line))
    for (const line of complaints.slice(0, 5)) console.error(line)
    return [
      ...cpuFigures(window, rounds.window),
      { what: 'memory of the daemon', got: mb(used), aim: `≤ ${PSS_AIM_MB} MB PSS`, reached: used.pss <= PSS_AIM_MB },
      { what: 'memory of the same by hand', got: mb(least) },
      { what: 'memory of bare Node, same binary', got: mb(bare) },
      ...(others ? [{ what: 'memory of node_exporter + blackbox_exporter', got: mb({ pss: others.reduce((sum, m) => sum + m.pss, 0), dirty: others.reduce((sum, m) => sum + m.dirty, 0), rss: 0 }) }] : []),
      { what: `programs started in ${rounds.starts} rounds (by ${by})`, got: `${seen.length}${seen.length > 0 ? `: ${seen.slice(0, 3).join('; ')}` : ''}`, aim: '0', reached: seen.length === 0 },
    ]
  } finally {
    await daemon?.stop()
    await byHand?.stop()
    await peers?.stop()
    await standIns.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
