import { createHash } from 'node:crypto'
import { type FileHandle, open, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** How far a file was read: every byte before `offset` belongs to lines that were handed out. `head` is a digest of its first `headBytes` bytes, by which it is known again under another name. */
export interface Cursor { inode: number; offset: number; head: string; headBytes: number }

/** What happened to a file beside growing. missing: it is not there. rotated: another file took its name. truncated: it was emptied or replaced in place. lost: the file last read is gone, what was left of it too. long-line: a line over the bound was skipped. */
export type TailNote = 'missing' | 'rotated' | 'truncated' | 'lost' | 'long-line'

/** Whole lines without their ends, and the cursor behind them; their bytes stand until the next call. `more` is true while there is more to read at once. `start` is where the first line began. */
export interface TailBatch { lines: Uint8Array[]; starts: number[]; cursor: Cursor | undefined; notes: TailNote[]; more: boolean }

/** Follows one file by its path. Not for two callers at once. */
export interface Tail {
  /** Reads on; never hands out half a line. Rejects with the file system's error for anything but a missing file. */
  next(): Promise<TailBatch>
  /** The first line of the file that is read; undefined if there is none yet. */
  firstLine(): Promise<Uint8Array | undefined>
  /** What stands behind the last line end, for a file that will not grow; undefined if nothing or too much. */
  rest(): Promise<Uint8Array | undefined>
  close(): Promise<void>
}

const CHUNK = 262_144
const HEAD = 1024
/** Longest line handed out, in bytes. */
export const MAX_LINE = 65_536
const PACKED = /\.(?:gz|bz2|xz|zst|lz4|zip)$/

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64url').slice(0, 22)

const readAt = async (file: FileHandle, at: number, length: number): Promise<Buffer> => {
  const buffer = Buffer.allocUnsafe(length)
  const { bytesRead } = await file.read(buffer, 0, length, at)
  return buffer.subarray(0, bytesRead)
}

const missing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'

const statOf = async (path: string): Promise<{ inode: number; size: number; changed: number } | undefined> => {
  try {
    const { ino, size, mtimeMs } = await stat(path)
    return { inode: ino, size, changed: mtimeMs }
  } catch (error) {
    if (missing(error)) return undefined
    throw error
  }
}

/** Files beside a path that rotation may have made of it, oldest first: their names go on where its name ends, or begin with its name before the extension. */
const siblings = async (path: string): Promise<{ path: string; inode: number; changed: number }[]> => {
  const folder = dirname(path)
  const name = basename(path)
  const stem = name.replace(/\.[^.]*$/, '')
  const names = (await readdir(folder)).filter((other) => other !== name && (other.startsWith(name) || other.startsWith(`${stem}-`) || other.startsWith(`${stem}.`)) && !PACKED.test(other)).slice(0, 200)
  const known = await Promise.all(names.map(async (other) => ({ path: join(folder, other), at: await statOf(join(folder, other)) })))
  return known.flatMap(({ path: other, at }) => (at ? [{ path: other, inode: at.inode, changed: at.changed }] : [])).sort((a, b) => a.changed - b.changed)
}

const isSame = async (file: FileHandle, cursor: Cursor): Promise<boolean> => {
  const head = await readAt(file, 0, cursor.headBytes)
  return head.length === cursor.headBytes && digest(head) === cursor.head
}

/** Follows the file at a path from a cursor, or from its beginning. Survives rotation by renaming, emptying in place, half lines, and its own restart. */
export const tail = (path: string, from?: Cursor): Tail => {
  let cursor = from
  let file: FileHandle | undefined
  let inode = 0
  let checkedSize = -1
  // One buffer for every block: a new one for each would wait for the garbage collector by the hundred.
  let block = Buffer.alloc(0)
  let skipping = false
  /** Size at which a file that has lost its name was at its end; a writer may go on in it for a moment. */
  let quietAt = -1

  const use = async (next: FileHandle, at: number): Promise<void> => {
    await file?.close()
    file = next
    inode = (await next.stat()).ino
    checkedSize = -1
    skipping = false
    quietAt = -1
    cursor = { inode, offset: at, head: digest(new Uint8Array()), headBytes: 0, ...(at > 0 && cursor ? { head: cursor.head, headBytes: cursor.headBytes } : {}) }
  }
  /** Opens what was read last, wherever it is now, or else what has the name. */
  const begin = async (notes: TailNote[]): Promise<boolean> => {
    const known = cursor
    if (known) {
      const places = [path, ...(await siblings(path).catch((error: unknown) => { if (missing(error)) return []; throw error })).map((s) => s.path)]
      for (const place of places) {
        const at = await statOf(place)
        if (!at || (at.inode !== known.inode && place !== path)) continue
        const handle = await open(place, 'r')
        if (at.size >= known.offset && (await isSame(handle, known))) {
          await use(handle, known.offset)
          return true
        }
        await handle.close()
      }
    }
    if (!(await statOf(path))) {
      notes.push('missing')
      return false
    }
    if (known && known.offset > 0) notes.push('lost')
    cursor = undefined
    await use(await open(path, 'r'), 0)
    return true
  }
  /** At the end of the file that is open: goes on with its successor if there is one. */
  const moveOn = async (notes: TailNote[]): Promise<'same' | 'moved'> => {
    if (!file) return 'same'
    const now = await statOf(path)
    const mine = await file.stat()
    if (!now || now.inode === inode) return 'same'
    const next = (await siblings(path)).find((s) => s.inode !== inode && s.changed > mine.mtimeMs && s.inode !== now.inode)
    notes.push('rotated')
    cursor = undefined
    await use(await open(next?.path ?? path, 'r'), 0)
    return 'moved'
  }
  const emptied = async (size: number): Promise<boolean> => {
    if (!file || !cursor) return false
    if (size < cursor.offset) return true
    if (size === checkedSize || cursor.headBytes === 0) return false
    checkedSize = size
    return !(await isSame(file, cursor))
  }
  /** Splits what was read at line ends; what follows the last one stays unread. */
  const split = (bytes: Buffer, at: number, last: boolean, notes: TailNote[]): { lines: Uint8Array[]; starts: number[]; taken: number } => {
    const lines: Uint8Array[] = []
    const starts: number[] = []
    let begin = 0
    const put = (end: number): void => {
      if (skipping) skipping = false
      else if (end - begin > MAX_LINE) notes.push('long-line')
      else {
        lines.push(bytes.subarray(begin, bytes[end - 1] === 13 ? end - 1 : end))
        starts.push(at + begin)
      }
    }
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, begin)) {
      put(end)
      begin = end + 1
    }
    const rest = bytes.length - begin
    if (rest > 0 && last) {
      put(bytes.length)
      begin = bytes.length
    } else if (rest > MAX_LINE) {
      if (!skipping) notes.push('long-line')
      skipping = true
      begin = bytes.length
    }
    return { lines, starts, taken: begin }
  }
  const advance = async (taken: number): Promise<void> => {
    if (!file || !cursor || taken === 0) return
    const offset = cursor.offset + taken
    const headBytes = Math.min(HEAD, offset)
    cursor = { inode, offset, ...(headBytes === cursor.headBytes ? { head: cursor.head } : { head: digest(await readAt(file, 0, headBytes)) }), headBytes }
  }

  return {
    next: async () => {
      const notes: TailNote[] = []
      if (!file && !(await begin(notes))) return { lines: [], starts: [], cursor, notes, more: false }
      if (!file || !cursor) return { lines: [], starts: [], cursor, notes, more: false }
      const { size } = await file.stat()
      if (await emptied(size)) {
        notes.push('truncated')
        cursor = { inode, offset: 0, head: digest(new Uint8Array()), headBytes: 0 }
        skipping = false
      }
      const at = cursor.offset
      const length = Math.max(0, Math.min(CHUNK, size - at))
      if (block.length < length) block = Buffer.allocUnsafeSlow(length)
      const bytes = block.subarray(0, length === 0 ? 0 : (await file.read(block, 0, length, at)).bytesRead)
      const whole = split(bytes, at, false, notes)
      await advance(whole.taken)
      const behind = cursor
      if (whole.taken > 0 && at + bytes.length < size) return { ...whole, cursor: behind, notes, more: true }
      // Only a file that another took the place of is finished: then its last line needs no end.
      const now = at + bytes.length >= size ? await statOf(path) : undefined
      if (now && now.inode !== inode && quietAt !== size) quietAt = size
      else if (now && now.inode !== inode) {
        const left = split(bytes.subarray(whole.taken), at + whole.taken, true, notes)
        await advance(left.taken)
        const moved = await moveOn(notes)
        return { lines: [...whole.lines, ...left.lines], starts: [...whole.starts, ...left.starts], cursor, notes, more: moved === 'moved' }
      }
      return { ...whole, cursor: behind, notes, more: whole.taken > 0 && at + bytes.length < size }
    },
    firstLine: async () => {
      if (!file) return undefined
      const bytes = await readAt(file, 0, MAX_LINE)
      const end = bytes.indexOf(10)
      return end < 0 ? undefined : bytes.subarray(0, bytes[end - 1] === 13 ? end - 1 : end)
    },
    rest: async () => {
      const bytes = file && cursor ? await readAt(file, cursor.offset, MAX_LINE + 1) : Buffer.alloc(0)
      return bytes.length > 0 && bytes.length <= MAX_LINE && !skipping ? bytes : undefined
    },
    close: async () => {
      await file?.close()
      file = undefined
    },
  }
}
