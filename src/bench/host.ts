import type { Host } from '../model/bench.ts'
import { causeOf, FILE_CAUSES } from './causes.ts'
import { heldKey } from './held-key.ts'
import { kernelLogReader } from './kernel-log.ts'
import { holderFinder, processFinder } from './processes.ts'

// One reader per process: it keeps its place in the log, so that a daemon's next round reads only what is new.
const kernelLog = kernelLogReader()

/** What this host says of its processes, below this proc folder, and of its kernel. */
export const hostFacts = (proc: string): Host => {
  const processes = processFinder(proc)
  const holders = holderFinder(proc)
  const call = async <T>(what: string, work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (error) {
      throw causeOf(error, FILE_CAUSES, what)
    }
  }
  return {
    kernelLog: () => call('kernel log', kernelLog.read()),
    processes: (name) => call(proc, processes(name)),
    heldKey: (event, ms) => call(event, heldKey(event, ms)),
    holders: (paths) => call(proc, holders(paths)),
  }
}
