import { constants } from 'node:fs'
import { type FileHandle, open, readdir, readlink, realpath, statfs } from 'node:fs/promises'
import { posix } from 'node:path'
import { BenchError, type Files } from '../model/bench.ts'
import { causeOf, codeOf, FILE_CAUSES } from './causes.ts'
import { within } from './deadline.ts'

/** Longest text given, and most that is read of a file that tells no size. */
const BOUND = 262144
const MOST_READ = 16 * BOUND

/** A driver or a dead file server can hold a call for ever. */
const CALL_MS = 2000

/** Most names given of one folder. */
const MOST_NAMES = 20000

/** Names of kernel objects that are no paths, as `socket:[123]` in /proc/PID/fd. */
const NO_PATH = /^(\w+:\[|anon_inode:)/

const ended = (code: string | undefined): boolean => code === 'EAGAIN'

/** Reads from a position (null: where the file stands) to the end, keeping the last BOUND bytes. */
const tail = async (handle: FileHandle, from: number | null): Promise<Buffer> => {
  const chunk = Buffer.alloc(65536)
  let kept = Buffer.alloc(0)
  for (let total = 0; total < MOST_READ;) {
    let got: number
    try {
      got = (await handle.read(chunk, 0, chunk.length, from === null ? null : from + total)).bytesRead
    } catch (error) {
      // A pipe without data, or the kernel log at its end; EPIPE is a record that the kernel log has dropped meanwhile.
      if (ended(codeOf(error))) break
      if (codeOf(error) === 'EPIPE') {
        total += 1
        continue
      }
      throw error
    }
    if (got === 0) break
    total += got
    kept = Buffer.concat([kept, chunk.subarray(0, got)]).subarray(-BOUND)
  }
  return kept
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
  const unmapped = (path: string): string => {
    for (const [prefix, at] of [['/proc', paths.proc], ['/sys', paths.sys]] as const) {
      if (path === at || path.startsWith(`${at}/`)) return prefix + path.slice(at.length)
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
  return {
    read: (path) => call(path, read),
    list: (path) => call(path, async (real) => (await readdir(real)).sort().slice(0, MOST_NAMES)),
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
