import { type Bench, BenchError, type Host } from '../../src/model/bench.ts'
import type { Sight } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'

const texts = (value: Device['settings'][string] | undefined): string[] => (Array.isArray(value) ? value : [])

/** Device ids and the paths of their ports, out of `printer-1=/dev/ttyS0`. */
const portsOf = (device: Device): { id: string; path: string }[] =>
  texts(device.settings.portPaths).flatMap((entry) => {
    const at = entry.indexOf('=')
    return at > 0 ? [{ id: entry.slice(0, at), path: entry.slice(at + 1) }] : []
  })

const absent = (name: string, error: unknown): Sight => {
  if (error instanceof BenchError) return { name, absent: error.absence, detail: error.message }
  throw error
}

const needsRight = (name: string): Sight =>
  ({ name, absent: 'blocked', detail: 'open files of other users are hidden from the agent: give it CAP_SYS_PTRACE (and CAP_DAC_READ_SEARCH)' })

interface Application {
  /** Process ids, oldest first; undefined where no application is declared or nobody could look for it. */
  pids: number[] | undefined
  sights: Sight[]
}

const application = async (device: Device, bench: Bench): Promise<Application> => {
  const name = device.settings.process
  if (typeof name !== 'string' || name === '') return { pids: undefined, sights: [] }
  try {
    const found = await bench.host.processes(name)
    const [first] = found
    const running: Sight = { name: 'host.pos-running', value: first !== undefined }
    if (!first) return { pids: [], sights: [running] }
    return { pids: found.map((p) => p.pid), sights: [running, { name: 'host.pos-pid', value: first.pid }, { name: 'host.pos-age-s', value: first.ageS }] }
  } catch (error) {
    return { pids: undefined, sights: [absent('host.pos-running', error)] }
  }
}

type Holding = Awaited<ReturnType<Host['holders']>>

const notHeld = (device: Device, ports: readonly { id: string; path: string }[], pids: readonly number[], holding: Holding): Sight[] => {
  const name = 'host.pos-holds'
  const expected = ports.filter(({ id }) => texts(device.settings.holds).includes(id))
  if (expected.length === 0) return []
  if (pids.length === 0) return [{ name, absent: 'missing', detail: 'the POS application is not running' }]
  const own = holding.holders.filter((h) => pids.includes(h.pid) || h.ancestors.some((pid) => pids.includes(pid)))
  const lacking = expected.filter(({ path }) => !own.some((h) => h.path === path))
  return lacking.length > 0 && pids.some((pid) => holding.unreadable.includes(pid)) ? [needsRight(name)] : [{ name, value: lacking.map(({ id }) => id).join(', ') }]
}

const printable = (name: string): string => name.replaceAll(/[^\w.:+-]/g, '?')

const foreign = (ports: readonly { id: string; path: string }[], pids: readonly number[], holding: Holding): Sight => {
  const name = 'host.port-holder'
  const others = holding.holders.filter((h) => !pids.includes(h.pid) && !h.ancestors.some((pid) => pids.includes(pid)))
  const named = others.map((h) => `${ports.find(({ path }) => path === h.path)?.id ?? h.path}: ${printable(h.process)} (pid ${h.pid})`)
  return named.length === 0 && holding.unreadable.length > 0 ? needsRight(name) : { name, value: named.join(', ').slice(0, 500) }
}

/** The POS application: whether it runs, since when, which declared ports it lacks, and which other program holds one. */
export const lookAtPos = async (device: Device, bench: Bench): Promise<Sight[]> => {
  const { pids, sights } = await application(device, bench)
  const ports = portsOf(device)
  // Who holds a port costs a walk through the open files of every process: a whole check looks, a light round does not.
  if (ports.length === 0 || device.settings.light === true) return sights
  try {
    const holding = await bench.host.holders(ports.map(({ path }) => path))
    // Where nobody could look for the application, any holder may be it.
    const undecided = pids === undefined && sights.length > 0
    return undecided ? sights : [...sights, ...notHeld(device, ports, pids ?? [], holding), foreign(ports, pids ?? [], holding)]
  } catch (error) {
    return [...sights, absent('host.port-holder', error)]
  }
}
