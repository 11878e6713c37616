import { createPublicKey } from 'node:crypto'
import * as z from 'zod'
import { canonical, isSigned } from '../../guard/signature.ts'
import { Knowing, OfferPack, PACK_BYTES, PackAnswer, PackList, PackRow } from '../../model/pack.ts'
import { whoOf } from '../access/who.ts'
import { NOTHING, PROBLEMS } from '../answers.ts'
import type { App } from '../app.ts'
import type { Context } from '../context.ts'
import { candidateOf } from '../knowledge/candidate.ts'
import { ProblemError } from '../problems.ts'

const operator = { tags: ['knowledge'], security: [{ operator: [] }] }
const Sequence = z.strictObject({ sequence: z.coerce.number().int().min(1) })
const MOST_LISTED = 50

/** A public key in the one way in which openssl writes it. Throws if it is none of Ed25519. */
const normalKey = (pem: string): string => {
  const key = createPublicKey(pem)
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('it is no Ed25519 key')
  return String(key.export({ format: 'pem', type: 'spki' }))
}

/** What closed repairs have taught, and the packs that are made of it. */
export const packRoutes = (app: App, { store: { knowledge }, log, now }: Context): void => {
  app.get('/api/knowledge', { schema: { ...operator, summary: 'What closed repairs have taught so far, as the pack that it would make', response: { 200: Knowing, ...PROBLEMS } } }, async () => ({
    repairs: await knowledge.counts.repairs(), candidate: await candidateOf(knowledge, now()),
  }))

  app.get('/api/packs', { schema: { ...operator, summary: 'Knowledge packs that were offered, the latest first, and how many terminals go by which', response: { 200: PackList, ...PROBLEMS } } }, async () => ({
    rows: await knowledge.packs.list(MOST_LISTED), standing: await knowledge.packs.standing(),
  }))

  app.get('/api/packs/:sequence', { schema: { ...operator, summary: 'One knowledge pack, whole', params: Sequence, response: { 200: PackAnswer, ...PROBLEMS } } }, async (request) => {
    const found = await knowledge.packs.one(request.params.sequence)
    if (found === undefined) throw new ProblemError(404, 'pack', 'no pack with this number was offered')
    return found
  })

  app.post('/api/packs', { config: { role: 'administrator', action: 'pack.offer' }, bodyLimit: PACK_BYTES + 64 * 1024, schema: { ...operator, summary: 'Offer a signed knowledge pack to every terminal', body: OfferPack, response: { 201: PackRow, ...PROBLEMS } } }, async (request, reply) => {
    const offer = request.body
    const { sequence } = offer.pack.body
    request.target = `pack ${sequence}`
    const key = keyOf(offer)
    if (Buffer.byteLength(canonical(offer.pack)) > PACK_BYTES) throw new ProblemError(413, 'pack-too-long', `a pack may be ${PACK_BYTES} bytes long; terminals would not take it`)
    const latest = await knowledge.packs.latest()
    if (sequence <= latest) throw new ProblemError(409, 'pack-not-newer', `number ${latest} was offered, which is not older than number ${sequence}; build it anew`)
    const before = latest === 0 ? undefined : await knowledge.packs.one(latest)
    if (before !== undefined && before.key !== key) throw new ProblemError(409, 'pack-key', `number ${latest} was signed with another key, and terminals believe no other; sign it with that`)
    const who = whoOf(request).name
    await knowledge.packs.offer({ ...offer, key }, who, now())
    log.info('knowledge pack offered', { sequence, who })
    const row = (await knowledge.packs.list(1))[0]
    if (row === undefined) throw new Error('the pack that was just offered is not there')
    return reply.code(201).send(row)
  })

  app.delete('/api/packs/:sequence', { config: { role: 'administrator', action: 'pack.withdraw' }, schema: { ...operator, summary: 'Cease to offer the latest knowledge pack; terminals that took it keep it, and no earlier one is offered in its stead', params: Sequence, response: { 204: NOTHING, ...PROBLEMS } } }, async (request, reply) => {
    const { sequence } = request.params
    request.target = `pack ${sequence}`
    if (sequence !== (await knowledge.packs.offered())) throw new ProblemError(409, 'pack-not-offered', 'this pack is not on offer')
    const who = whoOf(request).name
    await knowledge.packs.withdraw(sequence, who, now())
    log.info('knowledge pack withdrawn', { sequence, who })
    return reply.code(204).send(null)
  })
}

/** The key of an offer, if it is that of whoever signed the pack. */
const keyOf = ({ pack, key }: OfferPack): string => {
  let pem: string
  try {
    pem = normalKey(key)
  } catch (error) {
    throw new ProblemError(400, 'pack-key', `the key cannot be read (${error instanceof Error ? error.message : String(error)}); give the public half of an Ed25519 key as PEM`)
  }
  if (!isSigned(pack.body, pack.signature, pem)) throw new ProblemError(400, 'pack-signature', 'the signature is not that of this key over this pack; sign it anew')
  return pem
}
