import { constants } from 'node:fs'
import { access, open } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { BenchError, type Port } from '../model/bench.ts'
import { causeOf, codeOf, FILE_CAUSES } from './causes.ts'
import { settledWithin, within } from './deadline.ts'
import { inbox } from './inbox.ts'

/** How often the driver is asked for bytes, in milliseconds; it wakes nobody that asked without blocking. */
const POLL_MS = 4

/** Why the driver takes no bytes: ENOSPC is what usblp gives when the printer's own status says paper out, EIO when it says anything else is wrong. */
const writeFailure = (error: unknown, path: string): BenchError => {
  switch (codeOf(error)) {
    case 'ENOSPC': return new BenchError('refused', `${path} takes nothing: by its USB status the printer has no paper`)
    case 'EIO': return new BenchError('refused', `${path} takes nothing: by its USB status the printer is off-line or has an error`)
    default: return causeOf(error, { codes: {}, otherwise: 'missing' }, path)
  }
}

/** Opens a USB printer node of Linux's usblp. Never blocks: a read that waits in the kernel would hold a thread of this process for ever. */
export const openUsblp = async (path: string, ms: number): Promise<Port> => {
  let late = false
  const opening = (async () => {
    const opened = await open(path, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOCTTY)
    try {
      if (late) throw new BenchError('silent', path)
      if (!(await opened.stat()).isCharacterDevice()) throw new BenchError('missing', `${path} is not a device`)
      return opened
    } catch (error) {
      await opened.close()
      throw error
    }
  })()
  const handle = await within(opening, ms, () => {
    late = true
    return new BenchError('silent', `${path} does not open within ${ms} ms`)
  }).catch((error: unknown) => { throw causeOf(error, FILE_CAUSES, path) })

  const inside = inbox()
  const buffer = Buffer.alloc(4096)
  let closed = false
  let readers = 0
  let polling = false

  /** Puts what the driver has into the inbox; false if it had nothing. */
  const fetch = async (): Promise<boolean> => {
    try {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null)
      if (bytesRead > 0) inside.push(buffer.subarray(0, bytesRead))
      // No bytes is what an empty USB packet gives, and a line that was hung up: only then is the node gone.
      else await access(path)
      return bytesRead > 0
    } catch (error) {
      const code = codeOf(error)
      if (code === 'EAGAIN' || code === 'EINTR') return false
      // What usblp gives for an interface without an endpoint back (drivers/usb/class/usblp.c, usblp_read).
      if (code === 'EINVAL') inside.end(new BenchError('not-fitted', `${path} only prints: it has no way back to the host`))
      else inside.end(causeOf(error, { codes: {}, otherwise: 'missing' }, path))
      return false
    }
  }

  /** One loop serves all reads that wait. */
  const poll = async (): Promise<void> => {
    if (polling) return
    polling = true
    while (readers > 0 && !closed && !inside.gone()) if (!(await fetch())) await wait(POLL_MS)
    polling = false
  }

  const write = async (bytes: Uint8Array, ms: number): Promise<void> => {
    const until = performance.now() + ms
    for (let sent = 0; sent < bytes.length;) {
      const gone = inside.gone()
      if (gone) throw gone
      try {
        sent += (await handle.write(bytes, sent)).bytesWritten
      } catch (error) {
        const code = codeOf(error)
        if (code !== 'EAGAIN' && code !== 'EINTR') throw writeFailure(error, path)
        if (performance.now() >= until) throw new BenchError('silent', `${path} takes no bytes`)
        await wait(POLL_MS)
      }
    }
  }

  return {
    read: (ms, enough) => {
      readers += 1
      void poll()
      return inside.read(ms, enough).finally(() => { readers -= 1 })
    },
    write: (bytes, ms = 1000) => within(write(bytes, ms), ms + 100, () => new BenchError('silent', `${path} takes no bytes`)),
    lines: async () => undefined,
    close: async () => {
      if (closed) return
      closed = true
      inside.end(new BenchError('missing', `${path} is closed`))
      await settledWithin([handle.close()], 300)
    },
  }
}
