import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { BenchError, type Host } from '../model/bench.ts'
import { codeOf } from './causes.ts'

/** Clock ticks per second in which /proc counts (USER_HZ), the same on every architecture that Node runs on. */
const TICKS = 100
const KERNEL_THREAD = 0x0020_0000
const LINKS_PER_TURN = 2000

const INTERPRETERS = /^(node|electron|java|python[\d.]*|perl|ruby|php|mono|dotnet|wine\S*|sh|bash|dash|busybox)$/

/** What /proc/PID/stat says of a process (proc_pid_stat(5)). */
export interface ProcessStat {
  pid: number
  name: string
  state: string
  parent: number
  kernel: boolean
  /** Seconds after boot at which it started. */
  startedS: number
}

/** Reads /proc/PID/stat; the name stands in parentheses and may itself contain parentheses and spaces. Undefined if it is none. */
export const parseProcessStat = (text: string): ProcessStat | undefined => {
  const match = /^(\d+) \((.*)\) (\S) (.*)$/s.exec(text.trimEnd())
  if (!match) return undefined
  const [, pid, name = '', state = '', rest = ''] = match
  const fields = rest.split(' ').map(Number)
  return { pid: Number(pid), name, state, parent: fields[0] ?? 0, kernel: ((fields[5] ?? 0) & KERNEL_THREAD) !== 0, startedS: (fields[18] ?? 0) / TICKS }
}

const baseName = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)

const endsWith = (line: string, name: string): boolean => line === name || line.endsWith(`/${name}`) || line.endsWith(` ${name}`)

/**
 * True if a command line is that of a program of this name: the program itself, or the script or archive that an interpreter runs.
 * Other arguments do not count, so that an editor or a pager that shows the file is not taken for the program.
 */
export const runs = (args: readonly string[], name: string): boolean => {
  const [program = '', ...others] = args
  if (baseName(program) === name) return true
  if (name.includes(' ')) return endsWith(args.join(' '), name)
  if (!INTERPRETERS.test(baseName(program))) return false
  const script = others.find((arg) => !arg.startsWith('-'))
  return (script !== undefined && baseName(script) === name) || endsWith(others.join(' '), name)
}

const orGone = <T>(look: () => T, gone: T): T => {
  try {
    return look()
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'ENOTDIR'].includes(codeOf(error) ?? '')) return gone
    throw error
  }
}

const statOf = (proc: string, pid: number | string): ProcessStat | undefined => parseProcessStat(orGone(() => readFileSync(join(proc, String(pid), 'stat'), 'utf8'), ''))

const everyProcess = (proc: string): ProcessStat[] => {
  const names = orGone(() => readdirSync(proc), []).filter((name) => /^\d+$/.test(name))
  if (names.length === 0) throw new BenchError('missing', `no processes below ${proc}: this host shows none`)
  return names.flatMap((pid) => statOf(proc, pid) ?? [])
}

// Not read synchronously: a process that hangs in the kernel can hold up whoever asks for its command line.
const argumentsOf = async (proc: string, pid: number): Promise<string[]> => {
  try {
    return (await readFile(join(proc, String(pid), 'cmdline'), 'utf8')).split('\0').filter((arg) => arg !== '')
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(codeOf(error) ?? '')) return []
    throw error
  }
}

const lives = (p: ProcessStat): boolean => !p.kernel && p.state !== 'Z' && p.state !== 'X'

/** True if this very process still runs the same program. */
const still = (proc: string, before: ProcessStat): boolean => {
  const now = statOf(proc, before.pid)
  return now !== undefined && lives(now) && now.startedS === before.startedS && now.name === before.name
}

/**
 * Finds processes below this proc folder, for Host.processes. Command lines are read once per process and not kept. As long as all
 * that were found before still run, nobody looks for more: the oldest of them is the same, and a host has hundreds of processes.
 */
export const processFinder = (proc: string): Host['processes'] => {
  let judged = new Map<string, boolean>()
  const known = new Map<string, readonly ProcessStat[]>()
  const find = async (name: string): Promise<readonly ProcessStat[]> => {
    const before = known.get(name) ?? []
    if (before.length > 0 && before.every((p) => still(proc, p))) return before
    const living = everyProcess(proc).filter(lives)
    const now = new Map<string, boolean>()
    const found: ProcessStat[] = []
    for (const p of living) {
      const key = `${p.pid} ${p.startedS} ${p.name} ${name}`
      const is = p.name === name || (judged.get(key) ?? runs(await argumentsOf(proc, p.pid), name))
      now.set(key, is)
      if (is) found.push(p)
    }
    judged = now
    known.set(name, found.sort((a, b) => a.startedS - b.startedS || a.pid - b.pid))
    return found
  }
  return async (name) => {
    const found = await find(name)
    const uptimeS = Number.parseFloat(orGone(() => readFileSync(join(proc, 'uptime'), 'utf8'), ''))
    return found.map((p) => ({ pid: p.pid, ageS: Math.max(0, Math.round(uptimeS - p.startedS)) }))
  }
}

const realPath = (path: string): string => orGone(() => realpathSync(path), path)

/** Names of the files that a process has open; undefined if we may not see them. */
const openFiles = (proc: string, pid: number): string[] | undefined => {
  const folder = join(proc, String(pid), 'fd')
  try {
    return readdirSync(folder).map((fd) => orGone(() => readlinkSync(join(folder, fd)), ''))
  } catch (error) {
    if (['EACCES', 'EPERM'].includes(codeOf(error) ?? '')) return undefined
    if (['ENOENT', 'ESRCH'].includes(codeOf(error) ?? '')) return []
    throw error
  }
}

/** Who started a process, and who started that one, nearest first; init is left out. */
const ancestorsOf = (p: ProcessStat, parents: ReadonlyMap<number, number>): number[] => {
  const chain: number[] = []
  for (let pid = p.parent; pid > 1 && !chain.includes(pid); pid = parents.get(pid) ?? 0) chain.push(pid)
  return chain
}

/** Finds who holds device files open, below this proc folder, for Host.holders. */
export const holderFinder = (proc: string): Host['holders'] => async (paths) => {
  if (paths.length === 0) return { holders: [], unreadable: [] }
  const wanted = new Map(paths.map((path) => [realPath(path), path]))
  const holders: Awaited<ReturnType<Host['holders']>>['holders'] = []
  const unreadable: number[] = []
  let looked = 0
  const processes = everyProcess(proc)
  const parents = new Map(processes.map((p) => [p.pid, p.parent]))
  for (const p of processes) {
    if (p.kernel || p.state === 'Z' || p.pid === process.pid || p.parent === process.pid) continue
    const files = openFiles(proc, p.pid)
    if (files === undefined) unreadable.push(p.pid)
    const held = new Set((files ?? []).flatMap((file) => wanted.get(file) ?? []))
    for (const path of held) holders.push({ path, pid: p.pid, process: p.name, ancestors: ancestorsOf(p, parents) })
    looked += files?.length ?? 0
    if (looked > LINKS_PER_TURN) {
      looked = 0
      await setImmediate()
    }
  }
  return { holders, unreadable }
}
