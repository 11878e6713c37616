import type { GroupBasis } from '../model/fault.ts'
import type { Past } from '../model/past.ts'
import type { Symptom } from '../model/symptom.ts'
import type { Device, Node } from '../model/terminal.ts'

/** Devices that hang on one hub, or on one socket or strip, as far as is known. */
export interface Group {
  is: Node['is']
  /** Ids of what the hub or strip itself hangs on: the devices that its fault is a fault of. */
  on: readonly string[]
  devices: ReadonlySet<string>
  basis: GroupBasis
}

/** Losses this close to each other have one cause, milliseconds: a hub that goes takes everything along within a second, and looks are seconds apart. */
const AT_ONCE_MS = 5000

const onUsb = ({ transport }: Device): boolean => {
  if (transport.type === 'serial') return !/tty(S|AMA)\d/.test(transport.path)
  return ['usb', 'hid', 'usblp', 'pcsc'].includes(transport.type)
}

/** Hubs that a USB path leads through, as the kernel names them: of 1-1.4.2 they are 1-1.4 and 1-1. */
const hubsOnPath = (path: string): string[] => path.split('.').slice(0, -1).map((_, i, parts) => parts.slice(0, i + 1).join('.'))

const byPath = (paths: Readonly<Record<string, string>>, known: ReadonlySet<string>): Set<string>[] => {
  const hubs = new Map<string, Set<string>>()
  for (const [device, path] of Object.entries(paths)) {
    if (!known.has(device)) continue
    for (const hub of hubsOnPath(path)) hubs.set(hub, (hubs.get(hub) ?? new Set()).add(device))
  }
  return [...hubs.values()]
}

const byLosses = (losses: Past['losses'], known: ReadonlySet<string>): Set<string>[] => {
  const inOrder = losses.filter(({ device }) => known.has(device)).toSorted((a, b) => a.at - b.at)
  const bursts: { at: number; devices: Set<string> }[] = []
  for (const { device, at, seen = -Infinity } of inOrder) {
    const last = bursts.at(-1)
    if (last && at - last.at <= AT_ONCE_MS && seen < last.at) {
      last.devices.add(device)
      last.at = at
    } else bursts.push({ at, devices: new Set([device]) })
  }
  return bursts.map(({ devices }) => devices)
}

const isGone = ({ id, is }: Symptom): boolean => is === 'present' && (id.endsWith('.missing') || id === 'printer.port-missing')

/** A device that is gone now: it went after `seen`, when it was still there, and before the end of the check that found it gone and began at `at`. */
interface Went { device: string; seen: number; at: number }

const wentOf = ({ device, id }: Symptom, { losses, since }: Past): Went => ({
  device,
  seen: losses.findLast((loss) => loss.device === device)?.seen ?? -Infinity,
  at: since.find((s) => s.device === device && s.symptom === id)?.at ?? Infinity,
})

/** One of them was still there when the other was found gone: nothing took both away at once. */
const apart = (a: Went, b: Went): boolean => a.seen >= b.at || b.seen >= a.at

/** What is gone now, by the moments at which it may have gone together. */
const momentsOf = (gone: readonly Symptom[], past: Past): Set<string>[] => {
  const moments: Went[][] = []
  for (const went of gone.map((symptom) => wentOf(symptom, past)).toSorted((a, b) => a.at - b.at)) {
    const moment = moments.find((others) => !others.some((other) => apart(other, went)))
    if (moment) moment.push(went)
    else moments.push([went])
  }
  return moments.map((moment) => new Set(moment.map(({ device }) => device)))
}

/** A hub or strip goes at one moment: of its devices that went at several, it may have taken those of any one of them. */
const byMoment = (group: Group, moments: readonly ReadonlySet<string>[]): Group[] => {
  const struck = moments.filter((moment) => [...moment].some((id) => group.devices.has(id)))
  if (struck.length < 2) return [group]
  return struck.map((moment) => ({ ...group, devices: new Set([...group.devices].filter((id) => moment.has(id) || !struck.some((other) => other.has(id)))) }))
}

/** Groups of devices that may be struck together: those that the terminal file declares, and those learnt from USB paths and from losses. Of the same devices known in several ways the surest counts. */
export const groupsOf = (devices: readonly Device[], nodes: readonly Node[], symptoms: readonly Symptom[], past: Past): Group[] => {
  const usb = new Set(devices.filter(onUsb).map(({ id }) => id))
  const gone = symptoms.filter(isGone)
  const moments = momentsOf(gone, past)
  const hub = (basis: GroupBasis) => (set: ReadonlySet<string>): Group => ({ is: 'hub', on: ['host'], devices: set, basis })
  const declared = nodes.map(({ id, is, dependsOn }): Group => ({
    is, on: dependsOn ?? [is === 'hub' ? 'host' : 'mains'], devices: new Set(devices.filter((d) => d.dependsOn.includes(id)).map((d) => d.id)), basis: 'declared',
  }))
  const learnt = [
    ...byPath(past.usbPaths, usb).map(hub('path')),
    ...byLosses(past.losses, usb).map(hub('lost-together')),
    hub('all')(usb),
    hub('missing-together')(new Set(gone.filter((s) => usb.has(s.device)).map((s) => s.device))),
  ].flatMap((group) => byMoment(group, moments)).filter((group) => group.devices.size > 1)
  const kept = new Map<string, Group>()
  for (const group of [...declared.flatMap((group) => byMoment(group, moments)), ...learnt]) {
    const key = `${group.is} ${[...group.devices].toSorted().join()}`
    if (!kept.has(key)) kept.set(key, group)
  }
  return [...kept.values()]
}
