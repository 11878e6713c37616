import { setTimeout as pause } from 'node:timers/promises'
import type { Lane } from './chain.ts'
import type { Story } from './story.ts'
import { eveningsBefore, salesOf } from './takings.ts'
import { noteReason, type Tally } from './tally.ts'
import { beatOf, newTerminal, type Voice } from './terminal.ts'
import type { Wire } from './wire.ts'

/** HQ writes heartbeats once a second, and keeps two that wait. */
const WRITTEN_MS = 1_500

/** What the past is told with; `goTo` sets the clock of HQ to a time (ms since 1970). */
export interface PastParts { lanes: readonly Lane[]; story: Story; tokens: readonly string[]; voice: Voice; wire: Wire; inFlight: number; tally: Tally; goTo(at: number): void }

/**
 * Plays two weeks before the story in steps: on some evenings every terminal says what it sold and goes to sleep, so that HQ has its
 * lanes' history as it would from a fleet that has long been there. Only for an HQ whose clock can be set.
 */
export const tellPast = async ({ lanes, story, tokens, voice, wire, inFlight, tally, goTo }: PastParts): Promise<void> => {
  const terminals = lanes.flatMap((lane, i) => {
    const life = story.lives[i]
    return life === undefined ? [] : [newTerminal(lane, life, tokens[i] ?? '', i, story.lengthMs)]
  })
  for (const evening of eveningsBefore(voice.startsAt)) {
    goTo(evening)
    let next = 0
    const hands = Array.from({ length: inFlight }, async () => {
      for (let i = next++; i < terminals.length; i = next++) {
        const terminal = terminals[i]
        if (terminal === undefined) continue
        tally.beats.sent++
        const heard = await wire.beat(terminal, { ...beatOf(voice, terminal, evening), sales: salesOf(voice, terminal, evening), leaving: 'closing time' })
        if ('answer' in heard) tally.beats.answered++
        else noteReason(tally, heard.why)
      }
    })
    await Promise.all(hands)
    await pause(WRITTEN_MS)
  }
}
