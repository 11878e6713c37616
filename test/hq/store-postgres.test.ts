import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPostgresStore } from '../../src/hq/postgres/store.ts'
import { type Cluster, noPostgres, startCluster } from '../../fixtures/servers/postgres.ts'
import { storeContract } from './store-contract.ts'

const log = { info: () => {}, warn: () => {}, error: () => {} }

describe.skipIf(noPostgres)('PostgreSQL', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster()
  }, 60_000)
  afterAll(() => cluster.end())

  storeContract('PostgreSQL', async () => {
    const url = await cluster.database()
    let store = await openPostgresStore({ url }, log)
    return {
      store,
      reopen: async () => {
        await store.close()
        store = await openPostgresStore({ url }, log)
        return store
      },
      close: () => store.close(),
    }
  })

  it('says what is wrong when it cannot be reached', async () => {
    await expect(openPostgresStore({ url: cluster.address('nowhere') }, log)).rejects.toMatchObject({ name: 'StoreError', kind: 'unavailable', message: expect.stringContaining('database "nowhere" does not exist') })
  })
})
