import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * Folder for compiled code: systemd's cache folder or the person's own, never one that others may write to, since the engine
 * trusts what it finds there. Nothing is lost with it.
 */
export const codeCacheDir = (env: Readonly<Record<string, string | undefined>>): string =>
  join(env.CACHE_DIRECTORY ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'posdiag'), 'code')
