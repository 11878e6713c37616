import type { LiveEvent } from '../model/wire.ts'

const MOST_IDS = 100

/** A hint to ask again about these terminals. */
export const hint = (type: 'terminals' | 'reports' | 'incidents', terminals: readonly string[]): LiveEvent => ({ type, terminals: terminals.slice(0, MOST_IDS), more: terminals.length > MOST_IDS })
