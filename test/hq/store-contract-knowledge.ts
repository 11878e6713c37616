import { beforeEach, describe, expect, it } from 'vitest'
import { candidateOf } from '../../src/hq/knowledge/candidate.ts'
import { EXAMPLES_A_DAY } from '../../src/hq/knowledge/store.ts'
import type { Store } from '../../src/hq/store.ts'
import type { Repair } from '../../src/model/repair.ts'
import { beat, DAY, drain, enrolled, MINUTE, moment, stored, T0 } from './store-under-test.ts'
import { offerOf, repairOf } from './taught.ts'

/** The part of the store contract that is about what repairs teach. Called within a describe whose beforeEach opens a fresh store. */
export const knowledgeContract = (current: () => Store): void => {
  let store: Store
  beforeEach(() => {
    store = current()
  })

  const teach = async (terminal: string, repairs: Repair[], receivedAt = T0 + 100): Promise<void> => {
    await store.putReports([stored({ terminal, at: receivedAt - 100, receivedAt, repairs })])
    await drain(store)
  }
  const counts = () => store.knowledge.counts.most(99)

  describe('knowledge', () => {
    it('counts what worked and what did not by fault, remedy, model and firmware, and what the proved fault showed', async () => {
      await store.putReports([
        stored({ terminal: 'T-1', repairs: [repairOf({ tried: ['power-cycle', 'reseat-cable'], cured: true, showed: [{ symptom: 'printer.silent', shown: 1, hidden: 0 }] })] }),
        stored({ terminal: 'T-2', repairs: [repairOf({ tried: ['reseat-cable'], cured: true, showed: [{ symptom: 'printer.silent', shown: 0, hidden: 2 }] })] }),
        stored({ terminal: 'T-3', repairs: [repairOf({ tried: ['reseat-cable'], cured: true, model: 'B \0', firmware: '2' })] }),
        stored({ terminal: 'T-4' }),
      ])
      await drain(store)
      expect(await counts()).toEqual({
        remedies: [
          { fault: 'PRN-OFFLINE', remedy: 'reseat-cable', model: 'A', worked: 2, failed: 0 },
          { fault: 'PRN-OFFLINE', remedy: 'power-cycle', model: 'A', worked: 0, failed: 1 },
          { fault: 'PRN-OFFLINE', remedy: 'reseat-cable', model: 'B \ufffd', firmware: '2', worked: 1, failed: 0 },
        ],
        symptoms: [{ fault: 'PRN-OFFLINE', symptom: 'printer.silent', shown: 1, hidden: 2 }],
      })
      expect(await store.knowledge.counts.repairs()).toBe(3)
    })

    it('counts a repair once, in however many reports and however often it comes, late ones too', async () => {
      const repair = repairOf({ tried: ['reseat-cable'], cured: true })
      const report = stored({ terminal: 'T-1', sequence: 5, repairs: [repair] })
      await store.putReports([report, report])
      await store.putReports([report])
      await drain(store)
      await store.putReports([stored({ terminal: 'T-1', sequence: 2, at: T0 - MINUTE, repairs: [repair, repairOf({ tried: ['reseat-cable'], cured: true })] })])
      await drain(store)
      await drain(store)
      expect((await counts()).remedies).toMatchObject([{ worked: 2, failed: 0 }])
      // Another terminal's repair is another one, whatever its id.
      await teach('T-2', [repair])
      expect((await counts()).remedies).toMatchObject([{ worked: 3 }])
    })

    it('does not let one terminal outweigh the others', async () => {
      const many = (n: number): Repair[] => Array.from({ length: n }, () => repairOf({ tried: ['reseat-cable'], cured: true }))
      for (let i = 0; i < 4; i++) await teach('T-1', many(9), T0 + i * MINUTE)
      await store.putReports([stored({ terminal: 'T-2', sequence: 1, repairs: many(10) }), stored({ terminal: 'T-2', sequence: 2, repairs: many(10) }), stored({ terminal: 'T-2', sequence: 3, repairs: many(10) })])
      await drain(store)
      expect((await counts()).remedies).toMatchObject([{ worked: 2 * EXAMPLES_A_DAY }])
      await teach('T-1', many(1), T0 + DAY + 10 * MINUTE)
      expect((await counts()).remedies).toMatchObject([{ worked: 2 * EXAMPLES_A_DAY + 1 }])
    })

    it('forgets rare counts where there are too many, and what was counted long ago no more than once', async () => {
      await teach('T-1', ['a', 'b', 'c'].map((model) => repairOf({ tried: ['reseat-cable'], cured: true, model, showed: [{ symptom: `s.${model}`, shown: 1, hidden: model === 'b' ? 5 : 0 }] })))
      await teach('T-2', [repairOf({ tried: ['reseat-cable'], cured: true, model: 'b' })])
      await store.knowledge.counts.forget(T0 - 62 * DAY, 99)
      expect((await counts()).remedies).toHaveLength(3)
      await store.knowledge.counts.forget(T0 - 62 * DAY, 1)
      expect(await counts()).toMatchObject({ remedies: [{ model: 'b', worked: 2 }], symptoms: [{ symptom: 's.b', shown: 1, hidden: 5 }] })
      expect(await store.knowledge.counts.repairs()).toBe(4)
    })

    it('makes a candidate of what was counted, under the next number', async () => {
      await teach('T-1', [repairOf({ tried: ['reseat-cable'], cured: true })])
      expect(await candidateOf(store.knowledge, T0)).toMatchObject({ schema: 'posdiag.pack/1', sequence: 1, issuedAt: T0, remedies: [{ remedy: 'reseat-cable', worked: 1 }] })
      await store.knowledge.packs.offer(offerOf(4, 'note \0'), 'Li \0', T0 + 1)
      expect((await candidateOf(store.knowledge, T0)).sequence).toBe(5)
    })
  })

  describe('packs', () => {
    it('are offered once under a number, and told with who, when and what was measured', async () => {
      const { packs } = store.knowledge
      expect([await packs.offered(), await packs.one(1), await packs.list(9)]).toEqual([0, undefined, []])
      const [first, second] = [offerOf(1), offerOf(2, 'a quiet week')]
      for (const offer of [first, second]) await packs.offer(offer, 'Li', T0)
      expect(await packs.offered()).toBe(2)
      expect(await packs.one(1)).toEqual({ pack: first.pack, key: first.key })
      expect(await packs.list(9)).toMatchObject([{ sequence: 2, note: 'a quiet week', offeredBy: 'Li', offeredAt: T0, measured: second.measured, remedies: 1, fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) }, { sequence: 1 }])
      await expect(packs.offer(second, 'Li', T0)).rejects.toMatchObject({ name: 'StoreError' })
    })

    it('are offered no more once they were withdrawn, and their numbers not used again', async () => {
      const { packs } = store.knowledge
      for (const offer of [offerOf(1), offerOf(2)]) await packs.offer(offer, 'Li', T0)
      await packs.withdraw(2, 'Chen \0', T0 + 5)
      await packs.withdraw(2, 'Wang', T0 + 6)
      expect([await packs.offered(), await packs.latest(), (await candidateOf(store.knowledge, T0)).sequence]).toEqual([0, 2, 3])
      expect((await packs.list(9)).map((p) => [p.sequence, p.withdrawn])).toEqual([[2, { at: T0 + 5, by: 'Chen \ufffd' }], [1, undefined]])
      await packs.offer(offerOf(3), 'Li', T0 + 7)
      expect(await packs.offered()).toBe(3)
    })

    it('stand where heartbeats say so', async () => {
      for (const id of ['T-1', 'T-2', 'T-3', 'T-4']) await enrolled(store, id)
      await store.putHeartbeats([beat('T-1', T0, { pack: { sequence: 2 } }), beat('T-2', T0, { pack: { sequence: 0, unbelieved: 'its signature \0 is not that of the key' } }), beat('T-3', T0, { pack: { sequence: 0 }, checkedAt: T0 }), beat('T-4', T0)])
      expect(await store.knowledge.packs.standing()).toEqual([{ sequence: 2, terminals: 1, unbelieving: 0 }, { sequence: 0, terminals: 2, unbelieving: 1 }])
      expect((await store.terminal('T-2', moment))?.pack).toMatchObject({ sequence: 0, unbelieved: expect.stringContaining('signature') })
      expect(await store.terminal('T-4', moment)).not.toHaveProperty('pack')
      await store.putHeartbeats([beat('T-1', T0 + 1, { pack: { sequence: 3 } })])
      expect((await store.terminals({ limit: 9 }, moment)).rows.map((r) => r.pack?.sequence)).toEqual([3, 0, 0, undefined])
    })
  })

}
