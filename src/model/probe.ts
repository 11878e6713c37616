import { type Bench, BenchError } from './bench.ts'
import type { DeviceKind, Transport } from './device.ts'
import type { Absence, ObservationSource, ObservedValue } from './observation.ts'
import type { Limit, SymptomRule } from './symptom.ts'
import type { Device } from './terminal.ts'

/** listens: reads the host only. asks: speaks to the device without changing it. moves: prints, opens or beeps; only for an operator who agreed. */
export type Touch = 'listens' | 'asks' | 'moves'

/** What a probe yields; the runner adds the device and the time. */
export type Sight = { name: string; source?: ObservationSource } & ({ value: ObservedValue } | { absent: Absence; detail: string })

/** Code that looks at one kind of device. It knows no fault; it meets faults only in symptom ids. */
export interface Probe {
  kind: DeviceKind
  touch: Touch
  /** True, or the transports over which, if it loads native code or starts a program: a daemon then runs it in a child process and not in its steady rounds. */
  isolate: boolean | readonly Transport['type'][]
  /** True if what it looks at changes only when somebody works on the terminal, or with the weather: steady rounds leave it to whole checks. */
  unhurried?: true
  /** Its own deadline in milliseconds, inside the check's. */
  deadlineMs: number
  /** Vocabulary: observation name -> meaning and unit. Yielding another name is a bug of the probe. */
  observes: Readonly<Record<string, string>>
  /** Names that only a person can tell, and that no look yields. */
  told?: readonly string[]
  limits: Readonly<Record<string, Limit>>
  symptoms: readonly SymptomRule[]
  /** Yields as it goes, so that a late probe keeps what it saw. A BenchError that it lets out becomes the absence of every name not yet yielded; any other error is our bug. */
  observe(device: Device, bench: Bench): AsyncIterable<Sight>
}

/** True if looking at this device loads native code or starts a program. */
export const isIsolated = ({ isolate }: Probe, { transport }: Device): boolean => (typeof isolate === 'boolean' ? isolate : isolate.includes(transport.type))

/** A sight with its value. */
export const saw = (name: string, value: ObservedValue, source: ObservationSource = 'live'): Sight => ({ name, source, value })

/** A sight without a value, and why there is none. */
export const missed = (name: string, why: Missed, source: ObservationSource = 'live'): Sight => ({ name, source, absent: why.absent, detail: why.detail })

/** Why a look brought nothing. */
export type Missed = { absent: Absence; detail: string }

/** Waits for one look at the bench: its value, or why there is none. Rejects for anything but a BenchError, which is our bug. */
export const looked = async <T>(look: Promise<T>): Promise<{ value: T } | Missed> => {
  try {
    return { value: await look }
  } catch (error) {
    if (error instanceof BenchError) return { absent: error.absence, detail: error.message }
    throw error
  }
}
