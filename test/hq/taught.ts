import { generateKeyPairSync } from 'node:crypto'
import { signed } from '../../src/guard/signature.ts'
import { uuidv7 } from '../../src/model/id.ts'
import type { Measured, OfferPack, PackBody } from '../../src/model/pack.ts'
import type { Repair } from '../../src/model/repair.ts'

/** A closed repair of PRN-OFFLINE on printer-1: steps of its remedy in this order, the last of which cured or not. */
export const repairOf = ({ tried, cured, ...more }: { tried: readonly string[]; cured: boolean } & Partial<Omit<Repair, 'tried'>>): Repair => {
  const standing = { at: 1, posterior: 0.97, symptoms: [], readiness: [] }
  return {
    id: uuidv7(), fault: 'PRN-OFFLINE', device: 'printer-1', model: 'A', foundBy: { symptom: 'printer.port-missing', device: 'printer-1' }, regression: false,
    state: cured ? 'fixed' : 'escalated', startedAt: 1, endedAt: 2, before: standing, after: standing, ...more,
    tried: tried.map((id, i) => ({ kind: 'remedy', id, device: 'printer-1', fault: 'PRN-OFFLINE', outcome: cured && i === tried.length - 1 ? 'cured' : 'not-cured', at: 1 })),
  }
}

/** Keys of a signer. */
export const signer = () => generateKeyPairSync('ed25519', { publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } })
/** The one who signs unless told. */
export const OURS = signer()

const MEASURED: Measured = { scenarios: 400, falseAlarms: 0, missed: 0, top1: 0.99, top3: 1, extra: 0, readiness: 1, calibration: 0.05, brier: 0.01 }

/** A pack under that number. */
export const bodyOf = (sequence: number, more: Partial<PackBody> = {}): PackBody => ({ schema: 'posdiag.pack/1', sequence, issuedAt: 1, remedies: [{ fault: 'PRN-OFFLINE', remedy: 'reseat-cable', worked: 3, failed: 1 }], symptoms: [], ...more })

/** It, signed and with what was measured of it. */
export const offerOf = (sequence: number, note?: string, keys = OURS, body = bodyOf(sequence)): OfferPack => ({
  pack: { body, signature: signed(body, keys.privateKey) }, key: keys.publicKey, measured: { before: MEASURED, after: MEASURED }, ...(note === undefined ? {} : { note }),
})
