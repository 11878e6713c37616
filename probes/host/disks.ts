import { type Bench, BenchError } from '../../src/model/bench.ts'
import type { Sight } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { ifSeen, rounded, sight } from '../sight.ts'

/** One line of /proc/mounts or /etc/fstab (fstab(5)). */
export interface Mount {
  point: string
  type: string
  options: string[]
}

const unescaped = (field: string): string => field.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))

/** Mounts in the order of the file; a later one covers an earlier one at the same point. */
export const parseMounts = (text: string): Mount[] =>
  text.split('\n').flatMap((line) => {
    const [device = '#', point, type, options] = line.trim().split(/\s+/)
    if (device.startsWith('#') || point === undefined || type === undefined || options === undefined) return []
    return [{ point: unescaped(point), type, options: options.split(',') }]
  })

const holds = (mount: Mount, path: string): boolean => mount.point === '/' || path === mount.point || path.startsWith(`${mount.point}/`)

/** The mount that holds a path: the one with the longest mount point, the last of several. */
export const mountOf = (path: string, mounts: readonly Mount[]): Mount | undefined =>
  mounts.filter((m) => holds(m, path)).reduce<Mount | undefined>((best, m) => (best === undefined || m.point.length >= best.point.length ? m : best), undefined)

// File systems that are read-only by their nature or by design.
const READ_ONLY_TYPES = ['squashfs', 'erofs', 'cramfs', 'romfs', 'iso9660', 'udf', 'overlay', 'tmpfs', 'ramfs']

/** True if the path's file system is read-only although it should not be: neither its type nor fstab wants it so. */
export const turnedReadOnly = (path: string, mounts: readonly Mount[], fstab: readonly Mount[]): boolean => {
  const mount = mountOf(path, mounts)
  if (mount === undefined || READ_ONLY_TYPES.includes(mount.type)) return false
  const planned = fstab.some((m) => m.point === mount.point && m.options.includes('ro'))
  return !planned && mount.options.some((option) => option === 'ro' || option === 'emergency_ro')
}

const watched = (device: Device): string[] => {
  const disks = device.settings.disks
  return [...new Set(['/', ...(Array.isArray(disks) ? disks : [])])]
}

interface DiskSpace {
  path: string
  freePercent: number
  freeMb: number
  freeInodesPercent: number | undefined
}

const spaceOf = async (bench: Bench, path: string): Promise<DiskSpace> => {
  const { totalBytes, freeBytes, totalInodes, freeInodes } = await bench.files.space(path)
  if (!(totalBytes > 0)) throw new BenchError('missing', `the file system of ${path} has no size`)
  return {
    path,
    freePercent: rounded((100 * freeBytes) / totalBytes),
    freeMb: Math.floor(freeBytes / 2 ** 20),
    freeInodesPercent: totalInodes && freeInodes !== undefined ? rounded((100 * freeInodes) / totalInodes) : undefined,
  }
}

const SPACE = ['host.disk-free-percent', 'host.disk-free-mb', 'host.disk-inodes-free-percent']

const space = async (device: Device, bench: Bench): Promise<Sight[]> => {
  const looked = await Promise.all(watched(device).map(async (path) => {
    try {
      return await spaceOf(bench, path)
    } catch (error) {
      if (error instanceof BenchError) return { path, error }
      throw error
    }
  }))
  const disks = looked.filter((l) => 'freeMb' in l)
  const failed = looked.filter((l) => 'error' in l)
  const unseen: Sight = { name: 'host.disk-unseen', value: failed.map(({ path }) => path).join(', ').slice(0, 500) }
  const worst = disks.reduce<DiskSpace | undefined>((a, b) => (a !== undefined && a.freePercent <= b.freePercent ? a : b), undefined)
  if (worst === undefined) {
    const why = failed[0]?.error ?? new BenchError('missing', 'no disk to look at')
    return [unseen, ...SPACE.map((name): Sight => ({ name, absent: why.absence, detail: why.message }))]
  }
  const inodes = disks.flatMap((d) => d.freeInodesPercent ?? [])
  return [
    unseen,
    { name: 'host.disk-worst', value: worst.path },
    { name: 'host.disk-free-percent', value: worst.freePercent },
    { name: 'host.disk-free-mb', value: Math.min(...disks.map((d) => d.freeMb)) },
    inodes.length === 0
      ? { name: 'host.disk-inodes-free-percent', absent: 'not-fitted', detail: 'the watched file systems have no limit of inodes' }
      : { name: 'host.disk-inodes-free-percent', value: Math.min(...inodes) },
  ]
}

const readOnly = async (device: Device, bench: Bench): Promise<boolean> => {
  const mounts = parseMounts(await bench.files.read('/proc/mounts'))
  if (mounts.length === 0) throw new BenchError('garbled', '/proc/mounts names no file system')
  const suspect = watched(device).filter((path) => turnedReadOnly(path, mounts, []))
  if (suspect.length === 0) return false
  const fstab = parseMounts((await ifSeen(bench.files.read('/etc/fstab'))) ?? '')
  return suspect.some((path) => turnedReadOnly(path, mounts, fstab))
}

/** Space, inodes and writability of the watched disks. */
export const lookAtDisks = (device: Device, bench: Bench): Promise<readonly Sight[]>[] => [
  space(device, bench),
  sight('host.disk-read-only', () => readOnly(device, bench)).then((s) => [s]),
]
