import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Profile } from '../src/model/device.ts'
import type { Device } from '../src/model/terminal.ts'

/** A profile that cannot be used; the message names the file, the place in it and what is wrong. */
export class ProfileError extends Error {
  readonly file: string
  constructor(file: string, problem: string) {
    super(`${file}: ${problem}`)
    this.name = 'ProfileError'
    this.file = file
  }
}

const read = async (root: string, kind: string, name: string): Promise<Profile> => {
  const file = join('probes', kind, 'profiles', name)
  const text = await readFile(join(root, file), 'utf8')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new ProfileError(file, error instanceof Error ? error.message : 'not JSON')
  }
  const parsed = Profile.safeParse(value)
  if (!parsed.success) throw new ProfileError(file, parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the whole'}: ${issue.message}`).join('; '))
  if (parsed.data.kind !== kind) throw new ProfileError(file, `kind is ${parsed.data.kind}, but the folder is that of ${kind}`)
  if (`${parsed.data.id}.json` !== name) throw new ProfileError(file, `id is ${parsed.data.id}; the file must be called ${parsed.data.id}.json`)
  return parsed.data
}

const namesIn = async (folder: string): Promise<string[]> => {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()
  } catch (error) {
    // A kind of device need not have profiles.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return []
    throw error
  }
}

/**
 * Every model profile below `root`/probes/KIND/profiles, by kind and id. Rejects with ProfileError for a file that is not one, and
 * if an id is used twice; with the file system's error if the folder of the probes cannot be read.
 */
export const loadProfiles = async (root: string): Promise<Profile[]> => {
  const profiles: Profile[] = []
  for (const kind of (await readdir(join(root, 'probes'))).sort()) {
    for (const name of await namesIn(join(root, 'probes', kind, 'profiles'))) {
      const profile = await read(root, kind, name)
      const twin = profiles.find((other) => other.id === profile.id)
      if (twin) throw new ProfileError(join('probes', kind, 'profiles', name), `the id ${profile.id} is already that of a ${twin.kind}`)
      profiles.push(profile)
    }
  }
  return profiles
}

/** By what a model is recognised. */
type MarkKind = Profile['marks'][number]['by']

/** Something seen on a device that may tell its model; a USB id is `vvvv:pppp` in lower-case hex. */
export interface SeenMark {
  by: MarkKind
  value: string
}

/** How well a profile fits; `score` is 0 (not at all) to 1. */
export interface Recognised {
  profile: Profile
  score: number
  matched: Profile['marks'][number][]
}

const LONGEST_SEEN = 200

/** `*` stands for any characters; capitals do not matter. */
const fits = (pattern: string, value: string): boolean => {
  const [start = '', ...rest] = pattern.toLowerCase().split('*')
  const text = value.slice(0, LONGEST_SEEN).trim().toLowerCase()
  if (rest.length === 0) return text === start
  if (!text.startsWith(start)) return false
  const end = rest.pop() ?? ''
  let at = start.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return text.length - end.length >= at && text.endsWith(end)
}

const scored = (profile: Profile, seen: readonly SeenMark[]): Recognised => {
  const matched = profile.marks.filter((mark) => seen.some((one) => one.by === mark.by && fits(mark.matches, one.value)))
  // Seen, told by the profile, and different: what a match would have said now speaks against it.
  const contrary = [...new Set(seen.map((one) => one.by))]
    .filter((by) => !matched.some((mark) => mark.by === by))
    .map((by) => Math.max(0, ...profile.marks.filter((mark) => mark.by === by).map((mark) => mark.weight)))
  const doubt = matched.reduce((left, mark) => left * (1 - mark.weight), 1)
  return { profile, matched, score: contrary.reduce((score, weight) => score * (1 - weight), 1 - doubt) }
}

/** Profiles that fit what was seen, best first; those with nothing in common with it are left out. */
export const recognise = (profiles: readonly Profile[], seen: readonly SeenMark[]): Recognised[] =>
  profiles
    .map((profile) => scored(profile, seen))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.profile.id.localeCompare(b.profile.id))

/**
 * The device with what its profile knows of every unit of the model: dialect and facts become settings, and its limits become limits,
 * that the terminal file did not give itself. Without a profile the device is returned as it is. Throws if the profile does not exist or is of another kind.
 */
export const withProfile = (device: Device, profiles: readonly Profile[]): Device => {
  if (device.profile === undefined) return device
  const ofKind = profiles.filter((profile) => profile.kind === device.kind)
  const profile = ofKind.find(({ id }) => id === device.profile)
  if (!profile) {
    throw new Error(`device ${device.id}: there is no ${device.kind} profile called ${device.profile}; known: ${ofKind.map(({ id }) => id).join(', ') || 'none'}. Correct it, or leave it out.`)
  }
  return { ...device, limits: { ...profile.limits, ...device.limits }, settings: { dialect: profile.dialect, ...profile.facts, ...device.settings } }
}

const MARKS: Readonly<Record<string, readonly MarkKind[]>> = {
  maker: ['maker-answer'],
  model: ['model-answer'],
  firmware: ['firmware-answer'],
  'model-id': ['model-id'],
  product: ['reader-name', 'usb-product'],
}

/** The marks in what a probe saw of one device: its answers about maker, model, firmware and product. */
export const marksOf = (sights: Iterable<{ name: string; value?: unknown }>): SeenMark[] =>
  [...sights].flatMap(({ name, value }) =>
    (value === undefined || value === '' ? [] : (MARKS[name.slice(name.indexOf('.') + 1)] ?? [])).map((by) => ({ by, value: String(value) })))
