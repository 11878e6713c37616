import { ACK, type PacketRead, packet, readPacket } from './enq.ts'
import type { EnqKind } from './enq-look.ts'
import type { Question } from './question-look.ts'

/**
 * Status of a terminal on an Italian ECR link (ECR17). Pure. Source: Nexi's ECR documentation; check sums begin with 7f there.
 * Where in the answer date and state stand is unverified, so both are looked for together.
 *
 *   > 02 31 32 33 34 35 36 37 38 30 73 03 37          terminal id "12345678", "0s"
 *   < 06   02 … DDMMYYhhmm and one digit … 03 LRC     0 not configured 1 no software 2 operative 3 not aligned 4 key corrupted 5 software pending 6 update pending
 *   > 06
 */

const CONDITIONS = ['not-configured', 'software-missing', 'ready', 'not-aligned', 'key-corrupted', 'software-pending', 'update-pending'] as const

const NAK = 0x15

/** A date with its time, then the state. */
const STATE = /(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}(?:[01]\d|2[0-3])[0-5]\d([0-6])/

const conditionOf = (read: PacketRead): (typeof CONDITIONS)[number] | undefined => {
  const digit = read.is === 'whole' ? STATE.exec(String.fromCharCode(...read.content.subarray(10)))?.[1] : undefined
  return digit === undefined ? undefined : CONDITIONS[Number(digit)]
}

/** The question for the state of a terminal, whose id has eight characters; `start` is the start value of the check sums. */
export const ecr17Question = (kind: EnqKind, terminalId: string, start: number): Question => ({
  dialect: 'enq',
  bytes: packet('data', new TextEncoder().encode(`${terminalId.padStart(8, '0').slice(0, 8)}0s`), start),
  start,
  thanks: Uint8Array.of(ACK),
  read: (got) => {
    if (got[0] === NAK) return { is: 'refused' }
    const read = readPacket('data', got[0] === ACK ? got.subarray(1) : got, start)
    if (read.is === 'waiting') return read
    const condition = conditionOf(read)
    if (condition === undefined) return { is: 'wrong' }
    return { is: 'told', sights: [{ name: `${kind}.state`, value: condition === 'ready' ? 'ready' : 'not-ready' }, { name: `${kind}.condition`, value: condition }] }
  },
})
