import { probes } from '../../probes/index.ts'
import type { Text } from '../model/text.ts'

const MEANINGS = new Map(probes.flatMap((probe) => probe.symptoms.map((rule) => [rule.id, rule.meaning] as const)))

/** What it means that a symptom is there, in the words of the probe that reads it; undefined for one that no probe reads. */
export const meaningOf = (symptom: string): Text | undefined => MEANINGS.get(symptom)
