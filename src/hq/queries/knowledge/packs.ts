import { createHash, createPublicKey } from 'node:crypto'
import { type Selectable, sql } from 'kysely'
import { type OfferPack, Pack, type PackAnswer, type PackList, type PackRow, PackStanding } from '../../../model/pack.ts'
import type { Engine } from '../../engine.ts'
import { plain } from '../../plain.ts'
import { optional } from '../rows.ts'
import type { Tables } from '../tables.ts'

/** SHA-256 of a public key's DER, hexadecimal. Throws if it is no key. */
const fingerprintOf = (pem: string): string => createHash('sha256').update(createPublicKey(pem).export({ format: 'der', type: 'spki' })).digest('hex')

const packRow = (row: Selectable<Tables['knowledge_pack']>): PackRow => {
  const { body } = Pack.parse(JSON.parse(row.pack))
  return {
    sequence: row.sequence, issuedAt: row.issued_at, offeredAt: row.offered_at, offeredBy: row.offered_by, ...optional('note', row.note),
    measured: JSON.parse(row.measured) as PackRow['measured'], fingerprint: fingerprintOf(row.key), remedies: body.remedies.length, symptoms: body.symptoms.length,
    ...(row.withdrawn_at === null ? {} : { withdrawn: { at: row.withdrawn_at, by: row.withdrawn_by ?? '' } }),
  }
}

/** Packs that were offered, and which terminal goes by which. */
export const packQueries = (engine: Engine) => {
  const { read } = engine
  return {
    /** The number of the pack on offer, which is the latest; 0 if there is none, or it was withdrawn. */
    offered: (): Promise<number> =>
      engine.reading(async () => {
        const latest = await read.selectFrom('knowledge_pack').select(['sequence', 'withdrawn_at']).orderBy('sequence', 'desc').limit(1).executeTakeFirst()
        return latest === undefined || latest.withdrawn_at !== null ? 0 : latest.sequence
      }),
    /** The number of the latest pack, withdrawn or not; 0 if there was none. */
    latest: (): Promise<number> => engine.reading(async () => (await read.selectFrom('knowledge_pack').select(sql<number | null>`max(sequence)`.as('n')).executeTakeFirst())?.n ?? 0),
    /** Ceases to offer a pack. */
    withdraw: (sequence: number, who: string, at: number): Promise<unknown> =>
      engine.writing('withdrawing a pack', () => read.updateTable('knowledge_pack').set({ withdrawn_at: at, withdrawn_by: plain(who) }).where('sequence', '=', sequence).where('withdrawn_at', 'is', null).execute()),
    /** A pack and the key to check it by. */
    one: (sequence: number): Promise<PackAnswer | undefined> =>
      engine.reading(async () => {
        const row = await read.selectFrom('knowledge_pack').select(['pack', 'key']).where('sequence', '=', sequence).executeTakeFirst()
        return row === undefined ? undefined : { pack: Pack.parse(JSON.parse(row.pack)), key: row.key }
      }),
    /** The latest first. */
    list: (limit: number): Promise<PackRow[]> => engine.reading(async () => (await read.selectFrom('knowledge_pack').selectAll().orderBy('sequence', 'desc').limit(limit).execute()).map(packRow)),
    /** How many terminals go by which pack, the highest number first; looks at every terminal. */
    standing: (): Promise<PackList['standing']> =>
      engine.reading(async () => {
        const rows = await read.selectFrom('terminal').where('pack', 'is not', null).groupBy('pack').select(['pack', sql<number>`count(*)`.as('n')]).execute()
        const bySequence = new Map<number, PackList['standing'][number]>()
        for (const { pack, n } of rows) {
          const { sequence, unbelieved } = PackStanding.parse(JSON.parse(pack ?? '{}'))
          const known = bySequence.get(sequence) ?? { sequence, terminals: 0, unbelieving: 0 }
          bySequence.set(sequence, { ...known, terminals: known.terminals + n, unbelieving: known.unbelieving + (unbelieved === undefined ? 0 : n) })
        }
        return [...bySequence.values()].toSorted((a, b) => b.sequence - a.sequence)
      }),
    /** Offers a pack; fails if its number was offered already. */
    offer: ({ pack, key, measured, note }: OfferPack, who: string, at: number): Promise<unknown> =>
      engine.writing('offering a pack', () =>
        read.insertInto('knowledge_pack').values({
          sequence: pack.body.sequence, issued_at: Math.trunc(pack.body.issuedAt), offered_at: at, offered_by: plain(who), note: note === undefined ? null : plain(note), measured: JSON.stringify(measured), pack: JSON.stringify(pack), key,
        }).execute(),
      ),
  }
}
