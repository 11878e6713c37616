import { type PackRead, packIn } from '../agent/pack.ts'
import type { PackBody } from '../model/pack.ts'

/** The knowledge pack of a state folder, where there is one to believe; `tell` hears (English) why one is not. A folder that cannot be read has none. */
export const knownPack = (stateDir: string, tell: (why: string) => void): PackBody | undefined => {
  let read: PackRead | undefined
  try {
    read = packIn(stateDir)
  } catch (error) {
    read = { unbelieved: error instanceof Error ? error.message : String(error) }
  }
  if (read && 'unbelieved' in read) tell(read.unbelieved)
  return read && 'pack' in read ? read.pack : undefined
}
