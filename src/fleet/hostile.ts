import { gzipSync } from 'node:zlib'
import { BATCH_TYPE, HQ_PATIENCE } from '../agent/hq.ts'
import type { Answer, Ask } from '../agent/http.ts'
import { BatchAnswer } from '../model/wire.ts'
import type { Dice } from './dice.ts'

/** What a malicious sender has to work with: an own token, which some of them have stolen, and a report of somebody else as an event's text. */
export interface Loot { ownToken: string; foreign: string }

/** Something that a malicious sender tries, and whether HQ let it through. */
export interface Attack { name: string; ask: Ask; passed(answer: Answer): boolean }

const upload = (token: string, body: string | Uint8Array, more: Partial<Ask> = {}): Ask => ({ method: 'POST', path: '/v1/reports', token, body, contentType: BATCH_TYPE, deadlineMs: HQ_PATIENCE.sendMs, ...more })

const taken = (answer: Answer): boolean => answer.ok && answer.status >= 200 && answer.status < 300

/** True if HQ took even one item of the batch. */
const stored = (answer: Answer): boolean => answer.ok && (BatchAnswer.safeParse(answer.json).data?.items.some((item) => item.status !== 'rejected') ?? false)

const BOMB = gzipSync(Buffer.alloc(32 << 20, 0x20), { level: 9 })

const MAKERS: readonly [(loot: Loot, dice: Dice) => Attack, ...((loot: Loot, dice: Dice) => Attack)[]] = [
  ({ foreign }, dice) => ({ name: 'a guessed token', ask: upload(`pt_${dice.hex(43)}`, `[${foreign}]`), passed: taken }),
  ({ ownToken, foreign }) => ({ name: "another terminal's report", ask: upload(ownToken, `[${foreign}]`), passed: stored }),
  ({ ownToken }) => ({ name: 'a body that unpacks to 32 MB', ask: upload(ownToken, BOMB, { headers: { 'content-encoding': 'gzip' } }), passed: taken }),
  ({ ownToken }) => ({ name: 'too many reports at once', ask: upload(ownToken, `[${Array.from({ length: 201 }, () => '{}').join(',')}]`), passed: taken }),
  ({ ownToken }) => ({ name: 'no JSON', ask: upload(ownToken, '[{"specversion":'), passed: taken }),
  ({ ownToken, foreign }) => ({ name: 'wrong types', ask: upload(ownToken, `[${foreign.replace(/"sequence":\d+/, '"sequence":"1; drop table report"')},null,[[]],1e999]`), passed: stored }),
  ({ ownToken }) => ({ name: 'text as a heartbeat', ask: { method: 'POST', path: '/v1/heartbeats', token: ownToken, body: '{"at":"<script>"}', deadlineMs: HQ_PATIENCE.askMs }, passed: taken }),
  (_, dice) => ({ name: 'a made-up enrolment token', ask: { method: 'POST', path: '/v1/enrol', body: JSON.stringify({ token: `pe_${dice.hex(43)}`, terminal: { id: `X-${dice.hex(6)}` }, agentVersion: '1' }), deadlineMs: HQ_PATIENCE.askMs }, passed: taken }),
  ({ ownToken }) => ({ name: "a terminal's token at the operators' door", ask: { method: 'GET', path: '/api/terminals?q=%27%20or%201=1--', token: ownToken, deadlineMs: HQ_PATIENCE.askMs }, passed: taken }),
]

/** Draws an attack. */
export const attack = (loot: Loot, dice: Dice): Attack => dice.pick(MAKERS)(loot, dice)

/** How many kinds of attack there are. */
export const ATTACKS = MAKERS.length
