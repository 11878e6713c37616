import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { PROJECT } from './machine.ts'

/** Where programs for the guest lie, as the guest sees them. */
export const PROGRAMS = '/opt/posdiag/.cache/hardware/programs'

/** Bundles programs of this folder for the guest: an emulated processor takes seconds to strip types. */
export const bundlePrograms = async (programs: Readonly<Record<string, string>>): Promise<void> => {
  const bundle = await rolldown({
    input: Object.fromEntries(Object.entries(programs).map(([name, file]) => [name, join(PROJECT, 'test/hardware', file)])),
    platform: 'node',
  })
  await bundle.write({ dir: join(PROJECT, '.cache/hardware/programs'), format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' })
  await bundle.close()
}

/** Node in the guest. */
export const NODE = '/opt/posdiag/node_modules/.bin/node'
