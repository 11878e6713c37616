import { execFileSync } from 'node:child_process'

/** A pseudo-terminal whose far end is this test. */
export interface Pty {
  path: string
  /** What was sent to it so far. */
  got(): Uint8Array
  /** Answers what comes from now on. */
  answer(reply: (bytes: Uint8Array) => Uint8Array | undefined): void
  send(bytes: Uint8Array): void
  /** The far end goes away, as a USB adapter does that is pulled. */
  unplug(): void
}

interface Spawned {
  ptsName: string
  onData(listen: (data: Buffer) => void): unknown
  write(data: Buffer): void
  destroy(): void
}

const load = async (): Promise<((file: string, args: string[], options: { encoding: null }) => Spawned) | undefined> => {
  try {
    const module = await import('@lydell/node-pty') as unknown as { default: { spawn(file: string, args: string[], options: { encoding: null }): Spawned } }
    return module.default.spawn
  } catch (error) {
    // An optional package: its absence skips tests by hand and fails them in CI.
    if (process.env.CI === 'true') throw error
    return undefined
  }
}

const spawn = await load()

/** False where the package that makes ptys cannot be loaded. */
export const hasPty = spawn !== undefined

/** Makes a pty in raw mode. The child only keeps it open. */
export const openPty = (): Pty => {
  if (!spawn) throw new Error('the package @lydell/node-pty cannot be loaded')
  const child = spawn('sleep', ['600'], { encoding: null })
  execFileSync('stty', ['-F', child.ptsName, 'raw', '-echo'])
  const got: number[] = []
  let reply: (bytes: Uint8Array) => Uint8Array | undefined = () => undefined
  child.onData((data) => {
    got.push(...data)
    const answer = reply(data)
    if (answer) child.write(Buffer.from(answer))
  })
  return {
    path: child.ptsName,
    got: () => Uint8Array.from(got),
    answer: (next) => { reply = next },
    send: (bytes) => child.write(Buffer.from(bytes)),
    unplug: () => child.destroy(),
  }
}
