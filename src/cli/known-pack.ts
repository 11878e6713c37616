import { packIn } from '../agent/pack.ts'
import type { PackBody } from '../model/pack.ts'

/** The knowledge pack of a state folder, where there is one to believe; `tell` hears (English) why one is not. */
export const knownPack = (stateDir: string, tell: (why: string) => void): PackBody | undefined => {
  const read = packIn(stateDir)
  if (read && 'unbelieved' in read) tell(read.unbelieved)
  return read && 'pack' in read ? read.pack : undefined
}
