import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { STORE_FILE } from '../agent/keeper.ts'
import { StoreError } from '../agent/sqlite.ts'
import { openStore, type Store } from '../agent/store.ts'
import { fill } from '../texts/say.ts'
import { EXIT, Failure } from './failure.ts'
import { JOURNAL } from './journal-texts.ts'

/** Does something with the store of a state folder, beside an agent that may be using it. Throws a Failure (69, 75) if it cannot be used. */
export const withStore = async <T>(stateDir: string, work: (store: Store) => T | Promise<T>): Promise<T> => {
  let store: Store | undefined
  try {
    store = openStore(join(stateDir, STORE_FILE))
    // A million lines leave a million dead objects: in a small young generation they are found early, and the old one is looked through before it has doubled.
    for (const flag of ['--semi-space-growth-factor=1', '--max-semi-space-size=2', '--heap-growing-percent=50']) setFlagsFromString(flag)
    store.db.exec('PRAGMA cache_size = -4096')
    return await work(store)
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    throw new Failure(error.failure === 'busy' ? EXIT.temporary : EXIT.unavailable, { zh: fill(JOURNAL['no-store'], 'zh-CN', { why: error.message }), en: fill(JOURNAL['no-store'], 'en', { why: error.message }) })
  } finally {
    store?.close()
  }
}
