import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** An HQ in a process of its own. */
export interface HqChild { url: string; process: ChildProcess; ended: Promise<unknown> }

const CHILD = join(import.meta.dirname, 'hq-child.ts')

/** Starts HQ on a data folder, and a PostgreSQL database if given, with at most `fileBlocks` (of 1 KiB) per file if given; rejects with what it said if it does not come up. */
export const startChild = async (dataDir: string, { fileBlocks, database }: { fileBlocks?: number; database?: string } = {}): Promise<HqChild> => {
  const command = [process.execPath, CHILD, dataDir, ...(database === undefined ? [] : [database])]
  // SIGXFSZ ignored, a write beyond the limit fails with EFBIG as it would with ENOSPC on a full disk.
  const [program = '', ...args] = fileBlocks === undefined ? command : ['bash', '-c', `trap '' XFSZ; ulimit -f ${fileBlocks}; exec "$@"`, 'bash', ...command]
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4000)
  })
  const ended = once(child, 'exit')
  const first = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended.then(() => undefined)])
  if (first === undefined) throw new Error(`HQ did not come up: ${said}`)
  return { url: (JSON.parse(String(first[0])) as { url: string }).url, process: child, ended }
}

/** Ends it without giving it time for anything. */
export const kill = async (child: HqChild): Promise<void> => {
  child.process.kill('SIGKILL')
  await child.ended
}

/** Lets it end by itself; resolves with its exit code. */
export const terminate = async (child: HqChild): Promise<number | null> => {
  child.process.kill('SIGTERM')
  await child.ended
  return child.process.exitCode
}
