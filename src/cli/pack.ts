import { createPublicKey } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import * as z from 'zod'
import { keyFile } from '../agent/key-file.ts'
import { signed } from '../guard/signature.ts'
import { wording } from '../model/language.ts'
import { Knowing, type Measured, type OfferPack, Pack, PackAnswer, PackBody, PackList, PackRow } from '../model/pack.ts'
import { MEASURE_TEXTS } from '../texts/measures.ts'
import { fill } from '../texts/say.ts'
import { timeText } from './amounts.ts'
import { table } from './columns.ts'
import type { Context } from './context.ts'
import { EXIT } from './failure.ts'
import { parseInput, readInput } from './json-input.ts'
import { askHq, type Operator, packFailure } from './pack-hq.ts'
import { PACK } from './pack-texts.ts'
import type { Measure, Reordered } from './score/compare.ts'

interface PackOptions extends Operator {
  key?: string
  to?: string
  note?: string
  json?: boolean
}

const problemOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Writes a document where it is wanted: into a file, or to standard output. */
const give = (document: unknown, { to }: PackOptions, context: Context): void => {
  const text = JSON.stringify(document, null, 1)
  if (to === undefined) {
    context.out(text)
    return
  }
  try {
    writeFileSync(to, `${text}\n`)
  } catch (error) {
    throw packFailure(EXIT.cannotCreate, 'bad-write', { file: to, problem: problemOf(error) })
  }
}

/** A file's pack, signed or not yet. */
const packFile = async (file: string): Promise<{ body: PackBody; signature?: string }> => {
  const text = await readInput(file)
  const read = parseInput(z.union([Pack, PackBody]), text, file, 'pack')
  return 'body' in read ? read : { body: read }
}

/** The private key of a file, PEM; made if there is none. */
const keyOf = ({ key: file }: PackOptions, context: Context): string => {
  if (file === undefined) throw packFailure(EXIT.usage, 'no-key')
  let open: boolean
  let pem: string
  try {
    const { key, made } = keyFile(file, 'name another file; one that is not there will be made')
    if (made) context.err(fill(PACK['new-key'], context.language, { file }))
    pem = String(key.export({ format: 'pem', type: 'pkcs8' }))
    open = (statSync(file).mode & 0o077) !== 0
  } catch (error) {
    throw packFailure(EXIT.config, 'bad-key', { file, problem: problemOf(error) })
  }
  if (open) throw packFailure(EXIT.config, 'open-key', { file })
  return pem
}

/** The pack on offer at HQ; undefined if there is none, or nobody says where HQ is. */
const standing = async (options: PackOptions): Promise<PackBody | undefined> => {
  if (options.hq === undefined) return undefined
  const { rows } = await askHq(options, { method: 'GET', path: '/api/packs' }, PackList)
  const latest = rows[0]?.sequence
  return latest === undefined ? undefined : (await askHq(options, { method: 'GET', path: `/api/packs/${latest}` }, PackAnswer)).pack.body
}

/** `before` is of the pack on offer, number `against`; of the built-in catalogue where that is 0. */
interface Comparison { against: number; builtIn: Measured; before: Measured; after: Measured; worse: Measure[]; reordered: Reordered[] }

const compare = async (body: PackBody, against: PackBody | undefined): Promise<Comparison> => {
  const [{ keptScenarios }, { knowing, measure, reordered, worseBy }] = await Promise.all([import('./score/corpus.ts'), import('./score/compare.ts')])
  const scenarios = keptScenarios()
  const [was, is] = [knowing(against), knowing(body)]
  const builtIn = measure(knowing(undefined), scenarios)
  const before = against ? measure(was, scenarios) : builtIn
  const after = measure(is, scenarios)
  // Terminals hold it against the built-in catalogue, so it must stand there too. Without any count it is that catalogue: the way back is always open.
  const isBuiltIn = body.remedies.length === 0 && body.symptoms.length === 0
  const worse = isBuiltIn ? [] : [...new Set([...worseBy(before, after), ...worseBy(builtIn, after)])]
  return { against: against?.sequence ?? 0, builtIn, before, after, worse, reordered: reordered(was, is) }
}

const figure = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(4))

const tell = async ({ against, builtIn, before, after, reordered: changed }: Comparison, { out, language, width }: Context): Promise<void> => {
  const { MEASURES, TOLERANCE } = await import('./score/compare.ts')
  const told: { key: 'column-built-in' | 'column-offered' | 'column-new'; of: Measured }[] = [{ key: 'column-built-in', of: builtIn }, ...(against === 0 ? [] : [{ key: 'column-offered' as const, of: before }]), { key: 'column-new', of: after }]
  out(fill(PACK.against, language, { scenarios: after.scenarios }))
  out(table([
    ['', ...told.map(({ key }) => fill(PACK[key], language, { sequence: against })), wording(PACK.tolerated, language)],
    ...MEASURES.map((m) => [wording(MEASURE_TEXTS[m], language), ...told.map(({ of }) => figure(of[m])), figure(TOLERANCE[m].by)]),
  ], width).join('\n'))
  for (const one of changed) out(fill(PACK['first-step'], language, { ...one }))
}

/** Says on standard error whether it may be offered; the exit code says it too. */
const conclude = ({ worse }: Comparison, { err, language }: Context): number => {
  err(worse.length === 0 ? wording(PACK.good, language) : fill(PACK.worse, language, { measures: worse.map((m) => wording(MEASURE_TEXTS[m], language)).join(language === 'en' ? ', ' : '、') }))
  return worse.length === 0 ? EXIT.ready : EXIT.degraded
}

type Action = (file: string, options: PackOptions, context: Context) => Promise<number>

const ACTIONS: Readonly<Record<string, { takesFile: boolean; act: Action }>> = {
  build: {
    takesFile: false,
    act: async (_, options, context) => {
      const { repairs, candidate } = await askHq(options, { method: 'GET', path: '/api/knowledge' }, Knowing)
      give(candidate, options, context)
      context.err(fill(PACK.built, context.language, { sequence: candidate.sequence, repairs, remedies: candidate.remedies.length, symptoms: candidate.symptoms.length }))
      return EXIT.ready
    },
  },
  compare: {
    takesFile: true,
    act: async (file, options, context) => {
      const { body } = await packFile(file)
      const comparison = await compare(body, await standing(options))
      if (options.json) context.out(JSON.stringify(comparison))
      else await tell(comparison, context)
      return conclude(comparison, context)
    },
  },
  sign: {
    takesFile: true,
    act: async (file, options, context) => {
      const { body } = await packFile(file)
      give({ body, signature: signed(body, keyOf(options, context)) } satisfies Pack, options, context)
      return EXIT.ready
    },
  },
  offer: {
    takesFile: true,
    act: async (file, options, context) => {
      const { body, signature } = await packFile(file)
      if (signature === undefined) throw packFailure(EXIT.usage, 'unsigned', { file })
      if (options.key === undefined) throw packFailure(EXIT.usage, 'no-key')
      const key = publicHalf(options.key)
      const against = await standing(options)
      if (against && against.sequence >= body.sequence) throw packFailure(EXIT.usage, 'not-newer', { offered: String(against.sequence), sequence: String(body.sequence) })
      const comparison = await compare(body, against)
      await tell(comparison, context)
      const code = conclude(comparison, context)
      if (code !== EXIT.ready) return code
      const { before, after } = comparison
      const offer: OfferPack = { pack: { body, signature }, key, measured: { before, after }, ...(options.note === undefined ? {} : { note: options.note }) }
      if (options.to !== undefined) {
        give(offer, options, context)
        context.err(fill(PACK['offer-written'], context.language, { sequence: body.sequence, file: options.to }))
        return EXIT.ready
      }
      const { sequence } = await askHq(options, { method: 'POST', path: '/api/packs', body: JSON.stringify(offer) }, PackRow)
      context.err(fill(PACK.offered, context.language, { sequence }))
      return EXIT.ready
    },
  },
  list: {
    takesFile: false,
    act: async (_, options, context) => {
      const list = await askHq(options, { method: 'GET', path: '/api/packs' }, PackList)
      if (options.json) {
        context.out(JSON.stringify(list))
        return EXIT.ready
      }
      const { language, width } = context
      context.out(table(list.rows.map((row) => [String(row.sequence), fill(PACK['by-whom'], language, { at: timeText(row.offeredAt, language, -60_000 * new Date(row.offeredAt).getTimezoneOffset()), who: row.offeredBy }), [row.withdrawn && wording(PACK.withdrawn, language), row.note].filter(Boolean).join(' · ')]), width).join('\n'))
      for (const { sequence, ...row } of list.standing) context.out(fill(PACK[sequence === 0 ? 'built-in' : 'terminals'], language, { sequence, ...row }))
      return EXIT.ready
    },
  },
}

/** The public half of a key file, private or public. */
const publicHalf = (file: string): string => {
  try {
    return String(createPublicKey(readFileSync(file, 'utf8')).export({ format: 'pem', type: 'spki' }))
  } catch (error) {
    throw packFailure(EXIT.config, 'bad-key', { file, problem: problemOf(error) })
  }
}

/**
 * posdiag pack: knowledge packs, from what HQ has counted to what it offers. build asks HQ for the next one, compare measures it on the
 * scenarios (exit 1 if it makes them worse), sign signs it, offer compares it again and gives it to HQ, list tells who goes by which.
 * Throws a Failure for a wrong use, and for what files and HQ say.
 */
export const packCommand = async ([name = '', file]: readonly string[], options: PackOptions, context: Context): Promise<number> => {
  const action = ACTIONS[name]
  if (action === undefined || action.takesFile !== (file !== undefined)) throw packFailure(EXIT.usage, 'actions')
  return action.act(file ?? '', options, context)
}
