import { closeSync, existsSync, fdatasyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { StoreError } from './store.ts'

/** So many backups are kept; the oldest go. */
export const KEPT_BACKUPS = 7

const NAME = /^hq-\d{8}T\d{6}Z\.sqlite$/

/** The backups in the folder, the latest first; none where there is no folder yet. */
export const listBackups = (folder: string): { file: string; at: number; bytes: number }[] => {
  if (!existsSync(folder)) return []
  return readdirSync(folder).filter((name) => NAME.test(name)).toSorted().toReversed().map((file) => {
    const { mtimeMs, size } = statSync(join(folder, file))
    return { file, at: Math.round(mtimeMs), bytes: size }
  })
}

/**
 * Has a backup written into the folder, which is made if it is not there; a file of that name is whole and on disk. Rejects with a
 * StoreError, and then leaves nothing behind.
 */
export const makeBackup = async (write: (file: string) => Promise<void>, folder: string, now: number): Promise<{ file: string; bytes: number }> => {
  const file = join(folder, `hq-${new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '')}.sqlite`)
  const half = `${file}.part`
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    rmSync(half, { force: true })
    await write(half)
    const written = openSync(half, 'r+')
    fdatasyncSync(written)
    closeSync(written)
    renameSync(half, file)
    for (const old of readdirSync(folder).filter((name) => NAME.test(name)).toSorted().slice(0, -KEPT_BACKUPS)) rmSync(join(folder, old))
    return { file, bytes: statSync(file).size }
  } catch (error) {
    rmSync(half, { force: true })
    if (error instanceof StoreError) throw error
    throw new StoreError('full', `the backup ${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`, error)
  }
}
