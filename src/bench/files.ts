import { constants, readdirSync, readFileSync } from 'node:fs'
import { type FileHandle, open, readdir, readlink, realpath, statfs } from 'node:fs/promises'
import { posix } from 'node:path'
import { BenchError, type Files } from '../model/bench.ts'
import { causeOf, codeOf, FILE_CAUSES } from './causes.ts'
import { within } from './deadline.ts'

/** Longest text given, and most that is read of a file that tells no size. */
const BOUND = 262144
const MOST_READ = 16 * BOUND

/** More than one record of the kernel log, which is given whole or not at all. */
const CHUNK = 16384

/** A driver or a dead file server can hold a call for ever. */
const CALL_MS = 2000

/** Most names given of one folder. */
const MOST_NAMES = 20000

/** Names of kernel objects that are no paths, as `socket:[123]` in /proc/PID/fd. */
const NO_PATH = /^(\w+:\[|anon_inode:)/

/**
 * Files that the kernel makes up from its own memory: reading one takes microseconds and cannot hang, while handing it to the thread
 * pool takes a tenth of a millisecond of processor time. What asks hardware or a driver (hwmon, power_supply, speed, duplex) is not here.
 */
const AT_ONCE = /^\/(?:proc\/(?:cmdline|stat|loadavg|meminfo|mounts|uptime|net\/\w+|sys\/[\w/]+|bus\/input\/devices)$|sys\/class\/net\/[^/]+\/(?:address|carrier|carrier_changes|flags|mtu|operstate|type|statistics\/\w+)$|sys\/class\/watchdog\/\w+\/bootstatus$)/

/** Folders without a disk behind them. */
const LIST_AT_ONCE = /^\/(?:proc|run|sys)\//

/** Reads from a position (null: where the file stands) to the end, keeping the last BOUND bytes. */
const tail = async (handle: FileHandle, from: number | null): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let kept = 0
  for (let total = 0; total < MOST_READ;) {
    const chunk = Buffer.allocUnsafe(CHUNK)
    const got = await handle.read(chunk, 0, CHUNK, from === null ? null : from + total).then(
      ({ bytesRead }) => bytesRead,
      (error: unknown) => {
        // EAGAIN: a pipe without data, or the kernel log at its end. EPIPE: the kernel log has dropped what came next; the following record is there.
        if (codeOf(error) === 'EAGAIN') return 0
        if (codeOf(error) === 'EPIPE') return undefined
        throw error
      },
    )
    if (got === 0) break
    total += got ?? 1
    if (got === undefined) continue
    chunks.push(got < CHUNK / 2 ? Buffer.from(chunk.subarray(0, got)) : chunk.subarray(0, got))
    kept += got
    for (let first = chunks[0]; first && kept - first.length >= BOUND; first = chunks[0]) {
      kept -= first.length
      chunks.shift()
    }
  }
  return Buffer.concat(chunks).subarray(-BOUND)
}

const read = async (path: string): Promise<string> => {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  try {
    const stat = await handle.stat()
    if (stat.isDirectory()) throw new BenchError('missing', `${path} is a folder`)
    // Files of the kernel tell no size, or 4096 whatever they hold, and some cannot be read at a position.
    const sized = stat.isFile() && stat.size > BOUND
    return (await tail(handle, sized ? stat.size - BOUND : null)).toString('utf8')
  } finally {
    await handle.close()
  }
}

/** Facts about files of this host. */
export const hostFiles = (paths: { proc: string; sys: string }): Files => {
  const mapped = (path: string): string => {
    const plain = posix.normalize(path)
    if (!plain.startsWith('/')) throw new BenchError('broke', `not an absolute path: ${path}`)
    for (const [prefix, at] of [['/proc', paths.proc], ['/sys', paths.sys]] as const) {
      if (plain === prefix || plain.startsWith(`${prefix}/`)) return at + plain.slice(prefix.length)
    }
    return plain
  }
  const unmapped = async (path: string): Promise<string> => {
    for (const [prefix, at] of [['/proc', paths.proc], ['/sys', paths.sys]] as const) {
      const real = await realpath(at).catch(() => at)
      if (path === real || path.startsWith(`${real}/`)) return prefix + path.slice(real.length)
    }
    return path
  }
  const call = async <T>(path: string, work: (real: string) => Promise<T>): Promise<T> => {
    try {
      return await within(work(mapped(path)), CALL_MS, () => new BenchError('silent', `${path}: no answer within ${CALL_MS} ms`))
    } catch (error) {
      throw causeOf(error, FILE_CAUSES, path)
    }
  }
  const atOnce = async <T>(path: string, work: (real: string) => T): Promise<T> => {
    try {
      return work(mapped(path))
    } catch (error) {
      throw causeOf(error, FILE_CAUSES, path)
    }
  }
  return {
    read: (path) => (AT_ONCE.test(path) ? atOnce(path, (real) => readFileSync(real, 'utf8').slice(-BOUND)) : call(path, read)),
    list: (path) => (LIST_AT_ONCE.test(path) ? atOnce(path, (real) => readdirSync(real).sort().slice(0, MOST_NAMES)) : call(path, async (real) => (await readdir(real)).sort().slice(0, MOST_NAMES))),
    link: (path) => call(path, async (real) => {
      const target = await readlink(real)
      // A relative target counts from where the link's folder really is, which a path through other links does not show.
      return NO_PATH.test(target) ? target : unmapped(posix.resolve(await realpath(posix.dirname(real)), target))
    }),
    space: (path) => call(path, async (real) => {
      const { bsize, blocks, bavail, files, ffree } = await statfs(real)
      return { totalBytes: blocks * bsize, freeBytes: bavail * bsize, ...(files > 0 ? { totalInodes: files, freeInodes: ffree } : {}) }
    }),
  }
}
