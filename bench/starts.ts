import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { programAt } from './peers.ts'

const POLL_MS = 2
const ATTACH_MS = 5_000

/** How program starts were counted: `seen` are the programs, as far as they can be named. */
export interface Starts {
  by: 'strace' | 'watching /proc'
  seen: string[]
}

const traced = (strace: string, pid: number): Promise<() => Promise<string[]>> =>
  new Promise((resolve, reject) => {
    const child = spawn(strace, ['-f', '-qq', '-e', 'trace=execve', '-e', 'signal=none', '-p', String(pid)], { stdio: ['ignore', 'ignore', 'pipe'] })
    let text = ''
    let attached: NodeJS.Timeout | undefined
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => { text += chunk })
    child.on('error', reject)
    const exit = new Promise<void>((done) => child.once('exit', () => done()))
    void exit.then(() => reject(new Error(`strace cannot attach: ${text.trim()}`)))
    const look = (): void => {
      // The kernel names the tracer, or 0 while there is none (proc_pid_status(5)).
      if (/^TracerPid:\t0$/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'))) {
        attached = setTimeout(look, 10)
        return
      }
      clearTimeout(giveUp)
      resolve(async () => {
        child.kill('SIGINT')
        await exit
        return text.split('\n').filter((line) => line.includes('execve('))
      })
    }
    const giveUp = setTimeout(() => {
      clearTimeout(attached)
      child.kill('SIGKILL')
    }, ATTACH_MS)
    look()
  })

const watched = (pid: number): (() => Promise<string[]>) => {
  const seen = new Set<string>()
  const look = (): void => {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      for (const child of readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').split(' ')) {
        if (child !== '') seen.add(child)
      }
    }
  }
  const timer = setInterval(look, POLL_MS)
  return async () => {
    clearInterval(timer)
    return [...seen]
  }
}

/** Counts the programs that a process starts from now on until the returned function is called: by strace, or, where that is missing or not allowed, by looking for children every 2 ms. */
export const countStarts = async (pid: number): Promise<() => Promise<Starts>> => {
  const strace = programAt('strace')
  if (strace !== undefined) {
    try {
      const stop = await traced(strace, pid)
      return async () => ({ by: 'strace', seen: await stop() })
    } catch (error) {
      console.error(error instanceof Error ? error.message : String(error))
    }
  }
  const stop = watched(pid)
  return async () => ({ by: 'watching /proc', seen: await stop() })
}
