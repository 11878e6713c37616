import { type ChildProcess, fork } from 'node:child_process'
import { probes } from '../../probes/index.ts'
import { realBench } from '../bench/real.ts'
import type { Unit } from '../check/learnt.ts'
import { type BootFacts, looksOf, runCheck } from '../check/run.ts'
import type { LendBench, Operator } from '../model/bench.ts'
import type { Check, ProbeRun, Progress, Trigger } from '../model/check.ts'
import type { DeviceKind } from '../model/device.ts'
import type { Knowledge } from '../model/fault.ts'
import type { Inspection } from '../model/inspection.ts'
import type { PackBody } from '../model/pack.ts'
import type { Past } from '../model/past.ts'
import type { TerminalFile } from '../model/terminal.ts'
import { codeCacheDir } from './code-cache.ts'
import { entryPoint } from './package.ts'

/** Longest time that a check may take unless the person says otherwise, in milliseconds. */
export const CHECK_DEADLINE_MS = 10_000

/** What is asked of a look at the terminal; also the message to a child process, so plain data only. */
export interface LookOrder {
  terminal: TerminalFile
  trigger: Trigger
  depth: 'full' | 'round'
  deadlineMs: number
  only?: readonly DeviceKind[]
  last?: Check
  boot?: BootFacts
  past?: Past
  inspection?: Inspection
  reads?: Readonly<Record<string, number>>
  /** What was counted over closed faults; the built-in estimates alone where there is none. */
  pack?: PackBody
}

/** What a child process says. */
export type FromChild = { type: 'progress'; progress: Progress } | { type: 'check'; check: Check }

const benches = new Map<string, LendBench>()

/** One bench for all rounds on the same kernel files: it remembers what the processes of this host are. */
const benchOn = (paths: TerminalFile['paths']): LendBench => {
  const key = `${paths.proc} ${paths.sys}`
  const known = benches.get(key) ?? realBench({ paths })
  benches.set(key, known)
  return known
}

/** The catalogue, with what a pack has counted, for devices in general or for this one. */
export const knowledgeWith = async (pack: PackBody | undefined, unit?: Unit): Promise<Knowledge> => {
  const { catalogue } = await import('../faults/index.ts')
  return pack === undefined ? catalogue : (await import('../check/learnt.ts')).learnt(catalogue, pack, unit)
}

/** Checks in this process. */
export const lookHere = async (order: LookOrder, onProgress: (progress: Progress) => void, operator?: Operator): Promise<Check> => {
  const check = await runCheck({ ...order, probes, knowledge: () => knowledgeWith(order.pack), lend: operator ? realBench({ paths: order.terminal.paths, operator }) : benchOn(order.terminal.paths), onProgress })
  return { ...check, ...(order.pack ? { pack: order.pack.sequence } : {}) }
}

/** How long a child may outlive its check's deadline before it is killed, in milliseconds. */
const GRACE_MS = 3_000
/** How long a child may take until it begins to look: a slow disk reads the program for seconds, and that is no time of the check. Milliseconds. */
const START_MS = 30_000

const died = (child: ChildProcess, order: LookOrder, unfinished: ReadonlyMap<string, DeviceKind>): ProbeRun[] => {
  const how = child.signalCode ?? `exit code ${String(child.exitCode)}`
  return [...unfinished].map(([device, kind]) => ({ device, kind, outcome: 'broke' as const, ms: order.deadlineMs, detail: `the process that looked at it ended by ${how}` }))
}

/**
 * Checks in a process of its own, so that native code that crashes or hangs takes nothing with it. If that process dies, what needs
 * no native code is looked at here, and the devices that it had not finished are reported as broke: our bug, no device's fault.
 */
export const lookInChild = async (order: LookOrder, onProgress: (progress: Progress) => void): Promise<Check> => {
  // Without the engine's settings that suit a daemon, and with the compiled code that other commands have left.
  const child = fork(entryPoint('check-child'), [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [], env: { ...process.env, NODE_COMPILE_CACHE: codeCacheDir(process.env) } })
  const unfinished = new Map(looksOf({ ...order, probes }).map(({ device }) => [device.id, device.kind]))
  const killIn = (ms: number): NodeJS.Timeout => setTimeout(() => child.kill('SIGKILL'), ms)
  let killer = killIn(START_MS)
  const check = await new Promise<Check | undefined>((resolve) => {
    child.on('message', (message: FromChild) => {
      if (message.type === 'check') return resolve(message.check)
      const { progress } = message
      if (progress.type === 'started') {
        clearTimeout(killer)
        killer = killIn(order.deadlineMs + GRACE_MS)
      } else unfinished.delete(progress.run.device)
      onProgress(progress)
    })
    child.on('exit', () => resolve(undefined))
    child.on('error', () => resolve(undefined))
    child.send(order, (error) => error && resolve(undefined))
  })
  clearTimeout(killer)
  // It has nothing more to say; left to end by itself it may wait half a minute for a name server that is silent.
  child.kill('SIGKILL')
  if (check) return check
  const light = await lookHere({ ...order, depth: 'round' }, () => undefined)
  return { ...light, runs: [...light.runs.filter((run) => !unfinished.has(run.device)), ...died(child, order, unfinished)] }
}
