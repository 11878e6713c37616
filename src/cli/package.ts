import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import description from '../../package.json' with { type: 'json' }

/** Version of this program. */
export const VERSION: string = description.version

/** True where this program runs as it is written, false where it is bundled. */
export const FROM_SOURCE = import.meta.url.endsWith('.ts')

/** Folder of the package (with fixtures and page), with a trailing slash; the same from source and bundled. */
export const PACKAGE_ROOT: string = fileURLToPath(new URL(FROM_SOURCE ? '../../' : '../', import.meta.url))

/** File of another entry point of this program, by its name without ending. */
export const entryPoint = (name: string): string => fileURLToPath(new URL(`./${name}${FROM_SOURCE ? '.ts' : '.js'}`, import.meta.url))

/** File that starts this program, as the command does. */
export const PROGRAM: string = join(PACKAGE_ROOT, 'src/cli/posdiag.js')
