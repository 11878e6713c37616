import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { player } from '../../../src/bench/player.ts'
import { parseDialogue } from '../../../src/model/dialogue.ts'

/** A device that plays a dialogue on its end of a character device. */
export interface Chat {
  play(dialogue: string): void
  end(): Promise<void>
}

const POLL_MS = 3
/** A device side whose host is not there yet, or no longer. */
const LATER = new Set(['EAGAIN', 'EIO', 'ENODEV', 'ESHUTDOWN', 'ECONNRESET'])

/** Plays on a character device of a gadget. Rejects if it cannot be opened. */
export const chatOn = async (path: string, dialogue: string): Promise<Chat> => {
  const file = await open(path, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOCTTY)
  let going = true
  let now = player(parseDialogue(dialogue))
  let since = performance.now()
  const send = async (bytes: Uint8Array): Promise<void> => {
    if (!going) return
    await file.write(bytes).catch((error: NodeJS.ErrnoException) => {
      if (!LATER.has(error.code ?? '')) throw error
    })
  }
  const serve = async (): Promise<void> => {
    const buffer = Buffer.alloc(4096)
    while (going) {
      const read = await file.read(buffer, 0, buffer.length, null).catch((error: NodeJS.ErrnoException) => {
        if (LATER.has(error.code ?? '')) return { bytesRead: 0 }
        throw error
      })
      if (read.bytesRead === 0) {
        await pause(POLL_MS)
        continue
      }
      for (const arrival of now.sent(buffer.subarray(0, read.bytesRead), performance.now() - since)) {
        if (arrival.type === 'bytes') setTimeout(() => void send(arrival.bytes), arrival.after)
      }
    }
    await file.close()
  }
  const served = serve()
  return {
    play: (text) => {
      now = player(parseDialogue(text))
      since = performance.now()
    },
    end: async () => {
      going = false
      await served
    },
  }
}
