import { PACK_BYTES, type PackBody } from '../../model/pack.ts'
import type { KnowledgeStore } from './store.ts'

/** Rows of each kind in a pack: some two hundred faults, several remedies each, a few models that matter. */
const MOST_ROWS = 4000

/** Room for the signature. */
const BYTES = PACK_BYTES - 1024

/** The pack that what was counted so far makes, under the number that comes next: what most was counted of, as far as it fits into a pack. */
export const candidateOf = async ({ counts, packs }: KnowledgeStore, now: number): Promise<PackBody> => {
  const sequence = (await packs.latest()) + 1
  for (let rows = MOST_ROWS; ; rows = Math.floor(rows / 2)) {
    const body: PackBody = { schema: 'posdiag.pack/1', sequence, issuedAt: now, ...(await counts.most(rows)) }
    if (rows === 0 || Buffer.byteLength(JSON.stringify(body)) <= BYTES) return body
  }
}
