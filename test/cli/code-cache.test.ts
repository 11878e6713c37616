import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { codeCacheDir } from '../../src/cli/code-cache.ts'

it('keeps compiled code where only this program or this person writes', () => {
  expect(codeCacheDir({ CACHE_DIRECTORY: '/var/cache/posdiag', XDG_CACHE_HOME: '/home/a/.c' })).toBe('/var/cache/posdiag/code')
  expect(codeCacheDir({ XDG_CACHE_HOME: '/home/a/.c' })).toBe('/home/a/.c/posdiag/code')
  expect(codeCacheDir({})).toBe(join(homedir(), '.cache/posdiag/code'))
})
