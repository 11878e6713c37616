import { Configuration } from '../model/configuration.ts'
import type { TerminalFile } from '../model/terminal.ts'
import type { Store } from './store.ts'

const META = 'configuration'

/** The terminal file as it holds under a configuration of HQ. */
export const configured = (file: TerminalFile, configuration: Configuration | undefined): TerminalFile => {
  if (configuration === undefined) return file
  const { limits, posMinimumVersion: minimumVersion } = configuration
  return { ...file, limits: { ...file.limits, ...limits }, ...(file.pos === undefined || minimumVersion === undefined ? {} : { pos: { ...file.pos, minimumVersion } }) }
}

/** Why a configuration cannot be gone by, or undefined. `known` are the names of all limits. */
export const objectionTo = (configuration: Configuration, known: ReadonlySet<string>): string | undefined => {
  const strange = Object.keys(configuration.limits).filter((name) => !known.has(name))
  return strange.length === 0 ? undefined : `this agent knows no limit ${strange.slice(0, 5).join(', ')}; take it out, or update the agent first`
}

/** The configuration that was taken last; none where there is none that this version can read. Throws StoreError. */
export const keptConfiguration = (store: Store): Configuration | undefined => {
  const kept = store.meta(META)
  return kept === undefined ? undefined : Configuration.safeParse(JSON.parse(kept)).data
}

/** Keeps a configuration for every start from now on; undefined keeps that there is none. Throws StoreError. */
export const keepConfiguration = (store: Store, configuration: Configuration | undefined): void => {
  if (configuration === undefined) store.db.run('DELETE FROM meta WHERE key = ?', META)
  else store.setMeta(META, JSON.stringify(configuration))
}
