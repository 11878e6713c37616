import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')

/** The program as it is published. */
export const BUNDLED = join(ROOT, 'dist/posdiag.js')

/** What a build writes last. */
const LAST = join(ROOT, 'dist/corpus.json.zst')

const newest = (folder: string): number =>
  Math.max(0, ...readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }).flatMap((e) => (e.isFile() ? [statSync(join(e.parentPath, e.name)).mtimeMs] : [])))

/** True if the program was built, and nothing that it is made of was changed since. */
export const isBuilt = (): boolean =>
  existsSync(LAST) && statSync(LAST).mtimeMs >= Math.max(statSync(join(ROOT, 'build.config.mjs')).mtimeMs, ...['src', 'probes', 'fixtures/scenarios'].map(newest))
