import { describe, expect, it } from 'vitest'
import { catalogue } from '../../src/faults/index.ts'
import { answersBy, approves, CodeProfile, PROFILES, profileFor, readAnswer } from '../../src/journal/codes.ts'

describe('response codes', () => {
  it.each([['00', 'approve', 'final'], ['10', 'approve-with-care', 'final'], ['51', 'decline', 'final'], ['04', 'capture', 'final'], ['68', 'failure', 'unknown'], ['98', 'failure', 'unknown'], ['A2', 'approve-with-care', 'verify'], ['Y1', 'approve', 'offline']])('%s of UnionPay is %s, %s', (code, kind, money) => expect(readAnswer(code, undefined)).toMatchObject({ class: kind, money }))
  it('mean other things at another interface', () => {
    expect(readAnswer('A2', 'mis')).toMatchObject({ class: 'failure', faults: ['CRD-MSR-READ-FAIL'] })
    expect(readAnswer('Z1', 'unionpay').class).toBe('decline')
    expect(readAnswer('Z1', 'mis').money).toBe('unknown')
  })
  it('that no table knows are unknown, and so is the money', () => {
    for (const code of ['77X', 'ZZ', '76', '']) expect(readAnswer(code, 'unionpay')).toMatchObject({ class: 'unknown', money: 'unknown' })
    expect(readAnswer('00', 'no-such-table')).toMatchObject({ class: 'unknown', money: 'unknown' })
    expect(approves(readAnswer('76', undefined))).toBe(false)
  })
  it('of three digits are read by the first where they have no entry', () => {
    expect(readAnswer('118', 'iso1993')).toMatchObject({ class: 'decline' })
    expect(readAnswer('911', 'iso1993')).toMatchObject({ class: 'failure', money: 'unknown' })
  })
  it('are chosen by acquirer and interface, the acquirer’s own table first', () => {
    const own = CodeProfile.parse({ id: 'own', acquirer: 'acme', interface: 'iso8583', about: { zh: '自有', en: 'own' }, basis: 'contract', codes: [{ code: 'C0', class: 'decline', money: 'final', meaning: { zh: '拒', en: 'no' }, action: { zh: '换', en: 'other' } }] })
    expect(profileFor([...PROFILES, own], 'acme', 'iso8583')).toBe('own')
    expect(profileFor([...PROFILES, own], 'other', 'iso8583')).toBe('unionpay')
    expect(profileFor(PROFILES, 'acme', 'telex')).toBeUndefined()
    expect(answersBy([...PROFILES, own])('C0', 'own').class).toBe('decline')
    expect(readAnswer('C0', 'own').class).toBe('unknown')
  })
  it.each(PROFILES.map((p) => [p.id, p] as const))('%s says what to do in both languages, and names faults of the catalogue', (_, profile) => {
    const known = new Set(catalogue.faults.map((fault) => fault.code))
    for (const { meaning, action, faults } of [...profile.codes, ...profile.families]) {
      for (const text of [meaning, action]) {
        expect(text.zh).toMatch(/\p{Script=Han}/u)
        expect(text.en).not.toMatch(/\p{Script=Han}/u)
      }
      expect(faults.filter((code) => !known.has(code))).toEqual([])
    }
    expect(new Set(profile.codes.map((c) => c.code)).size).toBe(profile.codes.length)
  })
})
