import { BenchError, type Hid, type LendBench, type Operator, type Port, type PortAddress } from '../model/bench.ts'
import { hostClock } from './clock.ts'
import { deadlineCame, settledWithin } from './deadline.ts'
import { hostFiles } from './files.ts'
import { hostHid } from './hid.ts'
import { hostFacts } from './host.ts'
import { hostModems } from './modem-manager.ts'
import { hostNet } from './net.ts'
import { own, ownedThing } from './owner.ts'
import { type BareBench, recorded } from './recorded.ts'
import { openSerial } from './serial.ts'
import { hostSmartCards } from './smartcards.ts'
import { openTcp } from './tcp.ts'
import { openUsblp } from './usblp.ts'

/** Where this host's kernel files are, who answers questions, and which roots to trust (PEM text or a file) instead of Node's own. */
export interface RealBenchOptions {
  paths: { proc: string; sys: string }
  operator?: Operator
  ca?: string
}

/** Longest that opening a port takes. */
const OPEN_MS = 3000

const NOBODY: Operator = { ask: async () => { throw new BenchError('missing', 'nobody is there to answer') } }

const openAt = (address: PortAddress, signal: AbortSignal): Promise<Port> => {
  switch (address.type) {
    case 'serial': return openSerial(address, OPEN_MS)
    case 'usblp': return openUsblp(address.path, OPEN_MS)
    case 'tcp': return openTcp(address, OPEN_MS, signal)
  }
}

/** Opens a port as its only owner in this process; others wait until it is closed. */
const openOwned = async (address: PortAddress, holder: object, signal: AbortSignal): Promise<Port> => {
  const release = await own(await ownedThing(address), holder, signal)
  try {
    if (signal.aborted) throw deadlineCame()
    const port = await openAt(address, signal)
    let closing: Promise<void> | undefined
    return {
      ...port,
      close: () => {
        closing ??= settledWithin([port.close()], 400).then(release)
        return closing
      },
    }
  } catch (error) {
    release()
    throw error
  }
}

/** A report and the answer to it belong together: nobody else speaks to the device in between. */
const ownedHid = (hid: Hid, holder: object, signal: AbortSignal): Hid => {
  const alone = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
    const release = await own(path, holder, signal)
    return work().finally(release)
  }
  return {
    ...hid,
    feature: (path, ...rest) => alone(path, () => hid.feature(path, ...rest)),
    input: (path, ...rest) => alone(path, () => hid.input(path, ...rest)),
    listen: (path, ...rest) => alone(path, () => hid.listen(path, ...rest)),
  }
}

/** Lends this host as it is. Ports are shared out within the process: two probes that open the same one take turns. */
export const realBench = ({ paths, operator = NOBODY, ca }: RealBenchOptions): LendBench => {
  const host = hostFacts(paths.proc)
  return (_device, deadline) => {
    const released = new AbortController()
    const { signal } = released
    if (deadline.aborted) released.abort(deadline.reason)
    else deadline.addEventListener('abort', () => released.abort(deadline.reason), { once: true })
    const clock = hostClock(signal)
    const bare: BareBench = {
      clock,
      files: hostFiles(paths),
      host,
      net: hostNet(signal, clock, ca),
      hid: ownedHid(hostHid(signal, paths.sys), released, signal),
      smartcards: hostSmartCards(signal),
      modems: hostModems(signal),
      operator,
      open: (address) => openOwned(address, released, signal),
    }
    const { bench, transcript, close } = recorded(bare, signal)
    return {
      bench,
      transcript,
      release: async () => {
        // With a reason of its own, so that no error with a stack is made for it.
        released.abort('released')
        await close()
      },
    }
  }
}
