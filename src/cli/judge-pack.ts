import { execFile } from 'node:child_process'
import type { JudgePack } from '../agent/packs.ts'
import { EXIT } from './failure.ts'
import { PROGRAM } from './package.ts'

/** Weighing some hundred scenarios twice takes a few seconds, and a slow till may be busy. */
const PATIENCE_MS = 5 * 60_000

/** Weighs the scenarios with and without a pack in a process of its own (posdiag pack compare): it happens once per pack, and its memory goes with it. */
export const judgePack: JudgePack = (file, signal) =>
  new Promise((resolve) => {
    const child = execFile(process.execPath, [PROGRAM, 'pack', 'compare', file, '--lang', 'en'], { signal, timeout: PATIENCE_MS, killSignal: 'SIGKILL', maxBuffer: 1 << 20 }, (error, _out, told) => {
      const last = told.trim().split('\n').at(-1) ?? ''
      if (error === null) resolve('good')
      else resolve(child.exitCode === EXIT.degraded ? { worse: last } : { failed: last || error.message })
    })
  })
