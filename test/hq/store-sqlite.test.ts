import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openSqliteStore } from '../../src/hq/sqlite/store.ts'
import { storeContract } from './store-contract.ts'

const folder = (): string => mkdtempSync(join(tmpdir(), 'posdiag-store-'))

storeContract('SQLite', async () => {
  const dir = folder()
  const path = join(dir, 'hq.sqlite')
  let store = await openSqliteStore(path)
  return {
    store,
    reopen: async () => {
      await store.close()
      store = await openSqliteStore(path)
      return store
    },
    close: async () => {
      await store.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
})

it('refuses a file that is no database, and says what to do', async () => {
  const dir = folder()
  const path = join(dir, 'hq.sqlite')
  writeFileSync(path, 'this is not a database, but it is long enough to be looked at '.repeat(100))
  await expect(openSqliteStore(path)).rejects.toMatchObject({ name: 'StoreError', message: expect.stringMatching(/hq\.sqlite is damaged.*backup/) })
  rmSync(dir, { recursive: true })
})

it('refuses a file that another HQ has open', async () => {
  const dir = folder()
  const path = join(dir, 'hq.sqlite')
  const first = await openSqliteStore(path)
  await expect(openSqliteStore(path)).rejects.toMatchObject({ name: 'StoreError', message: expect.stringContaining('in use by another HQ') })
  await first.close()
  rmSync(dir, { recursive: true })
}, 15_000)

it('refuses a folder that it may not write', async () => {
  const dir = folder()
  await expect(openSqliteStore(join(dir, 'nowhere', 'hq.sqlite'))).rejects.toMatchObject({ name: 'StoreError', message: expect.stringContaining('cannot be opened') })
  expect(statSync(dir).isDirectory()).toBe(true)
  rmSync(dir, { recursive: true })
})
