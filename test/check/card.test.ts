import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cardOf } from '../../src/check/card.ts'
import type { Readiness } from '../../src/model/diagnosis.ts'
import type { Symptom } from '../../src/model/symptom.ts'

const is = (tender: Readiness['tender'], state: Readiness['is'], fault?: string): Readiness => ({ tender, is: state, because: fault ? [{ fault, device: 'x' }] : [], unseen: [] })
const MODEM = ['network.modem-not-registered', 'network.modem-silent', 'network.modem-detached', 'network.sim-problem', 'network.modem-weak']
const modem = (state: Symptom['is']): Symptom[] => MODEM.map((id) => ({ id, device: 'link-1', is: state, because: [] }))
const ways = (readiness: Readiness[], symptoms: Symptom[] = [], observations: never[] = []) => cardOf({ readiness, symptoms, observations })?.workarounds.map((w) => w.way)

describe('the decision card', () => {
  it('is not there where cards can be taken', () => {
    expect(ways([is('chip', 'ready'), is('qr', 'blocked', 'NET-DNS-FAIL'), is('cash', 'ready')])).toBeUndefined()
  })

  it('offers in order what was measured as good', () => {
    expect(ways([is('chip', 'blocked', 'CRD-CHIP-READ-FAIL'), is('contactless', 'ready'), is('qr', 'ready'), is('cash', 'degraded')])).toEqual(['other-entry', 'qr', 'cash'])
    expect(ways([is('chip', 'blocked', 'NET-LINK-DOWN'), is('qr', 'blocked', 'NET-LINK-DOWN'), is('cash', 'ready')], modem('absent'))).toEqual(['other-network', 'cash'])
  })

  it('changes to a cellular line only for a fault of the network, and only if all of the line was seen to be well', () => {
    expect(ways([is('chip', 'blocked', 'CRD-READER-OFFLINE'), is('cash', 'ready')], modem('absent'))).toEqual(['cash'])
    for (let i = 0; i < MODEM.length; i += 1) expect(ways([is('chip', 'blocked', 'NET-LINK-DOWN')], modem('absent').map((s, j) => (i === j ? { ...s, is: 'unknown' as const } : s)))).toEqual([])
  })

  it('says to query first where an outcome is unknown, though cards can be taken', () => {
    const card = cardOf({ readiness: [is('chip', 'ready')], symptoms: [{ id: 'journal.unknown-outcome', device: 'journal', is: 'present', because: [] }], observations: [] })
    expect(card).toMatchObject({ queryFirst: true, line: { zh: expect.stringContaining('先查询'), en: expect.stringContaining('query it first') } })
  })

  it('never offers what is blocked, unknown or was not looked at', () => {
    const state = fc.constantFrom('ready' as const, 'degraded' as const, 'blocked' as const, 'unknown' as const)
    fc.assert(fc.property(state, state, state, state, fc.array(fc.constant('x'), { maxLength: 1 }), (chip, swipe, qr, cash, unseen) => {
      const card = cardOf({ readiness: [is('chip', chip), is('swipe', swipe), { ...is('qr', qr), unseen }, is('cash', cash)], symptoms: [], observations: [] })
      const good = (s: string) => s === 'ready' || s === 'degraded'
      const offered = card?.workarounds.map((w) => w.way) ?? []
      if (offered.includes('qr')) expect([good(qr), unseen]).toEqual([true, []])
      if (offered.includes('cash')) expect(good(cash)).toBe(true)
      if (offered.includes('other-entry')) expect(good(chip) || good(swipe)).toBe(true)
      expect(card === undefined).toBe(chip !== 'blocked' && swipe !== 'blocked')
    }))
  })
})
