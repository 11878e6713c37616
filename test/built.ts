import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { isBuilt } from '../bench/built.ts'

/** Ten times what it takes on two busy cores. */
const BUILD_MS = 120_000

/** Before all tests: those that start the program start it as it is published, so it is built anew where something was changed since. */
export default (): void => {
  if (!isBuilt()) execFileSync(process.execPath, ['build.config.mjs'], { cwd: join(import.meta.dirname, '..'), stdio: ['ignore', 'ignore', 'inherit'], timeout: BUILD_MS })
}
