import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { PackStanding } from '../model/pack.ts'
import { type AgentClock, type Cancel, fullJitter } from './clock.ts'
import type { Hq } from './hq.ts'
import type { Keeper } from './keeper.ts'
import type { Log } from './log.ts'
import { PACK_FILE, PACK_KEY_FILE, packIn, packKeyIn, readPack, takePack } from './pack.ts'
import { writePrivate } from './private-file.ts'

/** What the scenarios say of a pack, against the built-in catalogue: not worse, or how it is; failed: they could not be asked. */
export type Judgement = 'good' | { worse: string } | { failed: string }

/** Takes the knowledge packs that HQ offers, and watches over the one in use. */
export interface Packs {
  /** To be called whenever HQ says which pack is on offer. */
  offered(sequence: number): void
  /** Why what lies here or was offered is not believed; undefined where there is nothing to say. */
  unbelieved(): string | undefined
  /** Ends what is under way and takes up nothing more. */
  stop(): void
}

/** Weighs the scenarios with the pack in a file. Never rejects. */
export type JudgePack = (file: string, signal: AbortSignal) => Promise<Judgement>

/** What it works with. */
export interface PacksParts {
  stateDir: string
  keeper: Keeper
  fetch: Hq['pack']
  judge: JudgePack
  /** Version of this program: with another catalogue a pack must be judged anew. */
  version: string
  clock: AgentClock
  log: Log
}

/** Within that time a fleet that hears of a pack at once fetches it, in ms. */
const SPREAD_MS = 20 * 60_000
/** A pack in use is judged anew that long after a start with another version of this program, in ms. */
const SETTLED_MS = 5 * 60_000
const RETRY = { firstMs: 60_000, capMs: 6 * 3_600_000 } as const
/** So many tries in vain are told; one or two happen to anybody. */
const WORTH_TELLING = 3
const JUDGED = 'packJudged'

/** File in the state folder of a pack that is being judged. */
const OFFERED_FILE = 'pack-offered.json'

/** Begins with the pack that lies in the state folder. */
export const createPacks = ({ stateDir, keeper, fetch, judge, version, clock, log }: PacksParts): Packs => {
  const lying = packIn(stateDir)
  let taken = lying && 'pack' in lying ? lying.pack.sequence : 0
  let unbelieved = lying && 'unbelieved' in lying ? lying.unbelieved : undefined
  let refused = 0
  let failures = 0
  let notBefore = 0
  let pending: { sequence: number; cancel: Cancel } | undefined
  let running: Promise<void> = Promise.resolve()
  const stopping = new AbortController()

  const refuse = (sequence: number, why: string): void => {
    refused = sequence
    unbelieved = `number ${sequence}: ${why}`.slice(0, 200)
    log.warn('a knowledge pack is not taken', { sequence, why })
  }
  const again = (sequence: number, why: string, afterMs = 0): void => {
    failures += 1
    notBefore = clock.mono() + afterMs + fullJitter(failures, clock.random, RETRY)
    if (failures >= WORTH_TELLING) unbelieved = `number ${sequence} cannot be had: ${why}`.slice(0, 200)
    log.debug('a knowledge pack cannot be had now', { sequence, why })
  }
  const noteJudged = (sequence: number): void => keeper.use((store) => store.setMeta(JUDGED, `${version} ${sequence}`))

  const take = async (sequence: number): Promise<void> => {
    const fetched = await fetch(sequence)
    if (stopping.signal.aborted) return
    if ('why' in fetched) return again(sequence, fetched.why, fetched.retryAfterMs)
    const { pack, key: said } = fetched.answer
    const known = packKeyIn(stateDir)
    const text = `${JSON.stringify(pack)}\n`
    const read = readPack(text, known ?? said)
    if ('unbelieved' in read) return refuse(sequence, read.unbelieved)
    if (read.pack.sequence !== sequence) return refuse(sequence, `HQ gave number ${read.pack.sequence} for it`)
    const offered = join(stateDir, OFFERED_FILE)
    writePrivate(offered, text)
    const judgement = await judge(offered, stopping.signal)
    rmSync(offered, { force: true })
    if (stopping.signal.aborted) return
    if (judgement !== 'good') return 'worse' in judgement ? refuse(sequence, judgement.worse) : again(sequence, judgement.failed)
    // The first key that HQ gives is kept; from then on only its holder is believed, whoever speaks for HQ.
    if (known === undefined) writePrivate(join(stateDir, PACK_KEY_FILE), said)
    const kept = takePack(stateDir, text)
    if ('unbelieved' in kept) return refuse(sequence, kept.unbelieved)
    noteJudged(sequence)
    taken = sequence
    unbelieved = undefined
    failures = 0
    log.info('knowledge pack taken', { sequence })
  }
  /** A pack that suited an earlier catalogue may not suit this one. */
  const judgeAnew = async (): Promise<void> => {
    const sequence = taken
    const judgement = await judge(join(stateDir, PACK_FILE), stopping.signal)
    if (stopping.signal.aborted || (judgement !== 'good' && 'failed' in judgement)) return
    if (judgement === 'good') return noteJudged(sequence)
    rmSync(join(stateDir, PACK_FILE), { force: true })
    taken = 0
    refuse(sequence, judgement.worse)
  }
  const run = (what: () => Promise<void>, sequence: number): void => {
    running = running.then(() => (stopping.signal.aborted ? undefined : what())).catch((error: unknown) => again(sequence, error instanceof Error ? error.message : String(error)))
  }
  const anew = taken > 0 && keeper.use((store) => store.meta(JUDGED)) !== `${version} ${taken}` ? clock.after(SETTLED_MS, () => run(judgeAnew, taken)) : undefined

  return {
    offered: (sequence) => {
      if (stopping.signal.aborted || sequence <= taken || sequence === refused || sequence === pending?.sequence || clock.mono() < notBefore) return
      pending?.cancel()
      const cancel = clock.after(failures > 0 ? 0 : clock.random() * SPREAD_MS, () => {
        run(() => take(sequence).finally(() => {
          if (pending?.sequence === sequence) pending = undefined
        }), sequence)
      })
      pending = { sequence, cancel }
    },
    unbelieved: () => unbelieved,
    stop: () => {
      stopping.abort()
      pending?.cancel()
      anew?.()
    },
  }
}

/** What a heartbeat says of the pack: the number that the last check was weighed with, and what is not believed. */
export const packStanding = (checkedWith: number | undefined, packs: Packs): PackStanding => {
  const unbelieved = packs.unbelieved()
  return { sequence: checkedWith ?? 0, ...(unbelieved === undefined ? {} : { unbelieved }) }
}
