import * as z from 'zod'
import { Text } from '../model/text.ts'
import iso1993 from './codes/iso1993.json' with { type: 'json' }
import mis from './codes/mis.json' with { type: 'json' }
import nexo from './codes/nexo.json' with { type: 'json' }
import unionpay from './codes/unionpay.json' with { type: 'json' }

/** approve-with-care: approved, but something must follow. capture: declined, and the card is to be kept. information: no payment was asked for. unknown: the table does not know the code. */
const AnswerClass = z.enum(['approve', 'approve-with-care', 'decline', 'capture', 'failure', 'information', 'unknown'])

/** final: no money moved unless approved. unknown: it may have been booked. verify: booked, to be checked on the statement. offline: booked only once it is uploaded. */
const AnswerMoney = z.enum(['final', 'unknown', 'verify', 'offline'])

const meaning = { class: AnswerClass, money: AnswerMoney, meaning: Text, action: Text, faults: z.array(z.string()).default([]) }

/** One table of response codes. The same characters mean other things at another acquirer or interface; there is no table for all. */
export const CodeProfile = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,32}$/),
  /** The acquirer that answers by this table; `*` where an interface is the same with all. */
  acquirer: z.string(),
  interface: z.string(),
  about: Text,
  basis: z.string().min(3),
  /** Codes read by how they start, where they have no entry of their own. */
  families: z.array(z.strictObject({ starts: z.string().min(1), ...meaning })).default([]),
  codes: z.array(z.strictObject({ code: z.string(), ...meaning })),
})
export type CodeProfile = z.infer<typeof CodeProfile>

/** What an answer means, what the operator does, and what it says of the money. */
export type Answer = { code: string; profile: string; class: z.infer<typeof AnswerClass>; money: z.infer<typeof AnswerMoney>; meaning: Text; action: Text; faults: readonly string[] }

/** Reads an answer of the host by the table of that id; a code that the table does not hold, or a table that is not there, gives the class unknown. */
export type ReadAnswer = (code: string, profile: string | undefined) => Answer

/** The tables that come with the program. */
export const PROFILES: readonly CodeProfile[] = [unionpay, mis, iso1993, nexo].map((table) => CodeProfile.parse(table))

/** Table used where a source names none. */
export const STANDARD_PROFILE = 'unionpay'

/** The id of the table for an acquirer and an interface: one made for that acquirer before one that is the same with all; undefined if there is none. */
export const profileFor = (profiles: readonly CodeProfile[], acquirer: string, at: string): string | undefined => {
  const fits = profiles.filter((p) => p.interface === at)
  return (fits.find((p) => p.acquirer === acquirer) ?? fits.find((p) => p.acquirer === '*'))?.id
}

// UnionPay's own rule for terminals: what the table does not know is a failed transaction. The money is unknown, because a request was sent.
const UNKNOWN = {
  meaning: { zh: '交易失败（应答码不在表中）', en: 'failed (the code is in no table)' },
  action: { zh: '先查询这笔交易的结果，不要重刷；把应答码报给收单机构', en: 'query the result first, do not charge again; tell the acquirer the code' },
}

/** Answers read by these tables; one given later replaces an earlier one of the same id. */
export const answersBy = (profiles: readonly CodeProfile[]): ReadAnswer => {
  const tables = new Map(profiles.map((p) => [p.id, { families: p.families, codes: new Map(p.codes.map((c) => [c.code, c])) }]))
  return (code, profile = STANDARD_PROFILE) => {
    const table = tables.get(profile)
    const found = table?.codes.get(code) ?? table?.families.find((f) => code.startsWith(f.starts))
    return found ? { code, profile, class: found.class, money: found.money, meaning: found.meaning, action: found.action, faults: found.faults } : { code, profile, class: 'unknown', money: 'unknown', faults: ['TXN-TIMEOUT-UNKNOWN'], ...UNKNOWN }
  }
}

let byAll = answersBy(PROFILES)

/** Reads answers from now on by these tables, too; one of the id of a table that comes with the program replaces it. */
export const useCodes = (own: readonly CodeProfile[]): void => {
  byAll = answersBy([...PROFILES, ...own])
}

/** Answers read by the tables that come with the program and those that the shop has. */
export const readAnswer: ReadAnswer = (code, profile) => byAll(code, profile)

/** True if an answer means money: approved, whole or in part. */
export const approves = (answer: Answer): boolean => answer.class === 'approve' || answer.class === 'approve-with-care'
