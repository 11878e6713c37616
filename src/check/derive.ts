import type { Inspection } from '../model/inspection.ts'
import type { Observation } from '../model/observation.ts'
import type { Device } from '../model/terminal.ts'
import { inspected } from './units.ts'

/** What the printer's probe says of the sense line, and what the drawer's calls it. */
const SENSE: readonly (readonly [of: string, as: string])[] = [['printer.drawer-pin-high', 'drawer.pin-high'], ['printer.drawer-open', 'drawer.open']]

/** The sense line of a drawer ends at its printer: what that saw of it is said of the drawer. */
const drawers = (devices: readonly Device[], observations: readonly Observation[]): Observation[] =>
  devices.filter(({ kind }) => kind === 'drawer').flatMap((drawer) => SENSE.flatMap(([of, as]) => {
    const seen = observations.find((o) => o.device === drawer.settings.printer && o.name === of)
    return seen === undefined ? [] : [{ ...seen, name: as, device: drawer.id }]
  }))

/** What follows from observations of several devices together, or from them and the last inspection; no probe can see it alone. */
export const derive = (devices: readonly Device[], observations: readonly Observation[], known: { inspection?: Inspection; now: number }): Observation[] =>
  [...drawers(devices, observations), ...inspected(known.inspection, devices, observations, known.now)]
