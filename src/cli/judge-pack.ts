import { execFile } from 'node:child_process'
import { setPriority } from 'node:os'
import type { JudgePack } from '../agent/packs.ts'
import { EXIT } from './failure.ts'
import { PROGRAM } from './package.ts'

/** Weighing some hundred scenarios twice takes seconds, and a slow till may be busy; in ms. */
const PATIENCE_MS = 10 * 60_000

/** How far it gives way to what else a till does, on the scale of nice(1): to a busy program it leaves three quarters. */
const NICE = 5

/** Weighs the scenarios with and without a pack in a process of its own (posdiag pack compare): it happens once per pack, and its memory goes with it. */
export const judgePack: JudgePack = (file, signal) =>
  new Promise((resolve) => {
    // Half the memory for twice the time, which nobody waits for.
    const child = execFile(process.execPath, ['--optimize-for-size', PROGRAM, 'pack', 'compare', file, '--lang', 'en'], { signal, timeout: PATIENCE_MS, killSignal: 'SIGKILL', maxBuffer: 1 << 20 }, (error, _out, told) => {
      const last = told.trim().split('\n').at(-1) ?? ''
      if (error === null) resolve('good')
      else resolve(child.exitCode === EXIT.degraded ? { worse: last } : { failed: last || error.message })
    })
    if (child.pid !== undefined) setPriority(child.pid, NICE)
  })
