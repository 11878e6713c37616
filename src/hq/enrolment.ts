import { uuidv7 } from '../model/id.ts'
import type { CreatedEnrolmentToken, CreateEnrolmentToken } from '../model/wire.ts'
import { hashOf, newToken } from './credentials.ts'
import type { Store } from './store.ts'

/** Makes a one-time token and keeps its hash; the token itself is in the answer and nowhere else. */
export const makeEnrolmentToken = async (store: Store, { terminalId, region, store: shop, note, hours }: CreateEnrolmentToken, now: number, madeBy?: string): Promise<CreatedEnrolmentToken> => {
  const token = newToken('pe')
  const row = {
    id: uuidv7(now),
    ...(terminalId === undefined ? {} : { terminalId }),
    ...(region === undefined ? {} : { region }),
    ...(shop === undefined ? {} : { store: shop }),
    ...(note === undefined ? {} : { note }),
    ...(madeBy === undefined ? {} : { madeBy }),
    createdAt: now, expiresAt: Math.round(now + hours * 3_600_000),
  }
  await store.addEnrolmentToken({ ...row, hash: hashOf(token) })
  return { ...row, token }
}
