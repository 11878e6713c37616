import type { Inspection } from '../model/inspection.ts'
import { hasValue, type Observation } from '../model/observation.ts'
import type { Device } from '../model/terminal.ts'
import { inspected } from './units.ts'

/** The sense line of a drawer ends at its printer: what that saw of it is said of the drawer, and whether it is open where somebody told what the level means. */
const drawers = (devices: readonly Device[], observations: readonly Observation[]): Observation[] =>
  devices.filter(({ kind }) => kind === 'drawer').flatMap((drawer) => {
    const { printer, openLevel } = drawer.settings
    const level = observations.find((o) => o.device === printer && o.name === 'printer.drawer-pin-high')
    if (level === undefined || !hasValue(level) || typeof level.value !== 'boolean') return []
    const { at, source, value } = level
    return [
      { name: 'drawer.pin-high', device: drawer.id, at, source, value },
      ...(openLevel === 'high' || openLevel === 'low' ? [{ name: 'drawer.open', device: drawer.id, at, source, value: value === (openLevel === 'high') }] : []),
    ]
  })

/** What follows from observations of several devices together, or from them and the last inspection; no probe can see it alone. */
export const derive = (devices: readonly Device[], observations: readonly Observation[], known: { inspection?: Inspection; now: number }): Observation[] =>
  [...drawers(devices, observations), ...inspected(known.inspection, devices, observations, known.now)]
