import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { BUNDLED } from '../../bench/built.ts'
import type { Report } from '../../src/model/report.ts'

/** Folder of the package, with a trailing slash. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** The program as it is published. */
export const POSDIAG = BUNDLED

export interface Ran {
  code: number
  out: string
  err: string
}

/** Runs posdiag to its end; `around` goes before it on the command line, as `ip netns exec …`. */
export const posdiag = (args: readonly string[], options: { env?: NodeJS.ProcessEnv; around?: readonly string[]; input?: string } = {}): Promise<Ran> => {
  const [program = process.execPath, ...rest] = [...(options.around ?? []), process.execPath, POSDIAG, ...args]
  return new Promise((resolve) => {
    const child = execFile(program, rest, { env: { ...process.env, LANG: 'C', ...options.env }, maxBuffer: 64 << 20, timeout: 50_000 }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err })
    })
    child.stdin?.end(options.input ?? '')
  })
}

/** A folder that is taken away at the end. */
export const scratch = async (): Promise<{ path: string; [Symbol.asyncDispose](): Promise<void> }> => {
  const path = await mkdtemp(join(tmpdir(), 'posdiag-test-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** Checks a terminal from the outside: what `posdiag check --json` prints, and its exit code. */
export const checkTerminal = async (terminal: object, around: readonly string[] = []): Promise<{ code: number; report: Report; err: string }> => {
  await using folder = await scratch()
  const file = join(folder.path, 'terminal.yaml')
  await writeFile(file, stringify(terminal))
  const { code, out, err } = await posdiag(['check', '--json', '--no-input', '--terminal', file, '--state', join(folder.path, 'state')], { around })
  if (out === '') throw new Error(`nothing on standard output, exit ${code}: ${err}`)
  return { code, report: JSON.parse(out) as Report, err }
}

/** Codes of the faults found, first things first. */
export const found = (report: Report): string[] => report.check.diagnosis.verdicts.filter((v) => v.verdict === 'found').map((v) => `${v.fault} ${v.device}`)

/** State of every tender. */
export const ready = (report: Report): Record<string, string> => Object.fromEntries(report.check.readiness.map((r) => [r.tender, r.is]))

/** Starts a program and resolves once it has printed a line that matches; rejects if it ends before. */
export const started = (args: readonly string[], matches: RegExp): Promise<{ child: ChildProcess; line: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
      const line = said.split('\n').find((l) => matches.test(l))
      if (line !== undefined) resolve({ child, line })
    })
    child.on('exit', (code) => reject(new Error(`ended with ${String(code)} before it was ready: ${said}`)))
  })

/** Ends a child that this test started, and waits until it is gone. */
export const end = (child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.kill(signal)
  })

const has = (program: string): boolean => {
  try {
    execFileSync('which', [program])
    return true
  } catch {
    return false
  }
}

/** True if a test that needs root and these programs cannot run on this machine; under CI it must, and fails instead of being skipped. */
export const cannot = (...programs: readonly string[]): boolean => process.env.CI !== 'true' && (process.getuid?.() !== 0 || programs.some((p) => !has(p)))

/** True if a test that needs these programs cannot run on this machine; under CI it must, and fails instead of being skipped. */
export const lacks = (...programs: readonly string[]): boolean => process.env.CI !== 'true' && programs.some((p) => !has(p))
